"""A shift's roster and the lists of a week: who is on it, how they are now, and what must be known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import select

from fieldapp.accounts.models import Chapter, Person
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import MINUTE, local_ms, to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import NotFound
from fieldapp.places.models import Place
from fieldapp.shifts import policy
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import brief, rules, standing
from fieldapp.shifts.services.rules import Asked, Asker, Taken, Verdict
from fieldapp.shifts.services.standing import Standing
from fieldapp.training.models import Course
from fieldapp.training.services import certificates, conduct, grades

CARE = 45 * MINUTE  # past the promised time, someone is looked for (RESPONSE.md)
WARN = 30  # days before a certificate ends
MOST = 1000
T = TypeVar("T")


@dataclass(frozen=True)
class Now:
    """How someone is: ``kind`` overdue, unheard, late, quiet, here, out, confirmed, claimed; ``at`` (ms UTC), ``minutes``."""

    kind: str
    at: int | None = None
    minutes: int = 0

    @property
    def glyph(self) -> str:
        """The shape that says it."""
        return {"overdue": "gap", "here": "ok", "out": "ok", "confirmed": "ok"}.get(self.kind, "wait")

    @property
    def rank(self) -> int:
        """0 needs a person first."""
        return ("overdue", "unheard", "late", "quiet", "claimed", "confirmed", "here", "out").index(self.kind)


def state_now(claim: Claim, shift: Shift, now: int) -> Now:
    """How someone on a shift is at ``now`` (ms UTC). Pure. What was promised counts from "phone off until", else the end."""
    if claim.out_at is not None:
        return Now("out", claim.out_at)
    quiet = claim.quiet_until
    if claim.here_at is None and quiet is None:
        if now > shift.starts_at:
            return Now("late", shift.starts_at, (now - shift.starts_at) // MINUTE)
        return Now("confirmed" if claim.state == "confirmed" else "claimed", claim.at)
    promised = promise(claim, shift)
    if now >= promised + CARE:
        return Now("overdue", promised, (now - promised) // MINUTE)
    if now > promised:
        return Now("unheard", promised, (now - promised) // MINUTE)
    if quiet is not None:
        return Now("quiet", quiet)
    return Now("here", claim.here_at)


def promise(claim: Claim, shift: Shift) -> int:
    """When we next expect to hear from someone: their start, the time they said, or the end. ms UTC."""
    if claim.quiet_until is not None:
        return claim.quiet_until
    return shift.starts_at if claim.here_at is None else shift.ends_at


@dataclass(frozen=True)
class Row:
    """Someone on the roster."""

    person: Person
    claim: Claim
    grade: str
    certificate_ends: int | None
    now: Now
    promise: int
    lead: bool


@dataclass(frozen=True)
class Roster:
    """All that the roster page shows."""

    shift: Shift
    place: Place
    chapter: Chapter
    course: Course | None
    rows: tuple[Row, ...]
    standing: Standing
    brief: brief.Brief
    can_plan: bool

    @property
    def counts(self) -> Counter[str]:
        """How many are in each state."""
        return Counter(row.now.kind for row in self.rows)

    @property
    def overdue(self) -> list[Row]:
        """Those to look for, the longest first."""
        return sorted((row for row in self.rows if row.now.kind == "overdue"), key=lambda row: -row.now.minutes)

    @property
    def callers(self) -> list[tuple[str, str]]:
        """Id and field name of everyone who may call and say a word: those who are out already last."""
        found = sorted(self.rows, key=lambda row: row.claim.out_at is not None)
        return [(row.person.id, row.person.field_name) for row in found]

    @property
    def lead(self) -> Row | None:
        """The lead's row."""
        return next((row for row in self.rows if row.lead), None)


def see(actor: Actor, shift_id: str, now: int) -> Roster:
    """The roster, for coordinators of the chapter and for those on the shift until they are out.

    Raises NotFound, Forbidden.
    """
    shift = db.session.get(Shift, shift_id)
    if shift is None or not policy.can_see_shift(actor, shift):
        raise NotFound()
    policy.demand(policy.can_see_roster(actor, shift, db.session.get(Claim, (shift_id, actor.person_id))))
    return _rosters(actor, [shift], now)[0]


def _rosters(actor: Actor, shifts: Sequence[Shift], now: int) -> list[Roster]:
    """The rosters of several shifts, in their order; a fixed number of queries and one more for each chapter."""
    on: dict[str, list[tuple[Claim, Person]]] = {shift.id: [] for shift in shifts}
    query = select(Claim, Person).join(Person, Person.id == Claim.person_id)
    for claim, person in db.session.execute(query.where(Claim.shift_id.in_(on), Claim.state.in_(LIVE))):
        on[claim.shift_id].append((claim, person))
    everyone = {person.id for pairs in on.values() for _, person in pairs}
    ends = certificates.ends(everyone, {shift.course_id for shift in shifts if shift.course_id})
    ranks = {chapter: grades.of(everyone, chapter) for chapter in {shift.chapter_id for shift in shifts}}
    places = _by_id(Place, {shift.place_id for shift in shifts})
    homes = _by_id(Chapter, set(ranks))
    courses = _by_id(Course, {shift.course_id for shift in shifts if shift.course_id})
    return [
        _roster(
            actor,
            shift,
            _rows(shift, on[shift.id], ranks[shift.chapter_id], ends, now),
            (places[shift.place_id], homes[shift.chapter_id], courses.get(shift.course_id or "")),
        )
        for shift in shifts
    ]


def _by_id(model: type[T], ids: set[str]) -> dict[str, T]:
    query = select(model).where(model.id.in_(ids))  # type: ignore[attr-defined]
    return {thing.id: thing for thing in db.session.scalars(query)} if ids else {}  # type: ignore[attr-defined]


def _rows(
    shift: Shift, on: list[tuple[Claim, Person]], ranks: dict[str, str], ends: dict[tuple[str, str], int], now: int
) -> tuple[Row, ...]:
    rows = [
        Row(
            person=person,
            claim=claim,
            grade=ranks.get(person.id, "trainee"),
            certificate_ends=ends.get((person.id, shift.course_id or "")),
            now=state_now(claim, shift, now),
            promise=promise(claim, shift),
            lead=person.id == shift.lead_id,
        )
        for claim, person in on
    ]
    return tuple(sorted(rows, key=lambda row: (row.now.rank, not row.lead, row.person.field_name.casefold())))


def _roster(actor: Actor, shift: Shift, rows: tuple[Row, ...], around: tuple[Place, Chapter, Course | None]) -> Roster:
    place, chapter, course = around
    lead = next((row.person.field_name for row in rows if row.lead), "")
    confirmed = sum(row.claim.state == "confirmed" for row in rows)
    seasoned = any(row.grade in grades.EXPERIENCED for row in rows)
    return Roster(
        shift=shift,
        place=place,
        chapter=chapter,
        course=course,
        rows=rows,
        standing=standing.stand(shift, confirmed, len(rows) - confirmed, seasoned),
        brief=brief.card(shift, place, chapter, lead),
        can_plan=policy.can_plan(actor, shift.chapter_id),
    )


@dataclass(frozen=True)
class Candidate:
    """Someone who might be added: ``verdict`` is None when they may be."""

    person: Person
    grade: str
    verdict: Verdict | None


def candidates(roster: Roster, now: int) -> list[Candidate]:
    """Everyone of the chapter who is not on the shift, those who may take it first. Six queries."""
    shift = roster.shift
    on = {row.person.id for row in roster.rows}
    people = [p for p in certificates.people_of(shift.chapter_id) if p.id not in on]
    ids = [person.id for person in people]
    ranks = grades.of(ids, shift.chapter_id)
    ends = certificates.ends(ids, [shift.course_id] if shift.course_id else [])
    busy = _busy(ids, shift)
    owed = conduct.blocked(ids, shift.chapter_id, now)
    course = roster.course
    asked = Asked(
        roster.standing.experienced, roster.place.closed_at, (course.name_en, course.name_es) if course else ("", "")
    )
    found = []
    for person in people:
        held = {course.id: ends[person.id, course.id]} if course and (person.id, course.id) in ends else {}
        rank = ranks.get(person.id, "trainee")
        asker = Asker(held, tuple(busy.get(person.id, ())), rank in grades.EXPERIENCED, owed.get(person.id))
        found.append(Candidate(person, rank, rules.verdict(shift, asker, asked, now, late=True)))
    return sorted(found, key=lambda one: one.verdict is not None)


def _busy(person_ids: Sequence[str], shift: Shift) -> dict[str, list[Taken]]:
    found: dict[str, list[Taken]] = {}
    if person_ids:
        query = (
            select(Claim.person_id, Shift, Place.name, Place.zone)
            .join(Shift, Shift.id == Claim.shift_id)
            .join(Place, Place.id == Shift.place_id)
            .where(
                Claim.person_id.in_(person_ids),
                Claim.state.in_(LIVE),
                Shift.cancelled_at.is_(None),
                Shift.starts_at < shift.ends_at,
                Shift.ends_at > shift.starts_at,
            )
        )
        for person, other, name, zone in db.session.execute(query):
            found.setdefault(person, []).append(Taken(other, name, zone))
    return found


@dataclass(frozen=True)
class Entry:
    """One shift in the week's list."""

    shift: Shift
    place: Place
    standing: Standing
    day: date


def week(actor: Actor, monday: date, zone: str, *, place_id: str = "") -> list[Entry]:
    """The shifts of a week that the actor coordinates, by start. ``zone`` says where the week begins and ends."""
    query = (
        select(Shift, Place)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Shift.chapter_id.in_(actor.where(COORDINATOR)),
            Shift.starts_at >= local_ms(monday, 0, zone),
            Shift.starts_at < local_ms(monday + timedelta(days=7), 0, zone),
        )
        .order_by(Shift.starts_at, Place.name, Shift.id)
        .limit(MOST)
    )
    if place_id:
        query = query.where(Shift.place_id == place_id)
    found = [(shift, place) for shift, place in db.session.execute(query)]
    stands = standing.of([shift for shift, _ in found])
    return [
        Entry(shift, place, stands[shift.id], to_datetime(shift.starts_at, place.zone).date())
        for shift, place in found
        if shift.cancelled_at is None or shift.taken
    ]


def day(actor: Actor, when: date, zone: str, now: int) -> list[Roster]:
    """The rosters of one local day that the actor coordinates, to be copied as text. Raises Forbidden."""
    policy.demand(bool(actor.where(COORDINATOR)))
    query = select(Shift).where(
        Shift.chapter_id.in_(actor.where(COORDINATOR)),
        Shift.starts_at >= local_ms(when, 0, zone),
        Shift.starts_at < local_ms(when + timedelta(days=1), 0, zone),
        Shift.cancelled_at.is_(None),
    )
    found = list(db.session.scalars(query.order_by(Shift.starts_at, Shift.place_id, Shift.id).limit(200)))
    return _rosters(actor, found, now) if found else []


def several(actor: Actor, shifts: Sequence[Shift], now: int) -> list[Roster]:
    """The rosters of shifts that the actor coordinates, in their order. Raises Forbidden."""
    policy.demand(all(policy.can_plan(actor, shift.chapter_id) for shift in shifts))
    return _rosters(actor, list(shifts), now) if shifts else []
