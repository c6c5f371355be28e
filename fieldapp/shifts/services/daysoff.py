"""What suspends series: federal holidays, a chapter's own days off, dated closures of a place, and a place that is closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays
from sqlalchemy import or_, select

from fieldapp.accounts.models import Chapter
from fieldapp.core.db import db
from fieldapp.core.errors import N_
from fieldapp.places.models import Place
from fieldapp.shifts.models import Closure, WorkedHoliday

CLOSED = N_("The place is closed.")
HOLIDAY, PLACE = "holiday", "place"


@lru_cache(maxsize=16)
def _year(year: int) -> dict[date, str]:
    return {day: str(name) for day, name in holidays.country_holidays("US", years=year).items()}


def federal(day: date) -> str:
    """The federal holiday on a local date, in English; empty on a working day."""
    return _year(day.year).get(day, "")


def plain(name: str) -> str:
    """A holiday's name without saying that it is the day on which it is observed."""
    return name.removesuffix(" (observed)")


def names(year: int) -> list[tuple[date, str]]:
    """The federal holidays that begin in a year, as they are observed."""
    return sorted(_year(year).items())


@dataclass(frozen=True)
class Off:
    """Why there is nothing on a day: ``by`` is the closure's id, ``holiday`` or ``place``; ``reason`` is a text or a holiday's name."""

    by: str
    reason: str


@dataclass(frozen=True)
class Calendar:
    """What is off for some chapters and places, read once."""

    paths: dict[str, frozenset[str]]
    worked: frozenset[tuple[str, str]]
    closures: tuple[Closure, ...]

    def holiday(self, chapter_id: str, day: date) -> str:
        """The federal holiday that a chapter keeps on a local date; empty on a day on which it goes out."""
        name = federal(day)
        worked = name and any((step, plain(name)) in self.worked for step in self.paths.get(chapter_id, ()))
        return "" if worked else name

    def closed(self, chapter_id: str, place_id: str, day: date) -> Closure | None:
        """The closure that a local date falls in: the place's, or else the chapter's own day off."""
        text, path = day.isoformat(), self.paths.get(chapter_id, frozenset())
        found = [
            one
            for one in self.closures
            if one.from_day <= text <= one.to_day
            and (one.place_id == place_id or (one.place_id is None and one.chapter_id in path))
        ]
        return min(found, key=lambda one: (one.place_id is None, one.from_day, one.id), default=None)

    def why(self, chapter_id: str, place: Place, day: date, starts_at: int) -> Off | None:
        """Why a series has nothing on a local date; None when it has. ``starts_at`` (ms UTC) is the shift's."""
        if place.closed_at is not None and place.closed_at <= starts_at:
            return Off(PLACE, CLOSED)
        if closure := self.closed(chapter_id, place.id, day):
            return Off(closure.id, closure.reason)
        name = self.holiday(chapter_id, day)
        return Off(HOLIDAY, plain(name)) if name else None


def calendar(chapter_ids: Collection[str], place_ids: Collection[str], since: date) -> Calendar:
    """What is off from ``since`` on for series of these chapters at these places. Three queries."""
    rows = db.session.execute(select(Chapter.id, Chapter.path).where(Chapter.id.in_(chapter_ids)))
    paths = {chapter: frozenset(step for step in path.split("/") if step) for chapter, path in rows}
    every = frozenset().union(*paths.values())
    worked = select(WorkedHoliday.chapter_id, WorkedHoliday.name).where(WorkedHoliday.chapter_id.in_(every))
    closures = select(Closure).where(
        Closure.removed_at.is_(None),
        Closure.to_day >= since.isoformat(),
        or_(Closure.place_id.in_(place_ids), Closure.place_id.is_(None) & Closure.chapter_id.in_(every)),
    )
    return Calendar(
        paths,
        frozenset((chapter, name) for chapter, name in db.session.execute(worked)),
        tuple(db.session.scalars(closures.order_by(Closure.from_day, Closure.id))),
    )
