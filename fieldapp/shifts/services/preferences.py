"""What people would rather do, and what they do not want to be asked for. It orders lists and ends asking; it never refuses a seat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Select, select

from fieldapp.accounts.services import people
from fieldapp.core.actor import Actor
from fieldapp.core.clock import to_datetime
from fieldapp.core.db import db, write
from fieldapp.places.models import Place
from fieldapp.shifts.models import Preference, Shift

PLACE_KINDS = ("immigration_court", "ice_office", "courthouse", "neighbourhood", "other")
SHIFT_KINDS = ("accompany", "turnout")
KINDS = (*PLACE_KINDS, *SHIFT_KINDS)
DAYS = tuple(f"{day}{half}" for day in range(7) for half in "ma")
MOST_PLACES = 200
PARTS = ("places", "kinds", "days")
NOON = 13  # a shift that begins before one o'clock is of the morning


class Timed(Protocol):
    """What a preference looks at of a shift."""

    @property
    def starts_at(self) -> int: ...
    @property
    def place_id(self) -> str: ...
    @property
    def kind(self) -> str: ...


class Sited(Protocol):
    """What a preference looks at of a place."""

    @property
    def kind(self) -> str: ...
    @property
    def zone(self) -> str: ...


class About(Protocol):
    """A shift and where it is."""

    @property
    def shift(self) -> Timed: ...
    @property
    def place(self) -> Sited: ...


@dataclass(frozen=True)
class Wish:
    """One person's likes and what they are never asked for; each a set by part."""

    likes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    never: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def score(self, about: About) -> int:
        """How much of what they like this is: 0 for nothing."""
        return sum(bool(self.likes.get(part, frozenset()) & marks) for part, marks in _marks(about).items())

    def refuses(self, about: About) -> bool:
        """Whether they do not want to be asked for it."""
        return any(self.never.get(part, frozenset()) & marks for part, marks in _marks(about).items())


@dataclass(frozen=True)
class Wishes:
    """Those of many people."""

    by: Mapping[str, Wish]

    def score(self, person_id: str, about: About) -> int:
        """``Wish.score`` of a person; 0 for who said nothing."""
        return self.by[person_id].score(about) if person_id in self.by else 0

    def refuses(self, person_id: str, about: About) -> bool:
        """``Wish.refuses`` of a person."""
        return person_id in self.by and self.by[person_id].refuses(about)


def half_day(starts_at: int, zone: str) -> str:
    """Weekday and half of the day on the place's clocks: ``0m`` is Monday morning."""
    there = to_datetime(starts_at, zone)
    return f"{there.weekday()}{'m' if there.hour < NOON else 'a'}"


def _marks(about: About) -> dict[str, set[str]]:
    shift, place = about.shift, about.place
    return {
        "places": {shift.place_id},
        "kinds": {place.kind, shift.kind},
        "days": {half_day(shift.starts_at, place.zone)},
    }


def of(who: Select[str] | list[str]) -> Wishes:
    """What these people said. One query."""
    rows = db.session.scalars(select(Preference).where(Preference.person_id.in_(who)))
    return Wishes({row.person_id: Wish(_sets(row.likes), _sets(row.never)) for row in rows})


def _sets(said: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {part: frozenset(said.get(part) or ()) for part in PARTS}


def clean(said: Any) -> dict[str, list[str]]:
    """What may be kept of what a form or phone said: known kinds and days, ids of places."""
    found = said if isinstance(said, dict) else {}
    lists = {
        part: [one for one in found.get(part) or () if isinstance(one, str)] for part in PARTS if _listed(found, part)
    }
    known = {"kinds": KINDS, "days": DAYS}
    kept = {part: sorted({one for one in lists.get(part, ()) if one in allowed}) for part, allowed in known.items()}
    kept["places"] = sorted({one for one in lists.get("places", ()) if 0 < len(one) <= 43 and one.isascii()})[
        :MOST_PLACES
    ]
    return kept


def _listed(said: dict[str, Any], part: str) -> bool:
    return isinstance(said.get(part), list | tuple)


def save(person_id: str, likes: Any, never: Any, now: int) -> Preference:
    """Keep what a person said, in place of what they said before. What nobody knows is left out."""
    with write() as session:
        row = session.get(Preference, person_id)
        if row is None:
            row = Preference(person_id=person_id)
            session.add(row)
        row.likes, row.never, row.at = clean(likes), clean(never), now
        session.flush()
        people.touch(session, person_id)
    return row


def snapshot(person_id: str) -> dict[str, Any]:
    """The person's own, for their phone: ``likes`` and ``never``."""
    row = db.session.get(Preference, person_id)
    return {"likes": row.likes if row else clean({}), "never": row.never if row else clean({})}


def places_for(actor: Actor) -> list[tuple[str, str]]:
    """Places at which the actor's chapters have shifts ahead or had some: id and name, for choosing."""
    used = select(Shift.place_id).where(Shift.chapter_id.in_(actor.chapters))
    query = select(Place.id, Place.name, Place.city).where(Place.id.in_(used), Place.closed_at.is_(None))
    rows = db.session.execute(query.order_by(Place.name, Place.city, Place.id).limit(MOST_PLACES))
    return [(place, f"{name}, {city}" if city and city not in name else name) for place, name, city in rows]
