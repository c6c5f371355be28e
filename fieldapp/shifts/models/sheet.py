"""Files of shifts, people and needs between "what it will do" and "do it"."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, ref
from fieldapp.core.db import Base


class SheetImport(Base):
    """A checked file: only its person finds it, and only for an hour."""

    __tablename__ = "sheet_imports"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id", index=False)
    person_id: Mapped[str] = ref("people.id", index=False)
    kind: Mapped[str] = mapped_column(String(8))
    filename: Mapped[str] = mapped_column(String(120))
    rows: Mapped[Any] = mapped_column(Json)
    created_at: Mapped[int] = at()
    expires_at: Mapped[int] = at()
    __table_args__ = (
        CheckConstraint("kind IN ('shifts','people','needs')", name="kind_known"),
        Index("ix_sheet_imports_expires_at", "expires_at"),
    )
