"""A suggested plan for a period: whom to ask for the shifts that cannot run. It proposes; a coordinator ticks and sends.

What is sent is an ask to each person, never a claim for them, and ``send`` is the only way to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import DAY, HOUR, local_ms, to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import NotFound
from fieldapp.coverage import policy
from fieldapp.coverage.services import history, planner
from fieldapp.coverage.services.planner import Gap, Option, Pick, Proposal
from fieldapp.places.models import Place
from fieldapp.shifts.models import Message, Shift
from fieldapp.shifts.services import asks, fit, standing
from fieldapp.shifts.services.rules import Refused
from fieldapp.shifts.services.standing import Standing

LONGEST, USUAL = 14, 7  # days
MOST = 30  # shifts of one plan: a page that somebody reads
EACH = (1, 2, 3)  # shifts of one person in one plan


@dataclass(frozen=True)
class Asked:
    """What a coordinator wants a plan for. ``first`` is a local day of the chapter's."""

    first: date
    days: int
    each: int
    whole: bool
    chapter_id: str


@dataclass(frozen=True)
class Line:
    """A shift of the plan: whom to ask, who waits for an answer already, and why nobody more can be found (code → how many people)."""

    shift: Shift
    place: Place
    standing: Standing
    proposal: Proposal
    names: Mapping[str, str]
    waiting: int
    reasons: Mapping[str, int]

    @property
    def picks(self) -> tuple[Pick, ...]:
        """Those to ask."""
        return self.proposal.picks


@dataclass(frozen=True)
class Suggestion:
    """A plan. ``more``: shifts that cannot run and did not fit on it."""

    asked: Asked
    lines: list[Line]
    more: int

    @property
    def people(self) -> int:
        """How many asks it would send."""
        return sum(len(line.picks) for line in self.lines)


def wanted(values: Mapping[str, str], today: date) -> Asked:
    """What was asked for; what cannot be meant is the usual: a week from today, two shifts each, up to the minimum. Pure."""
    try:
        first = date.fromisoformat(values.get("from", ""))
    except ValueError:
        first = today
    if not today <= first <= today + timedelta(days=60):
        first = today
    days, each = values.get("days", ""), values.get("each", "")
    return Asked(
        first,
        int(days) if days in {"3", "7", "14"} else USUAL,
        int(each) if each in {"1", "2", "3"} else planner.FEW,
        values.get("whole", "") == "1",
        values.get("chapter", ""),
    )


def suggest(actor: Actor, asked: Asked, now: int) -> Suggestion:
    """A plan for shifts that the actor coordinates. A bounded number of queries. Raises Forbidden, NotFound. It writes nothing."""
    rows = _shifts(actor, asked, now)
    stands = standing.of([shift for shift, _ in rows])
    codes = (*standing.CANNOT_RUN, "open", "claimed") if asked.whole else standing.CANNOT_RUN
    worst = [row for row in rows if stands[row[0].id].code in codes and row[0].taken < row[0].seats]
    worst.sort(key=lambda row: (stands[row[0].id].rank, row[0].starts_at, row[0].id))
    chosen, more = worst[:MOST], max(len(worst) - MOST, 0)
    if not chosen:
        return Suggestion(asked, [], 0)
    ids = [shift.id for shift, _ in chosen]
    pool, found = fit.pool(ids, now), asks.candidates(ids, now)
    options = {key: [_option(pool, key, one) for one in those] for key, those in found.items()}
    gaps = [_gap(shift, stands[shift.id]) for shift, _ in chosen]
    plan = planner.plan(gaps, options, now, most=asked.each, whole=asked.whole)
    waiting = _waiting(ids, now)
    by_id = {shift.id: (shift, place) for shift, place in chosen}
    lines = [
        Line(
            *by_id[one.gap.id],
            stands[one.gap.id],
            one,
            pool.names,
            waiting.get(one.gap.id, 0),
            _reasons(pool, one, options[one.gap.id], now) if one.why else {},
        )
        for one in plan
    ]
    return Suggestion(asked, lines, more)


def _shifts(actor: Actor, asked: Asked, now: int) -> list[tuple[Shift, Place]]:
    owned = actor.where(COORDINATOR)
    policy.demand(bool(owned))
    if asked.chapter_id:
        if asked.chapter_id not in actor.chapters:
            raise NotFound()
        owned = owned & history.chapters_of(actor, asked.chapter_id)
    first = local_ms(asked.first, 0, "UTC") - 14 * HOUR
    query = (
        select(Shift, Place)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Shift.chapter_id.in_(owned),
            Shift.starts_at > max(now, first),
            Shift.starts_at < first + asked.days * DAY + 26 * HOUR,
            Shift.cancelled_at.is_(None),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(2_000)
    )
    last = asked.first + timedelta(days=asked.days)
    return [
        (shift, place)
        for shift, place in db.session.execute(query).tuples()
        if asked.first <= to_datetime(shift.starts_at, place.zone).date() < last
    ]


def _gap(shift: Shift, stands: Standing) -> Gap:
    return Gap(
        shift.id,
        stands.rank,
        shift.starts_at,
        shift.ends_at,
        shift.minimum,
        shift.seats,
        shift.taken,
        stands.experienced,
    )


def _option(pool: fit.Pool, shift_id: str, one: asks.Candidate) -> Option:
    grown = pool.asker(shift_id, one.person_id).experienced
    return Option(one.person_id, grown, one.asked_at, one.likes)


def _waiting(shift_ids: Collection[str], now: int) -> dict[str, int]:
    query = (
        select(Message.shift_id, func.count())
        .where(Message.kind == "ask", Message.shift_id.in_(shift_ids), Message.answered_at.is_(None))
        .group_by(Message.shift_id)
    )
    return {str(shift): int(count) for shift, count in db.session.execute(query)}


def _reasons(pool: fit.Pool, one: Proposal, options: Iterable[Option], now: int) -> dict[str, int]:
    """Why the others cannot be asked: course, busy, new (only somebody experienced may), and asked (already, or often enough)."""
    may = {option.person_id for option in options}
    picked = {pick.person_id for pick in one.picks}
    found: Counter[str] = Counter()
    for person in pool.of(one.gap.id):
        if person in picked:
            continue
        no = pool.verdict(one.gap.id, person, now)
        if no is None:
            found["elsewhere" if person in may else "asked"] += 1
        else:
            found[{"not_certified": "course", "overlap": "busy", "novices_only": "new"}.get(no.code, "other")] += 1
    return dict(found)


def send(actor: Actor, ticked: Iterable[str], now: int) -> tuple[int, int]:
    """Ask those who were ticked (``shift:person``): how many were asked, and how many could not be any more.

    Raises NotFound, Forbidden for a shift that is not the actor's to fill; then nobody at all is asked.
    """
    wanted: dict[str, list[str]] = {}
    for one in ticked:
        shift_id, _, person_id = one.partition(":")
        if shift_id and person_id:
            wanted.setdefault(shift_id, []).append(person_id)
    policy.demand(bool(actor.where(COORDINATOR)))
    own = select(Shift.id).where(Shift.id.in_(list(wanted)[:MOST]), Shift.chapter_id.in_(actor.where(COORDINATOR)))
    if set(wanted) - set(db.session.scalars(own)):
        raise NotFound()
    done = 0
    for shift_id, people in wanted.items():
        try:
            done += asks.ask(actor, shift_id, people, now)
        except Refused:
            continue  # it has begun, or was cancelled, since the plan was made
    return done, sum(len(people) for people in wanted.values()) - done
