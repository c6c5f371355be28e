"""A person's own calendar address."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at
from fieldapp.core.db import Base


class CalendarFeed(Base):
    """Where a person's calendar fetches their shifts. Only the hash of the address's token is kept.

    ``salt`` makes the ids of the entries: two people's calendars cannot be joined by them. It outlives a new address, so that a
    calendar that moves to it finds its entries again.
    """

    __tablename__ = "calendar_feeds"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    salt: Mapped[str] = mapped_column(String(43))
    says: Mapped[str] = mapped_column(String(8), default="plain")
    made_at: Mapped[int] = at()
    __table_args__ = (CheckConstraint("says IN ('plain','city')", name="says_known"),)
