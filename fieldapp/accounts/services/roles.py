"""Roles given and taken (DESIGN 5: with a fresh proof; an admin all, a coordinator volunteer and trainer)."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from fieldapp.accounts import policy
from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.services import invites, people, sessions
from fieldapp.core.actor import ADMIN, ROLES, Actor
from fieldapp.core.db import write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid, NotFound, StepUpNeeded


def give(actor: Actor, person_id: str, chapter_id: str, role: str, now: int) -> None:
    """Give a person a role in a chapter; having it already is fine. A link that lets them back in, made before by somebody who may not
    let such a person in, ends. Raises NotFound, Forbidden, Invalid, StepUpNeeded."""
    person = _allowed(actor, person_id, chapter_id, role, now)
    with write() as session:
        if session.get(Membership, (person.id, chapter_id, role)):
            return
        session.add(Membership(person_id=person.id, chapter_id=chapter_id, role=role, since=now))
        sessions.shorten(session, person.id, role, now)
        invites.end_about(session, person.id, now)
        people.touch(session, person.id)


def take(actor: Actor, person_id: str, chapter_id: str, role: str, now: int) -> None:
    """Take a role away, never a person's last nor a chapter's last admin. The links that they handed out end.

    Raises NotFound, Forbidden, Invalid, StepUpNeeded, DomainError("last_role", "last_admin").
    """
    person = _allowed(actor, person_id, chapter_id, role, now)
    with write() as session:
        held = session.get(Membership, (person.id, chapter_id, role))
        if held is None:
            return
        if role == ADMIN:
            _refuse_last_admin(session, person.id, chapter_id)
        _refuse_last_role(session, person.id)
        session.execute(
            delete(Membership).where(
                Membership.person_id == person.id, Membership.chapter_id == chapter_id, Membership.role == role
            )
        )
        invites.end_made_by(session, person.id, now)
        people.touch(session, person.id)


def _allowed(actor: Actor, person_id: str, chapter_id: str, role: str, now: int) -> Person:
    person = people.get(actor, person_id)
    if chapter_id not in actor.chapters:
        raise NotFound()
    if role not in ROLES:
        raise Invalid(fields={"role": N_("Choose a role from the list.")})
    if role not in policy.roles_to_give(actor, chapter_id):
        raise Forbidden("roles", N_("You may give and take roles up to your own."))
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    return person


def _refuse_last_role(session: Session, person_id: str) -> None:
    held = session.execute(
        select(Membership.role)
        .where(Membership.person_id == person_id)
        .order_by(Membership.chapter_id)
        .with_for_update()
    ).all()
    if len(held) == 1:
        raise DomainError(
            "last_role",
            N_("This is their only role: without it they would belong nowhere."),
            safe=N_("Nothing was changed."),
            do=N_("Disable them instead, if they should not come back."),
        )


def _refuse_last_admin(session: Session, person_id: str, chapter_id: str) -> None:
    """Somebody must be left who may manage the chapter; the rows are locked so that two cannot leave at once."""
    here, above = aliased(Chapter), aliased(Chapter)
    admins = session.scalars(
        select(Membership)
        .join(above, above.id == Membership.chapter_id)
        .join(here, here.path.startswith(above.path))
        .join(Person, Person.id == Membership.person_id)
        .where(here.id == chapter_id, Membership.role == ADMIN, Person.disabled_at.is_(None))
        .order_by(Membership.person_id)
        .with_for_update(of=Membership)
    )
    if not {(m.person_id, m.chapter_id) for m in admins} - {(person_id, chapter_id)}:
        raise DomainError(
            "last_admin",
            N_("This is the only admin."),
            safe=N_("Nothing was changed."),
            do=N_("Make somebody else an admin first."),
        )
