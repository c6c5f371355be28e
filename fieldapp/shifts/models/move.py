"""A member's move from one chapter to another."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Move(Base):
    """Offered by a coordinator of the chapter that is left, done by one of the chapter that is joined. ``live``: the person, while it
    waits: nobody has two."""

    __tablename__ = "moves"
    id: Mapped[str] = key()
    person_id: Mapped[str] = ref("people.id")
    from_id: Mapped[str] = ref("chapters.id")
    to_id: Mapped[str] = ref("chapters.id")
    live: Mapped[str | None] = mapped_column(String(43), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="offered")
    offered_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    offered_at: Mapped[int] = at()
    ended_at: Mapped[int | None] = maybe_at()
    __table_args__ = (CheckConstraint("state IN ('offered','done','declined','withdrawn')", name="state_known"),)
