"""Rotas beside the shifts: who is on call, hour by hour."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Rota(Base):
    """A duty of a chapter, on the chapter's own clocks. ``kind``: attorney, interpreter, dispatcher, jail."""

    __tablename__ = "rotas"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    kind: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(8), default="")  # an interpreter's
    course_id: Mapped[str | None] = maybe_ref("courses.id", index=False)
    created_at: Mapped[int] = at()
    ended_at: Mapped[int | None] = maybe_at()


class RotaWindow(Base):
    """Hours of a rota that come back every week. ``weekday`` 0 is Monday; minutes past 1440 are the next day. ``seat``: 0 the first,
    1 the backup."""

    __tablename__ = "rota_windows"
    id: Mapped[str] = key()
    rota_id: Mapped[str] = ref("rotas.id")
    weekday: Mapped[int] = mapped_column()
    start_minute: Mapped[int] = mapped_column()
    end_minute: Mapped[int] = mapped_column()
    seat: Mapped[int] = mapped_column(default=0, server_default="0")
    ended_at: Mapped[int | None] = maybe_at()


class RotaTurn(Base):
    """One place on a rota from ``starts_at`` to ``ends_at``: a person's, or a gap. ``day`` is the local date it begins on."""

    __tablename__ = "rota_turns"
    id: Mapped[str] = key()
    rota_id: Mapped[str] = ref("rotas.id", index=False)
    window_id: Mapped[str | None] = maybe_ref("rota_windows.id", index=False)
    day: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[int] = at()
    ends_at: Mapped[int] = at()
    person_id: Mapped[str | None] = maybe_ref("people.id")
    taken_at: Mapped[int | None] = maybe_at()
    seat: Mapped[int] = mapped_column(default=0, server_default="0")
    handed_over_at: Mapped[int | None] = maybe_at()  # said by who came after: I know what is open
    removed_at: Mapped[int | None] = maybe_at()
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        UniqueConstraint("window_id", "day"),
        Index("ix_rota_turns_when", "rota_id", "starts_at"),
    )


class Spoken(Base):
    """A language that somebody said they speak, so that they may interpret."""

    __tablename__ = "spoken_languages"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
