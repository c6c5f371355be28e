"""Shadowed shifts: after one, its lead says of each who shadowed whether they are signed off, or what to work on.

Two sign-offs make somebody ready for watcher; a coordinator or trainer gives the grade. Where a shift had no lead, a coordinator signs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from fieldapp.accounts.models import Membership, Person
from fieldapp.accounts.services import people
from fieldapp.core.actor import COORDINATOR, TRAINER, Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts import policy
from fieldapp.shifts.models import Claim, Shift, SignOff
from fieldapp.shifts.policy import LIVE
from fieldapp.training.services import grades

ENOUGH = 2  # signed-off shifts
BEHIND = 14 * DAY  # how long after a shift its lead is asked
SHADOWS = ("trainee", "shadow")
SIGNED, WORK = RESULTS = ("signed", "work")
CODES = ("rules", "calm", "distance", "writing", "safety", "team", "on_time")


@dataclass(frozen=True)
class Shadow:
    """Somebody who shadowed a shift. ``said`` is None until somebody has; ``count``: shifts signed off so far."""

    person: Person
    said: SignOff | None
    count: int


@dataclass(frozen=True)
class Page:
    """A shift that is over, those who shadowed it, and whether the reader signs for a lead who is not there."""

    shift: Shift
    place: Place
    shadows: tuple[Shadow, ...]
    standing_in: bool


def see(actor: Actor, shift_id: str, now: int) -> Page:
    """Those who shadowed a shift: for its lead and the coordinators of its chapter. Raises NotFound, DomainError("running")."""
    shift = _signable(actor, shift_id, now)
    on = _shadowed([shift])[shift.id]
    said = {one.person_id: one for one in db.session.scalars(select(SignOff).where(SignOff.shift_id == shift_id))}
    counts = counted([person.id for person in on])
    shadows = tuple(Shadow(person, said.get(person.id), counts.get(person.id, 0)) for person in on)
    place = db.session.get_one(Place, shift.place_id)
    return Page(shift, place, shadows, shift.lead_id != actor.person_id)


def _signable(actor: Actor, shift_id: str, now: int) -> Shift:
    shift = db.session.get(Shift, shift_id)
    if shift is None or not policy.can_see_shift(actor, shift):
        raise NotFound()
    policy.demand(policy.can_sign_off(actor, shift))
    if shift.cancelled_at is not None or now < shift.ends_at:
        raise DomainError(
            "running",
            N_("This shift is not over, or it was cancelled."),
            safe=N_("Nothing was changed."),
            do=N_("Come back when it has taken place."),
        )
    return shift


def sign(actor: Actor, shift_id: str, person_id: str, result: str, codes: Collection[str], now: int) -> SignOff:
    """Sign somebody off, or say what to work on (``codes``). The last word counts. Nobody signs for themselves.

    Raises NotFound, Forbidden, Invalid, DomainError("running").
    """
    shift = _signable(actor, shift_id, now)
    if person_id not in {person.id for person in _shadowed([shift])[shift.id]}:
        raise NotFound()
    policy.demand(person_id != actor.person_id)
    kept = [code for code in CODES if code in codes]
    if result not in RESULTS or (result == WORK and not kept):
        raise Invalid(fields={"codes": N_("Say what to work on.")})
    with write() as session:
        people.hold(session, [person_id])
        row = session.get(SignOff, (shift_id, person_id), populate_existing=True)
        if row is None:
            row = SignOff(shift_id=shift_id, person_id=person_id)
            session.add(row)
        row.result, row.codes = result, kept if result == WORK else []
        row.by_id, row.at = actor.person_id, now
        session.flush()
        people.touch_many(session, [person_id, actor.person_id])
    return row


def counted(person_ids: Collection[str]) -> dict[str, int]:
    """How many shifts each person was signed off on. One query."""
    if not person_ids:
        return {}
    query = select(SignOff.person_id, func.count()).where(SignOff.person_id.in_(person_ids), SignOff.result == SIGNED)
    return {person: int(n) for person, n in db.session.execute(query.group_by(SignOff.person_id))}


def of_person(person_id: str, *, limit: int = 20) -> list[tuple[SignOff, Shift, Place]]:
    """What was said of one person, newest first."""
    query = (
        select(SignOff, Shift, Place)
        .join(Shift, Shift.id == SignOff.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .where(SignOff.person_id == person_id)
        .order_by(SignOff.at.desc())
        .limit(limit)
    )
    return [(said, shift, place) for said, shift, place in db.session.execute(query)]


def _shadowed(shifts: Sequence[Shift]) -> dict[str, list[Person]]:
    """Those who came to each shift and are no watchers yet, by name. Two queries, and one more for each chapter."""
    found: dict[str, list[Person]] = {shift.id: [] for shift in shifts}
    came = or_(Claim.here_at.is_not(None), Claim.out_at.is_not(None))
    query = select(Claim.shift_id, Person).join(Person, Person.id == Claim.person_id)
    query = query.where(Claim.shift_id.in_(found), Claim.state.in_(LIVE), came).order_by(Person.field_name, Person.id)
    on = db.session.execute(query).tuples().all()
    ids = {person.id for _, person in on}
    ranks = {chapter: grades.of(ids, chapter) for chapter in {shift.chapter_id for shift in shifts}}
    home = {shift.id: shift for shift in shifts}
    signed = set(
        db.session.execute(select(SignOff.shift_id, SignOff.person_id).where(SignOff.shift_id.in_(found))).tuples()
    )
    for shift_id, person in on:
        shift = home[shift_id]
        shadow = ranks[shift.chapter_id].get(person.id, "trainee") in SHADOWS or (shift_id, person.id) in signed
        if shadow and person.id != shift.lead_id:
            found[shift_id].append(person)
    return found


@dataclass(frozen=True)
class Due:
    """A shift that is over and whose shadows nobody has spoken about. ``led``: its lead is asked, not the coordinators."""

    shift: Shift
    place: Place
    waiting: int
    led: bool


def due(actor: Actor, now: int) -> list[Due]:
    """What the actor may say something about: shifts they led, and as a coordinator those without a lead; newest first."""
    asked = Shift.lead_id == actor.person_id
    if where := actor.where(COORDINATOR):
        asked = asked | (Shift.chapter_id.in_(where) & Shift.lead_id.is_(None))
    return _due(asked, actor.person_id, now)


def due_for_lead(person_id: str, now: int) -> list[Due]:
    """Of the shifts that one person led: what their phone reminds them of."""
    return _due(Shift.lead_id == person_id, person_id, now)


def _due(asked: object, person_id: str, now: int) -> list[Due]:
    query = (
        select(Shift, Place)
        .join(Place, Place.id == Shift.place_id)
        .where(asked, Shift.ends_at <= now, Shift.ends_at > now - BEHIND, Shift.cancelled_at.is_(None))  # type: ignore[arg-type]
        .order_by(Shift.ends_at.desc(), Shift.id)
        .limit(50)
    )
    rows = db.session.execute(query).tuples().all()
    if not rows:
        return []
    on = _shadowed([shift for shift, _ in rows])
    spoken = select(SignOff.shift_id, SignOff.person_id).where(SignOff.shift_id.in_(on))
    done = set(db.session.execute(spoken).tuples())
    found = []
    for shift, place in rows:
        left = [p for p in on[shift.id] if (shift.id, p.id) not in done and p.id != person_id]
        if left:
            found.append(Due(shift, place, len(left), shift.lead_id is not None))
    return found


@dataclass(frozen=True)
class Ready:
    """Somebody with enough shifts signed off who is no watcher yet."""

    person: Person
    grade: str
    count: int


def ready(actor: Actor) -> list[Ready]:
    """Who is ready for watcher in the chapters where the actor coordinates or teaches. Two queries and one a chapter."""
    where = actor.where(COORDINATOR, TRAINER)
    policy.demand(bool(where))
    enough = (
        select(SignOff.person_id, func.count().label("n"))
        .where(SignOff.result == SIGNED)
        .group_by(SignOff.person_id)
        .having(func.count() >= ENOUGH)
        .subquery()
    )
    query = (
        select(Person, Membership.chapter_id, enough.c.n)
        .join(enough, enough.c.person_id == Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.chapter_id.in_(where), Person.disabled_at.is_(None))
        .order_by(func.lower(Person.field_name), Person.id)
        .limit(500)
    )
    rows = {person.id: (person, chapter, int(n)) for person, chapter, n in db.session.execute(query)}
    ranks = {chapter: grades.of(list(rows), chapter) for chapter in {chapter for _, chapter, _ in rows.values()}}
    found = [Ready(person, ranks[chapter].get(person.id, "trainee"), n) for person, chapter, n in rows.values()]
    return [one for one in found if one.grade in SHADOWS]
