"""Cards for a family: taken in sealed, handed out sealed, gone at hand-off or after 72 hours; never in a log, a bundle or a count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from fieldapp.accounts.models import Chapter
from fieldapp.core import jobs
from fieldapp.core.actor import LEGAL, Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import NotFound, StepUpNeeded
from fieldapp.core.protocol import FAMILY_CARD_MS, MAX_FAMILY_CARD_BYTES
from fieldapp.records.manifests import INTAKE
from fieldapp.records.models import Box
from fieldapp.records.registry import NotApplied, ParsedRecord
from fieldapp.records.services.arrivals import is_hybrid_age
from fieldapp.review import policy
from fieldapp.review.models import FamilyCard

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


@dataclass(frozen=True)
class Waiting:
    """A card that waits: never what is on it. Times are ms UTC; ``zone`` is the chapter's."""

    id: str
    box: str
    chapter: str
    zone: str
    received_at: int
    expires_at: int


def waiting(actor: Actor, now: int) -> list[Waiting]:
    """The cards that wait at ``now`` (ms UTC) in the chapters whose counsel the actor is, the one that goes first on top. One query."""
    query = (
        select(
            FamilyCard.id, FamilyCard.box_id, Chapter.name, Chapter.zone, FamilyCard.received_at, FamilyCard.expires_at
        )
        .join(Chapter, Chapter.id == FamilyCard.chapter_id)
        .where(FamilyCard.chapter_id.in_(actor.where(LEGAL)), FamilyCard.expires_at > now)
        .order_by(FamilyCard.received_at, FamilyCard.id)
    )
    return [Waiting(*row) for row in db.session.execute(query)]


def has_box(actor: Actor) -> bool:
    """Whether a chapter whose counsel the actor is has an intake box."""
    mine = (Box.chapter_id.in_(actor.where(LEGAL)), Box.purpose == INTAKE, Box.retired_at.is_(None))
    return db.session.scalar(select(Box.id).where(*mine).limit(1)) is not None


def sealed(actor: Actor, card_id: str, now: int) -> bytes:
    """A card as it came, an age file. For counsel of its box's chapter, under step-up. Raises NotFound, StepUpNeeded."""
    return _mine(actor, card_id, now).sealed


def hand_over(actor: Actor, card_id: str, now: int) -> None:
    """Somebody was told: the card is deleted at once, and nothing says that there was one. Raises NotFound, StepUpNeeded."""
    _mine(actor, card_id, now)
    with write() as session:
        session.execute(delete(FamilyCard).where(FamilyCard.id == card_id))


def _mine(actor: Actor, card_id: str, now: int) -> FamilyCard:
    card = db.session.get(FamilyCard, card_id)
    if card is None or card.expires_at <= now or not policy.can_see_card(actor, card):
        raise NotFound()
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    return card


@jobs.handler(PURGE)
def purge(payload: dict[str, Any], now: int) -> None:
    """Remove every card whose 72 hours are over at ``now`` (ms UTC)."""
    del payload
    past = FamilyCard.expires_at <= now
    if db.session.scalar(select(FamilyCard.id).where(past).limit(1)) is None:
        return
    with write() as session:
        session.execute(delete(FamilyCard).where(past))
