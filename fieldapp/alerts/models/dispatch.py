"""The dispatch box: what whoever answers an alert may read while it matters. The server keeps it sealed, briefly, and opens nothing."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, key, maybe_ref, ref
from fieldapp.core.db import Base


class DispatchReader(Base):
    """The public half of a device's own reading key; the other half never leaves that device."""

    __tablename__ = "dispatch_readers"
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    person_id: Mapped[str] = ref("people.id")
    recipient: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = at()


class DispatchBox(Base):
    """A chapter's box of one day: ``text`` is its manifest, signed by the device that made it (docs/protocol.md 8.2). Never in a backup."""

    __tablename__ = "dispatch_boxes"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    chapter_id: Mapped[str] = ref("chapters.id", index=False)
    made_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    text: Mapped[str] = mapped_column(Text)
    sig: Mapped[str] = mapped_column(String(86))
    made_at: Mapped[int] = at()
    __table_args__ = (Index("ix_dispatch_boxes_newest", "chapter_id", "made_at"),)


class DispatchGrant(Base):
    """A box's private key, sealed to one device. Gone with its box; never in a backup."""

    __tablename__ = "dispatch_grants"
    box_id: Mapped[str] = mapped_column(ForeignKey("dispatch_boxes.id"), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[int] = at()


class AlertDetail(Base):
    """What the raiser sealed about an alert: where exactly, a plate, a photo. Gone 24 h after the alert ends; never in a backup."""

    __tablename__ = "alert_details"
    id: Mapped[str] = key()
    alert_id: Mapped[str] = ref("alerts.id")
    box_id: Mapped[str] = mapped_column(ForeignKey("dispatch_boxes.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[int] = mapped_column(BigInteger)
