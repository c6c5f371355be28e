"""Who may do what with people and chapters. Pure: no database, no clock."""

from __future__ import annotations

from fieldapp.core.actor import ADMIN, COORDINATOR, Actor


def can_see_people(actor: Actor, chapter_id: str) -> bool:
    """Coordinators and admins see who belongs to their chapter."""
    return actor.has(chapter_id, COORDINATOR, ADMIN)


def can_manage_chapter(actor: Actor, chapter_id: str) -> bool:
    """Admins change chapters and make pods."""
    return actor.has(chapter_id, ADMIN)
