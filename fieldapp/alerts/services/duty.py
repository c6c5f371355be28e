"""On duty: by a switch that ends by itself, or by the dispatchers' rota; who is on now, the hand-over, and the hours that nobody has."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.alerts import policy
from fieldapp.alerts.models import Duty
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import HOUR, round_up
from fieldapp.core.db import db, write
from fieldapp.core.errors import Forbidden, NotFound
from fieldapp.shifts.models import RotaTurn
from fieldapp.shifts.services import duty as rota

LASTS = 8 * HOUR


@dataclass(frozen=True)
class On:
    """Somebody on duty now, until a moment (ms UTC). ``staying``: over, but the next one has not said yet that they have it."""

    chapter: Chapter
    person_id: str
    name: str
    until: int
    backup: bool = False
    staying: bool = False


@dataclass(frozen=True)
class Here:
    """Duty in the chapters that somebody coordinates. ``begun``: their own hours that they have not taken over yet."""

    people: tuple[On, ...]
    begun: tuple[rota.Seat, ...]
    gaps: tuple[rota.Gap, ...]

    def said(self) -> tuple[object, ...]:
        """What of it a page shows: the same as long as nothing changed."""
        people = tuple((one.person_id, one.chapter.id, one.until, one.backup, one.staying) for one in self.people)
        return people, tuple(seat.turn.id for seat in self.begun), tuple((gap.seat, gap.ends_at) for gap in self.gaps)


def until(actor: Actor, now: int) -> int | None:
    """Until when the actor switched themselves on (ms UTC), or None."""
    query = select(func.max(Duty.until)).where(Duty.person_id == actor.person_id, Duty.until > now)
    return db.session.scalar(query)


def by_the_rota(actor: Actor, now: int) -> int | None:
    """Until when the actor is on duty by a rota (ms UTC), or None."""
    seats = rota.seats(db.session(), actor.where(COORDINATOR), now)
    return max((max(now, one.turn.ends_at) for one in seats if one.person_id == actor.person_id), default=None)


def here(actor: Actor, now: int) -> Here:
    """Who is on duty where the actor coordinates, what the actor has to take over, and the gaps of two weeks. Three queries."""
    mine = actor.where(COORDINATOR)
    if not mine:
        return Here((), (), ())
    seats = rota.seats(db.session(), mine, now)
    switched = (
        select(Chapter, Person, Duty.until)
        .select_from(Duty)
        .join(Chapter, Chapter.id == Duty.chapter_id)
        .join(Person, Person.id == Duty.person_id)
        .where(Duty.chapter_id.in_(mine), Duty.until > now, Person.disabled_at.is_(None))
        .order_by(Chapter.name, Person.field_name, Person.id)
    )
    people = [On(one.chapter, one.person_id, one.name, one.turn.ends_at, one.backup, one.staying) for one in seats]
    by_rota = {(one.chapter.id, one.person_id) for one in people}
    people += [
        On(chapter, person.id, person.field_name, ends)
        for chapter, person, ends in db.session.execute(switched).tuples()
        if (chapter.id, person.id) not in by_rota
    ]
    people.sort(key=lambda one: (one.chapter.name, one.backup))
    begun = (
        one for one in seats if one.person_id == actor.person_id and not one.staying and not one.turn.handed_over_at
    )
    return Here(tuple(people), tuple(begun), tuple(rota.gaps(db.session(), mine, now)))


def have_it(actor: Actor, turn_id: str, now: int) -> None:
    """The actor's hours on a rota have begun, and they know what is open: who was on before them is free. Raises NotFound."""
    with write() as session:
        turn = session.get(RotaTurn, turn_id, populate_existing=True, with_for_update=True)
        mine = {one.turn.id for one in rota.seats(session, actor.where(COORDINATOR), now)}
        if turn is None or turn.person_id != actor.person_id or turn.id not in mine:
            raise NotFound()
        turn.handed_over_at = turn.handed_over_at or now


def begin(actor: Actor, now: int) -> int:
    """On duty for eight hours, to the full hour, in every chapter that made the actor a coordinator. Returns the end."""
    _only_coordinators(actor)
    ends = round_up(now + LASTS, HOUR)
    with write() as session:
        own = select(Membership.chapter_id).where(
            Membership.person_id == actor.person_id, Membership.role == COORDINATOR
        )
        for chapter_id in session.scalars(own):
            session.merge(Duty(person_id=actor.person_id, chapter_id=chapter_id, until=ends))
    return ends


def end(actor: Actor) -> None:
    """Off duty everywhere by the switch; hours on a rota stay."""
    _only_coordinators(actor)
    with write() as session:
        session.execute(delete(Duty).where(Duty.person_id == actor.person_id))


def _only_coordinators(actor: Actor) -> None:
    if not policy.can_be_on_duty(actor):
        raise Forbidden()
