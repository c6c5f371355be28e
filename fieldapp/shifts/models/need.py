"""What a place needs covered."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Need(Base):
    """A weekly window that a place needs covered, on the place's own clocks: weekday 0 is Monday; minutes past 1440 are the next day.

    ``from_day`` and ``until_day`` are its first and last local day, empty without one. ``form`` names the form that is filled in there.
    """

    __tablename__ = "needs"
    id: Mapped[str] = key()
    place_id: Mapped[str] = ref("places.id")
    weekday: Mapped[int] = mapped_column()
    start_minute: Mapped[int] = mapped_column()
    end_minute: Mapped[int] = mapped_column()
    minimum: Mapped[int] = mapped_column(default=2)
    seats: Mapped[int] = mapped_column(default=4)
    form: Mapped[str] = mapped_column(String(40), default="", server_default="")
    course_id: Mapped[str] = mapped_column(String(43), default="", server_default="")
    from_day: Mapped[str] = mapped_column(String(10), default="", server_default="")
    until_day: Mapped[str] = mapped_column(String(10), default="", server_default="")
    created_at: Mapped[int] = mapped_column(BigInteger)
    ended_at: Mapped[int | None] = maybe_at()


class NeedDay(Base):
    """One date on which a place needs something else than its weeks say.

    ``kind``: ``off`` (not this need; without a need: nothing at all), ``other`` (this need with other hours and numbers), ``extra``
    (a window of its own). ``need_id`` is the need it stands for, empty for the whole day and for an extra one.
    """

    __tablename__ = "need_days"
    id: Mapped[str] = key()
    place_id: Mapped[str] = ref("places.id", index=False)
    need_id: Mapped[str | None] = maybe_ref("needs.id")
    day: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(8))
    start_minute: Mapped[int] = mapped_column(default=0)
    end_minute: Mapped[int] = mapped_column(default=0)
    minimum: Mapped[int] = mapped_column(default=2)
    seats: Mapped[int] = mapped_column(default=4)
    note: Mapped[str] = mapped_column(String(160), default="")
    created_at: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        CheckConstraint("kind IN ('off','other','extra')", name="kind_known"),
        Index("ix_need_days_when", "place_id", "day"),
    )
