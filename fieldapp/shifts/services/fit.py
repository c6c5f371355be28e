"""Who may take which shift, for many people and shifts at once: the same rules, asked in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.core.db import db
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import rules
from fieldapp.shifts.services.claims import with_experience
from fieldapp.shifts.services.rules import Asked, Asker, Planned, Taken, Verdict
from fieldapp.training.models import Certificate, Grade
from fieldapp.training.services import conduct
from fieldapp.training.services.grades import EXPERIENCED

Who = Select[str] | list[str]  # people as a question, because a chapter may have more than a statement takes values


@dataclass(frozen=True)
class Around:
    """A shift, its place and its chapter's path."""

    shift: Shift
    place: Place
    path: str


@dataclass
class Pool:
    """Everyone who belongs to the shifts' chapters or to one above them, with all that the rules ask about them."""

    around: Mapping[str, Around]
    names: Mapping[str, str]
    homes: Mapping[str, tuple[str, ...]]  # person → paths of their chapters
    ends: Mapping[str, Mapping[str, int]]
    graded: Mapping[str, tuple[str, ...]]
    busy: Mapping[str, tuple[Taken, ...]]
    owed: Mapping[str, Mapping[str, int]]  # chapter → person → version of the code of conduct to accept first
    who: Who  # the same people, for further questions
    led: Collection[str] = field(default_factory=set)

    def of(self, shift_id: str) -> list[str]:
        """Those who belong to the shift's chapter or to one above it, by name."""
        path = self.around[shift_id].path
        found = [person for person, homes in self.homes.items() if any(path.startswith(home) for home in homes)]
        return sorted(found, key=lambda person: (self.names[person].casefold(), person))

    def asker(self, shift_id: str, person_id: str) -> Asker:
        """The person, as the rules see them."""
        path = self.around[shift_id].path
        grown = any(path.startswith(given) for given in self.graded.get(person_id, ()))
        shift = self.around[shift_id].shift
        owed = self.owed[shift.chapter_id].get(person_id)
        return Asker(self.ends.get(person_id, {}), self.busy.get(person_id, ()), grown, owed)

    def verdict(self, shift_id: str, person_id: str, now: int) -> Verdict | None:
        """None when the person may take the shift at ``now`` (ms UTC), as it stands."""
        one = self.around[shift_id]
        asked = Asked(shift_id in self.led, one.place.closed_at)
        return rules.verdict(one.shift, self.asker(shift_id, person_id), asked, now)

    def instead(self, shift_id: str, person_id: str, led: bool, now: int) -> Verdict | None:
        """The same for the place of someone who would leave; ``led``: someone experienced stays."""
        one = self.around[shift_id]
        left: Planned = rules.Without(one.shift)
        return rules.verdict(left, self.asker(shift_id, person_id), Asked(led, one.place.closed_at), now)


def pool(shift_ids: Collection[str], now: int, *, only: Collection[str] | None = None) -> Pool:
    """Everyone who may come into question for these shifts at ``now`` (ms UTC), of them ``only`` these people. Six queries, and two
    more for each chapter.
    """
    around = _around(shift_ids)
    steps = {step for one in around.values() for step in one.path.split("/") if step}
    who: Who = list(only) if only is not None else select(Membership.person_id).where(Membership.chapter_id.in_(steps))
    names, homes = _people(steps, who)
    owed = {home: conduct.blocked(who, home, now) for home in {one.shift.chapter_id for one in around.values()}}
    led = with_experience(list(around))
    return Pool(around, names, homes, _ends(who, around), _graded(who, steps), _busy(who, around), owed, who, led)


def _around(shift_ids: Collection[str]) -> dict[str, Around]:
    query = (
        select(Shift, Place, Chapter.path)
        .join(Place, Place.id == Shift.place_id)
        .join(Chapter, Chapter.id == Shift.chapter_id)
        .where(Shift.id.in_(shift_ids))
        .execution_options(populate_existing=True)
    )
    return {shift.id: Around(shift, place, path) for shift, place, path in db.session.execute(query)}


def _people(chapters: Collection[str], who: Who) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    query = (
        select(Person.id, Person.field_name, Chapter.path)
        .join(Membership, Membership.person_id == Person.id)
        .join(Chapter, Chapter.id == Membership.chapter_id)
        .where(Membership.chapter_id.in_(chapters), Person.disabled_at.is_(None), Person.id.in_(who))
        .distinct()
    )
    names: dict[str, str] = {}
    homes: dict[str, tuple[str, ...]] = {}
    for person, name, path in db.session.execute(query):
        names[person] = name
        homes[person] = (*homes.get(person, ()), path)
    return names, homes


def _ends(who: Who, around: Mapping[str, Around]) -> dict[str, dict[str, int]]:
    courses = {one.shift.course_id for one in around.values() if one.shift.course_id}
    query = (
        select(Certificate.person_id, Certificate.course_id, func.max(Certificate.ends_at))
        .where(Certificate.person_id.in_(who), Certificate.course_id.in_(courses), Certificate.revoked_at.is_(None))
        .group_by(Certificate.person_id, Certificate.course_id)
    )
    found: dict[str, dict[str, int]] = {}
    for person, course, end in db.session.execute(query) if courses else ():
        found.setdefault(person, {})[course] = end
    return found


def _graded(who: Who, chapters: Collection[str]) -> dict[str, tuple[str, ...]]:
    query = (
        select(Grade.person_id, Chapter.path)
        .join(Chapter, Chapter.id == Grade.chapter_id)
        .where(Grade.person_id.in_(who), Grade.chapter_id.in_(chapters), Grade.grade.in_(EXPERIENCED))
    )
    found: dict[str, tuple[str, ...]] = {}
    for person, path in db.session.execute(query):
        found[person] = (*found.get(person, ()), path)
    return found


def _busy(who: Who, around: Mapping[str, Around]) -> dict[str, tuple[Taken, ...]]:
    if not around:
        return {}
    first = min(one.shift.starts_at for one in around.values())
    last = max(one.shift.ends_at for one in around.values())
    query = (
        select(Claim.person_id, Shift, Place.name, Place.zone)
        .join(Shift, Shift.id == Claim.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Claim.person_id.in_(who),
            Claim.state.in_(LIVE),
            Shift.cancelled_at.is_(None),
            Shift.starts_at < last,
            Shift.ends_at > first,
        )
    )
    found: dict[str, tuple[Taken, ...]] = {}
    for person, shift, name, zone in db.session.execute(query):
        found[person] = (*found.get(person, ()), Taken(shift, name, zone))
    return found
