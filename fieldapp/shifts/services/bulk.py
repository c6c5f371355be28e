"""What can be done to one shift, done to many: each in a transaction of its own, what happens said first, a result for each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.services import chapters
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import local_span, to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts import policy
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.services import changes, daysoff, plan, planning
from fieldapp.shifts.services.plan import LONGEST, MOST_SEATS
from fieldapp.shifts.services.rehearse import Line, Report, Touched, rehearse
from fieldapp.training.services import grades

CANCEL, CHANGE, CONFIRM, LEAD, COPY, TEXT = ACTIONS = ("cancel", "change", "confirm", "lead", "copy", "text")
MOST = 200
CONFIRMED, LEADS = "confirmed", "lead"
Act = Callable[[Session], Report]


@dataclass(frozen=True)
class Row:
    """One of the chosen shifts: what would happen or happened to it, or why nothing (``no`` is a text)."""

    shift_id: str
    place: str
    zone: str
    hours: tuple[int, int]
    report: Report
    no: str = ""

    @property
    def people(self) -> tuple[Touched, ...]:
        """Those to whom something happens."""
        return tuple(one for line in self.report.lines for one in line.people)


@dataclass(frozen=True)
class Result:
    """All of them, soonest first."""

    rows: tuple[Row, ...]
    done: bool = False

    @property
    def able(self) -> int:
        """How many can be (or were) changed."""
        return sum(not row.no for row in self.rows)

    @property
    def token(self) -> str:
        """What was said of all of them."""
        said = "\n".join(f"{row.shift_id} {row.no} {row.report.token}" for row in self.rows)
        return hashlib.sha256(said.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Ask:
    """What a form asks for; None leaves it as it is. Hours are minutes from midnight on each place's clocks."""

    reason: str = ""
    minimum: int | None = None
    seats: int | None = None
    start: int | None = None
    end: int | None = None
    week: date | None = None


def chosen(actor: Actor, ids: Sequence[str]) -> list[tuple[Shift, Place]]:
    """The shifts of these ids, soonest first. Raises Invalid for none and for too many, NotFound for one the actor does not coordinate."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        policy.demand(bool(actor.where(COORDINATOR)))
        raise Invalid(fields={"shift_id": N_("Choose at least one shift.")})
    if len(wanted) > MOST:
        raise Invalid(fields={"shift_id": N_("200 shifts at most at one time.")})
    query = select(Shift, Place).join(Place, Place.id == Shift.place_id).where(Shift.id.in_(wanted))
    rows = [
        (shift, place) for shift, place in db.session.execute(query.order_by(Shift.starts_at, Place.name, Shift.id))
    ]
    if len(rows) != len(wanted) or not all(policy.can_see_shift(actor, shift) for shift, _ in rows):
        raise NotFound()
    for shift, _ in rows:
        policy.demand(policy.can_plan(actor, shift.chapter_id))
    return rows


def read(action: str, values: Mapping[str, str]) -> Ask:
    """What the form asks for. Raises Invalid, naming every field that needs another look."""
    if action == CANCEL:
        return Ask(reason=planning.reason_of(values.get("reason", "")))
    if action == COPY:
        try:
            week = date.fromisoformat(values.get("to_week", ""))
        except ValueError:
            week = date.min
        if not 2000 <= week.year <= 2200:
            raise Invalid(fields={"to_week": N_("Choose a day of the week to copy to.")})
        return Ask(week=week - timedelta(days=week.weekday()))
    if action != CHANGE:
        return Ask()
    wrong: dict[str, str] = {}
    numbers: dict[str, int | None] = {}
    for name, least, said in (
        ("minimum", 2, N_("Nobody goes alone: two people or more.")),
        ("seats", 2, N_("At least as many places as people needed, and at most 200.")),
    ):
        text = values.get(name, "").strip()
        numbers[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None
        if text and not least <= (numbers[name] or 0) <= MOST_SEATS:
            wrong[name] = said
    start, end = plan.minutes(values.get("start", "")), plan.minutes(values.get("end", ""))
    if values.get("start", "").strip() and start is None:
        wrong["start"] = N_("Write the time as 8:30.")
    if values.get("end", "").strip() and end is None:
        wrong["end"] = N_("Write the time as 12:30.")
    if not wrong and numbers == {"minimum": None, "seats": None} and start is None and end is None:
        wrong["seats"] = N_("Write what shall change; what stays empty stays as it is.")
    if wrong:
        raise Invalid(fields=wrong)
    return Ask("", numbers["minimum"], numbers["seats"], start, end)


def run(
    actor: Actor, action: str, ids: Sequence[str], values: Mapping[str, str], now: int, said: str | None = None
) -> Result:
    """What the action does to each, or did when ``said`` is the token of what was shown. Raises NotFound, Forbidden, Invalid."""
    if action not in ACTIONS:
        raise Invalid(fields={"action": N_("Choose what to do with them.")})
    rows = [_Chosen(s.id, p.name, p.zone, (s.starts_at, s.ends_at)) for s, p in chosen(actor, ids)]
    asked = read(action, values)
    shown = Result(tuple(_try(row, _act(action, row, asked, now), None) for row in rows))
    if said is None or shown.token != said:
        return shown
    done = []
    for row, would in zip(rows, shown.rows, strict=True):
        if would.no:
            done.append(would)
            continue
        did = _try(row, _act(action, row, asked, now), would.report.token)
        done.append(did if did.no or did.report.done else replace(did, no=MEANWHILE))
    return Result(tuple(done), done=True)


MEANWHILE = N_("It changed in the meantime: nothing was done to it. Look at it again.")
NOTHING = N_("Nothing to do.")
THERE = N_("There is one at this place at these hours already.")
NOBODY = N_("Nobody on it is experienced enough, or nobody is on it.")


@dataclass(frozen=True)
class _Chosen:
    shift_id: str
    place: str
    zone: str
    hours: tuple[int, int]


def _try(row: _Chosen, act: Act, said: str | None) -> Row:
    """One of them, in a transaction of its own; a rule that says no is its result."""
    try:
        report, no = rehearse(act, said), ""
    except Invalid as wrong:
        report, no = Report(), next(iter(wrong.fields.values()), wrong.message)
    except DomainError as wrong:
        report, no = Report(), wrong.message
    return Row(row.shift_id, row.place, row.zone, row.hours, report, no)


def _act(action: str, row: _Chosen, asked: Ask, now: int) -> Act:
    acts: dict[str, Act] = {
        CANCEL: lambda session: Report(
            tuple(changes.call_off(session, [planning.locked(session, row.shift_id)], now, reason=asked.reason))
        ),
        CHANGE: lambda session: _change(session, row, asked, now),
        CONFIRM: lambda session: _confirm(session, row, now),
        LEAD: lambda session: _lead(session, row),
        COPY: lambda session: _copy(session, row, asked, now),
        TEXT: lambda _: Report((_line(row),)),
    }
    return acts[action]


def _line(row: _Chosen, people: Sequence[Touched] = (), hours: tuple[int, int] | None = None) -> Line:
    return Line(row.shift_id, row.place, row.zone, row.hours, hours or row.hours, False, tuple(people))


def _change(session: Session, row: _Chosen, asked: Ask, now: int) -> Report:
    live = planning.locked(session, row.shift_id)
    if live.ends_at <= now:
        raise DomainError("ended", N_("It is over."))
    day, hours = to_datetime(live.starts_at, row.zone).date(), (live.starts_at, live.ends_at)
    if asked.start is not None or asked.end is not None:
        start = _minute(live.starts_at, day, row.zone) if asked.start is None else asked.start
        end = _minute(live.ends_at, day, row.zone) if asked.end is None else asked.end
        end = end if end > start else end + 24 * 60
        if end - start > LONGEST:
            raise Invalid(fields={"end": N_("A shift lasts 16 hours at most. Make two of it.")})
        hours = local_span(day, start, end, row.zone)
        if hours[1] <= now:
            raise Invalid(fields={"end": N_("This shift would be over already.")})
    minimum, seats = asked.minimum or live.minimum, asked.seats or live.seats
    if seats < minimum:
        raise Invalid(fields={"seats": N_("At least as many places as people needed, and at most 200.")})
    as_is = changes.as_is(live)
    will = replace(as_is, starts_at=hours[0], ends_at=hours[1], minimum=minimum, seats=seats)
    if will == as_is:
        raise DomainError("nothing", NOTHING)
    lines = changes.change(session, {live.id: will}, [live], now)
    return Report(tuple(lines) or (_line(row, (), hours),))


def _minute(moment: int, day: date, zone: str) -> int:
    """Minutes of a moment past midnight of ``day`` on the wall."""
    wall = to_datetime(moment, zone)
    return (wall.date() - day).days * 24 * 60 + wall.hour * 60 + wall.minute


def _confirm(session: Session, row: _Chosen, now: int) -> Report:
    live = planning.locked(session, row.shift_id)
    if live.ends_at <= now:
        raise DomainError("ended", N_("It is over."))
    waiting = [(claim, name) for claim, name in changes.hold(session, [live]).of(live.id) if claim.state == "claimed"]
    if not waiting:
        raise DomainError("nothing", NOTHING)
    whom = [claim.person_id for claim, _ in waiting]
    session.execute(
        update(Claim)
        .where(Claim.shift_id == live.id, Claim.person_id.in_(whom))
        .values(state="confirmed", confirmed_at=now)
    )
    _changed(session, live)
    return Report((_line(row, [Touched(claim.person_id, name, CONFIRMED) for claim, name in waiting]),))


def _lead(session: Session, row: _Chosen) -> Report:
    """Who is most experienced leads: a lead before a watcher, who confirmed before who did not, who came first."""
    live = planning.locked(session, row.shift_id)
    if live.lead_id:
        raise DomainError("nothing", NOTHING)
    on = changes.hold(session, [live]).of(live.id)
    ranks = grades.of([claim.person_id for claim, _ in on], live.chapter_id)
    able = [(claim, name) for claim, name in on if ranks.get(claim.person_id, "trainee") in grades.EXPERIENCED]
    if not able:
        raise DomainError("nobody", NOBODY)
    order = ("dispatcher", "lead", "watcher")
    claim, name = min(
        able, key=lambda one: (order.index(ranks[one[0].person_id]), one[0].state != "confirmed", one[0].at)
    )
    live.lead_id = claim.person_id
    _changed(session, live)
    return Report((_line(row, [Touched(claim.person_id, name, LEADS)]),))


def _copy(session: Session, row: _Chosen, asked: Ask, now: int) -> Report:
    """The same shift on the same weekday of another week, at the same wall-clock hours, with nobody on it yet."""
    live, week = session.get_one(Shift, row.shift_id, populate_existing=True), asked.week
    place = session.get_one(Place, live.place_id)
    day = to_datetime(live.starts_at, row.zone).date()
    to = day + (week - (day - timedelta(days=day.weekday()))) if week else day
    start, end = _minute(live.starts_at, day, row.zone), _minute(live.ends_at, day, row.zone)
    hours = local_span(to, start, max(end, start + 1), row.zone)
    if hours[0] <= now or to > to_datetime(now, row.zone).date() + plan.FARTHEST:
        raise DomainError("past", N_("Choose a week between now and a year ahead."))
    off = daysoff.calendar([live.chapter_id], [place.id], to).why(live.chapter_id, place, to, hours[0])
    if off is not None:
        raise DomainError("off", off.reason)
    same = (Shift.place_id == live.place_id, Shift.starts_at == hours[0], Shift.ends_at == hours[1])
    if session.scalar(select(Shift.id).where(*same, Shift.cancelled_at.is_(None)).limit(1)):
        raise DomainError("there", THERE)
    will = changes.as_is(live)
    made = Shift(
        chapter_id=live.chapter_id,
        place_id=live.place_id,
        starts_at=hours[0],
        ends_at=hours[1],
        minimum=will.minimum,
        seats=will.seats,
        course_id=will.course_id,
        kind=will.kind,
        brief=dict(will.brief),
        purpose=live.purpose,
    )
    session.add(made)
    session.flush()
    chapters.touch(session, live.chapter_id)
    return Report((_line(row, (), hours),), made=1)


def _changed(session: Session, live: Shift) -> None:
    live.version += 1
    session.flush()
    chapters.touch(session, live.chapter_id)
