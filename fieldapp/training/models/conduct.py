"""The code of conduct: its text version by version, and who accepted which."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class ConductVersion(Base):
    """One version of a chapter's text; it serves the pods below that have none of their own. A draft until it is published."""

    __tablename__ = "conduct_versions"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    number: Mapped[int] = mapped_column()
    text_en: Mapped[str] = mapped_column(Text)
    text_es: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(200), default="")
    author_id: Mapped[str | None] = maybe_ref("people.id", index=False)
    created_at: Mapped[int] = at()
    published_at: Mapped[int | None] = maybe_at()
    published_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    __table_args__ = (UniqueConstraint("chapter_id", "number"),)


class ConductAccepted(Base):
    """A person accepted a version."""

    __tablename__ = "conduct_accepted"
    version_id: Mapped[str] = mapped_column(ForeignKey("conduct_versions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    at: Mapped[int] = at()
