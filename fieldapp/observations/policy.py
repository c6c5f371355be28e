"""Who may do what with printed blanks. Pure."""

from __future__ import annotations

from fieldapp.core.actor import COORDINATOR, LEGAL, Actor

FOLLOWERS = (COORDINATOR, LEGAL)


def can_print(actor: Actor, chapter_id: str) -> bool:
    """Whoever belongs to the chapter."""
    return chapter_id in actor.chapters


def can_follow(actor: Actor, chapter_id: str) -> bool:
    """Coordinators and counsel of the chapter see which sheets there are and what became of them."""
    return actor.has(chapter_id, *FOLLOWERS)
