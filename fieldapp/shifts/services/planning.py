"""Making, changing, cancelling and filling shifts: what coordinators do."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters, words
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts import policy
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import care, changes, claims, plan
from fieldapp.shifts.services.changes import Wanted
from fieldapp.shifts.services.locks import lock_crew
from fieldapp.shifts.services.rules import Refused


def find(actor: Actor, shift_id: str) -> Shift:
    """A shift of the actor's chapters. Raises NotFound."""
    shift = db.session.get(Shift, shift_id)
    if shift is None or not policy.can_see_shift(actor, shift):
        raise NotFound()
    return shift


def find_own(actor: Actor, shift_id: str) -> Shift:
    """A shift that the actor coordinates. Raises NotFound, Forbidden."""
    shift = find(actor, shift_id)
    policy.demand(policy.can_plan(actor, shift.chapter_id))
    return shift


def create(actor: Actor, values: Mapping[str, str], now: int) -> Shift:
    """One shift. ``values`` are a form's, hours on the place's clocks. Raises NotFound, Forbidden, Invalid."""
    place, chapter = plan.place_for(actor, values.get("place_id", ""))
    policy.demand(policy.can_plan(actor, chapter.id))
    asked = plan.read(values, place, chapter, now)
    starts_at, ends_at = asked.hours(asked.day, place.zone)
    with write() as session:
        made = Shift(
            chapter_id=chapter.id,
            place_id=place.id,
            starts_at=starts_at,
            ends_at=ends_at,
            minimum=asked.minimum,
            seats=asked.seats,
            course_id=asked.course_id,
            kind=asked.kind,
            brief=asked.brief,
        )
        session.add(made)
        session.flush()
        chapters.touch(session, chapter.id)
    return made


def edit(actor: Actor, shift_id: str, values: Mapping[str, str], now: int) -> Shift:
    """Change hours, seats, course, kind and brief. Other hours ask everyone to confirm again; whoever cannot then is off it.

    Raises NotFound, Forbidden, Invalid, DomainError.
    """
    shift = find_own(actor, shift_id)
    place = db.session.get_one(Place, shift.place_id)
    chapter = db.session.get_one(Chapter, shift.chapter_id)
    asked = plan.read(values, place, chapter, now)
    starts_at, ends_at = asked.hours(asked.day, place.zone)
    with write() as session:
        live = locked(session, shift_id)
        will = Wanted(starts_at, ends_at, asked.minimum, asked.seats, asked.course_id, asked.kind, asked.brief)
        changes.change(session, {live.id: will}, [live], now)
    return live


def cancel(actor: Actor, shift_id: str, reason: str, now: int) -> Shift:
    """Cancel with a reason that everyone on it reads. Raises NotFound, Forbidden, Invalid, DomainError("already")."""
    find_own(actor, shift_id)
    reason = reason_of(reason)
    with write() as session:
        live = locked(session, shift_id)
        changes.call_off(session, [live], now, reason=reason)
    return live


def reason_of(text: str) -> str:
    """What a coordinator wrote as a reason, cut to size. Raises Invalid when there is none."""
    reason = text.replace("\x00", "").strip()[:200]
    if not reason:
        raise Invalid(fields={"reason": N_("Say why: those on the shift read it.")})
    return reason


def set_lead(actor: Actor, shift_id: str, person_id: str, now: int) -> Shift:
    """Make someone on the shift its lead; an empty ``person_id`` takes it away. Raises NotFound, Forbidden, Invalid."""
    find_own(actor, shift_id)
    with write() as session:
        live = locked(session, shift_id)
        claim = session.get(Claim, (shift_id, person_id)) if person_id else None
        if person_id and (claim is None or claim.state not in LIVE):
            raise Invalid(fields={"lead_id": N_("The lead is one of those on the shift.")})
        live.lead_id = person_id or None
        _changed(session, live)
    return live


def confirm(actor: Actor, shift_id: str, person_ids: Collection[str] | None, now: int) -> int:
    """Claimed becomes confirmed, for these people or (None) all; returns how many. Raises NotFound, Forbidden, Invalid."""
    find_own(actor, shift_id)
    if person_ids is not None and len(person_ids) > plan.MOST_SEATS:
        raise Invalid()
    query = update(Claim).where(Claim.shift_id == shift_id, Claim.state == "claimed")
    if person_ids is not None:
        query = query.where(Claim.person_id.in_(person_ids))
    with write() as session:
        live = locked(session, shift_id)
        done: int = session.execute(query.values(state="confirmed", confirmed_at=now)).rowcount  # type: ignore[attr-defined]
        if done:
            _changed(session, live)
    return done


def assign(actor: Actor, shift_id: str, person_id: str, now: int) -> Claim:
    """Put someone on the shift by hand, by the same rules; also while it runs. Raises NotFound, Forbidden, Refused."""
    find_own(actor, shift_id)
    try:
        return claims.claim(person_id, shift_id, now, by=actor.person_id)
    except Refused as no:
        if no.code == "unknown_shift":  # the person is not of this chapter: not there, for this actor
            raise NotFound() from no
        raise


def remove(actor: Actor, shift_id: str, person_id: str, now: int) -> Claim:
    """Take someone off the shift, until it ends. Raises NotFound, Forbidden, Refused."""
    find_own(actor, shift_id)
    return claims.release(person_id, shift_id, now, by=actor.person_id)


def mark(actor: Actor, shift_id: str, person_id: str, what: str, now: int) -> Claim:
    """Note ``here`` or ``out`` for someone whose phone cannot. Raises NotFound, Forbidden, Refused."""
    find_own(actor, shift_id)
    done = (claims.check_in if what == "here" else claims.check_out)(person_id, shift_id, now)
    if what == "out":
        care.heard_of(shift_id, person_id, "coordinator", actor.person_id, now)
    return done


def hear(actor: Actor, shift_id: str, person_id: str, word: str, now: int) -> Claim:
    """Somebody called and said a word of theirs: they are out, whichever it is. Raises NotFound, Forbidden, Refused, words.NoWords,
    words.NotAWord, words.TooOften."""
    find_own(actor, shift_id)
    if db.session.get(Claim, (shift_id, person_id)) is None:
        raise Refused("not_yours")
    done = claims.check_out(person_id, shift_id, now, meaning=words.heard_at_desk(person_id, word, now))
    care.heard_of(shift_id, person_id, "word", actor.person_id, now)
    return done


def locked(session: Session, shift_id: str) -> Shift:
    """The shift, held until the transaction ends after those on it. Raises NotFound, DomainError("cancelled")."""
    lock_crew(session, [shift_id])
    live = session.get(Shift, shift_id, populate_existing=True)
    if live is None:
        raise NotFound()
    if live.cancelled_at is not None:
        raise DomainError("cancelled", N_("This shift is cancelled already."), safe=N_("Nothing was changed."))
    return live


def _changed(session: Session, shift: Shift) -> None:
    shift.version += 1
    session.flush()
    chapters.touch(session, shift.chapter_id)
