"""Reminders of one's own shifts: a day before with "coming / cannot", and two hours before.

A look in the database and no job: nothing is planned that a cancelled, moved or released shift could leave behind, and each is
said once, by its name. Whether a phone rings for it, and when, is for alerts to say (quiet hours).
"""

from __future__ import annotations

from sqlalchemy import Select, and_, delete, or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Person
from fieldapp.accounts.services import chapters, people
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim, Message, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import claims, messages
from fieldapp.shifts.services.rules import Refused

KINDS = {"coming": DAY, "soon": 2 * HOUR}  # how long before the start


def turn(now: int, limit: int = 200) -> int:
    """Remind whoever is due at ``now`` (ms UTC), and take back what is true no more; returns how many were."""
    found = [(kind, *row) for kind in KINDS for row in db.session.execute(_due(kind, now).limit(limit)).tuples()]
    stale = list(db.session.scalars(_stale(now).limit(limit)))
    db.session.rollback()
    for start in range(0, len(found), 50):
        with write() as session:
            for kind, shift_id, person_id, _ in found[start : start + 50]:
                _remind(session, kind, shift_id, person_id, now)
    if stale:
        with write() as session:
            _take_back(session, stale, now)
    return len(found) + len(stale)


def _due(kind: str, now: int) -> Select[str, str, int]:
    """Shift, person and start of those to be reminded: on the shift, which is near, since before the reminder was due."""
    before = KINDS[kind]
    said = select(Message.id).where(
        Message.shift_id == Claim.shift_id,
        Message.person_id == Claim.person_id,
        Message.kind == kind,
        Message.until == Shift.starts_at,
    )
    query = (
        select(Claim.shift_id, Claim.person_id, Shift.starts_at)
        .join(Shift, Shift.id == Claim.shift_id)
        .join(Person, Person.id == Claim.person_id)
        .where(
            Shift.starts_at > now,
            Shift.starts_at <= now + before,
            Shift.cancelled_at.is_(None),
            Claim.state.in_(LIVE),
            Claim.here_at.is_(None),
            Claim.at < Shift.starts_at - before,  # who took it a moment ago needs no reminder
            Person.disabled_at.is_(None),
            ~said.exists(),
        )
    )
    return query.where(Shift.starts_at > now + KINDS["soon"]) if kind == "coming" else query


def _remind(session: Session, kind: str, shift_id: str, person_id: str, now: int) -> None:
    shift = session.get_one(Shift, shift_id, populate_existing=True)
    claim = session.get(Claim, (shift_id, person_id), populate_existing=True)
    if shift.cancelled_at is not None or shift.starts_at <= now or claim is None or claim.state not in LIVE:
        return
    messages.send(
        session,
        person_id=person_id,
        kind=kind,
        chapter_id=shift.chapter_id,
        now=now,
        shift_id=shift_id,
        until=shift.starts_at,
        urgent=kind == "soon",
        once=f"{kind} {shift_id} {person_id} {shift.starts_at}",
    )


def _stale(now: int) -> Select[str]:
    """Reminders that still wait at ``now`` (ms UTC), of a shift that was moved or called off, or that the person is not on any more."""
    off = or_(Claim.state.is_(None), Claim.state.not_in(LIVE))
    return (
        select(Message.id)
        .join(Shift, Shift.id == Message.shift_id)
        .outerjoin(Claim, and_(Claim.shift_id == Message.shift_id, Claim.person_id == Message.person_id))
        .where(
            Message.kind.in_(KINDS),
            Message.answered_at.is_(None),
            Message.until > now,
            or_(off, Shift.cancelled_at.is_not(None), Message.until != Shift.starts_at),
        )
    )


def _take_back(session: Session, ids: list[str], now: int) -> None:
    told = list(session.scalars(select(Message).where(Message.id.in_(ids), Message.answered_at.is_(None))))
    for message in told:
        message.answered_at, message.answer = now, "gone"
    people.touch_many(session, {message.person_id for message in told})


def forget(now: int) -> int:
    """Erase reminders and questions after somebody 30 days after they were sent, with the rosters that they were of."""
    old = (
        select(Message.id).where(Message.kind.in_((*KINDS, "buddy")), Message.created_at <= now - 30 * DAY).limit(1000)
    )
    with write() as session:
        ids = list(session.scalars(old))
        if ids:
            session.execute(delete(Message).where(Message.id.in_(ids)))
    return len(ids)


@messages.on("coming")
def coming(session: Session, message: Message, say: str, now: int) -> None:
    """Coming: confirmed. Cannot: the place is given back, with all that follows from it. Raises Refused."""
    if message.shift_id is None:
        return
    if say == "no":
        claims.release(message.person_id, message.shift_id, now)
        return
    claim = session.get(Claim, (message.shift_id, message.person_id), populate_existing=True, with_for_update=True)
    shift = session.get(Shift, message.shift_id, populate_existing=True, with_for_update={"key_share": True})
    if claim is None or shift is None or claim.state not in LIVE:
        raise Refused("not_yours")
    if shift.cancelled_at is not None:
        raise Refused("cancelled", reason=shift.cancel_reason)
    if claim.state == "claimed":
        claim.state, claim.confirmed_at = "confirmed", now
        shift.version += 1
        session.flush()
        chapters.touch(session, shift.chapter_id)
