"""Telling one person something about shifts, and taking their answer. What an answer does is registered by kind.

send(session, person_id=…, kind="changed", chapter_id=…, now=now, shift_id=…, detail={"en": "…", "es": "…"})
@on("ask")
def answered(session, message, say, now): ...      # Refused says why not; the message then waits on
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from fieldapp.accounts.services import people
from fieldapp.core import jobs
from fieldapp.core.clock import DAY
from fieldapp.core.db import db, write
from fieldapp.core.errors import Invalid
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Message, Shift, Swap, Wait
from fieldapp.shifts.models.message import KINDS
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services.locks import lock_all
from fieldapp.shifts.services.rules import Refused

NUDGE = "alerts.nudge"  # the push, with generic words: alerts does it, in the person's own quiet hours
TOLD = "shifts.message"  # how a domain that shifts imports (training) tells a person something
SAYS = ("yes", "no", "ok")
OFFERS = ("ask", "seat", "swap")  # a place on a shift, for the taking
MOST = 50
KEPT, SHIFT_KEPT = 90 * DAY, 30 * DAY  # how long who was asked least recently must be known; who stood in a line
Handler = Callable[[Session, Message, str, int], None]
_handlers: dict[str, Handler] = {}


def on(kind: str) -> Callable[[Handler], Handler]:
    """Register what an answer to messages of ``kind`` does: ``f(session, message, say, now)``, in the answer's transaction."""

    def keep(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return keep


def send(
    session: Session,
    *,
    person_id: str,
    kind: str,
    chapter_id: str,
    now: int,
    shift_id: str | None = None,
    until: int | None = None,
    detail: dict[str, Any] | None = None,
    from_id: str | None = None,
    urgent: bool = False,
    once: str | None = None,
) -> Message:
    """Tell a person something, in the caller's transaction; times are ms UTC. ``detail`` may say it in words: ``en``, ``es``.

    ``once``: what has been said under this name is not said again; the message that said it is given back.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    if once:
        session.flush()
        said = session.scalar(select(Message).where(Message.once == once))
        if said is not None:
            return said
    message = Message(
        person_id=person_id,
        kind=kind,
        chapter_id=chapter_id,
        shift_id=shift_id,
        created_at=now,
        until=until,
        detail=detail or {},
        from_id=from_id,
        once=once,
    )
    session.add(message)
    session.flush()
    people.touch(session, person_id)
    jobs.enqueue(session, NUDGE, {"message": message.id, "person": person_id, "urgent": urgent}, run_at=now)
    return message


@jobs.handler(TOLD)
def told(payload: dict[str, Any], now: int) -> None:
    """``send`` from a job's payload: person, kind, chapter, detail; shift, until, urgent and once where there are any."""
    with write() as session:
        send(
            session,
            person_id=payload["person"],
            kind=payload["kind"],
            chapter_id=payload["chapter"],
            now=now,
            shift_id=payload.get("shift"),
            until=payload.get("until"),
            detail=payload.get("detail"),
            urgent=bool(payload.get("urgent")),
            once=payload.get("once"),
        )


def answer(person_id: str, message_id: str, say: str, now: int) -> Message:
    """The person's answer at ``now`` (ms UTC): yes, no or ok. Raises Invalid, and Refused: not_yours, already, lapsed, or why a rule
    says no to what the answer would do; then nothing has changed and the message waits on.
    """
    if say not in SAYS:
        raise Invalid()
    with write() as session:
        known = session.get(Message, message_id)
        if known is None or known.person_id != person_id:
            raise Refused("not_yours")
        lock_for(session, [known])
        message = session.get(Message, message_id, populate_existing=True, with_for_update=True)
        if message is None or message.answered_at is not None:
            raise Refused("already")
        if message.until is not None and now >= message.until:
            raise Refused("lapsed")
        if message.kind in _handlers:
            _handlers[message.kind](session, message, say, now)
        message.answered_at, message.answer = now, say
        session.flush()
        people.touch(session, person_id)
    return message


def lock_for(session: Session, asked: Collection[Message]) -> None:
    """Hold whomever and whatever the answers to these would change, before the first of them is looked at."""
    persons = {one.person_id for one in asked} | {one.from_id for one in asked if one.kind == "swap" and one.from_id}
    lock_all(session, persons, {one.shift_id for one in asked if one.shift_id})


def close(
    session: Session,
    now: int,
    *,
    shift_id: str,
    kinds: Collection[str],
    person_id: str | None = None,
    from_id: str | None = None,
) -> None:
    """What these messages asked is settled without an answer: they are shown no more."""
    session.flush()
    open_ones = [Message.shift_id == shift_id, Message.kind.in_(kinds), Message.answered_at.is_(None)]
    if person_id is not None:
        open_ones.append(Message.person_id == person_id)
    if from_id is not None:
        open_ones.append(Message.from_id == from_id)
    told = list(session.scalars(select(Message.person_id).where(*open_ones)))
    if told:
        session.execute(update(Message).where(*open_ones).values(answered_at=now, answer="gone"))
        people.touch_many(session, told)


def forget(now: int) -> int:
    """Delete what was said 90 days ago, lines and offers of shifts that ended 30 days ago; returns how many rows. ``now`` is ms UTC."""
    over = select(Shift.id).where(Shift.ends_at <= now - SHIFT_KEPT)
    with write() as session:
        gone: list[Any] = [
            session.execute(delete(Message).where(Message.created_at <= now - KEPT)),
            session.execute(delete(Wait).where(Wait.shift_id.in_(over))),
            session.execute(delete(Swap).where(Swap.shift_id.in_(over))),
        ]
    return sum(int(one.rowcount) for one in gone)


@dataclass(frozen=True)
class Live:
    """A message that waits for its answer, with the shift and place that it is about, where there is one."""

    message: Message
    shift: Shift | None
    place: Place | None

    def as_data(self) -> dict[str, Any]:
        """As the snapshot carries it."""
        said, shift, place = self.message, self.shift, self.place
        return {
            "id": said.id,
            "kind": said.kind,
            "shift": said.shift_id,
            "place": place.id if place else None,
            "starts_at": shift.starts_at if shift else None,
            "ends_at": shift.ends_at if shift else None,
            "zone": place.zone if place else None,
            "until": said.until,
            "detail": said.detail,
        }


_ON = aliased(Claim)
_LIVE = (
    select(Message, Shift, Place)
    .outerjoin(Shift, Shift.id == Message.shift_id)
    .outerjoin(Place, Place.id == Shift.place_id)
    .outerjoin(_ON, and_(_ON.shift_id == Message.shift_id, _ON.person_id == Message.person_id, _ON.state.in_(LIVE)))
    .where(
        Message.person_id.in_(bindparam("people", expanding=True)),
        Message.answered_at.is_(None),
        or_(Message.until.is_(None), Message.until > bindparam("now")),
        or_(Shift.cancelled_at.is_(None), Message.kind == "changed"),
        or_(Message.kind.not_in(OFFERS), _ON.state.is_(None)),
        or_(Message.kind != "ask", Shift.taken + Shift.held < Shift.seats),
    )
    .order_by(Message.created_at, Message.id)
)


def live_for(person_ids: Collection[str], now: int) -> list[Live]:
    """What these people have not answered and what is not past at ``now`` (ms UTC), oldest first. One query.

    An offer of a place that is gone, or that its person has, is left out.
    """
    if not person_ids:
        return []
    rows = db.session.execute(_LIVE.limit(MOST * len(person_ids)), {"people": list(person_ids), "now": now})
    return [Live(message, shift, place) for message, shift, place in rows]


def snapshot(person_id: str, now: int) -> list[dict[str, Any]]:
    """The person's own, as plain data for their phone."""
    return [one.as_data() for one in live_for([person_id], now)]
