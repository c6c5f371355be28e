"""What a person is told or asked about shifts, and what they answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base

KINDS = ("ask", "seat", "swap", "coming", "soon", "buddy", "changed", "training", "chapter")


class Message(Base):
    """One thing told to one person. It waits for an answer until ``until`` (ms UTC); without one until it is answered.

    ``once`` names what must not be said twice (an ask about one shift, the reminder of a day); ``answer`` is yes, no, ok, or gone
    when what it asked was settled without the person. ``from_id`` is who asks.
    """

    __tablename__ = "messages"
    id: Mapped[str] = key()
    person_id: Mapped[str] = ref("people.id", index=False)
    chapter_id: Mapped[str] = ref("chapters.id", index=False)
    shift_id: Mapped[str | None] = maybe_ref("shifts.id")
    kind: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[int] = at()
    until: Mapped[int | None] = maybe_at()
    answered_at: Mapped[int | None] = maybe_at()
    answer: Mapped[str | None] = mapped_column(String(4))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    from_id: Mapped[str | None] = maybe_ref("people.id", index=False)
    once: Mapped[str | None] = mapped_column(String(120), unique=True)
    __table_args__ = (
        Index("ix_messages_live", "person_id", "answered_at"),
        Index("ix_messages_said", "chapter_id", "kind", "created_at"),
    )
