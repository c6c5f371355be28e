"""Waiting for a seat, offering one's own, and what a person would rather do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Wait(Base):
    """A person in the line for a full shift. ``number`` is the order; one seat is held for each row that is ``offered``.

    States: waiting, offered (until ``until``), taken, lapsed (the window passed), left.
    """

    __tablename__ = "waits"
    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    number: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[int] = at()
    until: Mapped[int | None] = maybe_at()
    __table_args__ = (
        CheckConstraint("state IN ('waiting','offered','taken','lapsed','left')", name="state_known"),
        Index("ix_waits_line", "shift_id", "state", "number"),
        Index("ix_waits_person", "person_id", "state"),
    )


class Swap(Base):
    """A person on a shift offers their place. Until someone accepts, the claim stands; ``until`` (ms UTC) is never after the start.

    States: open, done (``to_id`` has the place now), withdrawn, over.
    """

    __tablename__ = "swaps"
    id: Mapped[str] = key()
    shift_id: Mapped[str] = ref("shifts.id", index=False)
    from_id: Mapped[str] = ref("people.id", index=False)
    to_id: Mapped[str | None] = maybe_ref("people.id", index=False)
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[int] = at()
    until: Mapped[int] = at()
    __table_args__ = (
        CheckConstraint("state IN ('open','done','withdrawn','over')", name="state_known"),
        Index("ix_swaps_shift", "shift_id", "state"),
        Index("ix_swaps_from", "from_id", "state"),
    )


class Preference(Base):
    """What a person would rather do, and what they do not want to be asked for. They order lists; they never refuse a seat.

    ``likes`` and ``never``: ``{"places": [ids], "kinds": [codes], "days": ["0m", "0a", …]}``, a weekday (0 is Monday) and m or a,
    before or after 13:00 on the place's clocks.
    """

    __tablename__ = "preferences"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    likes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    never: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    at: Mapped[int] = at()
