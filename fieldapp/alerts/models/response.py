"""The response to an alert: who was asked to look, and what was sent to whom."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class AlertAsk(Base):
    """One person asked about an alert: to look, with another one (``kind`` verify), or to be ready (standby).

    ``pair`` counts the pairs of an alert from 1. ``next_check_at``: when the next sign of life is due from who is on scene.
    """

    __tablename__ = "alert_asks"
    id: Mapped[str] = key()
    alert_id: Mapped[str] = ref("alerts.id", index=False)
    person_id: Mapped[str] = ref("people.id", index=False)
    kind: Mapped[str] = mapped_column(String(8))
    pair: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default="asked")
    asked_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    asked_at: Mapped[int] = at()
    answered_at: Mapped[int | None] = maybe_at()
    report_by: Mapped[int | None] = maybe_at()
    here_at: Mapped[int | None] = maybe_at()
    saw: Mapped[str] = mapped_column(String(12), default="")
    saw_at: Mapped[int | None] = maybe_at()
    next_check_at: Mapped[int | None] = maybe_at(index=True)
    out_at: Mapped[int | None] = maybe_at()
    __table_args__ = (
        UniqueConstraint("alert_id", "person_id"),
        CheckConstraint("kind IN ('verify','standby')", name="kind_known"),
        CheckConstraint("state IN ('asked','going','cannot','here','out','ended')", name="state_known"),
        CheckConstraint("saw IN ('','ice','not_ice','nothing')", name="saw_known"),
        Index("ix_alert_asks_person", "person_id", "asked_at"),
    )


class AlertSend(Base):
    """A confirmed alert on its way beyond the verifiers: proposed by one, where it takes two given by a second, then sent.

    ``ring``: place, duty, near, chapter. ``signed``: the canonical text that everyone told can read in the app, ``sig`` its
    signature by the server's key ``kid``: what is not there was not sent.
    """

    __tablename__ = "alert_sends"
    id: Mapped[str] = key()
    alert_id: Mapped[str] = ref("alerts.id")
    chapter_id: Mapped[str] = ref("chapters.id", index=False)
    ring: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default="proposed")
    said: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    proposed_by: Mapped[str] = ref("people.id", index=False)
    proposed_at: Mapped[int] = at()
    decided_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    decided_at: Mapped[int | None] = maybe_at()
    people: Mapped[int] = mapped_column(default=0)
    kid: Mapped[str] = mapped_column(String(43), default="")
    signed: Mapped[str] = mapped_column(Text, default="")
    sig: Mapped[str] = mapped_column(String(90), default="")
    __table_args__ = (
        CheckConstraint("ring IN ('place','duty','near','chapter')", name="ring_known"),
        CheckConstraint("state IN ('proposed','sent','declined','ended')", name="state_known"),
        Index("ix_alert_sends_lately", "chapter_id", "ring", "decided_at"),
    )


class SendingStop(Base):
    """The kill switch: while one stands, nothing of this chapter and those below it goes beyond the verifiers."""

    __tablename__ = "sending_stops"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    stopped_by: Mapped[str] = ref("people.id", index=False)
    stopped_at: Mapped[int] = at()
    lifted_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    lifted_at: Mapped[int | None] = maybe_at()
