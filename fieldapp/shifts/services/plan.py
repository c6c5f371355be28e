"""What a coordinator fills in for a shift, read and checked: local hours on the place's own clocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from fieldapp.accounts.models import Chapter
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import local_span, to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import N_, Forbidden, Invalid, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts import policy
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services import brief
from fieldapp.training.models import Course

KINDS = ("observe", "accompany", "turnout")
MOST_SEATS = 200
FARTHEST = timedelta(days=400)
LONGEST = 16 * 60  # minutes
_TIME = re.compile(r"\A([01]?\d|2[0-3]):([0-5]\d)\Z")


@dataclass(frozen=True)
class Plan:
    """A shift as it was asked for. Minutes count from midnight of ``day``; an end past 1440 is on the next day."""

    day: date
    start_minute: int
    end_minute: int
    minimum: int
    seats: int
    course_id: str | None
    brief: dict[str, str]
    kind: str = "observe"

    def hours(self, day: date, zone: str) -> tuple[int, int]:
        """Start and end on ``day``, ms UTC, whatever the clocks do that day."""
        return local_span(day, self.start_minute, self.end_minute, zone)


def read(values: Mapping[str, str], place: Place, chapter: Chapter, now: int) -> Plan:
    """The plan in a form's values. Raises Invalid, naming every field that needs another look."""
    wrong: dict[str, str] = {}
    today = to_datetime(now, place.zone).date()
    day = _date(values.get("day", ""))
    if day is None or not today - timedelta(days=1) <= day <= today + FARTHEST:
        wrong["day"] = N_("Choose a day between today and a year ahead.")
    start, end = minutes(values.get("start", "")), minutes(values.get("end", ""))
    if start is None:
        wrong["start"] = N_("Write the time as 8:30.")
    if end is None:
        wrong["end"] = N_("Write the time as 12:30.")
    if start is not None and end is not None:
        end = end if end > start else end + 24 * 60
        if end - start > LONGEST:
            wrong["end"] = N_("A shift lasts 16 hours at most. Make two of it.")
    minimum, seats = _number(values.get("minimum", "2")), _number(values.get("seats", "4"))
    if minimum is None or minimum < 2:
        wrong["minimum"] = N_("Nobody goes alone: two people or more.")
    if seats is None or not (minimum or 2) <= seats <= MOST_SEATS:
        wrong["seats"] = N_("At least as many places as people needed, and at most 200.")
    course = values.get("course_id", "")
    if course and course not in {known.id for known in courses_for(chapter)}:
        wrong["course_id"] = N_("Choose a course from the list.")
    if wrong or day is None or start is None or end is None or minimum is None or seats is None:
        raise Invalid(fields=wrong)
    kind = values.get("kind") or "observe"
    if kind not in KINDS:
        raise Invalid(fields={"kind": N_("Choose what the shift is.")})
    made = Plan(day, start, end, minimum, seats, course or None, brief.clean(values), kind)
    _, ends_at = made.hours(day, place.zone)
    if ends_at <= now:
        raise Invalid(fields={"day": N_("This shift would be over already.")})
    return made


def place_for(actor: Actor, place_id: str) -> tuple[Place, Chapter]:
    """A place that the actor may plan for, and the chapter whose shift it becomes: the place's, or the actor's below it.

    Raises NotFound, Forbidden.
    """
    place = db.session.get(Place, place_id)
    if place is None or place.chapter_id not in actor.chapters | actor.above:
        raise NotFound()
    owned = actor.where(COORDINATOR)
    chosen = place.chapter_id
    if chosen not in owned:
        home = db.session.get(Chapter, actor.chapter_id)
        if home is None or home.id not in owned or place.chapter_id not in home.path.split("/"):
            raise Forbidden()
        chosen = home.id
    return place, db.session.get_one(Chapter, chosen)


def place_of(shift: Shift) -> Place:
    """The place of a shift."""
    return db.session.get_one(Place, shift.place_id)


def places_for(actor: Actor) -> list[Place]:
    """Open places that the actor may plan for, by name. Raises Forbidden when they coordinate nothing."""
    owned = actor.where(COORDINATOR)
    policy.demand(bool(owned))
    home = db.session.get(Chapter, actor.chapter_id)
    above = [step for step in home.path.split("/") if step] if home and home.id in owned else []
    query = select(Place).where(
        or_(Place.chapter_id.in_(owned), Place.chapter_id.in_(above)), Place.closed_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Place.state, Place.city, Place.name, Place.id).limit(2000)))


def courses_for(chapter: Chapter) -> list[Course]:
    """Courses that a shift of the chapter may require: its own and those of the chapters above."""
    above = [step for step in chapter.path.split("/") if step]
    query = select(Course).where(Course.chapter_id.in_(above), Course.retired_at.is_(None))
    return list(db.session.scalars(query.order_by(Course.name_en)))


def courses_to_choose(actor: Actor, shift: Shift | None) -> list[Course]:
    """The courses that the form offers: of the shift's chapter and above, or of all that the actor coordinates."""
    homes = {shift.chapter_id} if shift else actor.where(COORDINATOR)
    paths = db.session.scalars(select(Chapter.path).where(Chapter.id.in_(homes)))
    ids = {step for path in paths for step in path.split("/") if step}
    query = select(Course).where(Course.chapter_id.in_(ids), Course.retired_at.is_(None))
    return list(db.session.scalars(query.order_by(Course.name_en, Course.id)))


def minutes(text: str) -> int | None:
    """``8:30`` as minutes from midnight; None when it is no time of day."""
    found = _TIME.match(text.strip())
    return int(found[1]) * 60 + int(found[2]) if found else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\s*[0-9]{1,4}\s*", text) else None
