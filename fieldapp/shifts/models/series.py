"""Series of shifts that repeat by a rule."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Series(Base):
    """Shifts that repeat by ``rule`` (services/recurrence.py), at wall-clock hours on the clocks of the place's own zone.

    Minutes past 1440 are the next day. ``weekday`` (0 is Monday) is the first day's; a row without a rule is weekly on it.
    ``until_day`` is the last local day, the same as the rule's UNTIL where it has one.
    """

    __tablename__ = "series"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    place_id: Mapped[str] = ref("places.id")
    weekday: Mapped[int] = mapped_column()
    rule: Mapped[str] = mapped_column(Text, default="", server_default="")
    start_minute: Mapped[int] = mapped_column()
    end_minute: Mapped[int] = mapped_column()
    minimum: Mapped[int] = mapped_column(default=2)
    seats: Mapped[int] = mapped_column(default=4)
    course_id: Mapped[str | None] = maybe_ref("courses.id")
    kind: Mapped[str] = mapped_column(String(12), default="observe", server_default="observe")
    from_day: Mapped[str] = mapped_column(String(10))
    until_day: Mapped[str | None] = mapped_column(String(10))
    brief: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    ended_at: Mapped[int | None] = maybe_at()
