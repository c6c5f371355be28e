"""What was: seats, shifts, who came, how early, by week or month, for a chapter or a place. Numbers of the counts, never of a person.

There is no list of who did not come, on purpose: a person who is watched stops saying the truth. Where so few people stand behind a
number that one of them could be read from it, the number is not given (``guard``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta

from sqlalchemy import func, select

from fieldapp.accounts.models import Chapter
from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.core.errors import Forbidden, NotFound
from fieldapp.coverage import policy
from fieldapp.coverage.models import CoverageCount
from fieldapp.places.models import Place

SMALL = 8  # people on shifts, below which nothing is said of who came and how early
MOST = {"week": 60, "month": 36}  # columns of a chart
USUAL = {"week": 12, "month": 12}
PLACES = 400


@dataclass(frozen=True)
class Sums:
    """Counts of some shifts (fieldapp/coverage/models.py says what each is)."""

    shifts: int = 0
    cancelled: int = 0
    seats: int = 0
    claims: int = 0
    came: int = 0
    ran: int = 0
    enough: int = 0
    lead_0: int = 0
    lead_1: int = 0
    lead_3: int = 0
    lead_7: int = 0
    lead_14: int = 0

    @property
    def open(self) -> int:
        """Seats that stayed empty."""
        return max(self.seats - self.claims, 0)

    @property
    def missed(self) -> int:
        """People who were on a shift at its end and never said here or out."""
        return self.claims - self.came

    @property
    def short(self) -> int:
        """Shifts that had enough claims, and too few of those people came."""
        return self.enough - self.ran

    @property
    def unfilled(self) -> int:
        """Shifts that never had their minimum."""
        return self.shifts - self.enough

    @property
    def leads(self) -> tuple[int, ...]:
        """How early seats were taken, latest first."""
        return (self.lead_0, self.lead_1, self.lead_3, self.lead_7, self.lead_14)

    def plus(self, other: Sums) -> Sums:
        """Both together."""
        return Sums(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Sums)))


@dataclass(frozen=True)
class Row:
    """One week, month or place. ``hidden``: who came and how early is not said, because too few people stand behind it."""

    name: str
    sums: Sums
    hidden: bool = False


@dataclass(frozen=True)
class Span:
    """Which weeks or months are looked at: the first day of the first and of the last."""

    kind: str
    first: date
    last: date

    @property
    def starts(self) -> list[date]:
        """The first day of each."""
        found = [self.first]
        while found[-1] < self.last:
            found.append(step(found[-1], self.kind, 1))
        return found


@dataclass(frozen=True)
class History:
    """What the page shows."""

    span: Span
    rows: list[Row]
    places: list[Row]
    total: Row
    chapter_id: str
    place_id: str
    choices: list[tuple[str, str]]  # places, by name


def step(day: date, kind: str, by: int) -> date:
    """The first day of the week or month ``by`` of them later. Pure."""
    if kind == "week":
        return day + timedelta(weeks=by)
    months = day.year * 12 + day.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def first_of(day: date, kind: str) -> date:
    """The first day of the week or month that ``day`` is in. Pure."""
    return day - timedelta(days=day.weekday()) if kind == "week" else day.replace(day=1)


def span(kind: str, first: str, last: str, today: date) -> Span:
    """The weeks or months asked for, from and to any day in them; what cannot be meant is the last twelve. Never too many."""
    kind = kind if kind in MOST else "week"
    until = min(_day(last) or today, today)
    end = first_of(until, kind)
    asked = _day(first)
    begin = first_of(asked, kind) if asked and asked <= until else step(end, kind, 1 - USUAL[kind])
    return Span(kind, max(begin, step(end, kind, 1 - MOST[kind])), end)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def guard(rows: Sequence[Row]) -> list[Row]:
    """Hide what few people stand behind, and, where one row alone would be hidden, the next smallest too: the sum is known. Pure."""
    small = {n for n, row in enumerate(rows) if 0 < row.sums.claims < SMALL}
    if len(small) == 1:
        others = [n for n, row in enumerate(rows) if row.sums.claims and n not in small]
        small |= set(sorted(others, key=lambda n: rows[n].sums.claims)[:1])
    return [Row(row.name, row.sums, n in small) for n, row in enumerate(rows)]


def read(actor: Actor, asked: Span, chapter_id: str = "", place_id: str = "") -> History:
    """Counts of one chapter, or of all that the actor watches, and of one place in them. Four queries.

    Raises Forbidden; NotFound for a chapter or a place that is not the actor's.
    """
    ids = chapters_of(actor, chapter_id)
    choices = _choices(ids)
    if place_id and place_id not in dict(choices):
        raise NotFound()
    where = [
        CoverageCount.chapter_id.in_(ids),
        CoverageCount.span == asked.kind,
        CoverageCount.starts_on >= asked.first.isoformat(),
        CoverageCount.starts_on <= asked.last.isoformat(),
    ]
    if place_id:
        where.append(CoverageCount.place_id == place_id)
    per_span = _summed(CoverageCount.starts_on, where)
    rows = guard([Row(day.isoformat(), per_span.get(day.isoformat(), Sums())) for day in asked.starts])
    names = dict(choices)
    per_place = _summed(CoverageCount.place_id, where)
    places = guard([Row(names[key], sums) for key, sums in per_place.items() if key in names])
    whole = total(per_span.values())
    places.sort(key=lambda row: (-row.sums.open, row.name))
    return History(asked, rows, places, Row("", whole, 0 < whole.claims < SMALL), chapter_id, place_id, choices)


def total(those: Iterable[Sums]) -> Sums:
    """All of them together. Pure."""
    found = Sums()
    for one in those:
        found = found.plus(one)
    return found


def chapters_of(actor: Actor, chapter_id: str) -> frozenset[str]:
    """The chapters to look at. Raises Forbidden, NotFound."""
    if not policy.can_see(actor):
        raise Forbidden()
    ids = actor.where(*policy.WATCHERS)
    if chapter_id and chapter_id not in ids:
        raise NotFound()
    if not chapter_id:
        return ids
    path = select(Chapter.path).where(Chapter.id == chapter_id).scalar_subquery()
    below = select(Chapter.id).where(func.substr(Chapter.path, 1, func.length(path)) == path)
    return frozenset(db.session.scalars(below)) & ids


def _choices(ids: frozenset[str]) -> list[tuple[str, str]]:
    """Places that have counts, closed ones too, by name."""
    counted = select(CoverageCount.place_id).where(CoverageCount.chapter_id.in_(ids), CoverageCount.span == "month")
    query = select(Place.id, Place.name).where(Place.id.in_(counted)).order_by(Place.name, Place.id).limit(PLACES)
    return [(key, name) for key, name in db.session.execute(query)]


def _summed(by, where) -> dict[str, Sums]:  # type: ignore[no-untyped-def]
    names = [f.name for f in fields(Sums)]
    columns = [func.sum(getattr(CoverageCount, name)) for name in names]
    query = select(by, *columns).where(*where).group_by(by)
    return {key: Sums(*(int(number or 0) for number in numbers)) for key, *numbers in db.session.execute(query)}
