"""Who may do what with alerts. Pure: no database, no clock."""

from __future__ import annotations

from fieldapp.core.actor import ADMIN, COORDINATOR, Actor


def can_see(actor: Actor, chapter_id: str) -> bool:
    """Coordinators see the alerts of their chapter and its pods."""
    return actor.has(chapter_id, COORDINATOR)


def can_decide(actor: Actor, chapter_id: str) -> bool:
    """Coordinators take over and close."""
    return actor.has(chapter_id, COORDINATOR)


def can_answer(actor: Actor, chapter_id: str, *, told: bool) -> bool:
    """Whoever was told may say "I've got it", and so may every coordinator."""
    return told or can_decide(actor, chapter_id)


def can_take_back(actor: Actor, raised_by: str | None) -> bool:
    """Who raised an alert takes it back."""
    return raised_by is not None and raised_by == actor.person_id


def can_be_on_duty(actor: Actor) -> bool:
    """Coordinators take duty."""
    return bool(actor.where(COORDINATOR))


def can_read_rules(actor: Actor, chapter_id: str) -> bool:
    """Coordinators and admins read by which parameters their chapter responds."""
    return actor.has(chapter_id, COORDINATOR, ADMIN)


def can_change_rules(actor: Actor, chapter_id: str) -> bool:
    """Coordinators change them."""
    return actor.has(chapter_id, COORDINATOR)
