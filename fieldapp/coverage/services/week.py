"""A period of coverage as the pages show it: narrowed, page by page, worst first, with the open alerts. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from operator import attrgetter

from fieldapp.alerts.services import board
from fieldapp.alerts.services.board import OpenAlert
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import to_datetime
from fieldapp.core.errors import Forbidden, NotFound
from fieldapp.coverage import policy
from fieldapp.coverage.services import picture
from fieldapp.coverage.services.picture import DAYS, WEEK, Cell, Picture, Row, Span, count, folded
from fieldapp.coverage.services.windows import Window
from fieldapp.shifts.services import daysoff

__all__ = ["Cell", "Row", "Span", "Week", "Wish", "read", "span_of"]

ROWS, WINDOWS = 25, 50  # on one page
HALF_WEEK = 4  # days; so short a period leaves no weekend out
STATES = ("gap", "wait", "ok", "none")


@dataclass(frozen=True)
class Wish:
    """How the lists are narrowed: a chapter, a kind of place, a state, words in name, city or state; and which page of them."""

    chapter: str = ""
    kind: str = ""
    state: str = ""
    words: str = ""
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything beside the chapter is asked for."""
        return bool(self.kind or self.state or self.words)


@dataclass
class Week:
    """What the page shows. ``days`` are the columns (Mondays where a column is a week); ``closed`` names a holiday's without shifts."""

    span: Span
    zone: str
    today: date
    days: list[date]
    halves: tuple[str, ...]
    rows: list[Row]  # of this page
    found: list[Row]  # of all pages
    table: list[tuple[Row, Window]]  # of this page; empty where no table is asked for
    count_of: dict[str, int]  # windows by state, of all pages of the table
    pages: int
    wish: Wish
    idle: list[Row]
    holidays: dict[date, str]
    closed: dict[date, str]
    adrift: list[Row]
    alerts: list[OpenAlert]
    zones: set[str]
    gaps: Callable[[], list[tuple[Row, Window]]]
    sums: dict[str, int]
    by_id: dict[str, Row]
    tag: str

    @property
    def monday(self) -> date:
        """The first day."""
        return self.span.first

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.span.last

    @cached_property
    def risk(self) -> list[tuple[Row, Window]]:
        """What is ahead and cannot run, soonest first. The map asks for none of it."""
        return self.gaps()

    @cached_property
    def worst_day(self) -> tuple[date, int] | None:
        """The day on which most shifts cannot run, and how many."""
        per_day: dict[date, int] = defaultdict(int)
        for _, window in self.risk:
            per_day[window.day] += 1
        return max(per_day.items(), key=lambda item: (item[1], -item[0].toordinal())) if per_day else None


def span_of(kind: str, day: date, last: date | None = None) -> Span:
    """The day, week or month that ``day`` is in; ``custom`` from it to ``last``, at most 92 days."""
    if kind == "day":
        return Span("day", day, day)
    if kind == "month":
        first = day.replace(day=1)
        return Span("month", first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    if kind == "custom" and last is not None:
        return Span("custom", day, min(max(day, last), day + timedelta(days=DAYS - 1)))
    monday = day - timedelta(days=day.weekday())
    return Span("week", monday, monday + timedelta(days=6))


def beside(span: Span, by: int) -> date:
    """The first day of the period before (-1) or after (1)."""
    if span.kind == "month":
        return (span.first - timedelta(days=1)).replace(day=1) if by < 0 else span.last + timedelta(days=1)
    return span.first + timedelta(days=by * span.days)


def read(actor: Actor, span: Span, zone: str, now: int, wish: Wish | None = None, *, as_table: bool = False) -> Week:
    """The period, of one chapter or of all that the actor watches. Two queries while nothing changed, however many places.

    ``zone`` says which day is today; shifts stand on their own place's clocks.
    Raises Forbidden, NotFound (a chapter that is not the actor's).
    """
    wish = wish or Wish()
    ids = chapters_of(actor, wish.chapter)
    seen = picture.look(ids, span, now)
    alerts = board.open_for(ids & actor.where(COORDINATOR))
    return _week(seen, _with(seen, alerts), zone, alerts, now, wish, as_table)


def chapters_of(actor: Actor, chapter_id: str) -> frozenset[str]:
    """The chapters that the actor watches, or the one. Raises Forbidden, NotFound."""
    if not policy.can_see(actor):
        raise Forbidden()
    ids = actor.where(*policy.WATCHERS)
    if not chapter_id:
        return ids
    if chapter_id not in ids:
        raise NotFound()
    return frozenset({chapter_id})


def _with(seen: Picture, alerts: Sequence[OpenAlert]) -> list[Row]:
    """The rows, those with an open alert first."""
    told: dict[str, list[OpenAlert]] = defaultdict(list)
    for alert in alerts:
        if alert.place_id in seen.by_id:
            told[alert.place_id].append(alert)
    if not told:
        return seen.rows
    urgent = [replace(seen.by_id[place_id], alerts=open_) for place_id, open_ in told.items()]
    return sorted(urgent, key=attrgetter("weight")) + [row for row in seen.rows if row.place.id not in told]


def _fits(row: Row, wish: Wish, words: list[str]) -> bool:
    if wish.kind and row.place.kind != wish.kind:
        return False
    if wish.state and not (row.glyphs & ({"ok", "idle"} if wish.state == "ok" else {wish.state})):
        return False
    if not words:
        return True
    return all(word in row.text for word in words)


def _week(
    seen: Picture, rows: list[Row], zone: str, alerts: list[OpenAlert], now: int, wish: Wish, as_table: bool
) -> Week:
    words = folded(wish.words).split()
    fitting = [row for row in rows if _fits(row, wish, words)] if wish.narrows else rows
    shown = [row for row in fitting if row.windows or wish.state == "none"]
    kept = {row.place.id for row in shown} if wish.narrows else None
    counted, table = _windows(seen, kept, wish.state) if as_table else ({}, [])
    pages = max(1, -(-len(table) // WINDOWS) if as_table else -(-len(shown) // ROWS))
    page = min(max(wish.page, 1), pages)
    part = shown[(page - 1) * ROWS : page * ROWS]
    days, halves, holidays, closed = _columns(seen)
    added = [sum(column) for column in zip(*(row.sums for row in shown), strict=True)] or [0, 0, 0, 0]
    return Week(
        span=seen.span,
        zone=zone,
        today=to_datetime(now, zone).date(),
        days=days,
        halves=halves,
        rows=part,
        found=shown,
        table=table[(page - 1) * WINDOWS : page * WINDOWS],
        count_of=counted,
        pages=pages,
        wish=replace(wish, page=page),
        idle=[row for row in fitting if not row.windows],
        holidays=holidays,
        closed=closed,
        adrift=[row for row in fitting if row.place.lat is None or row.place.lon is None],
        alerts=alerts,
        zones={row.place.zone for row in shown},
        gaps=lambda: [
            pair for pair in seen.gaps if pair[1].starts_at > now and (kept is None or pair[0].place.id in kept)
        ],
        sums=dict(zip(("confirmed", "claimed", "open", "needed"), added, strict=True)),
        by_id=seen.by_id,
        tag=seen.tag,
    )


def _windows(seen: Picture, kept: set[str] | None, state: str) -> tuple[dict[str, int], list[tuple[Row, Window]]]:
    """How many windows there are in each state, and those that are asked for, worst first."""
    all_of_them = seen.table if kept is None else [pair for pair in seen.table if pair[0].place.id in kept]
    counted = seen.counted if kept is None else count(all_of_them)
    if state not in ("gap", "wait", "ok"):
        return counted, all_of_them
    wanted = ("ok", "idle") if state == "ok" else (state,)
    return counted, [pair for pair in all_of_them if pair[1].glyph in wanted]


def _columns(seen: Picture) -> tuple[list[date], tuple[str, ...], dict[date, str], dict[date, str]]:
    """The days (or Mondays) with columns, what a day is divided into, and holidays: of the period, and with a column but no shifts."""
    span = seen.span
    whole = [span.first + timedelta(days=n) for n in range(span.days)]
    holidays = {day: name for day in whole if (name := daysoff.federal(day))}
    if span.by_weeks:
        first = span.first - timedelta(days=span.first.weekday())
        mondays = [first + timedelta(days=7 * n) for n in range(((span.last - first).days // 7) + 1)]
        return mondays, (WEEK,), holidays, {}
    busy = seen.busy
    days = [day for day in whole if day.weekday() < 5 or day in busy or span.days < HALF_WEEK]
    return (
        days,
        ("am", "pm"),
        holidays,
        {day: name for day, name in holidays.items() if day in days and day not in busy},
    )
