"""Who may see coverage, and who may see names in it."""

from __future__ import annotations

from fieldapp.core.actor import ADMIN, COORDINATOR, Actor
from fieldapp.core.errors import Forbidden

WATCHERS = (COORDINATOR, ADMIN)


def can_see(actor: Actor) -> bool:
    """Whether coverage is for this actor at all."""
    return bool(actor.where(*WATCHERS))


def can_see_names(actor: Actor, chapter_id: str) -> bool:
    """Rosters are for coordinators (and for those on the shift, elsewhere); admins see numbers."""
    return actor.has(chapter_id, COORDINATOR)


def can_share(actor: Actor, chapter_id: str) -> bool:
    """Coordinators and admins of a chapter decide what partners may fetch of it."""
    return actor.has(chapter_id, *WATCHERS)


def demand(allowed: bool) -> None:
    """Raise Forbidden unless ``allowed``."""
    if not allowed:
        raise Forbidden()
