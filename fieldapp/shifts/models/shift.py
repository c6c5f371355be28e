"""Shifts, and the claims on them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Shift(Base):
    """A shift at a place. It runs with ``minimum`` people (two unless said), one experienced; ``seats`` is the ideal.

    ``series_day`` is the place's local date that a series made this shift for: a second one for it cannot exist,
    wherever the first has been moved since.

    ``suspended_by`` says what cancelled it for a while: the id of a closure, ``holiday`` or ``place``. Without that it comes back.
    Of accompaniment nothing is kept about the person accompanied: there is no column for them.
    """

    __tablename__ = "shifts"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    place_id: Mapped[str] = ref("places.id")
    series_id: Mapped[str | None] = maybe_ref("series.id")
    series_day: Mapped[str | None] = mapped_column(String(10))
    starts_at: Mapped[int] = at()
    ends_at: Mapped[int] = at()
    minimum: Mapped[int] = mapped_column(default=2)
    seats: Mapped[int] = mapped_column(default=4)
    taken: Mapped[int] = mapped_column(default=0)  # live claims; the CHECK is the last word on "never over"
    held: Mapped[int] = mapped_column(default=0, server_default="0")  # free seats that are offered to the line
    course_id: Mapped[str | None] = maybe_ref("courses.id")
    lead_id: Mapped[str | None] = maybe_ref("people.id")
    purpose: Mapped[str] = mapped_column(String(12), default="monitoring")
    kind: Mapped[str] = mapped_column(String(12), default="observe", server_default="observe")  # accompany, turnout
    suspended_by: Mapped[str] = mapped_column(String(43), default="", server_default="")
    brief: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    cancelled_at: Mapped[int | None] = maybe_at()
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= seats", name="never_over"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        UniqueConstraint("series_id", "series_day"),
        Index("ix_shifts_when", "chapter_id", "starts_at"),
        Index("ix_shifts_place_when", "place_id", "starts_at"),
    )


class Claim(Base):
    """A person's claim on a shift: claimed, then confirmed (coming), then released or done.

    ``by_id`` is the coordinator who put the person on it by hand; empty when they took it themselves.
    """

    __tablename__ = "claims"
    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[int] = at()
    confirmed_at: Mapped[int | None] = maybe_at()
    here_at: Mapped[int | None] = maybe_at()
    quiet_until: Mapped[int | None] = maybe_at()
    out_at: Mapped[int | None] = maybe_at()
    after: Mapped[str | None] = mapped_column(String(12))  # fine, shaken, call_me; erased after 48 h
    after_at: Mapped[int | None] = maybe_at()
    by_id: Mapped[str | None] = maybe_ref("people.id", index=False)
    key: Mapped[str | None] = mapped_column(String(43))
    __table_args__ = (
        CheckConstraint("state IN ('claimed','confirmed','released')", name="state_known"),
        Index("ix_claims_person", "person_id", "state"),
    )
