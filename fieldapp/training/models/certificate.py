"""Certificates and grades."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Certificate(Base):
    """Who confirmed it, when, for which session, when it ends. Revoking keeps the row and needs a reason.

    ``note`` says why it was given although something was missing; empty otherwise. ``how``: session, refresher or quiz.
    """

    __tablename__ = "certificates"
    id: Mapped[str] = key()
    person_id: Mapped[str] = ref("people.id")
    course_id: Mapped[str] = ref("courses.id")
    session_id: Mapped[str | None] = maybe_ref("training_sessions.id")
    confirmed_by: Mapped[str | None] = maybe_ref("people.id")
    confirmed_at: Mapped[int] = at()
    ends_at: Mapped[int] = at()
    note: Mapped[str] = mapped_column(String(300), default="")
    how: Mapped[str] = mapped_column(String(10), default="session", server_default="session")
    warned: Mapped[int] = mapped_column(default=0, server_default="0")  # days before its end of the last warning sent
    revoked_at: Mapped[int | None] = maybe_at()
    revoked_by: Mapped[str | None] = maybe_ref("people.id")
    revoke_reason: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        Index("ix_certificates_valid", "person_id", "course_id", "ends_at"),
        Index("ix_certificates_ending", "course_id", "ends_at"),
    )


class Grade(Base):
    """Experience in a chapter: trainee, shadow, watcher, lead, dispatcher. Watcher and above count as experienced."""

    __tablename__ = "grades"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    chapter_id: Mapped[str] = mapped_column(ForeignKey("chapters.id"), primary_key=True, index=True)
    grade: Mapped[str] = mapped_column(String(12), default="trainee")
    set_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    set_at: Mapped[int | None] = maybe_at()
    __table_args__ = (
        CheckConstraint("grade IN ('trainee','shadow','watcher','lead','dispatcher')", name="grade_known"),
    )
