"""Cards for a family: taken in sealed, handed out sealed, gone at hand-off or after 72 hours; never in a log, a bundle or a count."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from fieldapp.accounts.models import Chapter
from fieldapp.core import jobs
from fieldapp.core.db import db, write
from fieldapp.core.protocol import FAMILY_CARD_MS, MAX_FAMILY_CARD_BYTES
from fieldapp.records.models import Box
from fieldapp.records.registry import NotApplied, ParsedRecord
from fieldapp.records.services.arrivals import is_hybrid_age
from fieldapp.review.models import FamilyCard

INTAKE = "intake"
PURGE = "review.purge_family_cards"


def take(record: ParsedRecord, now: int) -> None:
    """Keep a card for 72 hours from ``now`` (ms UTC), in the caller's transaction.

    Raises NotApplied("invalid") for anything but one age file to an intake box of the record's chapter or of one above it.
    """
    if record.opened or len(record.sealed) != 1:
        raise NotApplied("invalid")
    box_id, data = next(iter(record.sealed.items()))
    if len(data) > MAX_FAMILY_CARD_BYTES or not is_hybrid_age(data):
        raise NotApplied("invalid")
    # A box that was succeeded still opens: a phone that was offline could not know better.
    with write() as session:
        chapter, box = session.get(Chapter, record.chapter_id), session.get(Box, box_id)
        if chapter is None or box is None or box.purpose != INTAKE or box.chapter_id not in chapter.path.split("/"):
            raise NotApplied("invalid")
        until = now + FAMILY_CARD_MS
        session.add(
            FamilyCard(chapter_id=box.chapter_id, box_id=box_id, sealed=data, received_at=now, expires_at=until)
        )
        jobs.enqueue(session, PURGE, {}, run_at=until)


@jobs.handler(PURGE)
def purge(payload: dict[str, Any], now: int) -> None:
    """Remove every card whose 72 hours are over at ``now`` (ms UTC)."""
    del payload
    past = FamilyCard.expires_at <= now
    if db.session.scalar(select(FamilyCard.id).where(past).limit(1)) is None:
        return
    with write() as session:
        session.execute(delete(FamilyCard).where(past))
