"""One half day at one place, looked at closely: who is on each shift, and who came a week before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from fieldapp.accounts.models import Person
from fieldapp.core.actor import Actor
from fieldapp.core.clock import local_ms
from fieldapp.core.db import db
from fieldapp.core.errors import Forbidden, NotFound
from fieldapp.coverage import policy
from fieldapp.coverage.services import windows
from fieldapp.coverage.services.windows import HALVES, NOON, Window
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import standing


@dataclass(frozen=True)
class Seen:
    """A shift of the half day. Names are None for those who see numbers only."""

    shift: Shift
    standing: standing.Standing
    names: list[tuple[str, str]] | None  # field name and claim state


@dataclass(frozen=True)
class Peek:
    """What the page shows under the grid. ``before`` names who was on it a week earlier; None for numbers only."""

    place: Place
    day: date
    half: str
    shifts: list[Seen]
    before: list[str] | None
    partly: list[Window]  # those that have hours without enough people, beside better ones


def look(actor: Actor, place_id: str, day: date, half: str) -> Peek:
    """Fifteen queries at most. Raises Forbidden; NotFound for a place of another chapter."""
    place = db.session.get(Place, place_id)
    if place is None or place.chapter_id not in actor.chapters or half not in HALVES:
        raise NotFound()
    if place.chapter_id not in actor.where(*policy.WATCHERS):
        raise Forbidden()
    named = policy.can_see_names(actor, place.chapter_id)
    shifts = _shifts(place, day, half)
    stands = standing.of(shifts)
    names = _names([s.id for s in shifts]) if named else {}
    seen = [Seen(s, stands[s.id], names.get(s.id, []) if named else None) for s in shifts]
    partly = _partly(place, day, half)
    return Peek(place, day, half, seen, _before(place, day, half) if named else None, partly)


def _shifts(place: Place, day: date, half: str) -> list[Shift]:
    start = local_ms(day, 0 if half == "am" else NOON, place.zone)
    end = local_ms(day, NOON if half == "am" else 2 * NOON, place.zone)
    query = select(Shift).where(Shift.place_id == place.id, Shift.starts_at >= start, Shift.starts_at < end)
    return list(db.session.scalars(query.where(Shift.cancelled_at.is_(None)).order_by(Shift.starts_at)))


def _partly(place: Place, day: date, half: str) -> list[Window]:
    spot = windows.spot(place.id)
    here = {spot.id: spot} if spot else {}
    return [one for one in windows.by_days(here, day, day) if one.half == half and one.parts]


def _names(shift_ids: list[str]) -> dict[str, list[tuple[str, str]]]:
    query = (
        select(Claim.shift_id, Person.field_name, Claim.state)
        .join(Person, Person.id == Claim.person_id)
        .where(Claim.shift_id.in_(shift_ids), Claim.state.in_(LIVE))
        .order_by(Claim.state.desc(), Claim.at)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for shift_id, name, state in db.session.execute(query):
        found.setdefault(shift_id, []).append((name, state))
    return found


def _before(place: Place, day: date, half: str) -> list[str]:
    names = _names([shift.id for shift in _shifts(place, day - timedelta(days=7), half)])
    return sorted({name for people in names.values() for name, _ in people})
