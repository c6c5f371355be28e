"""Taking a shift, giving it back, and being there. Every rule about seats is kept here and by the database itself."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Select, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.services import chapters, people
from fieldapp.core import jobs
from fieldapp.core.clock import HOUR
from fieldapp.core.db import db, write
from fieldapp.core.errors import Invalid
from fieldapp.core.ids import new_id
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Shift, Wait
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import rules
from fieldapp.shifts.services.locks import lock_all
from fieldapp.shifts.services.rules import Asked, Asker, Refused, Taken
from fieldapp.training.models import Certificate, Course, Grade
from fieldapp.training.services import conduct, grades

AFTERS = ("fine", "shaken", "call_me")
FORGET_AFTER = 48 * HOUR
WORD_SAID = "alerts.word_said"  # what follows from a word is for alerts to do
LATEST = 12 * HOUR  # how long after its end a shift still takes "here", "phone off" and "out"


def claim(person_id: str, shift_id: str, now: int, *, key: str | None = None, by: str | None = None) -> Claim:
    """Take a seat at ``now`` (ms UTC). ``by`` is the coordinator who does it for the person. Raises Refused(code)."""
    with write() as session:
        lock_all(session, [person_id], [shift_id])
        shift, place = seen(session, person_id, shift_id)
        holds = shift.held > 0 and _offered(session, person_id, shift_id, now)
        _expect_room(session, shift, place, person_id, now, late=by is not None, holds=holds)
        _move_taken(session, shift, +1, holds=holds)
        _leave_line(session, person_id, shift_id)
        row = _sit(session, person_id, shift_id, now, key=key, by=by)
        session.flush()
        chapters.touch(session, shift.chapter_id)
        follow_up(session, shift_id, person_id, now)
    return row


def _sit(
    session: Session, person_id: str, shift_id: str, now: int, *, key: str | None = None, by: str | None = None
) -> Claim:
    """The row of a claim as it is when it begins."""
    row = session.get(Claim, (shift_id, person_id), populate_existing=True)
    if row is None:
        row = Claim(shift_id=shift_id, person_id=person_id)
        session.add(row)
    row.state, row.at, row.key, row.by_id = "claimed", now, key, by
    row.confirmed_at = row.here_at = row.quiet_until = row.out_at = row.after = row.after_at = None
    return row


def exchange(session: Session, shift: Shift, leaves: Claim, person_id: str, now: int) -> Claim:
    """Put a person in another's place, in the caller's transaction, which holds both and has asked the rules. The count stays."""
    leaves.state = "released"
    row = _sit(session, person_id, shift.id, now)
    shift.version += 1
    if shift.lead_id == leaves.person_id:
        shift.lead_id = None
    _leave_line(session, person_id, shift.id)
    session.flush()
    chapters.touch(session, shift.chapter_id)
    people.touch_many(session, [leaves.person_id, person_id])
    return row


def release(person_id: str, shift_id: str, now: int, *, by: str | None = None) -> Claim:
    """Give a seat back, before the start (a coordinator may until the end). Raises Refused(code)."""
    with write() as session:
        lock_all(session, [person_id], [shift_id])
        shift, _ = seen(session, person_id, shift_id)
        row = session.get(Claim, (shift_id, person_id), populate_existing=True)
        if row is None:
            raise Refused("not_yours")
        if row.state == "released":
            raise Refused("already")
        when = rules.timing(shift, now)
        if when and not (by and when.code == "started"):
            raise Refused(when.code, **when.values)
        row.state = "released"
        session.flush()
        _move_taken(session, shift, -1, lead_leaves=shift.lead_id == person_id)
        chapters.touch(session, shift.chapter_id)
        people.touch(session, person_id)
        follow_up(session, shift_id, person_id, now)
    return row


Follow = Callable[[Session, str, str, int], None]
_followers: list[Follow] = []


def follows(act: Follow) -> Follow:
    """Register what follows in the same transaction when someone took a seat or gave one back: ``f(session, shift, person, now)``."""
    _followers.append(act)
    return act


def follow_up(session: Session, shift_id: str, person_id: str, now: int) -> None:
    """Do what follows, in the caller's transaction, which holds the shift: someone took a seat or is off it."""
    for act in _followers:
        act(session, shift_id, person_id, now)


def check_in(person_id: str, shift_id: str, now: int) -> Claim:
    """I'm here. Raises Refused(code)."""
    with write() as session:
        row = _mine(session, person_id, shift_id, now)
        if row.out_at is not None or row.here_at is not None:
            raise Refused("already")
        row.here_at = now
        _seen(session, row)
    return row


def quiet(person_id: str, shift_id: str, until: int, now: int) -> Claim:
    """Phone off until ``until`` (ms UTC). A time beyond the latest check-out is cut to it. Raises Refused(code)."""
    with write() as session:
        row = _mine(session, person_id, shift_id, now)
        if row.out_at is not None:
            raise Refused("already")
        shift = session.get(Shift, shift_id)
        row.quiet_until = min(until, shift.ends_at + LATEST) if shift else until
        _seen(session, row)
    return row


def check_out(person_id: str, shift_id: str, now: int, *, meaning: str = "") -> Claim:
    """I'm out and OK. It counts without a check-in before it: phones are off in court. Raises Refused(code).

    With the ``meaning`` of a word of theirs, heard before (accounts.services.words: its hash is slow), it is the same to all who see it;
    what it means is looked at in a job of its own, whichever it is.
    """
    with write() as session:
        row = _mine(session, person_id, shift_id, now)
        if row.out_at is not None and not meaning:  # a word is heard from those who were made to tap it, too
            raise Refused("already")
        if meaning:
            payload = {"id": new_id(16), "person": person_id, "shift": shift_id, "said": meaning.ljust(6)}
            jobs.enqueue(session, WORD_SAID, payload, run_at=now)
        row.out_at = row.out_at or now
        _seen(session, row)
    return row


def after(person_id: str, shift_id: str, how: str, now: int) -> Claim:
    """How it was: fine, shaken or call_me; forgotten after 48 h by a job. Raises Refused(code), Invalid."""
    if how not in AFTERS:
        raise Invalid()
    with write() as session:
        row = _mine(session, person_id, shift_id, now, grace=FORGET_AFTER)
        row.after, row.after_at = how, now
        payload = {"shift": shift_id, "person": person_id}
        jobs.enqueue(session, "shifts.forget_after", payload, run_at=now + FORGET_AFTER)
        _seen(session, row)
    return row


@jobs.handler("shifts.forget_after")
def forget_after(payload: dict[str, str], now: int) -> None:
    """Erase what a person said about how they were, 48 h after they last said it."""
    with write() as session:
        row = session.get(Claim, (payload["shift"], payload["person"]), populate_existing=True, with_for_update=True)
        if row and row.after_at is not None and row.after_at <= now - FORGET_AFTER:
            row.after = row.after_at = None


def _seen_by() -> Select[Shift, Place, int | None]:
    """A shift (``:shift``) of the chapters that a person (``:person``) belongs to, pods below included; its place."""
    own = (
        select(Chapter.path)
        .join(Membership, Membership.chapter_id == Chapter.id)
        .where(Membership.person_id == bindparam("person"))
        .subquery()
    )
    here = select(own.c.path).where(Chapter.path.startswith(own.c.path)).exists()
    return (
        select(Shift, Place, Person.disabled_at)
        .join(Place, Place.id == Shift.place_id)
        .join(Chapter, Chapter.id == Shift.chapter_id)
        .join(Person, Person.id == bindparam("person"))
        .where(Shift.id == bindparam("shift"), here)
        .execution_options(populate_existing=True)
    )


# Built once: a thousand people ask these at the same moment.
_SEEN = _seen_by()
_ROOM = _SEEN.with_only_columns(Shift.taken, Shift.seats, Shift.cancelled_at, Shift.starts_at, Place.closed_at).where(
    Person.disabled_at.is_(None),
    ~select(Claim.shift_id)
    .where(Claim.shift_id == Shift.id, Claim.person_id == Person.id, Claim.state.in_(LIVE))
    .exists(),
)
_COURSE = select(
    Course.id,
    Course.name_en,
    Course.name_es,
    select(func.max(Certificate.ends_at))
    .where(Certificate.person_id == bindparam("person"), Certificate.course_id == Course.id)
    .where(Certificate.revoked_at.is_(None))
    .scalar_subquery()
    .label("ends_at"),
).where(Course.id == bindparam("course"))
_TAKEN = (
    select(Shift, Place.name, Place.zone)
    .join(Claim, and_(Claim.shift_id == Shift.id, Claim.person_id == bindparam("person"), Claim.state.in_(LIVE)))
    .join(Place, Place.id == Shift.place_id)
    .where(Shift.cancelled_at.is_(None), Shift.starts_at < bindparam("ends"), Shift.ends_at > bindparam("starts"))
)


def seen(session: Session, person_id: str, shift_id: str) -> tuple[Shift, Place]:
    """The shift and its place as the person may see them. Raises Refused: unknown_shift, disabled."""
    found = session.execute(_SEEN, {"person": person_id, "shift": shift_id}).tuples().first()
    if found is None:
        raise Refused("unknown_shift")
    shift, place, disabled_at = found
    if disabled_at is not None:
        raise Refused("disabled")
    return shift, place


def _expect_room(
    session: Session, shift: Shift, place: Place, person_id: str, now: int, *, late: bool, holds: bool
) -> None:
    """Ask the rules, the cheap ones first: most who come late to a full shift need no more than these. Raises Refused."""
    taken = tuple(taken_by(session, person_id, shift))
    no = rules.seat(shift, taken, now, closed_at=place.closed_at, late=late, holds=holds)
    if no is None:
        asked = {"person": person_id, "course": shift.course_id}
        course = session.execute(_COURSE, asked).first() if shift.course_id else None
        led = not rules.needs_experience(shift, holds=holds) or bool(with_experience([shift.id]))
        owed = conduct.blocked([person_id], shift.chapter_id, now)
        asker = Asker(
            certificate_ends={course.id: course.ends_at} if course and course.ends_at else {},
            taken=taken,
            experienced=led or bool(grades.experienced([person_id], shift.chapter_id)),
            conduct=owed.get(person_id),
        )
        names = (course.name_en, course.name_es) if course else ("", "")
        no = rules.verdict(shift, asker, Asked(led, place.closed_at, names), now, late=late, holds=holds)
    if no:
        raise Refused(no.code, **no.values)


def taken_by(session: Session, person_id: str, near: Shift) -> list[Taken]:
    """The person's live claims on this shift and on those that run at the same time. One query."""
    asked = {"person": person_id, "starts": near.starts_at, "ends": near.ends_at}
    return [Taken(shift, name, zone) for shift, name, zone in session.execute(_TAKEN, asked)]


def with_experience(shift_ids: Collection[str], *, besides: str = "") -> set[str]:
    """Those of the shifts with someone experienced on them (``besides`` this person): a watcher or above, there or above it. One query."""
    return set(db.session.scalars(_SOUND, {"shifts": list(shift_ids), "besides": besides})) if shift_ids else set()


def _sound() -> Select[str]:
    given, own = Chapter.__table__.alias("given"), Chapter.__table__.alias("own")
    return (
        select(Claim.shift_id)
        .join(Shift, Shift.id == Claim.shift_id)
        .join(Grade, Grade.person_id == Claim.person_id)
        .join(given, given.c.id == Grade.chapter_id)
        .join(own, own.c.id == Shift.chapter_id)
        .where(
            Claim.shift_id.in_(bindparam("shifts", expanding=True)),
            Claim.state.in_(LIVE),
            Claim.person_id != bindparam("besides"),
            Grade.grade.in_(grades.EXPERIENCED),
            own.c.path.startswith(given.c.path),
        )
        .distinct()
    )


_SOUND = _sound()


def is_full(person_id: str, shift_id: str, now: int) -> bool:
    """Whether the answer to this claim is surely "full" at ``now`` (ms UTC), by one look without a lock."""
    found = db.session.execute(_ROOM, {"person": person_id, "shift": shift_id}).first()
    if found is None:
        return False
    taken, seats, cancelled_at, starts_at, closed_at = found
    runs = cancelled_at is None and now < starts_at and (closed_at is None or closed_at > starts_at)
    return bool(runs and taken >= seats)


def _offered(session: Session, person_id: str, shift_id: str, now: int) -> bool:
    """Whether a seat is held for the person at ``now``."""
    wait = session.get(Wait, (shift_id, person_id), populate_existing=True)
    return wait is not None and wait.state == "offered" and wait.until is not None and now < wait.until


def _leave_line(session: Session, person_id: str, shift_id: str) -> None:
    """Whoever has a seat waits for none; a seat that was held for them is held no more."""
    wait = session.get(Wait, (shift_id, person_id), populate_existing=True)
    if wait is None or wait.state not in ("waiting", "offered"):
        return
    if wait.state == "offered":
        session.execute(update(Shift).where(Shift.id == shift_id, Shift.held > 0).values(held=Shift.held - 1))
    wait.state, wait.until = "taken", None


def _move_taken(session: Session, shift: Shift, by: int, *, lead_leaves: bool = False, holds: bool = False) -> None:
    """Count a seat, only if the row still allows it; the CHECK constraint is the last word. ``holds``: it was held for the person."""
    room = Shift.taken + Shift.held < Shift.seats + (1 if holds else 0) if by > 0 else Shift.taken > 0
    values = {"taken": Shift.taken + by, "version": Shift.version + 1, **({"lead_id": None} if lead_leaves else {})}
    done = session.execute(update(Shift).where(Shift.id == shift.id, Shift.cancelled_at.is_(None), room).values(values))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("full")


def _mine(session: Session, person_id: str, shift_id: str, now: int, *, grace: int = LATEST) -> Claim:
    """The person's own live claim, locked. Raises Refused: unknown_shift, disabled, not_yours, cancelled, ended."""
    shift, _ = seen(session, person_id, shift_id)
    row = session.get(Claim, (shift_id, person_id), populate_existing=True, with_for_update=True)
    if row is None or row.state not in LIVE:
        raise Refused("not_yours")
    if shift.cancelled_at is not None:
        raise Refused("cancelled", reason=shift.cancel_reason)
    if now >= shift.ends_at + grace:
        raise Refused("ended", ends_at=shift.ends_at)
    return row


def _seen(session: Session, row: Claim) -> None:
    """Those on the shift see each other's state: count the change for them, and for nobody else."""
    session.flush()
    query = select(Claim.person_id).where(Claim.shift_id == row.shift_id, Claim.state.in_(LIVE))
    people.touch_many(session, session.scalars(query))
