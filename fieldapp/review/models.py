"""The legal workspace: decisions on quarantined records. Who opened what is never a leaf of the log (LEGAL: two ledgers)."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, key, maybe_ref, ref
from fieldapp.core.db import Base


class QuarantineDecision(Base):
    """A person's decision about a quarantined record: let in, or keep apart. Nothing is deleted."""

    __tablename__ = "quarantine_decisions"
    id: Mapped[str] = key()
    record_pk: Mapped[int] = mapped_column(ForeignKey("records.pk"), index=True)
    decision: Mapped[str] = mapped_column(String(12))  # released, kept_apart
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str | None] = maybe_ref("people.id")
    at: Mapped[int] = at()


class FamilyCard(Base):
    """Whom to tell that somebody was taken, sealed to an intake box. It names neither phone nor record.

    Gone at hand-off or after 72 hours; never a leaf of the log, never in a backup, never counted.
    """

    __tablename__ = "family_cards"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id", index=False)  # of the box
    box_id: Mapped[str] = ref("boxes.id")
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[int] = at()
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
    __table_args__ = (Index("ix_family_cards_list", "chapter_id", "received_at"),)
