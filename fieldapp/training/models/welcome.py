"""The welcome call: the first talk with somebody who joined."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, maybe_ref
from fieldapp.core.db import Base


class WelcomeCall(Base):
    """Who called and when, or who said that none is needed. What was said is kept nowhere."""

    __tablename__ = "welcome_calls"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(8))
    by_id: Mapped[str | None] = maybe_ref("people.id", index=False)
    at: Mapped[int] = at()
    __table_args__ = (CheckConstraint("outcome IN ('called','skipped')", name="outcome_known"),)
