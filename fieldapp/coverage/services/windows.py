"""Confirmed, claimed, needed: what places need, matched with the shifts that there are. Nothing here writes.

``windows(chapter_ids, from_ms, to_ms)`` is the one read model: needs with what covers them, and the shifts that no need asked for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from fieldapp.accounts.models import Chapter
from fieldapp.core.clock import DAY, HOUR, MINUTE, local_ms, to_datetime
from fieldapp.core.db import db
from fieldapp.coverage.services.asked import FEW, Ask, Spot, Wishes, asked, rows, text_of, wishes
from fieldapp.places.models import Place
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services import standing

HALVES = ("am", "pm")
NOON = 12 * 60
SLOT = 30 * MINUTE  # windows are looked at by half hours
UNPLANNED = "unplanned"  # a need without a shift: worse than a shift that nobody took
CODES = (UNPLANNED, *standing.CODES)
GAPS = (UNPLANNED, *standing.CANNOT_RUN)
_RANK = {code: rank for rank, code in enumerate(CODES)}
_GLYPH = {**dict.fromkeys(CODES, "idle"), **dict.fromkeys(GAPS, "gap"), "claimed": "wait"}


class Part(NamedTuple):
    """A stretch of a window in which the same people are there. Times: ms UTC."""

    starts_at: int
    ends_at: int
    shift_id: str | None
    confirmed: int
    claimed: int
    code: str


class Window(NamedTuple):
    """A need on one date with the shifts that cover it (``need_id``, ``shift_ids``), or a shift that no need asked for.

    Times: ms UTC; ``day`` and ``half`` are on the place's own clocks. ``confirmed``, ``claimed``, ``code`` and ``shift_id`` are those of
    its worst stretch; ``parts`` has all stretches where they differ. ``needed`` are the seats at best, ``minimum`` what it runs with.
    """

    place_id: str
    chapter_id: str
    shift_id: str | None
    day: date
    half: str
    starts_at: int
    ends_at: int
    minimum: int
    needed: int
    confirmed: int
    claimed: int
    code: str
    need_id: str | None = None
    shift_ids: tuple[str, ...] = ()
    course_id: str = ""
    form: str = ""
    parts: tuple[Part, ...] = ()
    weight: int = 0  # sorts worst first: by code, people missing, time

    @property
    def open(self) -> int:
        """Places that nobody has taken."""
        return max(self.needed - self.confirmed - self.claimed, 0)

    @property
    def glyph(self) -> str:
        """The shape that says how it stands: gap, wait, idle, ok."""
        if self.code == "full":
            return "idle" if self.claimed else "ok"
        return _GLYPH[self.code]

    @property
    def gap(self) -> tuple[int, int]:
        """From when to when it is at its worst, ms UTC: the whole of it, where all of it is the same."""
        worst = min(self.parts, key=_part_weight, default=None)
        return (worst.starts_at, worst.ends_at) if worst else (self.starts_at, self.ends_at)


def _weight(code: str, missing: int, starts_at: int) -> int:
    """One number, because tens of thousands are sorted: 2**44 ms is the year 2527, and nothing needs 2**16 people."""
    return (_RANK[code] << 61) - (missing << 44) + starts_at


def _part_weight(part: Part) -> tuple[int, int, int]:
    return _RANK[part.code], part.confirmed + part.claimed, part.starts_at


class Planned(NamedTuple):
    """A shift that is not cancelled, and who is on it."""

    id: str
    place_id: str
    starts_at: int
    ends_at: int
    minimum: int
    seats: int
    confirmed: int
    claimed: int
    experienced: bool
    kind: str = "observe"
    cancelled_at: None = None


def windows(chapter_ids: Collection[str], from_ms: int, to_ms: int) -> list[Window]:
    """All windows at the open places of these chapters that begin from ``from_ms`` on and before ``to_ms`` (ms UTC), in time's order.

    Eight queries, however many places. What the actor may see is the caller's question.
    """
    places = spots(chapter_ids)
    first, last = (to_datetime(ms, "UTC").date() for ms in (from_ms - DAY, to_ms + DAY))
    return [one for one in by_days(places, first, last) if from_ms <= one.starts_at < to_ms]


class Made(NamedTuple):
    """Windows by place, with all that they were made from: what is the same the next time is not made again."""

    stored: str  # places as JSON, by ``text_of``
    places: dict[str, Spot]
    wishes: Wishes
    asks: dict[str, list[Ask]]
    shifts: dict[str, list[Planned]]
    windows: dict[str, list[Window]]  # in time's order


def made(chapter_ids: Collection[str], first: date, last: date, before: Made | None = None) -> Made:
    """All windows of these chapters from ``first`` to ``last``: local days, both among them.

    ``before`` is the same as it once was: windows whose place, needs and shifts are as they were are those of then. Eight queries.
    """
    stored = _stored(Place.chapter_id.in_(chapter_ids))
    places = before.places if before and before.stored == stored else _spots(stored)
    return _made(stored, places, first, last, before)


def _made(stored: str, places: dict[str, Spot], first: date, last: date, before: Made | None) -> Made:
    wished = wishes(places, first, last)
    shifts = _shifts(places, first, last)
    if before and places is before.places and wished == before.wishes:
        asks, found, wished = before.asks, dict(before.windows), before.wishes
        changed = {key for key in shifts.keys() | before.shifts.keys() if shifts.get(key) != before.shifts.get(key)}
    else:
        asks, found = defaultdict(list), {}
        for ask in asked(places, wished, first, last):
            asks[ask.place_id].append(ask)
        asks = dict(asks)
        changed = asks.keys() | shifts.keys()
    for key in changed:
        found[key] = _windows(places[key], asks.get(key, ()), shifts.get(key, ()), first, last)
    return Made(stored, places, wished, asks, shifts, found)


def spots(chapter_ids: Collection[str]) -> dict[str, Spot]:
    """The open places of these chapters, by id. One query."""
    return _spots(_stored(Place.chapter_id.in_(chapter_ids)))


def spot(place_id: str) -> Spot | None:
    """One open place. One query."""
    return _spots(_stored(Place.id == place_id)).get(place_id)


def _stored(which: ColumnElement[bool]) -> str:
    query = (
        select(
            Place.id,
            Place.chapter_id,
            Place.name,
            Place.city,
            Place.state,
            Place.zone,
            Place.kind,
            Chapter.name.label("chapter"),
            Chapter.path,
            func.ST_Y(Place.geom).label("lat"),
            func.ST_X(Place.geom).label("lon"),
        )
        .join(Chapter, Chapter.id == Place.chapter_id)
        .where(which, Place.closed_at.is_(None))
    )
    return text_of(query)


def _spots(stored: str) -> dict[str, Spot]:
    paths: dict[str, tuple[str, ...]] = {}
    found = {}
    for row in json.loads(stored):
        *facts, text, lat, lon = row
        path = paths.setdefault(text, tuple(step for step in text.split("/") if step))
        found[row[0]] = Spot._make((*facts, path, lat, lon, None))
    return found


def by_days(places: Mapping[str, Spot], first: date, last: date) -> list[Window]:
    """All windows at these places from ``first`` to ``last``: local days, both among them. Seven queries, in time's order."""
    found = _made("", dict(places), first, last, None).windows
    return sorted((one for there in found.values() for one in there), key=lambda one: one.starts_at)


def _windows(spot: Spot, asks: Sequence[Ask], shifts: Sequence[Planned], first: date, last: date) -> list[Window]:
    """The windows of one place, in time's order."""
    matched: set[str] = set()
    found = []
    for ask in asks:
        over = [shift for shift in shifts if _meets(shift, ask)]
        matched.update(shift.id for shift in over)
        found.append(_met(spot, ask, over))
    found += [_alone(spot, shift) for shift in shifts if shift.id not in matched]
    return sorted((one for one in found if first <= one.day <= last), key=lambda one: one.starts_at)


def _meets(shift: Planned, ask: Ask) -> bool:
    """Accompaniment and turnout stand for themselves: they watch nothing for anybody else."""
    return shift.starts_at < ask.ends_at and shift.ends_at > ask.starts_at and shift.kind == "observe"


def _shifts(places: Mapping[str, Spot], first: date, last: date) -> dict[str, list[Planned]]:
    """By place, shifts at these places on these local days, wherever on earth they are; also those of the pods below. Two queries."""
    since, until = local_ms(first, 0, "UTC") - 24 * HOUR, local_ms(last, 24 * 60, "UTC") + 14 * HOUR
    homes = _below({spot.chapter_id for spot in places.values()})
    when = [Shift.chapter_id.in_(homes), Shift.starts_at >= since, Shift.starts_at < until]
    if len(places) <= FEW:
        when.append(Shift.place_id.in_(places))
    people = standing.between(*when)
    columns = (Shift.id, Shift.place_id, Shift.starts_at, Shift.ends_at, Shift.minimum, Shift.seats, Shift.kind)
    query = select(*columns).where(*when, Shift.cancelled_at.is_(None))
    nobody = (0, 0, False)
    found: dict[str, list[Planned]] = defaultdict(list)
    for row in rows(query.order_by(Shift.id)):
        if row[1] in places:
            found[row[1]].append(Planned._make((*row[:6], *people.get(row[0], nobody), row[6], None)))
    return dict(found)


def _below(chapter_ids: Collection[str]) -> list[str]:
    given = select(Chapter.path).where(Chapter.id.in_(chapter_ids)).subquery()
    query = select(Chapter.id).join(given, func.substr(Chapter.path, 1, func.length(given.c.path)) == given.c.path)
    return list(db.session.scalars(query.distinct()))


def _alone(spot: Spot, shift: Planned) -> Window:
    """A shift that no need asked for: it needs what its coordinator said."""
    wall = to_datetime(shift.starts_at, spot.zone)
    half = "am" if wall.hour * 60 + wall.minute < NOON else "pm"
    code = standing.stand(shift, shift.confirmed, shift.claimed, shift.experienced).code
    own = (shift.starts_at, shift.ends_at, shift.minimum, shift.seats, shift.confirmed, shift.claimed, code)
    weight = _weight(code, max(shift.seats - shift.confirmed - shift.claimed, 0), shift.starts_at)
    return Window(spot.id, spot.chapter_id, shift.id, wall.date(), half, *own, None, (shift.id,), weight=weight)


def _met(spot: Spot, ask: Ask, over: Sequence[Planned]) -> Window:
    """A need with the shifts that overlap it: as bad as its worst stretch."""
    parts = _parts(ask, sorted(over, key=lambda shift: shift.starts_at))
    worst = min(parts, key=_part_weight)
    half = "am" if ask.start_minute < NOON else "pm"
    own = (ask.starts_at, ask.ends_at, ask.minimum, ask.seats, worst.confirmed, worst.claimed, worst.code)
    more = (ask.need_id, tuple(shift.id for shift in over), ask.course_id, ask.form)
    return Window(
        spot.id,
        spot.chapter_id,
        worst.shift_id,
        ask.day,
        half,
        *own,
        *more,
        tuple(parts) if len(parts) > 1 else (),
        _weight(worst.code, max(ask.seats - worst.confirmed - worst.claimed, 0), ask.starts_at),
    )


def _parts(ask: Ask, over: Sequence[Planned]) -> list[Part]:
    """The stretches of a window, half hour by half hour; a shift covers a half hour when it is there for half of it."""
    if not over:
        return [Part(ask.starts_at, ask.ends_at, None, 0, 0, UNPLANNED)]
    if len(over) == 1 and _covers(over[0], ask.starts_at, ask.starts_at + SLOT) and over[0].ends_at >= ask.ends_at:
        return [_part(ask, ask.starts_at, ask.ends_at, over)]
    found: list[Part] = []
    before: list[str] | None = None
    for start in range(ask.starts_at, ask.ends_at, SLOT):
        end = min(start + SLOT, ask.ends_at)
        there = [shift for shift in over if _covers(shift, start, end)]
        ids = [shift.id for shift in there]
        if ids == before:
            found[-1] = found[-1]._replace(ends_at=end)
        else:
            found.append(_part(ask, start, end, there))
        before = ids
    return found


def _covers(shift: Planned, start: int, end: int) -> bool:
    return 2 * (min(shift.ends_at, end) - max(shift.starts_at, start)) >= end - start


def _part(ask: Ask, start: int, end: int, there: Sequence[Planned]) -> Part:
    if not there:
        return Part(start, end, None, 0, 0, UNPLANNED)
    confirmed, claimed = sum(shift.confirmed for shift in there), sum(shift.claimed for shift in there)
    held = there[0]._replace(minimum=ask.minimum, seats=ask.seats)
    code = standing.stand(held, confirmed, claimed, any(shift.experienced for shift in there)).code
    return Part(start, end, there[0].id, confirmed, claimed, code)


def week_of(day: date) -> tuple[date, date]:
    """The Monday and the Sunday of a day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)
