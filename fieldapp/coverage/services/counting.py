"""From shifts that are over to counts that stay: claims are forgotten on schedule, the history is not.

Each shift is counted once, two days after its end, when nobody can say here or out any more; then a mark moves past it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.core import jobs
from fieldapp.core.clock import DAY, local_ms, to_datetime
from fieldapp.core.db import db, write
from fieldapp.coverage.models import CoverageCount, CoverageCounted
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE

JOB = "coverage.count"
SETTLED = 2 * DAY  # after its end
BATCH = 2_000  # shifts in one transaction
LEADS = ((DAY, "lead_0"), (3 * DAY, "lead_1"), (7 * DAY, "lead_3"), (14 * DAY, "lead_7"))
SPANS = ("week", "month")
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Was:
    """What became of one live claim: how long before the start it was made (ms), and whether the person came."""

    lead: int
    came: bool


def lead_name(lead: int) -> str:
    """The column that counts a claim made ``lead`` ms before the start."""
    return next((name for below, name in LEADS if lead < below), "lead_14")


def outcome(minimum: int, seats: int, cancelled: bool, claims: Iterable[Was]) -> dict[str, int]:
    """One shift as numbers to add up. A cancelled one counts as that and nothing else. Pure."""
    found: dict[str, int] = defaultdict(int)
    if cancelled:
        return {"cancelled": 1}
    those = list(claims)
    came = sum(one.came for one in those)
    found.update(shifts=1, seats=seats, claims=len(those), came=came)
    found.update(ran=int(came >= minimum), enough=int(len(those) >= minimum))
    for one in those:
        found[lead_name(one.lead)] += 1
    return found


def starts(day: date) -> dict[str, str]:
    """The first day of the week and of the month that ``day`` is in. Pure."""
    return {"week": (day - timedelta(days=day.weekday())).isoformat(), "month": day.replace(day=1).isoformat()}


@jobs.handler(JOB)
def daily(_: dict[str, str], now: int) -> None:
    """Count what is settled, and ask for tomorrow's."""
    while count(now):
        pass
    with write() as session:
        plan(session, now)


def plan(session: Session, now: int) -> None:
    """One job for each day to come, by name: asking twice is asking once."""
    day = now // DAY + 1
    with suppress(IntegrityError), session.begin_nested():
        jobs.enqueue(session, JOB, {}, run_at=day * DAY, job_id=f"{JOB}:{day}")


def through() -> int:
    """Up to which end of a shift (ms UTC) everything is counted; 0 before the first time."""
    return db.session.scalar(select(CoverageCounted.through)) or 0


def count(now: int) -> int:
    """Count up to 2,000 shifts that are settled at ``now`` (ms UTC); returns how many. In one transaction with its mark."""
    with write() as session:
        mark = session.get(CoverageCounted, "shifts", populate_existing=True, with_for_update=True)
        if mark is None:
            mark = CoverageCounted(id="shifts", through=0)
            session.add(mark)
            session.flush()  # of two workers at the first time, one fails here and comes again
        until = _until(session, mark.through, now - SETTLED)
        rows = session.execute(_shifts(mark.through, until)).tuples().all()
        _add(session, rows)
        mark.through = max(mark.through, until)
    return len(rows)


def _until(session: Session, after: int, latest: int) -> int:
    """Where a batch ends: never between two shifts that end in the same instant."""
    query = select(Shift.ends_at).where(Shift.ends_at > after, Shift.ends_at <= latest)
    return session.scalar(query.order_by(Shift.ends_at).offset(BATCH - 1).limit(1)) or max(latest, after)


def _shifts(after: int, until: int) -> Select[Shift, str]:
    return (
        select(Shift, Place.zone)
        .join(Place, Place.id == Shift.place_id)
        .where(Shift.ends_at > after, Shift.ends_at <= until)
        .order_by(Shift.ends_at, Shift.id)
    )


def _add(session: Session, rows: Iterable[tuple[Shift, str]]) -> None:
    those = list(rows)
    claims = _claims(session, [shift for shift, _ in those])
    sums: dict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for shift, zone in those:
        day = to_datetime(shift.starts_at, zone).date()
        found = outcome(shift.minimum, shift.seats, shift.cancelled_at is not None, claims[shift.id])
        for span, first in starts(day).items():
            for name, number in found.items():
                sums[shift.place_id, span, first, shift.chapter_id][name] += number
    kept = _kept(session, list(sums))
    for key, numbers in sums.items():
        row = kept.get(key)
        if row is None:
            row = CoverageCount(place_id=key[0], span=key[1], starts_on=key[2], chapter_id=key[3])
            session.add(row)
        for name, number in numbers.items():
            setattr(row, name, (getattr(row, name) or 0) + number)
    session.flush()
    _count_people(session, those)


def _count_people(session: Session, rows: Iterable[tuple[Shift, str]]) -> None:
    """How many different people were on the shifts of each place's month so far, as long as their claims are known.

    The number never falls: when the first claims of a month are forgotten, it stays what it was, at worst too small.
    """
    months: dict[tuple[str, str], set[str]] = defaultdict(set)
    until = 0
    for shift, zone in rows:
        months[starts(to_datetime(shift.starts_at, zone).date())["month"], zone].add(shift.place_id)
        until = max(until, shift.ends_at)
    for (first, zone), places in months.items():
        begin = date.fromisoformat(first)
        after = (begin + timedelta(days=32)).replace(day=1)
        within = (
            Shift.starts_at >= local_ms(begin, 0, zone),
            Shift.starts_at < local_ms(after, 0, zone),
            Shift.ends_at <= until,
        )
        query = (
            select(Shift.place_id, Shift.chapter_id, func.count(Claim.person_id.distinct()))
            .join(Claim, Claim.shift_id == Shift.id)
            .where(*within, Shift.cancelled_at.is_(None), Claim.state.in_(LIVE))
            .group_by(Shift.place_id, Shift.chapter_id)
        )
        for chunk in _chunks(sorted(places)):
            found = session.execute(query.where(Shift.place_id.in_(chunk))).tuples().all()
            kept = _kept(session, [(place, "month", first, chapter) for place, chapter, _ in found])
            for place, chapter, people in found:
                row = kept.get((place, "month", first, chapter))
                if row is not None:
                    row.people = max(row.people or 0, people)
    session.flush()


def _chunks(ids: list[str]) -> Iterable[list[str]]:
    return (ids[n : n + 500] for n in range(0, len(ids), 500))


def _claims(session: Session, shifts: list[Shift]) -> dict[str, list[Was]]:
    found: dict[str, list[Was]] = defaultdict(list)
    begins = {shift.id: shift.starts_at for shift in shifts}
    ids = list(begins)
    for chunk in (ids[n : n + 500] for n in range(0, len(ids), 500)):
        came = or_(Claim.here_at.is_not(None), Claim.out_at.is_not(None))
        query = select(Claim.shift_id, Claim.at, came).where(Claim.shift_id.in_(chunk), Claim.state.in_(LIVE))
        for shift_id, at, there in session.execute(query).tuples():
            found[shift_id].append(Was(begins[shift_id] - at, bool(there)))
    return found


def _kept(session: Session, keys: list[Key]) -> dict[Key, CoverageCount]:
    named = tuple_(CoverageCount.place_id, CoverageCount.span, CoverageCount.starts_on, CoverageCount.chapter_id)
    found: dict[Key, CoverageCount] = {}
    for chunk in (keys[n : n + 500] for n in range(0, len(keys), 500)):
        for row in session.scalars(select(CoverageCount).where(named.in_(chunk))):
            found[row.place_id, row.span, row.starts_on, row.chapter_id] = row
    return found


def newest() -> str:
    """The newest month that has counts, such as 2026-11; empty before the first time."""
    return (db.session.scalar(select(func.max(CoverageCount.starts_on)).where(CoverageCount.span == "month")) or "")[:7]
