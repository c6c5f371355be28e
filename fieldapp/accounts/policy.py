"""Who may do what with people and chapters. Pure: no database, no clock."""

from __future__ import annotations

from fieldapp.accounts.models import Membership, Person
from fieldapp.core.actor import ADMIN, COORDINATOR, LEGAL, ROLES, TRAINER, VOLUNTEER, Actor

BELOW_COORDINATOR = frozenset({VOLUNTEER, TRAINER})
SEE_PEOPLE = (COORDINATOR, ADMIN, LEGAL)
OWN_KIND = frozenset({LEGAL, ADMIN})  # recovered and disabled only by their own kind


def people_chapters(actor: Actor) -> frozenset[str]:
    """Chapters whose people the actor sees."""
    return actor.where(COORDINATOR, ADMIN)


def can_see_people(actor: Actor, chapter_id: str) -> bool:
    """Coordinators and admins see who belongs to their chapter."""
    return chapter_id in people_chapters(actor)


def can_see_membership(actor: Actor, membership: Membership) -> bool:
    """Coordinators and admins see every role of their chapters; counsel see counsel, whom only they can let back in."""
    if can_see_people(actor, membership.chapter_id):
        return True
    return membership.role == LEGAL and actor.has(membership.chapter_id, LEGAL)


def can_see_person(actor: Actor, person: Person) -> bool:
    """Whether the person has a role that the actor may know of."""
    return any(can_see_membership(actor, m) for m in person.memberships)


def shares_chapter(actor: Actor, person: Person) -> bool:
    """Whether the person belongs to a chapter in which the actor is anything: only then do they exist for the actor."""
    return any(m.chapter_id in actor.chapters for m in person.memberships)


def can_manage_chapter(actor: Actor, chapter_id: str) -> bool:
    """Admins change chapters and make pods."""
    return actor.has(chapter_id, ADMIN)


def roles_to_give(actor: Actor, chapter_id: str) -> frozenset[str]:
    """Roles that the actor may give, by an invite or directly: an admin all, a coordinator volunteer and trainer."""
    if actor.has(chapter_id, ADMIN):
        return frozenset(ROLES)
    return BELOW_COORDINATOR if actor.has(chapter_id, COORDINATOR) else frozenset()


def can_recover(actor: Actor, person: Person) -> bool:
    """Whether the actor may help this person back in: counsel by counsel, admins by admins, the rest by coordinators.

    The link opens the whole account, so the actor must be that in every chapter the person's roles are of.
    """
    if actor.person_id == person.id or not person.memberships:
        return False
    return all(actor.has(chapter_id, role) for chapter_id, role in recoverers(person))


def recoverers(person: Person) -> set[tuple[str, str]]:
    """(chapter, role) pairs that somebody must all hold to recover this person."""
    own_kind = {(m.chapter_id, m.role) for m in person.memberships if m.role in OWN_KIND}
    return own_kind or {(m.chapter_id, COORDINATOR) for m in person.memberships}


def can_disable(actor: Actor, person: Person) -> bool:
    """An admin may disable anybody of their chapters but themselves; a coordinator volunteers and trainers."""
    if actor.person_id == person.id or not person.memberships:
        return False
    if all(actor.has(m.chapter_id, ADMIN) for m in person.memberships):
        return True
    return all(m.role in BELOW_COORDINATOR and actor.has(m.chapter_id, COORDINATOR) for m in person.memberships)


def can_move(actor: Actor, person: Person) -> bool:
    """A coordinator of one of the person's chapters may offer them to another."""
    here = any(actor.has(m.chapter_id, COORDINATOR) for m in person.memberships)
    return here and actor.person_id != person.id and person.disabled_at is None


def can_end_sessions(actor: Actor, person: Person) -> bool:
    """Admins end sessions of people of their chapters; everybody their own."""
    return actor.person_id == person.id or any(actor.has(m.chapter_id, ADMIN) for m in person.memberships)


def can_revoke_devices(actor: Actor, person: Person) -> bool:
    """One's own, and those of people that the actor may disable."""
    return actor.person_id == person.id or can_disable(actor, person)
