"""Alerts and their trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base

WORD = "word"  # the key of an alert that a duress word raised: no phone raised it, and none may ask after it


class Alert(Base):
    """An alert raised by a phone, or typed in by a dispatcher. ``id`` is the server's; ``record_id`` with ``key`` is the phone's.

    Three things are kept apart. ``state`` says whether somebody has it, and drives the paging; ``stage`` how far the response is
    (services/stages.py); ``result`` what was found. ``next_step_at`` is the one moment at which the paging goes on by itself (the next
    rung, or the lapse of an answer), ``stage_due_at`` that of the response.
    """

    __tablename__ = "alerts"
    id: Mapped[str] = key()
    record_id: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(43))
    chapter_id: Mapped[str] = ref("chapters.id")
    number: Mapped[int] = mapped_column()  # 1, 2, 3 … in the chapter: what people call it aloud
    place_id: Mapped[str | None] = maybe_ref("places.id")
    cell: Mapped[str | None] = mapped_column(String(20))
    shift_id: Mapped[str | None] = maybe_ref("shifts.id")
    person_id: Mapped[str | None] = maybe_ref("people.id")
    what: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12), default="raised")
    lat: Mapped[int | None] = mapped_column()  # microdegrees, for those who answer it; erased with the alert
    lon: Mapped[int | None] = mapped_column()
    raised_at: Mapped[int] = at()
    arrived_at: Mapped[int] = at()
    step: Mapped[int] = mapped_column(default=0)
    next_step_at: Mapped[int | None] = maybe_at()
    got_it_by: Mapped[str | None] = maybe_ref("people.id")
    got_it_role: Mapped[str] = mapped_column(String(20), default="")  # what the raiser may know: coordinator, lead
    got_it_at: Mapped[int | None] = maybe_at()
    got_it_lapses_at: Mapped[int | None] = maybe_at()
    closed_at: Mapped[int | None] = maybe_at()
    closed_by: Mapped[str | None] = maybe_ref("people.id")
    version: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(8), default="phone", server_default="phone")
    stage: Mapped[str] = mapped_column(String(10), default="reported", server_default="reported")
    stage_at: Mapped[int | None] = maybe_at()
    stage_due_at: Mapped[int | None] = maybe_at(index=True)
    result: Mapped[str] = mapped_column(String(12), default="", server_default="")
    seen_at: Mapped[int | None] = maybe_at()  # last said to be still there
    checks: Mapped[dict[str, str]] = mapped_column(
        Json, default=dict, server_default="{}"
    )  # the checklist before sending
    # Opened again it is paged again: its steps are counted on, and the ladder begins at ``first_step`` and ``opened_at`` (else arrived_at).
    round: Mapped[int] = mapped_column(default=0, server_default="0")
    first_step: Mapped[int] = mapped_column(default=0, server_default="0")
    opened_at: Mapped[int | None] = maybe_at()
    # Told with that alert (services/folding.py). No foreign key: a restore reads the alerts in any order.
    folded_into: Mapped[str | None] = mapped_column(String(40), index=True)
    __table_args__ = (
        UniqueConstraint("key", "record_id"),
        CheckConstraint("state IN ('raised','got_it','over','cancelled')", name="state_known"),
        CheckConstraint("what IN ('ice_here','being_taken','need_help')", name="what_known"),
        Index("ix_alerts_open", "chapter_id", "folded_into", "closed_at", "arrived_at"),
        Index("ix_alerts_number", "chapter_id", "number"),
        Index("ix_alerts_due", "next_step_at"),
        Index("ix_alerts_lately", "key", "arrived_at"),  # folding: how many a phone sent
        Index("ix_alerts_told", "key", "folded_into", "arrived_at"),  # folding: which of them is being told
    )


class AlertEvent(Base):
    """What happened to an alert, for its trail. ``detail`` holds numbers and codes, never words."""

    __tablename__ = "alert_events"
    id: Mapped[str] = key()
    alert_id: Mapped[str] = ref("alerts.id")
    at: Mapped[int] = at()
    what: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[str | None] = maybe_ref("people.id")
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
