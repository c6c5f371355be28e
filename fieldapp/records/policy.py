"""Who may do what with boxes and what is sealed in them. Pure: no database, no clock."""

from __future__ import annotations

from fieldapp.core.actor import ADMIN, COORDINATOR, LEGAL, Actor


def legal_chapters(actor: Actor) -> frozenset[str]:
    """Chapters whose counsel the actor is."""
    return actor.where(LEGAL)


def can_hold_boxes(actor: Actor) -> bool:
    """Counsel, of any chapter, holds an identity of their own."""
    return bool(legal_chapters(actor))


def can_keep_box(actor: Actor, chapter_id: str) -> bool:
    """Counsel of a chapter makes its box and admits others to it; nobody else does, admins included."""
    return actor.has(chapter_id, LEGAL)


def can_unseal(actor: Actor, chapter_id: str) -> bool:
    """Counsel of a chapter may have its sealed files handed out; whether they open is the box's own affair."""
    return actor.has(chapter_id, LEGAL)


def can_hand_in(actor: Actor) -> bool:
    """Coordinators, counsel and admins bring in the rescue files that people give them; what is in a file stands on its own signatures."""
    return bool(actor.where(COORDINATOR, LEGAL, ADMIN))
