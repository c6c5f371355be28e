"""Who may do what with places. Roles act downward; places of chapters above are there to be read."""

from __future__ import annotations

from fieldapp.core.actor import ADMIN, COORDINATOR, LEGAL, TRAINER, Actor
from fieldapp.places.models import Place

EDITORS = (COORDINATOR, ADMIN)
READERS = (COORDINATOR, TRAINER, LEGAL, ADMIN)


def can_read_places(actor: Actor) -> bool:
    """Whether the desk's pages of places are for this actor at all."""
    return bool(actor.where(*READERS))


def can_edit(actor: Actor, place: Place) -> bool:
    """Whether the actor may change this place."""
    return can_add(actor, place.chapter_id)


def can_add(actor: Actor, chapter_id: str) -> bool:
    """Whether the actor may add or import places in this chapter."""
    return actor.has(chapter_id, *EDITORS)
