"""A course's quiz, version by version, and who has passed it. What somebody answered is kept nowhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class QuizVersion(Base):
    """The questions as one person saved them. One without questions: the course has no quiz (any more).

    ``questions``: ``[{"text": {en, es}, "choices": [{en, es}], "right": index, "why": {en, es}}]``. ``counts_from``: the oldest
    version whose passes still count. ``pass_mark``: percent. ``tries``: in 24 hours.
    """

    __tablename__ = "quiz_versions"
    id: Mapped[str] = key()
    course_id: Mapped[str] = ref("courses.id")
    number: Mapped[int] = mapped_column()
    questions: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    pass_mark: Mapped[int] = mapped_column(default=80)
    tries: Mapped[int] = mapped_column(default=3)
    counts_from: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    created_at: Mapped[int] = at()
    __table_args__ = (UniqueConstraint("course_id", "number"),)


class QuizStanding(Base):
    """Where one person is with a course's quiz: the newest pass, and the tries of the day under way."""

    __tablename__ = "quiz_standings"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), primary_key=True, index=True)
    passed_at: Mapped[int | None] = maybe_at()
    passed_number: Mapped[int | None] = mapped_column()
    tries: Mapped[int] = mapped_column(default=0)
    since: Mapped[int] = at()  # the first try of the 24 hours in which ``tries`` are counted
