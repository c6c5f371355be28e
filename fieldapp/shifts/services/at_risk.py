"""Shifts that cannot run as they stand and start soon, worst first: who was asked, what they said, who is left, what else to do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.services import people
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.core.db import db, write
from fieldapp.places.models import Place
from fieldapp.shifts import policy
from fieldapp.shifts.models import Message, Shift
from fieldapp.shifts.services import asks, planning, standing
from fieldapp.shifts.services.standing import CANNOT_RUN, Standing

SOON, NEAR = 48 * HOUR, 12 * HOUR
MOST = 60
AT_ONCE = 5  # people whom one tap asks
REGRET = 10 * MINUTE  # how long asks that nobody has answered can be taken back


@dataclass(frozen=True)
class Answer:
    """Someone who was asked: ``said`` is yes, no, or waits (not answered), late (the shift was filled or the time is over)."""

    field_name: str
    said: str
    at: int  # when they were asked, ms UTC


@dataclass(frozen=True)
class Risk:
    """One shift."""

    shift: Shift
    place: Place
    standing: Standing
    near: bool  # within twelve hours
    missing: int  # people to the minimum
    answers: tuple[Answer, ...]
    left: int  # who can still be asked
    regret: bool  # the last asks can still be taken back
    alone: bool  # its chapter has one coordinator

    @property
    def waits(self) -> int:
        """How many have not answered."""
        return sum(one.said == "waits" for one in self.answers)


def of(actor: Actor, now: int) -> list[Risk]:
    """The shifts that the actor coordinates, cannot run as they stand and begin within 48 h of ``now`` (ms UTC).

    Those within 12 h first, then the worst, then the soonest. Raises Forbidden.
    """
    homes = actor.where(COORDINATOR)
    policy.demand(bool(homes))
    found = _short(homes, now)
    candidates = asks.candidates([shift.id for shift, _, _ in found], now) if found else {}
    asked = _asked([shift.id for shift, _, _ in found], now)
    single = _alone({shift.chapter_id for shift, _, _ in found})
    made = []
    for shift, place, stands in found:
        mine = asked.get(shift.id, [])
        last = max(
            (row.created_at for row, _ in mine if row.from_id == actor.person_id and row.answer is None), default=0
        )
        made.append(
            Risk(
                shift,
                place,
                stands,
                near=shift.starts_at - now <= NEAR,
                missing=max(0, shift.minimum - shift.taken),
                answers=tuple(Answer(name, _said(row, now), row.created_at) for row, name in mine),
                left=len(candidates.get(shift.id, ())),
                regret=now - last < REGRET,
                alone=shift.chapter_id in single,
            )
        )
    return sorted(made, key=lambda one: (not one.near, one.standing.rank, one.shift.starts_at, one.shift.id))


def count(actor: Actor, now: int) -> int:
    """How many there are; two queries."""
    homes = actor.where(COORDINATOR)
    return len(_short(homes, now)) if homes else 0


def _short(homes: Collection[str], now: int) -> list[tuple[Shift, Place, Standing]]:
    query = (
        select(Shift, Place)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Shift.chapter_id.in_(homes),
            Shift.starts_at > now,
            Shift.starts_at <= now + SOON,
            Shift.cancelled_at.is_(None),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(1000)
    )
    rows = [(shift, place) for shift, place in db.session.execute(query)]
    stands = standing.of([shift for shift, _ in rows])
    short = [(shift, place, stands[shift.id]) for shift, place in rows if stands[shift.id].code in CANNOT_RUN]
    return short[:MOST]


def _said(row: Message, now: int) -> str:
    if row.answer in ("yes", "no"):
        return str(row.answer)
    return "waits" if row.answer is None and (row.until is None or now < row.until) else "late"


def _asked(shift_ids: Collection[str], now: int) -> dict[str, list[tuple[Message, str]]]:
    query = (
        select(Message, Person.field_name)
        .join(Person, Person.id == Message.person_id)
        .where(Message.shift_id.in_(shift_ids), Message.kind == "ask")
        .order_by(Message.created_at, Person.field_name)
    )
    found: dict[str, list[tuple[Message, str]]] = {}
    for row, name in db.session.execute(query) if shift_ids else ():
        found.setdefault(str(row.shift_id), []).append((row, name))
    return found


def _alone(homes: Collection[str]) -> set[str]:
    """Those of the chapters with fewer than two coordinators of their own."""
    query = (
        select(Membership.chapter_id, func.count())
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.chapter_id.in_(homes), Membership.role == COORDINATOR, Person.disabled_at.is_(None))
        .group_by(Membership.chapter_id)
    )
    many = {chapter for chapter, number in db.session.execute(query) if number > 1} if homes else set()
    return set(homes) - many


def take_back(actor: Actor, shift_id: str, now: int) -> int:
    """Take back the asks of the last ten minutes that nobody has answered; returns how many. Raises NotFound, Forbidden."""
    planning.find_own(actor, shift_id)
    mine = (
        Message.shift_id == shift_id,
        Message.kind == "ask",
        Message.from_id == actor.person_id,
        Message.answered_at.is_(None),
        Message.created_at > now - REGRET,
    )
    with write() as session:
        told = list(session.scalars(select(Message.person_id).where(*mine)))
        session.execute(delete(Message).where(*mine))
        people.touch_many(session, told)
    return len(told)


def caps(actor: Actor) -> list[tuple[str, str, int]]:
    """Id, name and week's cap of each chapter that the actor coordinates."""
    query = select(Chapter).where(Chapter.id.in_(actor.where(COORDINATOR))).order_by(Chapter.path)
    return [(one.id, one.name, asks.cap_in(one.settings)) for one in db.session.scalars(query.limit(50))]
