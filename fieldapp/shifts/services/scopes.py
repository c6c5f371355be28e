"""Changing or cancelling one shift of a series, this and those that follow, or all that are to come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters
from fieldapp.core.actor import Actor
from fieldapp.core.clock import local_span, to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import N_, DomainError, Invalid
from fieldapp.places.models import Place
from fieldapp.shifts.models import Series, Shift
from fieldapp.shifts.services import changes, plan, planning, recurrence, repeat, series
from fieldapp.shifts.services.changes import Wanted
from fieldapp.shifts.services.plan import Plan
from fieldapp.shifts.services.recurrence import Rule
from fieldapp.shifts.services.rehearse import Report, rehearse

ONE, FOLLOWING, ALL = SCOPES = ("one", "following", "all")
LEFT_OUT = N_("The series has changed and has no shift on this day any more.")


def edit(
    actor: Actor, shift_id: str, scope: str, values: Mapping[str, str], now: int, said: str | None = None
) -> Report:
    """What changing it does to everybody; done when ``said`` is that report's token. Changes that touch nobody are done at once.

    Raises NotFound, Forbidden, Invalid, DomainError.
    """
    shift = planning.find_own(actor, shift_id)
    place, chapter = db.session.get_one(Place, shift.place_id), db.session.get_one(Chapter, shift.chapter_id)
    asked = plan.read(values, place, chapter, now)
    if scope == ONE or shift.series_id is None or shift.series_day is None:
        return rehearse(lambda session: _one(session, shift_id, asked, place.zone, now), said, unasked=True)
    if asked.day != to_datetime(shift.starts_at, place.zone).date():
        raise Invalid(fields={"day": N_("A series moves by its days below. To move one day, choose only this shift.")})
    live = db.session.get_one(Series, shift.series_id)
    if live.ended_at is not None:
        raise DomainError("already", N_("This series has ended already."), safe=N_("Nothing was changed."))
    rule = _rule(live, shift.series_day, scope, values)
    return rehearse(lambda session: _several(session, shift_id, scope, asked, rule, now), said)


def cancel(actor: Actor, shift_id: str, scope: str, reason: str, now: int, said: str | None = None) -> Report:
    """The same for cancelling with a reason that everyone on it reads. What follows, or all, ends the series."""
    shift = planning.find_own(actor, shift_id)
    reason = planning.reason_of(reason)
    if scope == ONE or shift.series_id is None or shift.series_day is None:
        return rehearse(
            lambda session: Report(
                tuple(changes.call_off(session, [planning.locked(session, shift_id)], now, reason=reason))
            ),
            said,
            unasked=True,
        )
    last = None if scope == ALL else date.fromisoformat(shift.series_day) - timedelta(days=1)
    series_id = shift.series_id
    return rehearse(lambda session: series.stop(session, series_id, last, reason, now), said)


def _one(session: Session, shift_id: str, asked: Plan, zone: str, now: int) -> Report:
    live = planning.locked(session, shift_id)
    will = Wanted(*asked.hours(asked.day, zone), asked.minimum, asked.seats, asked.course_id, asked.kind, asked.brief)
    return Report(tuple(changes.change(session, {live.id: will}, [live], now)), to=live.id)


def first_of(live: Series, shift_day: str, scope: str) -> date:
    """The day on which the changed series begins: the shift's own, or for all of it the day on which it began."""
    return date.fromisoformat(live.from_day if scope == ALL else shift_day)


def _rule(live: Series, shift_day: str, scope: str, values: Mapping[str, str]) -> Rule:
    """The rule that the form asks for. A number of times that was not changed counts on from those that were."""
    old, first = repeat.of(live), first_of(live, shift_day, scope)
    rule = repeat.read(values, first) if values.get("repeat") in {"weekly", "monthly"} else old
    if scope == FOLLOWING and old.count and rule.count == old.count:
        began = date.fromisoformat(live.from_day)
        gone = len(recurrence.occurrences(replace(old, added=(), left_out=()), began, began, first - timedelta(days=1)))
        rule = replace(rule, count=max(old.count - gone, 1))
    return rule


@dataclass(frozen=True)
class _Part:
    """The shifts of a series from a day on: those to come and not cancelled by hand, and the days that the others hold."""

    coming: Sequence[Shift]
    others: Sequence[Shift]


def _part(session: Session, live: Series, since: str, now: int) -> _Part:
    query = select(Shift).where(Shift.series_id == live.id, Shift.series_day >= since)
    found = list(session.scalars(query.order_by(Shift.series_day).execution_options(populate_existing=True)))
    coming = [s for s in found if s.starts_at > now and (s.cancelled_at is None or s.suspended_by)]
    return _Part(coming, [s for s in found if s not in coming])


def _several(session: Session, shift_id: str, scope: str, asked: Plan, rule: Rule, now: int) -> Report:
    shift = session.get_one(Shift, shift_id, populate_existing=True)
    live = session.get_one(Series, str(shift.series_id), populate_existing=True, with_for_update={"key_share": True})
    place = session.get_one(Place, live.place_id)
    today = to_datetime(now, place.zone).date()
    first = first_of(live, str(shift.series_day), scope)
    since = max(first, today) if scope == ALL else first
    part = _part(session, live, since.isoformat(), now)
    changes.hold(session, [*part.coming, *part.others])  # all at once, before the first is changed
    taken = {date.fromisoformat(str(s.series_day)) for s in part.others}
    ahead = today + timedelta(weeks=series.WEEKS)
    fresh = [day for day in recurrence.occurrences(rule, first, since, ahead) if day not in taken]
    days = recurrence.pair([date.fromisoformat(str(s.series_day)) for s in part.coming], fresh, rule.freq)
    kept = [s for s in part.coming if date.fromisoformat(str(s.series_day)) in days]
    left = [s for s in part.coming if s not in kept]
    wanted, alone = _wanted(live, kept, days, shift_id, asked, place.zone)
    to = _home(session, live, scope, asked, rule, first)
    for one in [*kept, *part.others] if to is not live else kept:
        day = days.get(date.fromisoformat(str(one.series_day)))
        one.series_id, one.series_day = to.id, day.isoformat() if day and one in kept else one.series_day
    session.flush()
    lines = changes.change(session, wanted, kept, now)
    lines += changes.call_off(session, left, now, reason=LEFT_OUT)
    for one in left:
        one.series_day = None  # the day is free again, should the series come back to it
    session.flush()
    made = series.fill(session, to, place, now)
    chapters.touch(session, live.chapter_id)
    return Report(tuple(lines), made, alone, to.id)


def _home(session: Session, live: Series, scope: str, asked: Plan, rule: Rule, first: date) -> Series:
    """The series that the changed shifts belong to: this one, or for what follows one of its own, and this one ends before."""
    before = session.scalar(
        select(Shift.id).where(Shift.series_id == live.id, Shift.series_day < first.isoformat()).limit(1)
    )
    if scope == FOLLOWING and (before or live.from_day < first.isoformat()):
        made = series.build(replace(asked, day=first), rule, live.place_id, live.chapter_id, live.created_by)
        session.add(made)
        began = date.fromisoformat(live.from_day)
        repeat.keep(live, repeat.of(live).ending(first - timedelta(days=1)), began)
        session.flush()
        return made
    live.start_minute, live.end_minute = asked.start_minute, asked.end_minute
    live.minimum, live.seats, live.course_id = asked.minimum, asked.seats, asked.course_id
    live.kind, live.brief = asked.kind, asked.brief
    repeat.keep(live, rule, date.fromisoformat(live.from_day))
    session.flush()
    return live


def _wanted(
    live: Series, kept: Collection[Shift], days: Mapping[date, date], chosen: str, asked: Plan, zone: str
) -> tuple[dict[str, Wanted], int]:
    """How each shift shall be, and how many keep something that was changed on them alone; the chosen one keeps nothing."""
    wanted, alone = {}, 0
    for shift in kept:
        day = date.fromisoformat(str(shift.series_day))
        usual = local_span(day, live.start_minute, live.end_minute, zone)
        ours, local = shift.id == chosen, to_datetime(shift.starts_at, zone).date()
        same_hours = (shift.starts_at, shift.ends_at) == usual
        on = days[day] if same_hours else local
        hours = asked.hours(on, zone) if ours or same_hours else (shift.starts_at, shift.ends_at)
        fields = {
            name: getattr(asked, name) if ours or getattr(shift, name) == getattr(live, name) else getattr(shift, name)
            for name in ("minimum", "seats", "course_id", "kind", "brief")
        }
        fields["seats"] = max(fields["seats"], fields["minimum"])
        wanted[shift.id] = Wanted(*hours, **fields)
        alone += not ours and (not same_hours or any(fields[name] != getattr(asked, name) for name in fields))
    return wanted, alone
