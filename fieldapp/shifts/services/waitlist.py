"""The line for a full shift: a seat that comes free is offered to the first who is qualified and free, for a while, then to the next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.services import chapters, people
from fieldapp.core import jobs
from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Message, Shift, Wait
from fieldapp.shifts.services import claims, fit, messages, rules
from fieldapp.shifts.services.locks import lock_all
from fieldapp.shifts.services.rules import Refused

WINDOW = 2 * HOUR
SHORT = 15 * MINUTE
NEAR = 12 * HOUR  # within this of the start the window is the short one
IN_LINE = ("waiting", "offered")
SETTLE = "shifts.settle"
MOST = 100


def window(starts_at: int, now: int) -> int:
    """Until when a seat that is offered at ``now`` waits for its answer: never past the start. ms UTC."""
    return min(now + (SHORT if starts_at - now <= NEAR else WINDOW), starts_at)


def join(person_id: str, shift_id: str, now: int) -> Wait:
    """Stand in line at ``now`` (ms UTC). Raises Refused: already, overlap, not_certified, started, ended, cancelled, unknown_shift."""
    with write() as session:
        lock_all(session, [person_id], [shift_id])
        shift, place = claims.seen(session, person_id, shift_id)
        row = session.get(Wait, (shift_id, person_id), populate_existing=True)
        if row is not None and row.state in IN_LINE:
            raise Refused("already")
        no = rules.seat(shift, claims.taken_by(session, person_id, shift), now, closed_at=place.closed_at)
        if no is None or no.code == "full":
            no = _unfit(shift_id, person_id, now)
        if no:
            raise Refused(no.code, **no.values)
        last = session.scalar(select(func.max(Wait.number)).where(Wait.shift_id == shift_id)) or 0
        if row is None:
            row = Wait(shift_id=shift_id, person_id=person_id)
            session.add(row)
        row.number, row.state, row.at, row.until = last + 1, "waiting", now, None
        session.flush()
        people.touch(session, person_id)
        settle(session, shift_id, now)
    return row


def leave(person_id: str, shift_id: str, now: int) -> Wait:
    """Stand in line no more; a seat that was offered goes to the next. Raises Refused: not_yours, unknown_shift."""
    with write() as session:
        lock_all(session, [person_id], [shift_id])
        claims.seen(session, person_id, shift_id)
        row = session.get(Wait, (shift_id, person_id), populate_existing=True)
        if row is None or row.state not in IN_LINE:
            raise Refused("not_yours")
        _drop(session, session.get_one(Shift, shift_id), row, "left", now)
        settle(session, shift_id, now)
    return row


def _unfit(shift_id: str, person_id: str, now: int) -> rules.Verdict | None:
    """What stands in the person's way whatever seats come free; experience may come with somebody else."""
    pool = fit.pool([shift_id], now, only=[person_id])
    one = pool.around[shift_id]
    return rules.fitness(one.shift, pool.asker(shift_id, person_id), rules.Asked(True, one.place.closed_at))


def settle(session: Session, shift_id: str, now: int) -> None:
    """Let go of what lapsed, and offer what is free, in the order of the line; in the caller's transaction, which holds the shift."""
    session.flush()
    query = select(Wait).where(Wait.shift_id == shift_id, Wait.state.in_(IN_LINE)).order_by(Wait.number)
    line = list(session.scalars(query.execution_options(populate_existing=True)))
    if not line:
        return
    shift = session.get_one(Shift, shift_id, populate_existing=True)
    over = shift.cancelled_at is not None or now >= shift.starts_at
    for row in line:
        if over or (row.state == "offered" and row.until is not None and row.until <= now):
            _drop(session, shift, row, "lapsed", now)
    for row in reversed([row for row in line if row.state == "offered"]):
        if shift.taken + shift.held <= shift.seats:
            break
        _drop(session, shift, row, "waiting", now)  # seats were taken away: the last who was offered one waits on
    _offer(session, shift, [row for row in line if row.state == "waiting"], now)
    _look_again(session, shift, [row for row in line if row.state == "offered"])


def _offer(session: Session, shift: Shift, waiting: list[Wait], now: int) -> None:
    if not waiting or shift.taken + shift.held >= shift.seats:
        return
    session.flush()
    pool = fit.pool([shift.id], now, only=[row.person_id for row in waiting])
    for row in waiting:
        if row.person_id not in pool.names or pool.verdict(shift.id, row.person_id, now):
            continue
        row.state, row.until = "offered", window(shift.starts_at, now)
        shift.held += 1
        messages.send(
            session,
            person_id=row.person_id,
            kind="seat",
            chapter_id=shift.chapter_id,
            now=now,
            shift_id=shift.id,
            until=row.until,
            urgent=shift.starts_at - now <= NEAR,
        )
        if shift.taken + shift.held >= shift.seats:
            break
    _moved(session, shift, waiting)


def _drop(session: Session, shift: Shift, row: Wait, state: str, now: int) -> None:
    """Someone stands there no more (or waits on): what was held for them is free again."""
    if row.state == "offered":
        shift.held = max(0, shift.held - 1)
        messages.close(session, now, shift_id=shift.id, kinds=("seat",), person_id=row.person_id)
    row.state, row.until = state, None
    _moved(session, shift, [row])


def _moved(session: Session, shift: Shift, rows: Collection[Wait]) -> None:
    session.flush()
    chapters.touch(session, shift.chapter_id)
    people.touch_many(session, {row.person_id for row in rows})


def _look_again(session: Session, shift: Shift, offered: Collection[Wait]) -> None:
    """A job for the moment at which the first window passes; its name holds that moment, so it is there once."""
    ends = min((row.until for row in offered if row.until is not None), default=None)
    if ends is not None:
        job_id = f"w{shift.id[:24]}{ends}"
        jobs.enqueue(session, SETTLE, {"shift": shift.id}, run_at=ends, job_id=job_id)


@jobs.handler(SETTLE)
def settle_one(payload: dict[str, Any], now: int) -> None:
    """``settle`` in a transaction of its own; doing it twice does nothing more."""
    with write() as session:
        lock_all(session, [], [payload["shift"]])
        settle(session, payload["shift"], now)


@claims.follows
def _after_a_claim(session: Session, shift_id: str, person_id: str, now: int) -> None:
    settle(session, shift_id, now)


@messages.on("seat")
def _answered(session: Session, message: Message, say: str, now: int) -> None:
    if message.shift_id is None:
        return
    if say == "yes":
        claims.claim(message.person_id, message.shift_id, now)
    else:
        leave(message.person_id, message.shift_id, now)


def sweep(now: int) -> int:
    """Settle every line that is behind at ``now`` (ms UTC), whatever became of its jobs; returns how many there were."""
    free = (Wait.state == "waiting") & (Shift.taken + Shift.held < Shift.seats)
    behind = or_(
        free,
        (Wait.state == "offered") & (Wait.until <= now),
        Shift.taken + Shift.held > Shift.seats,
        Shift.cancelled_at.is_not(None),
        Shift.starts_at <= now,
    )
    query = select(Shift.id).join(Wait, Wait.shift_id == Shift.id).where(Wait.state.in_(IN_LINE), behind).distinct()
    found = list(db.session.scalars(query.limit(MOST)))
    db.session.rollback()
    for shift_id in found:
        settle_one({"shift": shift_id}, now)
    return len(found)


@dataclass(frozen=True)
class Place:
    """Where a person stands in a line: ``ahead`` are before them; ``until`` (ms UTC) where a seat is theirs to take."""

    shift_id: str
    ahead: int
    until: int | None


def places_of(person_id: str, now: int) -> dict[str, Place]:
    """The lines that a person stands in, by shift. One query."""
    mine = select(Wait).where(Wait.person_id == person_id, Wait.state.in_(IN_LINE)).subquery()
    before = (
        select(func.count())
        .select_from(Wait)
        .where(Wait.shift_id == mine.c.shift_id, Wait.state.in_(IN_LINE), Wait.number < mine.c.number)
        .correlate(mine)
        .scalar_subquery()
    )
    query = (
        select(mine.c.shift_id, mine.c.until, before)
        .join(Shift, Shift.id == mine.c.shift_id)
        .where(Shift.starts_at > now, Shift.cancelled_at.is_(None))
    )
    return {
        shift: Place(shift, int(ahead), until if until is not None and until > now else None)
        for shift, until, ahead in db.session.execute(query)
    }


def line_of(shift_id: str) -> list[Wait]:
    """Who stands in line, the first first."""
    query = select(Wait).where(Wait.shift_id == shift_id, Wait.state.in_(IN_LINE)).order_by(Wait.number)
    return list(db.session.scalars(query))
