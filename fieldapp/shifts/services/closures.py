"""Dated closures of places, a chapter's own days off, and federal holidays on which it goes out all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import N_, Invalid, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts import policy
from fieldapp.shifts.models import Closure, Series, Shift, WorkedHoliday
from fieldapp.shifts.services import daysoff, plan, series, suspension
from fieldapp.shifts.services.rehearse import Report, rehearse

LONGEST = timedelta(days=366)
AHEAD = 400


@dataclass(frozen=True)
class Row:
    """A closure in the list; without a place it is the chapter's own."""

    closure: Closure
    place: Place | None
    chapter: str
    mine: bool


@dataclass(frozen=True)
class Page:
    """What the page shows: closures to come, the year's federal holidays, and whether the chapter goes out on them."""

    rows: tuple[Row, ...]
    holidays: tuple[tuple[date, str, bool], ...]
    places: tuple[Place, ...]
    chapter: Chapter


def page(actor: Actor, now: int) -> Page:
    """Raises Forbidden when they coordinate nothing. Six queries."""
    owned = actor.where(COORDINATOR)
    policy.demand(bool(owned))
    home = db.session.get_one(Chapter, actor.chapter_id if actor.chapter_id in owned else min(owned))
    today = to_datetime(now, home.zone).date()
    rows = tuple(coming(actor, today))
    known = daysoff.calendar([home.id], [], today)
    dates = [pair for year in (today.year, today.year + 1) for pair in daysoff.names(year)]
    days = tuple(
        (day, daysoff.plain(name), not known.holiday(home.id, day))
        for day, name in sorted(set(dates))
        if today <= day <= today + timedelta(days=AHEAD)
    )
    return Page(rows, days, tuple(plan.places_for(actor)), home)


def coming(actor: Actor, today: date) -> list[Row]:
    """Closures and days off from a local day on, of the chapters that the actor coordinates and those above. One query."""
    owned = actor.where(COORDINATOR)
    query = (
        select(Closure, Place, Chapter.name)
        .outerjoin(Place, Place.id == Closure.place_id)
        .join(Chapter, Chapter.id == Closure.chapter_id)
        .where(Closure.chapter_id.in_(owned | actor.above), Closure.removed_at.is_(None))
        .where(Closure.to_day >= today.isoformat())
        .order_by(Closure.from_day, Closure.id)
        .limit(500)
    )
    return [Row(one, place, name, one.chapter_id in owned) for one, place, name in db.session.execute(query)]


def add(actor: Actor, values: Mapping[str, str], now: int, said: str | None = None) -> Report:
    """Close a place for some days, or (``place_id`` empty) name days off of the chapter's own; shifts of series there are off and
    those on them told. Done when ``said`` is the report's token, or nobody is touched. Raises NotFound, Forbidden, Invalid.
    """
    place_id = values.get("place_id", "")
    if place_id:
        place, chapter = plan.place_for(actor, place_id)
        zone = place.zone
    else:
        chapter = db.session.get(Chapter, actor.chapter_id) or _none()
        zone = chapter.zone
    policy.demand(policy.can_plan(actor, chapter.id))
    first, last, reason = _read(values, to_datetime(now, zone).date())

    def act(session: Session) -> Report:
        made = Closure(
            chapter_id=chapter.id,
            place_id=place_id or None,
            from_day=first.isoformat(),
            to_day=last.isoformat(),
            reason=reason,
            created_by=actor.person_id,
            created_at=now,
        )
        session.add(made)
        session.flush()
        return _settled(session, made, now)

    return rehearse(act, said, unasked=True)


def remove(actor: Actor, closure_id: str, now: int, said: str | None = None) -> Report:
    """Take a closure away: what it alone suspended takes place again, and what it kept from being made is made.

    Raises NotFound, Forbidden.
    """
    found = db.session.get(Closure, closure_id)
    if found is None or found.chapter_id not in actor.chapters:
        raise NotFound()
    policy.demand(policy.can_plan(actor, found.chapter_id))
    if found.removed_at is not None:  # somebody did it already
        return Report(done=True)

    def act(session: Session) -> Report:
        live = session.get_one(Closure, closure_id, populate_existing=True, with_for_update=True)
        live.removed_at = now
        session.flush()
        return _settled(session, live, now)

    return rehearse(act, said, unasked=True)


def work(actor: Actor, name: str, out: bool, now: int, said: str | None = None) -> Report:
    """Whether the actor's chapter (and its pods) goes out on a federal holiday, every year. Raises Forbidden, Invalid."""
    policy.demand(policy.can_plan(actor, actor.chapter_id))
    year = to_datetime(now).year
    if name not in {daysoff.plain(known) for y in (year, year + 1) for _, known in daysoff.names(y)}:
        raise Invalid(fields={"name": N_("Choose a holiday from the list.")})

    def act(session: Session) -> Report:
        live = session.get(WorkedHoliday, (actor.chapter_id, name))
        if out and live is None:
            session.add(WorkedHoliday(chapter_id=actor.chapter_id, name=name, by_id=actor.person_id, since=now))
        if not out and live is not None:
            session.delete(live)
        session.flush()
        return _under(session, actor.chapter_id, now)

    return rehearse(act, said, unasked=True)


def _settled(session: Session, closure: Closure, now: int) -> Report:
    if closure.place_id is None:
        return _under(session, closure.chapter_id, now)
    lines = suspension.settle(session, Shift.place_id == closure.place_id, now)
    made = _fill(session, select(Series).where(Series.place_id == closure.place_id), now)
    chapters.touch(session, closure.chapter_id)
    return Report(tuple(lines), made, to=closure.id)


def _under(session: Session, chapter_id: str, now: int) -> Report:
    top = session.get_one(Chapter, chapter_id)
    ids = set(session.scalars(select(Chapter.id).where(Chapter.path.startswith(top.path, autoescape=True))))
    lines = suspension.settle(session, Shift.chapter_id.in_(ids), now)
    made = _fill(session, select(Series).where(Series.chapter_id.in_(ids)), now)
    chapters.touch(session, chapter_id)
    return Report(tuple(lines), made, to=chapter_id)


def _fill(session: Session, query: object, now: int) -> int:
    """Make what is missing of the live series among these."""
    made = 0
    live = list(session.scalars(query.where(Series.ended_at.is_(None)).limit(500)))  # type: ignore[attr-defined]
    for one in live:
        made += series.fill(session, one, session.get_one(Place, one.place_id), now)
    return made


def _read(values: Mapping[str, str], today: date) -> tuple[date, date, str]:
    wrong: dict[str, str] = {}
    first, last = _day(values.get("from_day", "")), _day(values.get("to_day", "") or values.get("from_day", ""))
    if first is None:
        wrong["from_day"] = N_("Choose the first day.")
    if last is None or last < today or (first and not first <= last <= first + LONGEST):
        wrong["to_day"] = N_("The last day is today or later, not before the first, and at most a year after it.")
    reason = values.get("reason", "").replace("\x00", "").strip()[:160]
    if not reason:
        wrong["reason"] = N_("Say why: those on the shifts read it.")
    if wrong or first is None or last is None:
        raise Invalid(fields=wrong)
    return first, last, reason


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None  # days are counted on from here


def _none() -> Chapter:
    raise NotFound()


def in_week(actor: Actor, monday: date, place_id: str = "") -> list[tuple[date, str, str]]:
    """What is off in a week for the actor's chapters: the first of its days, why, and the place (empty: everywhere). Four queries."""
    owned = actor.where(COORDINATOR)
    sunday = monday + timedelta(days=6)
    home = actor.chapter_id if actor.chapter_id in owned else min(owned)
    known = daysoff.calendar([home], [], monday)
    days = [monday + timedelta(days=n) for n in range(7)]
    found = [(day, daysoff.plain(name), "") for day in days if (name := known.holiday(home, day))]
    query = (
        select(Closure, Place.name)
        .outerjoin(Place, Place.id == Closure.place_id)
        .where(Closure.removed_at.is_(None), Closure.chapter_id.in_(owned | actor.above))
        .where(Closure.from_day <= sunday.isoformat(), Closure.to_day >= monday.isoformat())
        .order_by(Closure.from_day, Place.name)
        .limit(50)
    )
    for closure, name in db.session.execute(query):
        if not place_id or closure.place_id in {None, place_id}:
            found.append((max(monday, date.fromisoformat(closure.from_day)), closure.reason, name or ""))
    return sorted(found)
