"""Overdue care: who is looked for, each step of it, and what a person wrote for those who would look."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Care(Base):
    """Someone on a shift was not heard of when they said they would be (``promised``, ms UTC). One row a promise."""

    __tablename__ = "cares"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    shift_id: Mapped[str] = ref("shifts.id")
    person_id: Mapped[str] = ref("people.id")
    promised: Mapped[int] = at()
    opened_at: Mapped[int] = at()
    step: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[int | None] = maybe_at(index=True)
    closed_at: Mapped[int | None] = maybe_at(index=True)
    __table_args__ = (UniqueConstraint("shift_id", "person_id", "promised"),)


class CareStep(Base):
    """What was done: ``what`` asked, nobody, answered, closed; ``who`` buddy, lead, coordinators, above, hotline, self, word."""

    __tablename__ = "care_steps"
    id: Mapped[str] = key()
    care_id: Mapped[str] = ref("cares.id")
    at: Mapped[int] = at()
    what: Mapped[str] = mapped_column(String(12))
    who: Mapped[str] = mapped_column(String(16), default="")
    person_id: Mapped[str | None] = maybe_ref("people.id", index=False)
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Reach(Base):
    """How to reach a person on one shift, and whom they chose as buddy: theirs to write, erased soon after.

    Never in a backup (fieldapp/ops/backup.py).
    """

    __tablename__ = "reaches"
    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    words: Mapped[str] = mapped_column(Text, default="")
    buddy_id: Mapped[str | None] = maybe_ref("people.id", index=False)
    written_at: Mapped[int] = at()
