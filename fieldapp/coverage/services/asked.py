"""What places need, day by day: their weekly windows with dated exceptions, holidays and closures taken out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select

from fieldapp.core.clock import local_ms
from fieldapp.core.db import db
from fieldapp.places.models import Place
from fieldapp.shifts.models import Closure, Need, NeedDay, WorkedHoliday
from fieldapp.shifts.services import daysoff

Rows = list[tuple[Any, ...]]


class Spot(NamedTuple):
    """An open place: what the read models know of one. ``path`` are the ids of its chapter and of those above."""

    id: str
    chapter_id: str
    name: str
    city: str
    state: str
    zone: str
    kind: str
    chapter: str
    path: tuple[str, ...]
    lat: float | None
    lon: float | None
    closed_at: None = None

    @property
    def at(self) -> tuple[float, float] | None:
        """Latitude and longitude, where somebody said them."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)


class Ask(NamedTuple):
    """A window that a place needs covered on one date. ``starts_at``, ``ends_at``: ms UTC; ``need_id`` is None for an extra day."""

    place_id: str
    day: date
    start_minute: int
    starts_at: int
    ends_at: int
    minimum: int
    seats: int
    need_id: str | None
    course_id: str
    form: str


@dataclass
class Off:
    """Days on which nothing is needed, read once for some chapters."""

    worked: frozenset[tuple[str, str]] = frozenset()
    places: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)
    chapters: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)
    _kept: dict[tuple[tuple[str, ...], date], bool] = field(default_factory=dict)

    def at(self, spot: Spot, day: date) -> bool:
        """Whether a holiday that the chapter keeps, a day off of its own or a closure of the place takes this day out."""
        key = (spot.path, day)
        if key not in self._kept:
            self._kept[key] = self._chapter(spot.path, day)
        return self._kept[key] or (spot.id in self.places and _within(self.places[spot.id], day))

    def _chapter(self, path: tuple[str, ...], day: date) -> bool:
        name = daysoff.plain(daysoff.federal(day))
        if name and not any((step, name) in self.worked for step in path):
            return True
        return any(_within(self.chapters.get(step, ()), day) for step in path)


def _within(spans: Collection[tuple[str, str]], day: date) -> bool:
    text = day.isoformat()
    return any(first <= text <= last for first, last in spans)


def off(spots: Collection[Spot], first: date, last: date) -> Off:
    """What is off from ``first`` to ``last``, both among them, at these places. Two queries."""
    return _off(*_off_rows(spots, first, last))


def _off_rows(spots: Collection[Spot], first: date, last: date) -> tuple[Rows, Rows]:
    """Closures and worked holidays as they are stored."""
    steps = {step for spot in spots for step in spot.path}
    dated = select(Closure.chapter_id, Closure.place_id, Closure.from_day, Closure.to_day).where(
        Closure.chapter_id.in_(steps),
        Closure.removed_at.is_(None),
        Closure.to_day >= first.isoformat(),
        Closure.from_day <= last.isoformat(),
    )
    worked = select(WorkedHoliday.chapter_id, WorkedHoliday.name).where(WorkedHoliday.chapter_id.in_(steps))
    return rows(dated), rows(worked)


def _off(closed: Rows, worked: Rows) -> Off:
    places: dict[str, list[tuple[str, str]]] = defaultdict(list)
    chapters: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for chapter_id, place_id, since, until in closed:
        (places[place_id] if place_id else chapters[chapter_id]).append((since, until))
    return Off(frozenset((row[0], row[1]) for row in worked), places, chapters)


def rows(query: Select[*tuple[Any, ...]]) -> Rows:
    """Plain tuples: what is read by the ten thousand makes no objects, and compares with what was read before."""
    return list(map(tuple, db.session.connection().execute(query).all()))


def text_of(query: Select[*tuple[Any, ...]]) -> str:
    """The answer as one JSON text of arrays, made by the database: ten thousand rows compare at once, and nothing is made of them
    where they are what they were.
    """
    connection = db.session.connection()
    columns = query.subquery().c
    if connection.dialect.name == "sqlite":
        return connection.scalar(select(func.json_group_array(func.json_array(*columns)))) or "[]"
    return connection.scalar(select(cast(func.json_agg(func.json_build_array(*columns)), Text))) or "[]"


class Wishes(NamedTuple):
    """All that needs are made from, as it is stored: equal to what was read before where nothing was changed."""

    closed: Rows
    worked: Rows
    dated: Rows
    needs: str  # as ``text_of``


def wishes(spots: Mapping[str, Spot], first: date, last: date) -> Wishes:
    """What is stored of what these places need from ``first`` to ``last``, local days, both among them. Four queries."""
    return Wishes(*_off_rows(spots.values(), first, last), _dated_rows(spots, first, last), _needs(spots, first, last))


def asked(spots: Mapping[str, Spot], stored: Wishes, first: date, last: date) -> list[Ask]:
    """Every window that these places need from ``first`` to ``last``, local days, both among them. Pure."""
    away = _off(stored.closed, stored.worked)
    dated = _dated(spots, stored.dated)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    by_weekday: list[list[date]] = [[day for day in days if day.weekday() == n] for n in range(7)]
    moments = _Moments()
    found = []
    texts = {day: day.isoformat() for day in days}
    for need in (_Weekly._make(row) for row in json.loads(stored.needs) if row[1] in spots):
        spot = spots[need.place_id]
        for day in by_weekday[need.weekday]:
            text = texts[day]
            if text < need.from_day or (need.until_day and text > need.until_day):
                continue
            special = dated.get((spot.id, text))
            if special is None:
                if not away.at(spot, day):
                    found.append(_ask(spot, day, need, need.id, need, moments))
                continue
            if special.none or need.id in special.without:
                continue
            other = special.other.get(need.id)
            if other is not None or not away.at(spot, day):
                found.append(_ask(spot, day, other or need, need.id, need, moments))
    for (place_id, _), special in dated.items():
        for extra in special.extra:
            found.append(_ask(spots[place_id], date.fromisoformat(extra.day), extra, None, None, moments))
    return [ask for ask in found if ask.ends_at > ask.starts_at]


class _Weekly(NamedTuple):
    id: str
    place_id: str
    weekday: int
    start_minute: int
    end_minute: int
    minimum: int
    seats: int
    form: str
    course_id: str
    from_day: str
    until_day: str


class _Dated(NamedTuple):
    place_id: str
    need_id: str | None
    day: str
    kind: str
    start_minute: int
    end_minute: int
    minimum: int
    seats: int


@dataclass
class _Special:
    none: bool = False
    without: set[str] = field(default_factory=set)
    other: dict[str, _Dated] = field(default_factory=dict)
    extra: list[_Dated] = field(default_factory=list)


FEW = 50


def _there(spots: Mapping[str, Spot]) -> ColumnElement[bool]:
    """The places, or their whole chapters where they are many."""
    if len(spots) <= FEW:
        return Place.id.in_(spots)
    return Place.chapter_id.in_({spot.chapter_id for spot in spots.values()})


def _needs(spots: Mapping[str, Spot], first: date, last: date) -> str:
    query = (
        select(*(getattr(Need, name) for name in _Weekly._fields))
        .join(Place, Place.id == Need.place_id)
        .where(
            _there(spots),
            Need.from_day <= last.isoformat(),
            or_(Need.until_day == "", Need.until_day >= first.isoformat()),
        )
    )
    return text_of(query)


def _dated_rows(spots: Mapping[str, Spot], first: date, last: date) -> Rows:
    query = (
        select(*(getattr(NeedDay, name) for name in _Dated._fields))
        .join(Place, Place.id == NeedDay.place_id)
        .where(
            _there(spots),
            NeedDay.day >= first.isoformat(),
            NeedDay.day <= last.isoformat(),
        )
    )
    return rows(query)


def _dated(spots: Mapping[str, Spot], stored: Rows) -> dict[tuple[str, str], _Special]:
    found: dict[tuple[str, str], _Special] = defaultdict(_Special)
    for row in stored:
        one = _Dated._make(row)
        if one.place_id not in spots:
            continue
        special = found[one.place_id, one.day]
        if one.kind == "extra":
            special.extra.append(one)
        elif one.need_id is None:
            special.none = True
        elif one.kind == "off":
            special.without.add(one.need_id)
        else:
            special.other[one.need_id] = one
    return dict(found)


class _Moments(dict[tuple[date, int, str], int]):
    """Local minutes as ms UTC, each worked out once: many places share a zone and an hour."""

    def __missing__(self, key: tuple[date, int, str]) -> int:
        self[key] = found = local_ms(*key)
        return found


def _ask(
    spot: Spot, day: date, hours: _Weekly | _Dated, need_id: str | None, need: _Weekly | None, moments: _Moments
) -> Ask:
    return Ask(
        spot.id,
        day,
        hours.start_minute,
        moments[day, hours.start_minute, spot.zone],
        moments[day, hours.end_minute, spot.zone],
        hours.minimum,
        hours.seats,
        need_id,
        need.course_id if need else "",
        need.form if need else "",
    )
