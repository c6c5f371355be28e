"""The half of coverage that is the same for everyone with the same reach: places with their windows, worst first.

Kept in memory under the counters of the chapters it was made from (docs/coverage.md), so it is made again when something changed.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import func, select

from fieldapp.accounts.models import Chapter
from fieldapp.alerts.services.board import OpenAlert
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import db
from fieldapp.core.shelf import Shelf
from fieldapp.coverage.services import windows
from fieldapp.coverage.services.asked import Spot
from fieldapp.coverage.services.windows import CODES, GAPS, Window

AGE = 5 * MINUTE  # what is over is looked at this often
DAYS = 92
HALVES_UP_TO = 7  # days; a longer period has a column for each week
WEEK = "week"
NEVER = len(CODES) << 61  # lighter than any window
_WEIGHT = attrgetter("weight")
_quoted = json.encoder.encode_basestring  # as JSON says a text, one call
Sums = tuple[int, int, int, int]  # confirmed, claimed, open, needed


@dataclass(frozen=True)
class Span:
    """A period of local days, both ends among them; ``kind`` is day, week, month or custom."""

    kind: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def by_weeks(self) -> bool:
        """Whether a column is a week, not a half day."""
        return self.days > HALVES_UP_TO


def folded(text: str) -> str:
    """Text as it is compared: no case, no accents."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def sums(found: Iterable[Window]) -> Sums:
    """Confirmed, claimed, open, needed of many windows."""
    confirmed = claimed = free = needed = 0
    for one in found:
        confirmed, claimed, free, needed = (
            confirmed + one.confirmed,
            claimed + one.claimed,
            free + one.open,
            needed + one.needed,
        )
    return confirmed, claimed, free, needed


@dataclass
class Cell:
    """The windows of one place in one half day (or week), added up; as bad as its worst."""

    key: str
    windows: list[Window]

    @cached_property
    def worst(self) -> Window:
        """What the cell looks like."""
        return min(self.windows, key=_WEIGHT)

    @cached_property
    def sums(self) -> Sums:
        """Confirmed, claimed, open, needed."""
        return sums(self.windows)

    @property
    def confirmed(self) -> int:
        """People who said they come."""
        return self.sums[0]

    @property
    def claimed(self) -> int:
        """People who took it and have not confirmed."""
        return self.sums[1]

    @property
    def open(self) -> int:
        """Places that nobody has taken."""
        return self.sums[2]

    @property
    def needed(self) -> int:
        """Places in all."""
        return self.sums[3]

    @property
    def look(self) -> str:
        """The cell's class: a wash only where a person is needed, paler when all is confirmed."""
        glyph = self.worst.glyph
        return {"gap": "gap", "wait": "wait"}.get(glyph, "full" if self.open == 0 else "")


@dataclass
class Row:
    """A place and its period. Shared between requests: never changed after it was made."""

    place: Spot
    windows: list[Window]  # in time's order
    by_weeks: bool = False
    worst: Window | None = None  # of those that are not over
    alerts: list[OpenAlert] = field(default_factory=list)

    @property
    def at(self) -> tuple[float, float] | None:
        """Latitude and longitude, where somebody said them."""
        return self.place.at

    @cached_property
    def cells(self) -> dict[tuple[date, str], Cell]:
        """By day and half, or by Monday and ``week``."""
        found: dict[tuple[date, str], list[Window]] = defaultdict(list)
        for one in self.windows:
            column = (one.day - timedelta(days=one.day.weekday()), WEEK) if self.by_weeks else (one.day, one.half)
            found[column].append(one)
        return {key: Cell(f"{self.place.id}.{key[0].isoformat()}.{key[1]}", there) for key, there in found.items()}

    @cached_property
    def sums(self) -> Sums:
        """Confirmed, claimed, open, needed."""
        return sums(self.windows)

    @cached_property
    def glyphs(self) -> frozenset[str]:
        """Every state among its windows; ``none`` without any."""
        return frozenset(one.glyph for one in self.windows) or frozenset({"none"})

    @cached_property
    def weight(self) -> tuple[int, int, str, str]:
        """Sorts worst first: open alerts, then the worst window to come, then by name."""
        return -len(self.alerts), self.worst.weight if self.worst else NEVER, self.place.name, self.place.id

    @cached_property
    def text(self) -> str:
        """What a search looks in."""
        return folded(f"{self.place.name} {self.place.city} {self.place.state} {self.place.chapter}")

    @cached_property
    def pin(self) -> tuple[str, str, str, object]:
        """What the map draws of it, as pieces of JSON: id, latitude, longitude (degrees times 100,000), name; state, people missing;
        the cell that it opens, the alert where one is open. And what looks the same in words.
        """
        worst, place = self.worst, self.place
        glyph = "none" if worst is None else {"gap": "gap", "wait": "wait"}.get(worst.glyph, "ok")
        missing = worst.open if worst and glyph == "gap" else 0
        lat, lon = place.at or (0.0, 0.0)
        head = f"{_quoted(place.id)},{round(lat * 100_000)},{round(lon * 100_000)},{_quoted(place.name)}"
        cell = "" if worst is None else f"{worst.day}.{worst.half}"
        if self.alerts:
            first = self.alerts[0]
            return head, f'"alert",{missing}', f'"{cell}",{_quoted(first.id)}', first.what
        return head, f'"{glyph}",{missing}', f'"{cell}"', worst and (worst.code, worst.open, worst.glyph)


Table = list[tuple[Row, Window]]


def _lightness(pair: tuple[Row, Window]) -> tuple[int, str, str]:
    row, one = pair
    return one.weight, row.place.name, row.place.id


@dataclass
class Picture:
    """Every open place of some chapters, worst first, with its windows of a period. Shared: never changed."""

    tag: str
    span: Span
    rows: list[Row]
    older: Table = field(default_factory=list)  # a table of before: what is in both is not sorted again

    @cached_property
    def by_id(self) -> dict[str, Row]:
        """Rows by their place's id."""
        return {row.place.id: row for row in self.rows}

    @cached_property
    def busy(self) -> frozenset[date]:
        """Days with windows."""
        return frozenset(one.day for row in self.rows for one in row.windows)

    @cached_property
    def table(self) -> Table:
        """Every window with its row, worst first."""
        same = [pair for pair in self.older if self.by_id.get(pair[0].place.id) is pair[0]]
        known = {row.place.id for row, _ in same}
        same += [(row, one) for row in self.rows if row.place.id not in known for one in row.windows]
        same.sort(key=_lightness)  # those of before stand in their order already: that is one walk
        return same

    def drawn(self) -> Table:
        """The table, if anybody asked for it yet, else the one before."""
        return self.table if "table" in self.__dict__ else self.older

    @cached_property
    def counted(self) -> dict[str, int]:
        """How many windows there are in each state."""
        return count(self.table)

    @cached_property
    def gaps(self) -> list[tuple[Row, Window]]:
        """Every window that cannot run, soonest first."""
        found = [pair for pair in self.table if pair[1].code in GAPS]
        return sorted(found, key=lambda pair: pair[1].starts_at)


def count(found: Sequence[tuple[Row, Window]]) -> dict[str, int]:
    """How many windows there are, by state: all (the empty key), gap, wait, ok."""
    counted = {"": len(found), "gap": 0, "wait": 0, "ok": 0}
    for _, one in found:
        glyph = one.glyph
        counted["ok" if glyph == "idle" else glyph] += 1
    return counted


class _Draft(NamedTuple):
    """What the last picture of some chapters and a period was made from: the next one is made of what changed."""

    made: windows.Made
    rows: dict[str, Row]
    picture: Picture
    now: int


_SHELF: Shelf[Picture] = Shelf(room=6)
_DRAFTS: Shelf[_Draft] = Shelf(room=6)
_NOTHING: list[Window] = []


def tag(chapter_ids: Collection[str], span: Span, now: int) -> str:
    """Names all that a picture is made from. One query."""
    given = select(Chapter.path).where(Chapter.id.in_(chapter_ids)).subquery()
    below = func.substr(Chapter.path, 1, func.length(given.c.path)) == given.c.path
    query = select(Chapter.id, Chapter.version).join(given, below).distinct().order_by(Chapter.id)
    counters = [f"{chapter}:{version}" for chapter, version in db.session.execute(query)]
    chosen = "+".join(sorted(chapter_ids))
    return f"{chosen}|{','.join(counters)}|{span.first}|{span.last}|{now // AGE}"


def look(chapter_ids: Collection[str], span: Span, now: int) -> Picture:
    """The picture of these chapters. One query while nothing changed, ten when something did, however many places."""
    name = tag(chapter_ids, span, now)
    return _SHELF.get(name, lambda: _draw(name, chapter_ids, span, now))


def _draw(name: str, chapter_ids: Collection[str], span: Span, now: int) -> Picture:
    key = f"{'+'.join(sorted(chapter_ids))}|{span.first}|{span.last}"
    before = _DRAFTS.find(key)
    made = windows.made(chapter_ids, span.first, span.last, before.made if before else None)
    known = before.rows if before and before.now <= now else {}
    rows = {}
    for place in made.places.values():
        found = made.windows.get(place.id, _NOTHING)
        row = known.get(place.id)
        if row is None or row.windows is not found or row.place is not place or _over(row, now):
            worst = min((one for one in found if one.ends_at > now), key=_WEIGHT, default=None)
            row = Row(place, found, span.by_weeks, worst)
        rows[place.id] = row
    order = _sorted(rows, before.picture.rows if before else [])
    drawn = Picture(name, span, order, before.picture.drawn() if before else [])
    _DRAFTS.put(key, _Draft(made, rows, drawn, now))
    return drawn


def _sorted(rows: dict[str, Row], before: list[Row]) -> list[Row]:
    """Worst first. Those that are as they were stand in their order already: sorting them again is one walk."""
    same = [row for row in before if rows.get(row.place.id) is row]
    known = {row.place.id for row in same}
    same += [row for key, row in rows.items() if key not in known]
    same.sort(key=_WEIGHT)
    return same


def _over(row: Row, now: int) -> bool:
    """Whether its worst window has ended since: another one is the worst then."""
    return row.worst is not None and row.worst.ends_at <= now
