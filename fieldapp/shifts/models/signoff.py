"""What a lead says of somebody who shadowed a shift."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, maybe_ref
from fieldapp.core.db import Base


class SignOff(Base):
    """One person on one shift: signed off, or short codes of what to work on. No free text: nobody keeps a file on anybody."""

    __tablename__ = "sign_offs"
    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    result: Mapped[str] = mapped_column(String(8))
    codes: Mapped[list[str]] = mapped_column(Json, default=list)
    by_id: Mapped[str | None] = maybe_ref("people.id", index=False)
    at: Mapped[int] = at()
    __table_args__ = (CheckConstraint("result IN ('signed','work')", name="result_known"),)
