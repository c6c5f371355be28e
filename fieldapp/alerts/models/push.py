"""What people are told: notices, the phones that they go to, and the deliveries between both."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base

ALERT, URGENT, BROADCAST, MESSAGE = range(4)  # ``Delivery.rank``: what is sent first


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
    tested_at: Mapped[int | None] = maybe_at()  # a test was asked for
    shown_at: Mapped[int | None] = maybe_at()  # the last push that this browser said it has shown
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
    sent before urgent messages (1), these before what goes to a whole chapter (2), and all before other messages (3).
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
    shown_at: Mapped[int | None] = maybe_at()  # the browser said that it shows it
    status: Mapped[int | None] = mapped_column()
    __table_args__ = (
        CheckConstraint("state IN ('waiting','accepted','ended','failed')", name="state_known"),
        Index("ix_deliveries_due", "state", "next_try_at"),
        Index("ix_deliveries_ranked", "state", "rank", "next_try_at"),
    )
