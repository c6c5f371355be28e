"""A week of coverage: every place by half days, worst first. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from fieldapp.alerts.services import board
from fieldapp.alerts.services.board import OpenAlert
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import to_datetime
from fieldapp.core.errors import Forbidden, NotFound
from fieldapp.coverage import policy
from fieldapp.coverage.services import windows
from fieldapp.coverage.services.asked import Spot
from fieldapp.coverage.services.windows import CODES, Window
from fieldapp.shifts.services import daysoff


@dataclass(frozen=True)
class Cell:
    """The windows of one place in one half day, added up; as bad as its worst."""

    key: str
    windows: list[Window]

    @property
    def worst(self) -> Window:
        """What the cell looks like."""
        return min(self.windows, key=Window.weight)

    @property
    def confirmed(self) -> int:
        """People who said they come."""
        return sum(w.confirmed for w in self.windows)

    @property
    def claimed(self) -> int:
        """People who took it and have not confirmed."""
        return sum(w.claimed for w in self.windows)

    @property
    def open(self) -> int:
        """Places that nobody has taken."""
        return sum(w.open for w in self.windows)

    @property
    def needed(self) -> int:
        """Places in all."""
        return sum(w.needed for w in self.windows)

    @property
    def look(self) -> str:
        """The cell's class: a wash only where a person is needed, paler when all is confirmed."""
        glyph = self.worst.glyph
        return {"gap": "gap", "wait": "wait"}.get(glyph, "full" if self.open == 0 else "")


@dataclass
class Row:
    """A place and its week."""

    place: Spot
    cells: dict[tuple[date, str], Cell] = field(default_factory=dict)
    alerts: list[OpenAlert] = field(default_factory=list)
    worst: Window | None = None  # of those that are not over

    @property
    def at(self) -> tuple[float, float] | None:
        """Latitude and longitude, where somebody said them."""
        return self.place.at

    @property
    def windows(self) -> list[Window]:
        """All windows of the week, in time's order."""
        return sorted((w for c in self.cells.values() for w in c.windows), key=lambda w: w.starts_at)

    def weight(self) -> tuple[int, int, int, int, str]:
        """Sorts worst first: open alerts, then the worst window to come, then by name."""
        worst = self.worst.weight() if self.worst else (len(CODES), 0, 0)
        return (-len(self.alerts), *worst, self.place.name)


@dataclass
class Week:
    """What the page shows. ``days`` are those with columns; ``closed`` names a holiday's column without shifts."""

    monday: date
    zone: str
    today: date
    days: list[date]
    rows: list[Row]
    idle: list[Row]
    holidays: dict[date, str]
    closed: dict[date, str]
    adrift: list[Row]
    alerts: list[OpenAlert]
    zones: set[str]
    risk: list[tuple[Row, Window]]

    @property
    def sunday(self) -> date:
        """The week's last day."""
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> date:
        """The Monday before."""
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date:
        """The Monday after."""
        return self.monday + timedelta(days=7)

    @property
    def windows(self) -> list[tuple[Row, Window]]:
        """Every window with its row, worst first: what the table says."""
        found = [(row, window) for row in self.rows for window in row.windows]
        return sorted(found, key=lambda pair: (pair[1].weight(), pair[0].place.name))

    def count(self, name: str) -> int:
        """The week's sum of ``confirmed``, ``claimed``, ``open`` or ``needed``."""
        return sum(getattr(window, name) for row in self.rows for window in row.windows)

    @property
    def worst_day(self) -> tuple[date, int] | None:
        """The day on which most shifts cannot run, and how many."""
        per_day: dict[date, int] = defaultdict(int)
        for _, window in self.risk:
            per_day[window.day] += 1
        return max(per_day.items(), key=lambda item: (item[1], -item[0].toordinal())) if per_day else None


def read(actor: Actor, monday: date, zone: str, now: int, chapter_id: str = "") -> Week:
    """The week that begins on ``monday``, of one chapter or of all that the actor watches. Ten queries, however many places.

    ``zone`` says which day is today; shifts stand on their own place's clocks.
    Raises Forbidden, NotFound (a chapter that is not the actor's).
    """
    ids = _chapters(actor, chapter_id)
    places = windows.spots(ids)
    rows = {place.id: Row(place) for place in places.values()}
    _fill(rows, windows.by_days(places, monday, monday + timedelta(days=6)))
    alerts = board.open_for(ids & actor.where(COORDINATOR))
    for alert in alerts:
        if alert.place_id in rows:
            rows[alert.place_id].alerts.append(alert)
    for row in rows.values():
        ahead = [w for w in row.windows if w.ends_at > now]
        row.worst = min(ahead, key=Window.weight, default=None)
    return _week(monday, zone, to_datetime(now, zone).date(), sorted(rows.values(), key=Row.weight), alerts, now)


def _chapters(actor: Actor, chapter_id: str) -> frozenset[str]:
    if not policy.can_see(actor):
        raise Forbidden()
    ids = actor.where(*policy.WATCHERS)
    if not chapter_id:
        return ids
    if chapter_id not in ids:
        raise NotFound()
    return frozenset({chapter_id})


def _fill(rows: dict[str, Row], windows: Iterable[Window]) -> None:
    groups: dict[tuple[str, date, str], list[Window]] = defaultdict(list)
    for window in windows:
        groups[window.place_id, window.day, window.half].append(window)
    for (place_id, day, half), found in groups.items():
        found.sort(key=lambda w: w.starts_at)
        rows[place_id].cells[day, half] = Cell(f"{place_id}.{day.isoformat()}.{half}", found)


def _week(monday: date, zone: str, today: date, rows: list[Row], alerts: list[OpenAlert], now: int) -> Week:
    busy = {day for row in rows for day, _ in row.cells}
    whole = [monday + timedelta(days=i) for i in range(7)]
    days = [day for i, day in enumerate(whole) if i < 5 or day in busy]
    holidays = {day: name for day in whole if (name := daysoff.federal(day))}
    shown = [row for row in rows if row.cells]
    risk = [(r, w) for r in shown for w in r.windows if w.glyph == "gap" and w.starts_at > now]
    return Week(
        monday,
        zone,
        today,
        days,
        shown,
        [row for row in rows if not row.cells],
        holidays,
        {day: name for day, name in holidays.items() if day in days and day not in busy},
        [row for row in rows if row.at is None],
        alerts,
        {row.place.zone for row in shown},
        sorted(risk, key=lambda pair: (pair[1].starts_at, pair[1].weight(), pair[0].place.name)),
    )
