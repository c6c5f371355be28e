"""People of a chapter: listed, looked at, disabled; and the counter of what a person's phone shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, Update, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from fieldapp.accounts import policy
from fieldapp.accounts.models import Membership, Person
from fieldapp.accounts.services import devices, invites, sessions
from fieldapp.core.actor import LEGAL, Actor
from fieldapp.core.db import db, last_step, lock, owe, write
from fieldapp.core.errors import Forbidden, NotFound, StepUpNeeded

COUNT_PEOPLE = 1  # the last step of a transaction but one; chapters (2) come after
MOST = 2_000  # on one page; the list is filtered as one types


def touch(session: Session, person_id: str) -> None:
    """Count a change that this person's phone shows, when the transaction of the change ends. Call it in that."""
    owe(session, COUNT_PEOPLE, [person_id])


def touch_many(session: Session, person_ids: Iterable[str]) -> None:
    """``touch`` for several people."""
    owe(session, COUNT_PEOPLE, person_ids)


def hold(session: Session, person_ids: Iterable[str]) -> None:
    """Hold these people until the transaction ends, in one order, before anything else is held. Their rows stay free: those are
    locked when the transaction ends, to be counted."""
    lock(session, [f"claims of {person}" for person in set(person_ids)])


def _counting() -> Update:
    """One more for each person (``:ids``); their rows are locked in one order everywhere."""
    them = aliased(Person)
    named = them.id.in_(bindparam("ids", expanding=True))
    rows = select(them.id).where(named).order_by(them.id).with_for_update(key_share=True)
    return update(Person).where(Person.id.in_(rows)).values(version=Person.version + 1)


_COUNTING = _counting()


def _count(session: Session, person_ids: Sequence[str]) -> None:
    session.connection().execute(_COUNTING, {"ids": person_ids})


last_step(COUNT_PEOPLE, _count)


def own(actor: Actor) -> Person:
    """The actor's own row, with roles and chapters."""
    return db.session.get_one(Person, actor.person_id, options=[_with_roles()])


def speak(actor: Actor, lang: str) -> None:
    """Keep the language that the actor chose."""
    with write() as session:
        session.execute(update(Person).where(Person.id == actor.person_id).values(lang=lang))
        touch(session, actor.person_id)


def listing(actor: Actor) -> list[Person]:
    """People of the actor's chapters by name (counsel see counsel), with roles. Two queries, whatever the number."""
    query = (
        select(Person)
        .where(Person.id.in_(_member_ids(actor)))
        .order_by(func.lower(Person.field_name), Person.id)
        .limit(MOST)
        .options(_with_roles())
    )
    return list(db.session.scalars(query))


def count(actor: Actor) -> int:
    """How many people the list holds."""
    return db.session.scalar(select(func.count()).select_from(_member_ids(actor).subquery())) or 0


def get(actor: Actor, person_id: str) -> Person:
    """A person of the actor's chapters. Raises NotFound, Forbidden."""
    person = db.session.get(Person, person_id, options=[_with_roles()])
    if person is None or not policy.shares_chapter(actor, person):
        raise NotFound()
    if not policy.can_see_person(actor, person):
        raise Forbidden()
    return person


def any_of(person_id: str) -> Person:
    """A person without a look at who asks: for words on a page whose access was decided before."""
    return db.session.get_one(Person, person_id, options=[_with_roles()], populate_existing=True)


def seen_memberships(actor: Actor, person: Person) -> list[Membership]:
    """The roles that the actor may know of: those in their own chapters, counsel to counsel."""
    seen = [m for m in person.memberships if policy.can_see_membership(actor, m)]
    return sorted(seen, key=lambda m: (m.chapter.path, m.role))


def disable(actor: Actor, person_id: str, *, revoke: bool, now: int) -> None:
    """Disable a person: their next request fails, and the links that they handed out. With ``revoke`` their devices may not write any more.

    Raises NotFound, Forbidden, StepUpNeeded.
    """
    person = _changeable(actor, person_id, now)
    with write() as session:
        sessions.end_all(session, person.id, now)
        invites.end_made_by(session, person.id, now)
        if revoke:
            devices.revoke_all(session, person.id, now)
        working = (
            Person.id == person.id,
            Person.disabled_at.is_(None),
        )  # last: who holds a key of theirs may wait to count them
        session.execute(update(Person).where(*working).values(disabled_at=now))
        touch(session, person.id)


def enable(actor: Actor, person_id: str, now: int) -> None:
    """Let a disabled person sign in again; revoked devices stay revoked. Raises NotFound, Forbidden, StepUpNeeded."""
    person = _changeable(actor, person_id, now)
    with write() as session:
        session.execute(update(Person).where(Person.id == person.id).values(disabled_at=None))
        touch(session, person.id)


def _changeable(actor: Actor, person_id: str, now: int) -> Person:
    person = get(actor, person_id)
    if not policy.can_disable(actor, person):
        raise Forbidden()
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    return person


def _member_ids(actor: Actor) -> Select[str]:
    here = Membership.chapter_id.in_(policy.people_chapters(actor))
    counsel = and_(Membership.role == LEGAL, Membership.chapter_id.in_(actor.where(LEGAL)))
    return select(Membership.person_id).where(or_(here, counsel)).distinct()


def _with_roles() -> ORMOption:
    return selectinload(Person.memberships).options(joinedload(Membership.chapter))
