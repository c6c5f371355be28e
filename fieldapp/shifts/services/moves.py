"""A member moves from one chapter to another of the same organisation: certificates go with them, roles and coming shifts do not.

Whoever coordinates both chapters moves at once. Otherwise a coordinator of the chapter that is left offers, and one of the chapter that
is joined accepts. Where that chapter has one coordinator who coordinates both, that one is enough; those above coordinate it too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.policy import BELOW_COORDINATOR
from fieldapp.accounts.services import chapters, invites, people, sessions
from fieldapp.core.actor import COORDINATOR, VOLUNTEER, Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid, NotFound, StepUpNeeded
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Move, Shift, Wait
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import claims, locks, messages, waitlist
from fieldapp.shifts.services.rules import Refused
from fieldapp.training.models import Certificate, Course
from fieldapp.training.services import certificates

LASTS = 30 * DAY  # an offer that nobody accepts
IN_LINE = ("waiting", "offered")


@dataclass(frozen=True)
class Kept:
    """A certificate that goes with the person. ``counts``: its course is taught in the new chapter or above it, so it holds there as it
    is; ``equal``: a course there of the same name, which it may be taken for."""

    certificate: Certificate
    course: Course
    chapter: str
    counts: bool
    equal: Course | None


@dataclass(frozen=True)
class Look:
    """What a move does, before it does it."""

    person: Person
    leaves: Chapter
    joins: Chapter
    kept: tuple[Kept, ...]
    released: tuple[tuple[Shift, Place], ...]
    at_once: bool


@dataclass(frozen=True)
class Waiting:
    """An offer that waits; ``mine``: the actor may accept it."""

    move: Move
    person: Person
    leaves: Chapter
    joins: Chapter
    mine: bool


def homes_of(actor: Actor, person_id: str) -> list[Chapter]:
    """The chapters that the person may leave: theirs that the actor coordinates. Raises NotFound, Forbidden."""
    person = people.get(actor, person_id)
    if person.disabled_at is not None:
        raise NotFound()
    homes = {m.chapter_id: m.chapter for m in person.memberships if actor.has(m.chapter_id, COORDINATOR)}
    if not homes or person.id == actor.person_id:
        raise Forbidden()
    return sorted(homes.values(), key=lambda chapter: chapter.path)


def joinable(leaves: Chapter, *, besides: bool = True) -> list[Chapter]:
    """The chapters of the same organisation, by name; with ``besides`` all but this one."""
    top = leaves.path.split("/", maxsplit=1)[0]
    query = select(Chapter).where(Chapter.path.startswith(f"{top}/", autoescape=True))
    query = query.where(Chapter.id != leaves.id) if besides else query
    return list(db.session.scalars(query.order_by(Chapter.name, Chapter.id).limit(500)))


def look(actor: Actor, person_id: str, from_id: str, to_id: str, now: int) -> Look:
    """What moving the person would do; without ``from_id`` they leave the first of theirs. Raises NotFound, Forbidden, Invalid."""
    homes = [one for one in homes_of(actor, person_id) if one.id != to_id and from_id in {"", one.id}]
    if not homes:
        raise Invalid(fields={"to": N_("Choose a chapter from the list.")})
    leaves = homes[0]
    joins = next((one for one in joinable(leaves) if one.id == to_id), None)
    if joins is None:
        raise Invalid(fields={"to": N_("Choose a chapter from the list.")})
    person = db.session.get_one(Person, person_id)
    _refuse_roles(person_id, leaves.id)
    released = tuple(_coming(person_id, leaves, joins, now))
    return Look(person, leaves, joins, kept(person_id, joins, now), released, actor.has(joins.id, COORDINATOR))


def offer(actor: Actor, person_id: str, from_id: str, to_id: str, now: int) -> Move:
    """Offer the person to another chapter. Raises NotFound, Forbidden, Invalid, StepUpNeeded, DomainError("offered")."""
    found = look(actor, person_id, from_id, to_id, now)
    _demand_proof(actor, now)
    made = Move(person_id=person_id, from_id=found.leaves.id, to_id=found.joins.id, live=person_id)
    made.state, made.offered_by, made.offered_at = "offered", actor.person_id, now
    try:
        with write() as session:
            over = (Move.live == person_id, Move.offered_at <= now - LASTS)
            session.execute(update(Move).where(*over).values(live=None, state="withdrawn", ended_at=now))
            session.add(made)
            session.flush()
            _tell_chapter(session, made, now)
    except IntegrityError as error:
        raise DomainError(
            "offered",
            N_("A move of this person waits already."),
            safe=N_("Nothing was changed."),
            do=N_("Take that offer back first."),
        ) from error
    return made


def at_once(actor: Actor, person_id: str, from_id: str, to_id: str, equal: Collection[str], now: int) -> None:
    """Move the person: the actor coordinates both chapters. ``equal``: certificates that are taken for a course there.

    Raises NotFound, Forbidden, Invalid, StepUpNeeded.
    """
    found = look(actor, person_id, from_id, to_id, now)
    if not found.at_once:
        raise Forbidden("both", N_("Only who coordinates both chapters moves somebody at once."))
    _demand_proof(actor, now)
    made = Move(person_id=person_id, from_id=found.leaves.id, to_id=found.joins.id, offered_by=actor.person_id)
    made.state, made.offered_at, made.ended_at = "done", now, now
    with write() as session:
        waiting = update(Move).where(Move.live == person_id)
        session.execute(waiting.values(live=None, state="withdrawn", ended_at=now))
        session.add(made)
        _do(session, actor, found, equal, now)


def waiting(actor: Actor, now: int) -> list[Waiting]:
    """Offers to and from the chapters that the actor coordinates, oldest first. Raises Forbidden."""
    where = actor.where(COORDINATOR)
    if not where:
        raise Forbidden()
    live = (Move.state == "offered", Move.offered_at > now - LASTS)
    query = select(Move, Person).join(Person, Person.id == Move.person_id).where(*live)
    rows = db.session.execute(
        query.where(Move.to_id.in_(where) | Move.from_id.in_(where)).order_by(Move.offered_at, Move.id).limit(200)
    ).all()
    ids = {one for move, _ in rows for one in (move.from_id, move.to_id)}
    known = {one.id: one for one in db.session.scalars(select(Chapter).where(Chapter.id.in_(ids)))}
    return [Waiting(move, who, known[move.from_id], known[move.to_id], move.to_id in where) for move, who in rows]


def offered(actor: Actor, move_id: str, now: int) -> tuple[Move, Look]:
    """An offer to a chapter that the actor coordinates, and what accepting it does. Raises NotFound, Forbidden."""
    move = _live(actor, move_id, now)
    if not actor.has(move.to_id, COORDINATOR):
        raise Forbidden() if move.to_id in actor.chapters or move.from_id in actor.chapters else NotFound()
    _still(actor, move)
    leaves, joins = db.session.get_one(Chapter, move.from_id), db.session.get_one(Chapter, move.to_id)
    released = tuple(_coming(move.person_id, leaves, joins, now))
    person = db.session.get_one(Person, move.person_id)
    return move, Look(person, leaves, joins, kept(move.person_id, joins, now), released, at_once=False)


def _still(actor: Actor, move: Move) -> None:
    """Whoever was disabled or taken out of the chapter since is not let in by an old offer, and nobody takes themselves in."""
    if move.person_id == actor.person_id:
        raise Forbidden()
    person = db.session.get_one(Person, move.person_id, populate_existing=True)
    if person.disabled_at is not None or move.from_id not in {m.chapter_id for m in person.memberships}:
        raise _over()


def accept(actor: Actor, move_id: str, equal: Collection[str], now: int) -> None:
    """Take the person in. Raises NotFound, Forbidden, StepUpNeeded, DomainError("over")."""
    move, found = offered(actor, move_id, now)
    _demand_proof(actor, now)
    _refuse_roles(move.person_id, move.from_id)
    with write() as session:
        _end(session, move.id, "done", now)
        _do(session, actor, found, equal, now)


def end(actor: Actor, move_id: str, now: int) -> None:
    """Decline an offer, or take it back. Raises NotFound, Forbidden, DomainError("over")."""
    move = _live(actor, move_id, now)
    joins, leaves = (actor.has(one, COORDINATOR) for one in (move.to_id, move.from_id))
    if not joins and not leaves:
        raise Forbidden()
    with write() as session:
        _end(session, move.id, "withdrawn" if leaves else "declined", now)


def kept(person_id: str, joins: Chapter, now: int) -> tuple[Kept, ...]:
    """The person's certificates that hold now, and what they are worth in a chapter. Two queries."""
    line = {step for step in joins.path.split("/") if step}
    query = (
        select(Certificate, Course, Chapter.name)
        .join(Course, Course.id == Certificate.course_id)
        .join(Chapter, Chapter.id == Course.chapter_id)
        .where(Certificate.person_id == person_id, Certificate.revoked_at.is_(None), Certificate.ends_at > now)
        .order_by(Certificate.ends_at.desc(), Certificate.id)
    )
    newest: dict[str, tuple[Certificate, Course, str]] = {}
    for certificate, course, name in db.session.execute(query).tuples():
        newest.setdefault(course.id, (certificate, course, name))
    taught = db.session.scalars(select(Course).where(Course.chapter_id.in_(line), Course.retired_at.is_(None)))
    same = {one.name_en.strip().casefold(): one for one in taught}
    return tuple(
        Kept(
            one,
            course,
            name,
            course.chapter_id in line,
            None if course.chapter_id in line else same.get(course.name_en.strip().casefold()),
        )
        for one, course, name in newest.values()
    )


def forget(now: int) -> int:
    """Offers and moves that ended, or waited, longer than thirty days ago are gone. Returns how many."""
    old = Move.ended_at <= now - LASTS
    stale = Move.ended_at.is_(None) & (Move.offered_at <= now - 2 * LASTS)
    with write() as session:
        return int(session.execute(delete(Move).where(old | stale)).rowcount)  # type: ignore[attr-defined]


def _do(session: Session, actor: Actor, found: Look, equal: Collection[str], now: int) -> None:
    person_id, leaves, joins = found.person.id, found.leaves, found.joins
    _let_go(session, person_id, leaves, joins, now, by=actor.person_id)
    _leave(session, person_id, leaves.id)
    session.expire_all()
    if session.get(Membership, (person_id, joins.id, VOLUNTEER)) is None:
        session.add(Membership(person_id=person_id, chapter_id=joins.id, role=VOLUNTEER, since=now))
    for one in kept(person_id, joins, now):  # looked at anew: one may have been revoked a moment ago
        if one.equal is not None and one.certificate.id in equal:
            note = f"{one.chapter}: {one.course.name_en}"[:300]
            ends = one.certificate.ends_at
            certificates.give(session, one.equal, [person_id], by=actor.person_id, ends_at=ends, now=now, note=note)
    sessions.end_all(session, person_id, now)
    invites.end_made_by(session, person_id, now)
    session.flush()
    detail = {"en": f"You belong to {joins.name} now.", "es": f"Ahora perteneces a {joins.name}."}
    messages.send(session, person_id=person_id, kind="chapter", chapter_id=joins.id, now=now, detail=detail)
    people.touch(session, person_id)
    chapters.touch_many(session, [leaves.id, joins.id])


def _leave(session: Session, person_id: str, chapter_id: str) -> None:
    """Out of the chapter that is left, unless they were taken out, disabled or given another role a moment ago. A role that is being
    given at this very moment stays: it is never taken away unsaid."""
    old = (Membership.person_id == person_id, Membership.chapter_id == chapter_id)
    held = set(session.scalars(select(Membership.role).where(*old).order_by(Membership.role).with_for_update()))
    disabled = session.scalar(select(Person.disabled_at).where(Person.id == person_id))
    if not held or disabled is not None:
        raise _over()
    _refuse_roles(person_id, chapter_id)
    plain = delete(Membership).where(*old, Membership.role.in_(BELOW_COORDINATOR))
    session.execute(plain.execution_options(synchronize_session=False))


def _let_go(session: Session, person_id: str, leaves: Chapter, joins: Chapter, now: int, *, by: str) -> None:
    """Give back what is to come in the chapter that is left, by the same rules as always: the next in line gets it."""
    coming = [shift.id for shift, _ in _coming(person_id, leaves, joins, now)]
    lines = (Wait.person_id == person_id, Wait.state.in_(IN_LINE))
    queued = list(session.scalars(select(Wait.shift_id).where(*lines).order_by(Wait.shift_id)))
    if coming or queued:
        locks.lock_all(session, [person_id], {*coming, *queued})
    for shift_id in coming:
        claims.release(person_id, shift_id, now, by=by)
    for shift_id in queued:
        try:
            waitlist.leave(person_id, shift_id, now)
        except Refused:  # a place in another line that lapsed a moment ago
            continue


def _coming(person_id: str, leaves: Chapter, joins: Chapter, now: int) -> list[tuple[Shift, Place]]:
    """The person's shifts that have not begun, in chapters that they will not belong to any more, the soonest first."""
    others = select(Chapter.path).join(Membership, Membership.chapter_id == Chapter.id)
    stay = {*db.session.scalars(others.where(Membership.person_id == person_id, Chapter.id != leaves.id)), joins.path}
    query = (
        select(Shift, Place, Chapter.path)
        .join(Claim, Claim.shift_id == Shift.id)
        .join(Place, Place.id == Shift.place_id)
        .join(Chapter, Chapter.id == Shift.chapter_id)
        .where(Claim.person_id == person_id, Claim.state.in_(LIVE))
        .where(Shift.starts_at > now, Shift.cancelled_at.is_(None))
        .order_by(Shift.starts_at, Shift.id)
    )
    rows = db.session.execute(query).tuples()
    return [(shift, place) for shift, place, path in rows if not any(path.startswith(own) for own in stay)]


def _refuse_roles(person_id: str, chapter_id: str) -> None:
    """Roles do not move: whoever holds more than volunteer or trainer there gives it up first."""
    held = select(Membership.role).where(Membership.person_id == person_id, Membership.chapter_id == chapter_id)
    if set(db.session.scalars(held)) - BELOW_COORDINATOR:
        raise DomainError(
            "roles_stay",
            N_("Roles do not move, and this person coordinates, counsels or manages here."),
            safe=N_("Nothing was changed."),
            do=N_("Let an admin take those roles away first, so that nobody leaves a chapter without noticing it."),
        )


def _demand_proof(actor: Actor, now: int) -> None:
    if not actor.stepped_up(now):
        raise StepUpNeeded()


def _live(actor: Actor, move_id: str, now: int) -> Move:
    move = db.session.get(Move, move_id)
    if move is None or not {move.to_id, move.from_id} & actor.chapters:
        raise NotFound()
    if move.state != "offered" or move.offered_at <= now - LASTS:
        raise _over()
    return move


def _end(session: Session, move_id: str, state: str, now: int) -> None:
    still = update(Move).where(Move.id == move_id, Move.state == "offered")
    done = session.execute(still.values(state=state, live=None, ended_at=now))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise _over()


def _over() -> DomainError:
    return DomainError(
        "over",
        N_("This offer was answered or taken back, or has ended."),
        safe=N_("Nothing was changed."),
        do=N_("Load the page again to see how it stands now."),
    )


def _tell_chapter(session: Session, move: Move, now: int) -> None:
    """The coordinators of the chapter that is joined, or of the next one above that has any."""
    chapter: Chapter | None = session.get_one(Chapter, move.to_id)
    detail = {"en": "Somebody would like to move to your chapter.", "es": "Alguien quiere pasar a tu capítulo."}
    while chapter is not None:
        query = select(Membership.person_id).where(Membership.chapter_id == chapter.id, Membership.role == COORDINATOR)
        told = sorted(set(session.scalars(query)))
        for person_id in told:
            until = now + LASTS
            messages.send(
                session, person_id=person_id, kind="chapter", chapter_id=move.to_id, now=now, until=until, detail=detail
            )
        chapter = session.get(Chapter, chapter.parent_id) if not told and chapter.parent_id else None
