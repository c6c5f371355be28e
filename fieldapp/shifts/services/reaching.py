"""How to reach me on this shift: what a person writes for whoever would look for them, and whom they choose as buddy.

It is no record and in no snapshot, log, push or backup: written and read with a session, shown only around the shift, then erased.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Person
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import HOUR
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, Invalid, NotFound
from fieldapp.shifts.models import Care, CareStep, Claim, Reach, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services.claims import LATEST

LONGEST = 300
AFTER = 2 * HOUR  # after they are out, or after the end: shown no more, and erased


@dataclass(frozen=True)
class Own:
    """What the person wrote, whom they chose, and whom they may choose (id, field name)."""

    words: str
    buddy: str
    others: list[tuple[str, str]]


@dataclass(frozen=True)
class Shown:
    """What one person wrote, for somebody who may read it now."""

    person: str
    name: str
    words: str


def own(actor: Actor, shift_id: str, now: int) -> Own:
    """The actor's own words for a shift. Raises NotFound when they are not on it, or it is over."""
    shift, _ = _mine(db.session(), actor, shift_id, now)
    kept = db.session.get(Reach, (shift_id, actor.person_id))
    query = (
        select(Person.id, Person.field_name)
        .join(Claim, Claim.person_id == Person.id)
        .where(Claim.shift_id == shift.id, Claim.state.in_(LIVE), Person.id != actor.person_id)
        .order_by(Person.field_name, Person.id)
    )
    others = [(person, name) for person, name in db.session.execute(query)]
    return Own(kept.words if kept else "", (kept.buddy_id or "") if kept else "", others)


def own_or_asked(actor: Actor, shift_id: str, now: int) -> Own | None:
    """``own``; None for somebody who is out already and whom overdue care asks after another. Raises NotFound for all others."""
    try:
        return own(actor, shift_id, now)
    except NotFound:
        shift = db.session.get(Shift, shift_id)
        if shift is None or shift.chapter_id not in actor.chapters or not _asked_about(shift_id, actor.person_id):
            raise
    return None


def write_down(actor: Actor, shift_id: str, words: str, buddy: str, now: int) -> None:
    """Keep what the actor wrote; nothing written and nobody chosen erases it. Raises NotFound, Invalid."""
    words = " ".join(words.replace("\x00", "").split())
    if len(words) > LONGEST:
        raise Invalid(fields={"words": N_("At most 300 characters.")})
    if buddy and buddy not in {person for person, _ in own(actor, shift_id, now).others}:
        raise Invalid(fields={"buddy": N_("Your buddy is someone on the same shift.")})
    with write() as session:
        _mine(session, actor, shift_id, now)
        if words or buddy:
            kept = Reach(shift_id=shift_id, person_id=actor.person_id, words=words, buddy_id=buddy or None)
            kept.written_at = now
            session.merge(kept)
        else:
            mine = (Reach.shift_id == shift_id, Reach.person_id == actor.person_id)
            session.execute(delete(Reach).where(*mine))


def shown(actor: Actor, shift_id: str, now: int) -> list[Shown]:
    """What the actor may read of a shift at ``now`` (ms UTC): as its coordinator or lead all of it, else of those who chose them as
    buddy. Whoever is only the next one there reads it when overdue care asks them, as long as it is open.

    Only from the start until two hours after somebody is out or the shift ends, and while they are being looked for. Empty for others.
    """
    shift = db.session.get(Shift, shift_id)
    if shift is None or shift.chapter_id not in actor.chapters or now < shift.starts_at:
        return []
    query = (
        select(Reach, Person.field_name)
        .join(Person, Person.id == Reach.person_id)
        .join(Claim, and_(Claim.shift_id == Reach.shift_id, Claim.person_id == Reach.person_id))
        .where(Reach.shift_id == shift_id, Reach.words != "", Reach.person_id != actor.person_id, Claim.state.in_(LIVE))
        .where(or_(func.coalesce(Claim.out_at, Shift.ends_at) > now - AFTER, _looked_for()))
        .join(Shift, Shift.id == Reach.shift_id)
        .order_by(Person.field_name)
    )
    found = list(db.session.execute(query).tuples())
    if not actor.has(shift.chapter_id, COORDINATOR):
        on = db.session.get(Claim, (shift_id, actor.person_id))
        if on is None or on.state not in LIVE:
            return []
        if shift.lead_id != actor.person_id:
            asked = _asked_about(shift_id, actor.person_id)
            found = [row for row in found if row[0].buddy_id == actor.person_id or row[0].person_id in asked]
    return [Shown(kept.person_id, name, kept.words) for kept, name in found]


def _asked_about(shift_id: str, person_id: str) -> set[str]:
    """Those of a shift after whom overdue care has asked this person, while it is open."""
    query = select(Care.person_id).join(CareStep, CareStep.care_id == Care.id)
    query = query.where(Care.shift_id == shift_id, Care.closed_at.is_(None))
    return set(db.session.scalars(query.where(CareStep.what == "asked", CareStep.person_id == person_id)))


def forget(now: int) -> int:
    """Erase what may be shown no more: two hours after, off the shift or called off; 12 hours after the end in any case."""
    out = func.coalesce(Claim.out_at, Shift.ends_at)
    over = or_(
        and_(out <= now - AFTER, Shift.ends_at <= now, ~_looked_for()),
        and_(Claim.out_at <= now - AFTER, ~_looked_for()),
        Shift.ends_at <= now - LATEST,
        Shift.cancelled_at.is_not(None),
        Claim.state.is_(None),
        Claim.state.not_in(LIVE),
    )
    query = (
        select(Reach.shift_id, Reach.person_id)
        .join(Shift, Shift.id == Reach.shift_id)
        .outerjoin(Claim, and_(Claim.shift_id == Reach.shift_id, Claim.person_id == Reach.person_id))
        .where(over)
        .limit(200)
    )
    gone = db.session.execute(query).tuples().all()
    db.session.rollback()
    if gone:
        with write() as session:
            for shift_id, person_id in gone:
                session.execute(delete(Reach).where(Reach.shift_id == shift_id, Reach.person_id == person_id))
    return len(gone)


def _looked_for() -> ColumnElement[bool]:
    open_one = (Care.shift_id == Reach.shift_id, Care.person_id == Reach.person_id, Care.closed_at.is_(None))
    return select(Care.id).where(*open_one).exists()


def _mine(session: Session, actor: Actor, shift_id: str, now: int) -> tuple[Shift, Claim]:
    shift, claim = session.get(Shift, shift_id), session.get(Claim, (shift_id, actor.person_id))
    if shift is None or claim is None or claim.state not in LIVE or shift.cancelled_at is not None:
        raise NotFound()
    if claim.out_at is not None or now >= shift.ends_at + AFTER:
        raise NotFound()
    return shift, claim
