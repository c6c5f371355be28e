"""Printed blanks and what people said became of them; sealed media on their way in. What is observed lies in ``records``, never here."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, key, maybe_at, ref
from fieldapp.core.db import Base


class PaperSheet(Base):
    """One printed sheet. Nothing says who printed it or who wrote on it; ``batch`` holds those printed together.

    ``entered_at``, ``fate`` and ``whom`` are the newest of its statements, so that a list needs no look at them.
    """

    __tablename__ = "paper_sheets"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id", index=False)
    batch: Mapped[str] = mapped_column(String(40), index=True)
    serial: Mapped[str] = mapped_column(String(8), unique=True)
    form: Mapped[str] = mapped_column(String(60))
    lang: Mapped[str] = mapped_column(String(2))
    number: Mapped[int] = mapped_column()
    of: Mapped[int] = mapped_column()
    printed_at: Mapped[int] = at()
    entered_at: Mapped[int | None] = maybe_at()
    fate: Mapped[str | None] = mapped_column(String(12))
    whom: Mapped[str | None] = mapped_column(String(12))
    fate_at: Mapped[int | None] = maybe_at()
    __table_args__ = (
        CheckConstraint("fate IN ('kept','given','destroyed')", name="fate_known"),
        Index("ix_paper_sheets_list", "chapter_id", "printed_at"),
    )


class PaperStatement(Base):
    """What a phone signed about a sheet, verbatim: a later one never takes an earlier one's place.

    ``at`` is rounded up to the quarter hour.
    """

    __tablename__ = "paper_statements"
    pk: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    sheet_id: Mapped[str] = mapped_column(String(40), ForeignKey("paper_sheets.id"), index=True)
    fate: Mapped[str] = mapped_column(String(12))
    whom: Mapped[str | None] = mapped_column(String(12))
    at: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(43))
    body: Mapped[str] = mapped_column(Text)
    sig: Mapped[str] = mapped_column(String(86))
    open: Mapped[str] = mapped_column(Text)


class MediaUpload(Base):
    """One item that a phone sends or has sent (docs/protocol.md 13). Times are rounded up to the quarter hour, as those of evidence are.

    ``arrived`` is what is safely on the disk; ``received_at`` is set when all of it is there under its digest.
    """

    __tablename__ = "media_uploads"
    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    key: Mapped[str] = mapped_column(String(43), index=True)
    chapter_id: Mapped[str] = ref("chapters.id")
    length: Mapped[int | None] = mapped_column(BigInteger)
    arrived: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None] = mapped_column(String(43))
    flags: Mapped[list[str]] = mapped_column(Json, default=list)  # key_revoked, disabled, wrong_chapter
    started_at: Mapped[int] = at()
    touched_at: Mapped[int] = at()
    received_at: Mapped[int | None] = maybe_at()
    receipt: Mapped[str | None] = mapped_column(Text)
    receipt_sig: Mapped[str | None] = mapped_column(String(86))
    __table_args__ = (Index("ix_media_uploads_digest", "sha256", "chapter_id"),)
