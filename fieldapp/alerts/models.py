"""Alerts, who was told and by which delivery, push subscriptions, and who is on duty."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base

ALERT, URGENT, MESSAGE = range(3)  # ``Delivery.rank``: what is sent first
WORD = "word"  # the key of an alert that a duress word raised: no phone raised it, and none may ask after it


class Alert(Base):
    """An alert raised by a phone. ``id`` is the server's; ``record_id`` with ``key`` is the phone's.

    ``next_step_at`` is the one moment at which something happens by itself: the next rung, or the lapse of an answer.
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


class PushSubscription(Base):
    """A browser's push subscription (RFC 8030): one per device, for the last person signed in there."""

    __tablename__ = "push_subscriptions"
    id: Mapped[str] = key()
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), unique=True)
    person_id: Mapped[str] = ref("people.id")
    endpoint: Mapped[str] = mapped_column(Text)
    endpoint_hash: Mapped[str] = mapped_column(String(64), index=True)  # one browser is one subscription
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[int] = at()
    ended_at: Mapped[int | None] = maybe_at()


class Notice(Base):
    """One thing that one person must be told; its id is all that a push says. ``step`` -1 says that it is over.

    ``what`` alert: of ``alert_id``. ``what`` message: of ``message_id`` (fieldapp/shifts/models/message.py), without an alert.
    """

    __tablename__ = "notices"
    id: Mapped[str] = key()
    alert_id: Mapped[str | None] = maybe_ref("alerts.id")
    what: Mapped[str] = mapped_column(String(10), default="alert", server_default="alert")
    message_id: Mapped[str | None] = mapped_column(String(40), index=True)
    person_id: Mapped[str] = ref("people.id")
    step: Mapped[int] = mapped_column()
    created_at: Mapped[int] = at()
    read_at: Mapped[int | None] = maybe_at()
    answer: Mapped[str | None] = mapped_column(String(12))
    __table_args__ = (UniqueConstraint("alert_id", "person_id", "step"),)


class Delivery(Base):
    """One notice to one subscription, until the push service took it or it can no longer help.

    ``leased_until`` is the claim of the worker that sends it; a worker that died leaves it to the next one. ``rank``: alerts (0) are
    sent before urgent messages (1), and these before all others (2).
    """

    __tablename__ = "deliveries"
    id: Mapped[str] = key()
    notice_id: Mapped[str] = ref("notices.id")
    subscription_id: Mapped[str] = ref("push_subscriptions.id")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    rank: Mapped[int] = mapped_column(default=0, server_default="0")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[int] = at()
    leased_until: Mapped[int] = mapped_column(BigInteger, default=0)
    accepted_at: Mapped[int | None] = maybe_at()
    status: Mapped[int | None] = mapped_column()
    __table_args__ = (
        CheckConstraint("state IN ('waiting','accepted','ended','failed')", name="state_known"),
        Index("ix_deliveries_due", "state", "next_try_at"),
        Index("ix_deliveries_ranked", "state", "rank", "next_try_at"),
    )


class Duty(Base):
    """A coordinator on duty in a chapter until a moment."""

    __tablename__ = "duties"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    chapter_id: Mapped[str] = mapped_column(ForeignKey("chapters.id"), primary_key=True, index=True)
    until: Mapped[int] = at()


class Quiet(Base):
    """A person's quiet hours, minutes of the day in their chapter's zone: messages wait for their end, alerts never.

    ``urgent``: urgent messages come through all the same. Who has no row has the usual hours.
    """

    __tablename__ = "quiet_hours"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    from_minute: Mapped[int] = mapped_column(default=21 * 60)
    until_minute: Mapped[int] = mapped_column(default=8 * 60)
    urgent: Mapped[bool] = mapped_column(default=False)
