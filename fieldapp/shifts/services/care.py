"""Overdue care: whoever was not heard of is asked after, their buddy first, then the lead, then the coordinators, until somebody knows.

A look in the database and no job: what is due is found at the next look, also after an outage or a restore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Person
from fieldapp.accounts.services import people
from fieldapp.core import jobs
from fieldapp.core.clock import HOUR, MINUTE, to_datetime
from fieldapp.core.db import db, write
from fieldapp.places.models import Place
from fieldapp.shifts.models import Care, CareStep, Claim, Message, Reach, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import caring, claims, messages
from fieldapp.shifts.services.caring import SHORTEST
from fieldapp.shifts.services.claims import LATEST
from fieldapp.shifts.services.roster import promise
from fieldapp.shifts.services.rules import Refused

BUDDY, LEAD, COORDINATORS = range(3)
WHO = ("buddy", "lead", "coordinators")
LONGEST = 16 * HOUR  # of a shift
Step = Callable[[Session, tuple[str, ...], int], None]
WORDS = {
    "en": "{name} has not said that they are out. Expected by {time}. Call them or look for them; never call the court about them.",
    "es": "{name} no ha dicho que salió. Se esperaba a las {time}. Llámale o búscale; nunca llames al tribunal por esa persona.",
}


def turn(now: int, limit: int = 100) -> int:
    """Open, climb and close what is due at ``now`` (ms UTC); returns how many were. Any number of workers may."""
    due: list[tuple[Step, tuple[str, ...]]] = [(_open, key) for key in _overdue(now, limit)]
    due += [(_settle, (one,)) for one in _settled(limit)]
    due += [(_climb, (one,)) for one in _waiting(now, limit)]
    db.session.rollback()
    for act, key in due:
        with write() as session:
            act(session, key, now)
    return len(due)


def _overdue(now: int, limit: int) -> list[tuple[str, str]]:
    """Those who said they were there, are not out, and promised a time that is past; not those who are asked after already."""
    promised = func.coalesce(Claim.quiet_until, Shift.ends_at)
    known = select(Care.id).where(
        Care.shift_id == Claim.shift_id, Care.person_id == Claim.person_id, Care.promised == promised
    )
    query = (
        select(Claim.shift_id, Claim.person_id)
        .join(Shift, Shift.id == Claim.shift_id)
        .where(
            Shift.starts_at <= now,
            Shift.starts_at > now - LATEST - LONGEST,
            Shift.ends_at > now - LATEST,
            Shift.cancelled_at.is_(None),
            Claim.state.in_(LIVE),
            Claim.out_at.is_(None),
            or_(Claim.here_at.is_not(None), Claim.quiet_until.is_not(None)),
            promised <= now - SHORTEST * MINUTE,
            ~known.exists(),
        )
        .limit(limit)
    )
    return [(shift, person) for shift, person in db.session.execute(query)]


def _waiting(now: int, limit: int) -> list[str]:
    return list(db.session.scalars(select(Care.id).where(Care.next_at <= now).order_by(Care.next_at).limit(limit)))


def _settled(limit: int) -> list[str]:
    """Open ones whose person was heard of, or is off the shift."""
    promised = func.coalesce(Claim.quiet_until, Shift.ends_at)
    over = or_(
        Claim.out_at.is_not(None), Claim.state == "released", Shift.cancelled_at.is_not(None), promised != Care.promised
    )
    query = (
        select(Care.id)
        .join(Claim, (Claim.shift_id == Care.shift_id) & (Claim.person_id == Care.person_id))
        .join(Shift, Shift.id == Care.shift_id)
        .where(Care.closed_at.is_(None), over)
    )
    return list(db.session.scalars(query.limit(limit)))


def _open(session: Session, key: tuple[str, ...], now: int) -> None:
    """Begin to ask, where the chapter's own time has come."""
    shift_id, person_id = key
    shift = session.get_one(Shift, shift_id, populate_existing=True, with_for_update={"key_share": True})
    claim = session.get(Claim, (shift_id, person_id), populate_existing=True)
    settings = session.scalar(select(Chapter.settings).where(Chapter.id == shift.chapter_id))
    if claim is None or claim.out_at is not None:
        return
    promised = promise(claim, shift)
    if now < promised + caring.timings(settings).buddy * MINUTE:
        return
    same = select(Care.id).where(Care.shift_id == shift_id, Care.person_id == person_id, Care.promised == promised)
    if session.scalar(same) is not None:
        return
    care = Care(chapter_id=shift.chapter_id, shift_id=shift_id, person_id=person_id, promised=promised, opened_at=now)
    session.add(care)
    session.flush()
    _ask(session, care, shift, BUDDY, now)


def _climb(session: Session, key: tuple[str, ...], now: int) -> None:
    care = session.get(Care, key[0], populate_existing=True, with_for_update=True)
    if care is None or care.closed_at is not None or care.next_at is None or care.next_at > now:
        return
    shift = session.get_one(Shift, care.shift_id)
    if now >= shift.ends_at + LATEST:
        care.next_at = None  # it stands on the roster; nobody is woken for it any more
    elif care.step >= COORDINATORS:
        _again(session, care, now)
    else:
        _ask(session, care, shift, care.step + 1, now)


def _ask(session: Session, care: Care, shift: Shift, step: int, now: int) -> None:
    """Ask those of a step; where there is nobody, those of the next one at once. Each step is kept."""
    asked = _people(session, care, shift, step)
    while not asked and step < COORDINATORS:
        _note(session, care, "nobody", WHO[step], None, now)
        step += 1
        asked = _people(session, care, shift, step)
    if not asked:
        _note(session, care, "nobody", "hotline", None, now)
    place = session.get_one(Place, shift.place_id)
    name = session.get_one(Person, care.person_id).field_name
    at = to_datetime(care.promised, place.zone)
    words = {lang: text.format(name=name, time=f"{at:%H:%M}") for lang, text in WORDS.items()}
    for person, who in asked:
        messages.send(
            session,
            person_id=person,
            kind="buddy",
            chapter_id=care.chapter_id,
            now=now,
            shift_id=care.shift_id,
            detail={**words, "care": care.id, "who": who},
            urgent=step >= COORDINATORS,
            once=f"care {care.id} {person}",
        )
        _note(session, care, "asked", who, person, now)
    care.step = step
    settings = session.scalar(select(Chapter.settings).where(Chapter.id == care.chapter_id))
    care.next_at = now + caring.timings(settings).wait(step)
    people.touch_many(session, _on(session, care.shift_id))


def _again(session: Session, care: Care, now: int) -> None:
    """The coordinators are told anew, by the same message."""
    done = session.scalar(
        select(func.count()).select_from(CareStep).where(CareStep.care_id == care.id, CareStep.what == "again")
    )
    for message in _messages(session, care):
        payload = {"message": message.id, "person": message.person_id, "urgent": True, "again": (done or 0) + 1}
        jobs.enqueue(session, messages.NUDGE, payload, run_at=now)
    _note(session, care, "again", "coordinators", None, now)
    settings = session.scalar(select(Chapter.settings).where(Chapter.id == care.chapter_id))
    care.next_at = now + caring.timings(settings).wait(COORDINATORS)


def _people(session: Session, care: Care, shift: Shift, step: int) -> list[tuple[str, str]]:
    """Whom a step asks, and as what."""
    asked = set(session.scalars(select(CareStep.person_id).where(CareStep.care_id == care.id)))
    if step == BUDDY:
        buddy = buddy_of(session, shift, care.person_id)
        return [(buddy, "buddy")] if buddy else []
    if step == LEAD:
        lead = shift.lead_id
        return [(lead, "lead")] if lead and lead != care.person_id and lead not in asked else []
    found = caring.coordinators(session, care.chapter_id, care.person_id)
    return [(one, "coordinators") for one in found.people] + [(one, "above") for one in found.above]


def buddy_of(session: Session, shift: Shift, person_id: str) -> str | None:
    """Whom the person chose, while on the shift; else the first other one who is there, the lead last. None when they are alone."""
    query = select(Claim).where(Claim.shift_id == shift.id, Claim.state.in_(LIVE), Claim.person_id != person_id)
    others = list(session.scalars(query.order_by(Claim.at, Claim.person_id)))
    chosen = session.scalar(select(Reach.buddy_id).where(Reach.shift_id == shift.id, Reach.person_id == person_id))
    there = sorted(
        others, key=lambda one: (one.person_id != chosen, one.person_id == shift.lead_id, one.here_at is None)
    )
    return there[0].person_id if there else None


@messages.on("buddy")
def answered(session: Session, message: Message, say: str, now: int) -> None:
    """Yes: they are out and OK, and it is closed. No: whoever is next is asked at once."""
    detail = message.detail or {}
    about = str(detail.get("care") or "")
    care = session.get(Care, about, populate_existing=True, with_for_update=True) if about else None
    if care is None or care.closed_at is not None:
        return
    who = str(detail.get("who", ""))
    if say == "yes":
        _out(care, now)
        _close(session, care, who, message.person_id, now)
    else:
        _note(session, care, "unknown", who, message.person_id, now)
        if who == WHO[min(care.step, COORDINATORS)] and care.step < COORDINATORS:
            care.next_at = now


def heard_of(shift_id: str, person_id: str, who: str, by: str | None, now: int) -> None:
    """Somebody said that they are out: what was asked after them is closed. ``who``: coordinator or word."""
    open_ones = select(Care.id).where(Care.shift_id == shift_id, Care.person_id == person_id, Care.closed_at.is_(None))
    found = list(db.session.scalars(open_ones))
    if not found:
        return
    with write() as session:
        for care_id in found:
            care = _held(session, care_id)
            if care and care.closed_at is None:
                _close(session, care, who, by, now)


def _settle(session: Session, key: tuple[str, ...], now: int) -> None:
    care = _held(session, key[0])
    if care and care.closed_at is None:
        _close(session, care, "self", care.person_id, now)


def _out(care: Care, now: int) -> None:
    try:
        claims.check_out(care.person_id, care.shift_id, now)
    except Refused:
        return  # out already, or off the shift: what counts is that somebody knows


def _close(session: Session, care: Care, who: str, by: str | None, now: int) -> None:
    care.closed_at, care.next_at = now, None
    _note(session, care, "closed", who, by, now)
    told = [message for message in _messages(session, care) if message.person_id != by or who == "self"]
    for message in told:
        message.answered_at, message.answer = now, "gone"
    session.flush()
    people.touch_many(session, {*(message.person_id for message in told), *_on(session, care.shift_id)})


def _held(session: Session, care_id: str) -> Care | None:
    """Locked for closing: first what was asked, as an answer does, then the row itself."""
    care = session.get(Care, care_id)
    if care is not None:
        for message in _messages(session, care):
            session.refresh(message, with_for_update=True)
    return session.get(Care, care_id, populate_existing=True, with_for_update=True)


def _messages(session: Session, care: Care) -> list[Message]:
    """What still waits for an answer about this person."""
    query = select(Message).where(
        Message.shift_id == care.shift_id, Message.kind == "buddy", Message.answered_at.is_(None)
    )
    return [one for one in session.scalars(query.order_by(Message.id)) if (one.detail or {}).get("care") == care.id]


def _note(session: Session, care: Care, what: str, who: str, person_id: str | None, now: int) -> None:
    before = session.scalar(select(func.count()).select_from(CareStep).where(CareStep.care_id == care.id)) or 0
    session.add(CareStep(care_id=care.id, at=now, what=what, who=who, person_id=person_id, detail={"n": before}))
    session.flush()


def _on(session: Session, shift_id: str) -> list[str]:
    return list(session.scalars(select(Claim.person_id).where(Claim.shift_id == shift_id, Claim.state.in_(LIVE))))


@dataclass(frozen=True)
class Line:
    """One line of the trail, with the name of whoever was asked or said so."""

    at: int
    what: str
    who: str
    name: str


@dataclass(frozen=True)
class Trail:
    """All that was done for one person of a shift."""

    care: Care
    name: str
    lines: tuple[Line, ...]


def trails(shift_ids: Iterable[str]) -> list[Trail]:
    """What was done for those on these shifts, the open ones first. Two queries."""
    query = select(Care, Person.field_name).join(Person, Person.id == Care.person_id)
    found = list(db.session.execute(query.where(Care.shift_id.in_(list(shift_ids)))).tuples())
    if not found:
        return []
    steps = (
        select(CareStep, Person.field_name)
        .outerjoin(Person, Person.id == CareStep.person_id)
        .where(CareStep.care_id.in_([care.id for care, _ in found]))
        .order_by(CareStep.at)
    )
    lines: dict[str, list[Line]] = {}
    for step, name in sorted(
        db.session.execute(steps).tuples(), key=lambda row: (row[0].at, row[0].detail.get("n", 0))
    ):
        lines.setdefault(step.care_id, []).append(Line(step.at, step.what, step.who, name or ""))
    made = [Trail(care, name, tuple(lines.get(care.id, ()))) for care, name in found]
    return sorted(made, key=lambda one: (one.care.closed_at is not None, one.care.opened_at))


def forget(now: int) -> int:
    """Erase trails 30 days after the shift, as rosters are (LEGAL)."""
    old = select(Care.id).where(Care.opened_at <= now - 30 * 24 * HOUR).limit(500)
    with write() as session:
        ids = list(session.scalars(old))
        if ids:
            session.execute(delete(CareStep).where(CareStep.care_id.in_(ids)))
            session.execute(delete(Care).where(Care.id.in_(ids)))
    return len(ids)
