"""Guides: pages to read offline and the rights card. A page is a row; what it says is versions, and a version never changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class Guide(Base):
    """A page of a chapter, seen there and in the pods below; the nearest chapter's page with a slug is the one that is shown.

    ``kind``: ``page``, or ``card``: the rights card, one version per language. ``off``: languages the card does not offer.
    """

    __tablename__ = "guides"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    slug: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(8), default="page")
    icon: Mapped[str] = mapped_column(String(40), default="book-open")
    position: Mapped[int] = mapped_column(default=50)
    audience: Mapped[str] = mapped_column(String(8), default="members")
    off: Mapped[list[str]] = mapped_column(Json, default=list)
    created_at: Mapped[int] = at()
    archived_at: Mapped[int | None] = maybe_at()
    __table_args__ = (
        UniqueConstraint("chapter_id", "slug"),
        CheckConstraint("kind IN ('page','card')", name="kind_known"),
        CheckConstraint("audience IN ('public','members')", name="audience_known"),
    )


class GuideVersion(Base):
    """What a page says in one language, as somebody wrote it: text, and the parts that it was read as, which phones draw.

    Only publication is added later (who looked at it, when), or that a draft was dropped. The published one with the highest
    number is what people read. ``speaker``: somebody who speaks the language has checked it.
    """

    __tablename__ = "guide_versions"
    guide_id: Mapped[str] = mapped_column(ForeignKey("guides.id"), primary_key=True)
    lang: Mapped[str] = mapped_column(String(8), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(String(200), default="")
    speaker: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[str | None] = maybe_ref("people.id")
    created_at: Mapped[int] = at()
    reviewed_by_id: Mapped[str | None] = maybe_ref("people.id")
    published_at: Mapped[int | None] = maybe_at()
    dropped_at: Mapped[int | None] = maybe_at()
