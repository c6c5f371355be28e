"""Series on a place's own clocks: made weeks ahead by their rule, suspended by days off and closed places, ended."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.accounts.services import chapters
from fieldapp.core import jobs
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import DAY, local_ms, local_span, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts import policy
from fieldapp.shifts.models import Series, Shift
from fieldapp.shifts.services import changes, daysoff, plan, recurrence, repeat, suspension
from fieldapp.shifts.services.daysoff import Calendar
from fieldapp.shifts.services.recurrence import Rule
from fieldapp.shifts.services.rehearse import Report, rehearse

WEEKS = 8
JOB = "shifts.materialise"
ENDED = N_("The series has ended.")
holiday = daysoff.federal


def create(actor: Actor, values: Mapping[str, str], now: int) -> Series:
    """A series from the form of a shift; its first eight weeks exist at once. Raises NotFound, Forbidden, Invalid."""
    place, chapter = plan.place_for(actor, values.get("place_id", ""))
    policy.demand(policy.can_plan(actor, chapter.id))
    asked = plan.read(values, place, chapter, now)
    rule = repeat.read(values, asked.day)
    with write() as session:
        made = build(asked, rule, place.id, chapter.id, actor.person_id)
        session.add(made)
        session.flush()
        fill(session, made, place, now)
        _again(session, now)
        chapters.touch(session, chapter.id)
    return made


def build(asked: plan.Plan, rule: Rule, place_id: str, chapter_id: str, by: str | None) -> Series:
    """A series as it was asked for, beginning on its day; not yet kept. Raises Invalid."""
    made = Series(
        chapter_id=chapter_id,
        place_id=place_id,
        start_minute=asked.start_minute,
        end_minute=asked.end_minute,
        minimum=asked.minimum,
        seats=asked.seats,
        course_id=asked.course_id,
        kind=asked.kind,
        brief=asked.brief,
        created_by=by,
    )
    repeat.keep(made, rule, asked.day)
    return made


def end(actor: Actor, series_id: str, last_day: str, now: int, said: str | None = None) -> Report:
    """End a series after its last local day; later shifts are cancelled. Done when ``said`` is the report's token, or nobody is touched.

    Raises NotFound, Forbidden, Invalid, DomainError.
    """
    found = db.session.get(Series, series_id)
    if found is None or found.chapter_id not in actor.chapters:
        raise NotFound()
    policy.demand(policy.can_edit_series(actor, found))
    if not _is_date(last_day):
        raise Invalid(fields={"until": N_("Choose the last day.")})
    last = date.fromisoformat(last_day)
    return rehearse(lambda session: stop(session, series_id, last, ENDED, now), said, unasked=True)


def stop(session: Session, series_id: str, last: date | None, reason: str, now: int) -> Report:
    """End a series after a local day (None: now), in the caller's transaction. Raises DomainError("already")."""
    live = session.get(Series, series_id, populate_existing=True, with_for_update={"key_share": True})
    if live is None or live.ended_at is not None:
        raise DomainError("already", N_("This series has ended already."), safe=N_("Nothing was changed."))
    place = session.get_one(Place, live.place_id)
    after = now if last is None else max(local_ms(last, 24 * 60, place.zone), now)
    last = to_datetime(now, place.zone).date() if last is None else last
    live.rule = repeat.of(live).ending(last).text
    live.until_day, live.ended_at = last.isoformat(), now
    rest = (Shift.series_id == live.id, Shift.starts_at >= after)
    coming = list(session.scalars(select(Shift).where(*rest, Shift.cancelled_at.is_(None))))
    off = session.scalars(select(Shift).where(*rest, Shift.suspended_by != ""))
    changes.hold(session, [*coming, *off])  # all at once, before the first is changed
    lines = changes.call_off(session, coming, now, reason=reason) if coming else []
    # What was only suspended does not come back either.
    session.execute(update(Shift).where(*rest, Shift.suspended_by != "").values(suspended_by=""))
    session.flush()
    chapters.touch(session, live.chapter_id)
    return Report(tuple(lines), to=live.id)


def form_of(series_id: str) -> dict[str, str]:
    """How a live series repeats, as a form's values; nothing for one that has ended."""
    found = db.session.get(Series, series_id)
    return repeat.form(repeat.of(found)) if found is not None and found.ended_at is None else {}


def materialise(now: int) -> int:
    """Make what is missing of every live series for the weeks ahead; returns how many shifts. Running twice adds nothing."""
    made = 0
    for series_id in list(db.session.scalars(select(Series.id).where(Series.ended_at.is_(None)))):
        with write() as session:
            series = session.get(Series, series_id, populate_existing=True, with_for_update={"key_share": True})
            if series is None or series.ended_at is not None:
                continue
            added = fill(session, series, session.get_one(Place, series.place_id), now)
            if added:
                chapters.touch(session, series.chapter_id)
            made += added
    return made


@jobs.handler(JOB)
def daily(_: dict[str, str], now: int) -> None:
    """The daily run: fill, suspend and give back, and ask for tomorrow's."""
    materialise(now)
    suspension.all_chapters(now)
    with write() as session:
        _again(session, now)


def _again(session: Session, now: int) -> None:
    """One job for each day to come, by name: asking twice is asking once."""
    day = now // DAY + 1
    with suppress(IntegrityError), session.begin_nested():  # two at the same instant: one row
        jobs.enqueue(session, JOB, {}, run_at=day * DAY, job_id=f"{JOB}:{day}")


def days(series: Series, zone: str, now: int) -> list[date]:
    """The series' local dates from today (or its first) to the weeks ahead (or its last), days off among them."""
    today = to_datetime(now, zone).date()
    first = date.fromisoformat(series.from_day)
    rule = repeat.of(series)
    return recurrence.occurrences(rule, first, today, today + timedelta(weeks=WEEKS))


def fill(session: Session, series: Series, place: Place, now: int, known: Calendar | None = None) -> int:
    """Make what is missing of a series, in the caller's transaction; returns how many shifts."""
    taken = set(session.scalars(select(Shift.series_day).where(Shift.series_id == series.id)))
    off = known or daysoff.calendar([series.chapter_id], [place.id], to_datetime(now, place.zone).date())
    made = []
    for day in days(series, place.zone, now):
        starts_at, ends_at = local_span(day, series.start_minute, series.end_minute, place.zone)
        if day.isoformat() in taken or ends_at <= now or off.why(series.chapter_id, place, day, starts_at):
            continue
        made.append(
            Shift(
                chapter_id=series.chapter_id,
                place_id=series.place_id,
                series_id=series.id,
                series_day=day.isoformat(),
                starts_at=starts_at,
                ends_at=ends_at,
                minimum=series.minimum,
                seats=series.seats,
                course_id=series.course_id,
                kind=series.kind,
                brief=dict(series.brief or {}),
            )
        )
    session.add_all(made)
    session.flush()
    return len(made)


@dataclass(frozen=True)
class Line:
    """A series in the list: its place, its rule, and the days off in the weeks ahead with their reasons."""

    series: Series
    place: Place
    rule: Rule
    suspended: tuple[tuple[date, str], ...]
    next_id: str = ""  # the shift from which it is changed


def lines(actor: Actor, now: int) -> list[Line]:
    """The live series that the actor coordinates, by weekday and hour. Raises Forbidden when they coordinate nothing."""
    policy.demand(bool(actor.where(COORDINATOR)))
    query = (
        select(Series, Place)
        .join(Place, Place.id == Series.place_id)
        .where(Series.chapter_id.in_(actor.where(COORDINATOR)), Series.ended_at.is_(None))
        .order_by(Series.weekday, Series.start_minute, Place.name, Series.id)
        .limit(500)
    )
    rows = [(series, place) for series, place in db.session.execute(query)]
    today = to_datetime(now).date() - timedelta(days=1)
    coming = select(Shift.series_id, Shift.id).where(
        Shift.series_id.in_([s.id for s, _ in rows]), Shift.starts_at > now, Shift.cancelled_at.is_(None)
    )
    nexts: dict[str, str] = {}
    for series_id, shift_id in db.session.execute(coming.order_by(Shift.starts_at)):
        nexts.setdefault(str(series_id), shift_id)
    off = daysoff.calendar({s.chapter_id for s, _ in rows}, {p.id for _, p in rows}, today)
    return [
        Line(series, place, repeat.of(series), _suspended(series, place, off, now), nexts.get(series.id, ""))
        for series, place in rows
        if not series.until_day or series.until_day >= today.isoformat()
    ]


def _suspended(series: Series, place: Place, off: Calendar, now: int) -> tuple[tuple[date, str], ...]:
    found = []
    for day in days(series, place.zone, now):
        if why := off.why(series.chapter_id, place, day, local_ms(day, series.start_minute, place.zone)):
            found.append((day, why.reason))
    return tuple(found)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
