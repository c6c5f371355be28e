"""What partner organisations ask for, and the shifts that came of it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at, key, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base


class PartnerAsk(Base):
    """One ask. Who is accompanied is nobody's to write here: there is no field for it.

    ``area``: a cross street or neighbourhood in words, where it is none of the chapter's places. All words, and who wrote them, are
    erased some weeks after it is over (``erased_at``); what was asked, how many, and how many ``came`` stay, under the month's first day.
    """

    __tablename__ = "partner_asks"
    id: Mapped[str] = key()
    partner_id: Mapped[str] = ref("partners.id")
    chapter_id: Mapped[str] = ref("chapters.id", index=False)
    by_id: Mapped[str | None] = maybe_ref("people.id", index=False)
    what: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="asked")
    place_id: Mapped[str | None] = maybe_ref("places.id")
    area: Mapped[str] = mapped_column(String(160), default="")
    starts_at: Mapped[int] = at()
    ends_at: Mapped[int] = at()
    zone: Mapped[str] = mapped_column(String(60))
    people: Mapped[int] = mapped_column()
    course_id: Mapped[str | None] = maybe_ref("courses.id", index=False)
    lang: Mapped[str] = mapped_column(String(5), default="")
    contact: Mapped[str] = mapped_column(String(80), default="")
    question: Mapped[str] = mapped_column(String(300), default="")
    reply: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    answered_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    created_at: Mapped[int] = at()
    answered_at: Mapped[int | None] = maybe_at()
    over_at: Mapped[int] = at()  # from when its words are kept only some weeks longer
    came: Mapped[int | None] = mapped_column()
    erased_at: Mapped[int | None] = maybe_at()
    __table_args__ = (
        CheckConstraint("what IN ('accompany','turnout','observe','interpret')", name="what_known"),
        CheckConstraint("state IN ('asked','question','accepted','declined','withdrawn')", name="state_known"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_partner_asks_inbox", "chapter_id", "state", "starts_at"),
        Index("ix_partner_asks_over", "erased_at", "over_at"),
    )


class PartnerAskShift(Base):
    """A shift that an accepted ask became."""

    __tablename__ = "partner_ask_shifts"
    ask_id: Mapped[str] = mapped_column(ForeignKey("partner_asks.id"), primary_key=True)
    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), primary_key=True, index=True)
