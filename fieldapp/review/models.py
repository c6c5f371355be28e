"""The legal workspace: decisions on quarantined records. Who opened what is never a leaf of the log (LEGAL: two ledgers)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, key, maybe_ref
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
