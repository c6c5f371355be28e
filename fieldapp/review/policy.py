"""Who may read records: counsel of the chapter that they belong to, and of the chapters above it."""

from __future__ import annotations

from fieldapp.core.actor import LEGAL, Actor
from fieldapp.records.models import Record
from fieldapp.review.models import FamilyCard


def can_read(actor: Actor, record: Record) -> bool:
    """Whether ``actor`` reads this record's open part and may ask for its sealed files."""
    return actor.has(record.chapter_id, LEGAL)


def can_decide(actor: Actor, record: Record) -> bool:
    """Whether ``actor`` decides about this record while it is in quarantine."""
    return can_read(actor, record)


def can_see_card(actor: Actor, card: FamilyCard) -> bool:
    """Whether a family's card exists for ``actor``: counsel of its box's chapter. Whether it opens is the box's own affair."""
    return actor.has(card.chapter_id, LEGAL)
