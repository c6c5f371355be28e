"""What coverage keeps of its own: counts of what was, and the links that give some of them to partners; templates of pods."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at, maybe_at, maybe_ref, ref
from fieldapp.core.db import Base
from fieldapp.core.ids import new_id


class CoverageCount(Base):
    """What became of the shifts of one place in one week or month of its own clocks. Numbers only: nobody can be found in it.

    ``span`` is week or month, ``starts_on`` the local Monday or first of the month. ``claims`` are the people who were on a shift at
    its end, ``came`` those of them who said here or out. ``ran`` shifts had their minimum of people who came, ``enough`` of
    people who had claimed. ``lead_*``: when a seat was taken before the start, from less than a day to two weeks and more.
    ``people`` (of a month): how many different people at least those were, 0 where nobody counted them.
    """

    __tablename__ = "coverage_counts"
    place_id: Mapped[str] = mapped_column(String(40), primary_key=True)  # no foreign key: history outlives a place
    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    starts_on: Mapped[str] = mapped_column(String(10), primary_key=True)
    chapter_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    shifts: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)
    seats: Mapped[int] = mapped_column(default=0)
    claims: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0, server_default="0")
    came: Mapped[int] = mapped_column(default=0)
    ran: Mapped[int] = mapped_column(default=0)
    enough: Mapped[int] = mapped_column(default=0)
    lead_0: Mapped[int] = mapped_column(default=0)
    lead_1: Mapped[int] = mapped_column(default=0)
    lead_3: Mapped[int] = mapped_column(default=0)
    lead_7: Mapped[int] = mapped_column(default=0)
    lead_14: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        CheckConstraint("span IN ('week','month')", name="span_known"),
        Index("ix_coverage_counts_list", "chapter_id", "span", "starts_on"),
    )


class CoverageCounted(Base):
    """One row: up to which end of a shift (ms UTC) everything is in the counts. What it covers is counted once and never again."""

    __tablename__ = "coverage_counted"
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    through: Mapped[int] = at()


class PartnerLink(Base):
    """A link by which a partner fetches counts, coarse and late. Only the hash of its token is kept.

    Months ``from_month`` to ``until_month`` (such as 2026-11; empty: open), each ``delay_days`` after it ended; nothing below
    ``threshold`` people.
    """

    __tablename__ = "partner_links"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    chapter_id: Mapped[str] = ref("chapters.id")
    label: Mapped[str] = mapped_column(String(80))
    from_month: Mapped[str] = mapped_column(String(7))
    until_month: Mapped[str] = mapped_column(String(7), default="")
    delay_days: Mapped[int] = mapped_column()
    threshold: Mapped[int] = mapped_column()
    created_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    created_at: Mapped[int] = at()
    expires_at: Mapped[int] = at()
    ended_at: Mapped[int | None] = maybe_at()
    __table_args__ = (
        CheckConstraint("delay_days >= 1 AND threshold >= 5", name="coarse_and_late"),
        Index("ix_partner_links_list", "chapter_id", "ended_at"),
    )


class PodTemplate(Base):
    """A pod saved to begin others with: what each kind of place needs, as fieldapp/coverage/templates/ has it. No place, no person."""

    __tablename__ = "pod_templates"
    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=new_id)
    chapter_id: Mapped[str] = ref("chapters.id")
    name: Mapped[str] = mapped_column(String(80))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    created_by: Mapped[str | None] = maybe_ref("people.id", index=False)
    created_at: Mapped[int] = at()
