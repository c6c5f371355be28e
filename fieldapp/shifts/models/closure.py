"""Days on which series do not take place."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Closure(Base):
    """Local days from ``from_day`` to ``to_day``, both among them, on which the series at a place are suspended.

    Without a place it is a day off of the chapter's own: for its places and those of the pods below.
    """

    __tablename__ = "closures"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id", index=False)
    place_id: Mapped[str | None] = maybe_ref("places.id")
    from_day: Mapped[str] = mapped_column(String(10))
    to_day: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(160))
    created_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    created_at: Mapped[int] = at()
    removed_at: Mapped[int | None] = maybe_at()
    __table_args__ = (Index("ix_closures_days", "chapter_id", "to_day"),)


class WorkedHoliday(Base):
    """A federal holiday, by its English name, on which a chapter (and the pods below it) goes out all the same."""

    __tablename__ = "worked_holidays"
    chapter_id: Mapped[str] = mapped_column(ForeignKey("chapters.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    by_id: Mapped[str | None] = maybe_ref("people.id", index=False)
    since: Mapped[int] = at()
