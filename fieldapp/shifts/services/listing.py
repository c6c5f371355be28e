"""What a person's phone shows of shifts: theirs, those they may take, and for the rest why not and what would change it.

A fixed number of queries however many people and shifts there are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import defer

from fieldapp.accounts.models import Chapter, Person
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import brief, rules, standing
from fieldapp.shifts.services.rules import Asked, Asker, Taken, Verdict
from fieldapp.shifts.services.standing import Standing
from fieldapp.training.models import Course, Grade, TrainingSession
from fieldapp.training.services import certificates, grades

AHEAD = 35 * DAY
BEHIND = 2 * DAY  # how long after its end a shift stays listed for those who were on it
MOST = 500


@dataclass(frozen=True)
class Mate:
    """Someone on the same shift, as those on it see them."""

    person_id: str
    name: str
    state: str
    here_at: int | None
    quiet_until: int | None
    out_at: int | None


@dataclass(frozen=True)
class Offer:
    """One shift for one person. ``verdict`` is None when they may take it; ``claim`` is set when it is theirs."""

    shift: Shift
    place: Place
    chapter: Chapter
    course: Course | None
    standing: Standing
    verdict: Verdict | None
    claim: Claim | None = None
    mates: tuple[Mate, ...] = ()

    @property
    def lead(self) -> str:
        """The lead's field name; empty when there is none or the names are not shown."""
        return next((mate.name for mate in self.mates if mate.person_id == self.shift.lead_id), "")


@dataclass
class Listing:
    """Soonest first in each list."""

    mine: list[Offer] = field(default_factory=list)
    open: list[Offer] = field(default_factory=list)
    rest: list[Offer] = field(default_factory=list)


def for_person(actor: Actor, now: int) -> Listing:
    """The person's own shifts until two days after, and all of their chapters' in the next five weeks."""
    rows = _shifts(actor, now)
    shifts = [shift for shift, _, _, _ in rows]
    stands = standing.of(shifts)
    courses = _courses({s.course_id for s in shifts if s.course_id})
    ends = {course: end for (_, course), end in certificates.ends([actor.person_id]).items()}
    taken = tuple(Taken(s, p.name, p.zone) for s, p, _, c in rows if c and s.cancelled_at is None)
    seasoned = _experienced_in(actor.person_id, {chapter.id: chapter for _, _, chapter, _ in rows})
    sittings = _next_sittings(courses, actor, now)
    mates = _mates([s.id for s, _, _, c in rows if c and c.out_at is None])
    made = Listing()
    for shift, place, chapter, claim in rows:
        course = courses.get(shift.course_id or "")
        stands_so = stands[shift.id]
        if claim:
            made.mine.append(
                Offer(shift, place, chapter, course, stands_so, None, claim, tuple(mates.get(shift.id, ())))
            )
            continue
        asker = Asker(ends, taken, chapter.id in seasoned)
        names = (course.name_en, course.name_es) if course else ("", "")
        no = rules.verdict(shift, asker, Asked(stands_so.experienced, place.closed_at, names), now)
        if no and no.code == "not_certified":
            no = Verdict(no.code, {**no.values, "next_session": sittings.get(shift.course_id or "")})
        offer = Offer(shift, place, chapter, course, stands_so, no)
        (made.rest if no else made.open).append(offer)
    return made


def snapshot(actor: Actor, now: int) -> dict[str, Any]:
    """The same as plain data for the phone: ``{"mine": [...], "open": [...], "rest": [...]}``."""
    found = for_person(actor, now)
    return {
        "mine": [_mine(offer) for offer in found.mine],
        "open": [_basic(offer) for offer in found.open],
        "rest": [
            {**_basic(offer), "why": {"code": offer.verdict.code, **offer.verdict.values}}
            for offer in found.rest
            if offer.verdict
        ],
    }


def _basic(offer: Offer) -> dict[str, Any]:
    shift = offer.shift
    return {
        "id": shift.id,
        "chapter": shift.chapter_id,
        "place": shift.place_id,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "zone": offer.place.zone,
        "minimum": shift.minimum,
        "seats": shift.seats,
        "taken": shift.taken,
        "confirmed": offer.standing.confirmed,
        "experienced": offer.standing.experienced,
        "course": shift.course_id,
        "purpose": shift.purpose,
        "version": shift.version,
    }


def _mine(offer: Offer) -> dict[str, Any]:
    claim = offer.claim
    assert claim is not None
    return {
        **_basic(offer),
        "cancelled": offer.shift.cancelled_at is not None,
        "cancel_reason": offer.shift.cancel_reason,
        "state": claim.state,
        "here_at": claim.here_at,
        "quiet_until": claim.quiet_until,
        "out_at": claim.out_at,
        "after": claim.after,
        "lead": offer.lead,
        "brief": brief.card(offer.shift, offer.place, offer.chapter, offer.lead).as_data(),
        "roster": [
            {
                "name": mate.name,
                "state": mate.state,
                "here_at": mate.here_at,
                "quiet_until": mate.quiet_until,
                "out_at": mate.out_at,
                "me": mate.person_id == claim.person_id,
                "lead": mate.person_id == offer.shift.lead_id,
            }
            for mate in offer.mates
        ],
    }


def _shifts(actor: Actor, now: int) -> list[tuple[Shift, Place, Chapter, Claim | None]]:
    own = and_(Claim.shift_id == Shift.id, Claim.person_id == actor.person_id, Claim.state.in_(LIVE))
    ahead = and_(
        Shift.chapter_id.in_(actor.chapters),
        Shift.starts_at > now,
        Shift.starts_at <= now + AHEAD,
        Shift.cancelled_at.is_(None),
    )
    query = (
        select(Shift, Place, Chapter, Claim)
        .join(Place, Place.id == Shift.place_id)
        .join(Chapter, Chapter.id == Shift.chapter_id)
        .outerjoin(Claim, own)
        .where(or_(ahead, and_(Claim.person_id.is_not(None), Shift.ends_at > now - BEHIND)))
        .order_by(Shift.starts_at, Place.name, Shift.id)
        .options(defer(Place.geom), defer(Place.area))  # decoding positions costs more than all the rest
        .limit(MOST)
    )
    return [(shift, place, chapter, claim) for shift, place, chapter, claim in db.session.execute(query)]


def _courses(ids: Collection[str]) -> dict[str, Course]:
    query = select(Course).where(Course.id.in_(ids))
    return {course.id: course for course in db.session.scalars(query)} if ids else {}


def _experienced_in(person_id: str, chapters: dict[str, Chapter]) -> set[str]:
    """Those of the chapters in which the person counts as experienced: grades act downward."""
    query = select(Chapter.path).join(Grade, Grade.chapter_id == Chapter.id)
    query = query.where(Grade.person_id == person_id, Grade.grade.in_(grades.EXPERIENCED))
    given = list(db.session.scalars(query))
    return {c.id for c in chapters.values() if any(c.path.startswith(path) for path in given)}


def _next_sittings(courses: Collection[str], actor: Actor, now: int) -> dict[str, dict[str, Any]]:
    """The next session of each course, for those whom a missing certificate keeps away."""
    if not courses:
        return {}
    query = (
        select(TrainingSession)
        .where(
            TrainingSession.course_id.in_(courses),
            TrainingSession.chapter_id.in_(actor.chapters | actor.above),
            TrainingSession.starts_at > now,
            TrainingSession.cancelled_at.is_(None),
        )
        .order_by(TrainingSession.starts_at.desc())
        .limit(100)
    )
    return {
        s.course_id: {"id": s.id, "starts_at": s.starts_at, "zone": s.zone, "where": s.where}
        for s in db.session.scalars(query)
    }


def _mates(shift_ids: Collection[str]) -> dict[str, list[Mate]]:
    found: dict[str, list[Mate]] = {}
    if shift_ids:
        query = (
            select(Claim, Person.field_name)
            .join(Person, Person.id == Claim.person_id)
            .where(Claim.shift_id.in_(shift_ids), Claim.state.in_(LIVE))
            .order_by(Person.field_name, Person.id)
        )
        for claim, name in db.session.execute(query):
            mate = Mate(claim.person_id, name, claim.state, claim.here_at, claim.quiet_until, claim.out_at)
            found.setdefault(claim.shift_id, []).append(mate)
    return found
