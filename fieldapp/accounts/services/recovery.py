"""Letting somebody back in who lost every passkey: two helpers, or one and a day that everybody sees (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, aliased, selectinload

from fieldapp.accounts import policy
from fieldapp.accounts.models import Chapter, Invite, Membership, Person, Recovery
from fieldapp.accounts.services import invites, people
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Forbidden, NotFound, StepUpNeeded
from fieldapp.core.ids import new_id

WAIT = DAY  # for one alone
OPEN = 7 * DAY  # a request that nobody finished is over
LINK = DAY


@dataclass(frozen=True)
class View:
    """A request under way. ``ready_at`` (ms UTC) is None until a second helper agreed."""

    id: str
    person_id: str
    field_name: str
    asked_by_id: str
    asked_by: str
    asked_at: int
    seconded_by: str
    ready_at: int | None
    link_made: bool

    def ready(self, now: int) -> bool:
        """Whether the link may be made."""
        return self.ready_at is not None and self.ready_at <= now


def for_person(person_id: str, now: int) -> list[View]:
    """Requests under way about a person: shown on each of their devices."""
    return _views(now, Recovery.person_id == person_id)


def in_chapters(chapter_ids: Iterable[str], now: int) -> list[View]:
    """Requests under way in these chapters."""
    return _views(now, Recovery.chapter_id.in_(set(chapter_ids)))


def ask(actor: Actor, person_id: str, now: int) -> str:
    """Ask to let a person back in; returns the request's id.

    Where the actor is the only one who may, a day of waiting begins. Raises NotFound, Forbidden, StepUpNeeded,
    DomainError("already").
    """
    person = _subject(actor, person_id, now)
    if for_person(person_id, now):
        raise DomainError(
            "already",
            N_("Somebody asked for this already."),
            safe=N_("Nothing was changed."),
            do=N_("Agree to it on the person's page."),
        )
    alone = helpers(person) <= {actor.person_id}
    made = new_id()
    with write() as session:
        session.add(
            Recovery(
                id=made,
                person_id=person_id,
                chapter_id=min(person.memberships, key=lambda m: (m.since, m.chapter_id)).chapter_id,
                asked_by=actor.person_id,
                asked_at=now,
                ready_at=now + WAIT if alone else None,
            )
        )
        people.touch(session, person_id)
    return made


def second(actor: Actor, recovery_id: str, now: int) -> None:
    """The second helper agrees: the link may be made at once. Raises NotFound, Forbidden, StepUpNeeded, DomainError."""
    found = _open(recovery_id, now)
    _subject(actor, found.person_id, now)
    if found.asked_by == actor.person_id:
        raise Forbidden(
            "same_person", N_("Two people are needed: you asked for it yourself."), N_("Ask another coordinator.")
        )
    with write() as session:
        waiting = (Recovery.id == recovery_id, Recovery.seconded_by.is_(None), Recovery.ended_at.is_(None))
        session.execute(update(Recovery).where(*waiting).values(seconded_by=actor.person_id, ready_at=now))
        people.touch(session, found.person_id)


def link(actor: Actor, recovery_id: str, now: int) -> invites.Made:
    """Make the link that lets the person back in; one made before stops working.

    Raises NotFound, Forbidden, StepUpNeeded, DomainError("not_ready") before the second helper, or the day, is there.
    """
    found = _open(recovery_id, now)
    _subject(actor, found.person_id, now)
    if found.ready_at is None or found.ready_at > now:
        raise DomainError(
            "not_ready",
            N_("This is not ready yet: it needs a second person, or 24 hours."),
            safe=N_("Nothing was changed."),
            do=N_("Ask another coordinator to agree, or wait."),
        )
    with write() as session:
        _end_link(session, found, now)
        made = invites.make(
            session, found.chapter_id, [], now, by=actor.person_id, person_id=found.person_id, lasts=LINK
        )
        session.flush()
        session.execute(update(Recovery).where(Recovery.id == recovery_id).values(invite_id=made.invite.id))
    return made


def end(actor: Actor, recovery_id: str, now: int) -> str:
    """Stop a request: the person themselves ("that was not me"), or whoever may help them. Returns whose it was."""
    found = _open(recovery_id, now)
    if found.person_id != actor.person_id:
        _refuse_strangers(actor, db.session.get_one(Person, found.person_id))
    with write() as session:
        _end_link(session, found, now)
        session.execute(update(Recovery).where(Recovery.id == recovery_id).values(ended_at=now))
        people.touch(session, found.person_id)
    return found.person_id


def subject(recovery_id: str) -> str:
    """Whose request it is."""
    return db.session.get_one(Recovery, recovery_id).person_id


def helpers(person: Person) -> set[str]:
    """Ids of the people who may help this person back in."""
    found: set[str] | None = None
    for chapter_id, role in policy.recoverers(person):
        here, above = aliased(Chapter), aliased(Chapter)
        holders = (
            select(Membership.person_id)
            .join(above, above.id == Membership.chapter_id)
            .join(here, here.path.startswith(above.path))
            .join(Person, Person.id == Membership.person_id)
            .where(here.id == chapter_id, Membership.role == role, Person.disabled_at.is_(None))
        )
        ids = set(db.session.scalars(holders)) - {person.id}
        found = ids if found is None else found & ids
    return found or set()


def _subject(actor: Actor, person_id: str, now: int) -> Person:
    """The person whom the actor may help, with a fresh proof."""
    person = db.session.get(Person, person_id, options=[selectinload(Person.memberships)])
    if person is None:
        raise NotFound()
    _refuse_strangers(actor, person)
    if person.disabled_at is not None:
        raise DomainError(
            "disabled",
            N_("This person is disabled."),
            safe=N_("Nothing was changed."),
            do=N_("Enable them first, if they should come back."),
        )
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    return person


def _refuse_strangers(actor: Actor, person: Person) -> None:
    if not policy.shares_chapter(actor, person):
        raise NotFound()
    if not policy.can_recover(actor, person):
        raise Forbidden(
            "not_your_kind",
            N_("Coordinators let volunteers, trainers and coordinators back in; counsel counsel, and admins admins."),
        )


def _open(recovery_id: str, now: int) -> Recovery:
    found = db.session.get(Recovery, recovery_id)
    if found is None or found.ended_at is not None or found.asked_at + OPEN <= now:
        raise NotFound()
    return found


def _end_link(session: Session, found: Recovery, now: int) -> None:
    unused = (Invite.id == found.invite_id, Invite.used_at.is_(None), Invite.revoked_at.is_(None))
    session.execute(update(Invite).where(*unused).values(revoked_at=now))


def _views(now: int, where: ColumnElement[bool]) -> list[View]:
    about, asker, other = aliased(Person), aliased(Person), aliased(Person)
    query = (
        select(Recovery, about.field_name, asker.field_name, other.field_name)
        .join(about, about.id == Recovery.person_id)
        .join(asker, asker.id == Recovery.asked_by)
        .outerjoin(other, other.id == Recovery.seconded_by)
        .where(where, Recovery.ended_at.is_(None), Recovery.asked_at > now - OPEN)
        .order_by(Recovery.asked_at, Recovery.id)
    )
    return [
        View(r.id, r.person_id, name, r.asked_by, by, r.asked_at, seconded or "", r.ready_at, r.invite_id is not None)
        for r, name, by, seconded in db.session.execute(query)
    ]
