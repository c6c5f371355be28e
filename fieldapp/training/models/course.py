"""Courses, their sessions, and who came."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Course(Base):
    """A course of a chapter, usable in its pods. A certificate is valid for ``valid_days`` (default 365)."""

    __tablename__ = "courses"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    name_en: Mapped[str] = mapped_column(String(120))
    name_es: Mapped[str] = mapped_column(String(120))
    valid_days: Mapped[int] = mapped_column(default=365)
    needs: Mapped[list[str]] = mapped_column(Json, default=list)  # ids of courses that come first
    materials: Mapped[list[str]] = mapped_column(
        Json, default=list, server_default="[]"
    )  # addresses of guides, in order
    # How a certificate can be renewed without the whole course: "session" (a refresher), "quiz".
    renew_by: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    renew_days: Mapped[int] = mapped_column(default=30, server_default="30")  # how long after its end that still does
    created_at: Mapped[int] = at()
    retired_at: Mapped[int | None] = maybe_at()


class TrainingSession(Base):
    """One sitting of a course."""

    __tablename__ = "training_sessions"
    id: Mapped[str] = key()
    course_id: Mapped[str] = ref("courses.id")
    chapter_id: Mapped[str] = ref("chapters.id")
    trainer_id: Mapped[str | None] = maybe_ref("people.id")
    starts_at: Mapped[int] = at()
    ends_at: Mapped[int] = at()
    zone: Mapped[str] = mapped_column(String(60))
    where: Mapped[str] = mapped_column(String(160), default="")
    mode: Mapped[str] = mapped_column(String(10), default="in_person", server_default="in_person")
    link: Mapped[str] = mapped_column(String(400), default="", server_default="")  # for those on the roster only
    capacity: Mapped[int | None] = mapped_column()  # who may sign up; whoever is in the room may check in
    refresher: Mapped[bool] = mapped_column(default=False, server_default=false())  # shorter: renews, never a first one
    code: Mapped[str] = mapped_column(String(12), index=True)  # the seed of the short codes on the trainer's screen
    stopped_at: Mapped[int | None] = maybe_at()  # the trainer ended self check-in
    cancelled_at: Mapped[int | None] = maybe_at()
    __table_args__ = (Index("ix_training_sessions_when", "chapter_id", "starts_at"),)


class Attendance(Base):
    """A person on a session's roster."""

    __tablename__ = "attendances"
    session_id: Mapped[str] = mapped_column(ForeignKey("training_sessions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    state: Mapped[str] = mapped_column(String(12), default="signed_up")
    how: Mapped[str] = mapped_column(String(8), default="code")  # code: checked in by themselves; hand: by the trainer
    at: Mapped[int] = at()
    here_at: Mapped[int | None] = maybe_at()
    __table_args__ = (CheckConstraint("state IN ('signed_up','here','confirmed','absent')", name="state_known"),)
