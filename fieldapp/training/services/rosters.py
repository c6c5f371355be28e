"""Who came to a session, who can be certified, and certifying them: one, some, or all at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update

from fieldapp.accounts.models import Person
from fieldapp.accounts.services import people
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.training.models import Attendance, Course, TrainingSession
from fieldapp.training.services import certificates, courses, quiz, renewing, sessions

MARKS = ("here", "absent")


@dataclass(frozen=True)
class Row:
    """Someone on the roster. ``missing``: prerequisites not held, in the course's order; ``ends``: the certificate now.

    ``lacks``: what else is missing: "quiz" (not passed), "first" (a refresher, and there is nothing to renew).
    """

    person: Person
    attendance: Attendance
    ends: int | None
    missing: tuple[Course, ...]
    lacks: tuple[str, ...] = ()

    @property
    def short(self) -> bool:
        """Whether anything is missing."""
        return bool(self.missing or self.lacks)

    @property
    def here(self) -> bool:
        """Whether they came."""
        return self.attendance.state in {"here", "confirmed"}

    @property
    def ready(self) -> bool:
        """Whether they can be certified with all the others."""
        return self.attendance.state == "here" and not self.short


@dataclass(frozen=True)
class Roster:
    """All that the session's page shows. ``new_end``: when certificates of this sitting end, ms UTC."""

    session: TrainingSession
    course: Course
    trainer: str
    rows: tuple[Row, ...]
    new_end: int

    @property
    def arrived(self) -> list[Row]:
        """Those who came, the latest first."""
        return sorted((r for r in self.rows if r.here), key=lambda r: -(r.attendance.here_at or 0))

    @property
    def awaited(self) -> list[Row]:
        """Those who signed up and are not here yet."""
        return [row for row in self.rows if row.attendance.state == "signed_up"]

    @property
    def absent(self) -> list[Row]:
        """Those who did not come."""
        return [row for row in self.rows if row.attendance.state == "absent"]

    @property
    def exceptions(self) -> list[Row]:
        """Those who came and lack something: decided one by one."""
        return [row for row in self.arrived if row.attendance.state == "here" and row.short]

    @property
    def ready(self) -> list[Row]:
        """Those who can be certified at once."""
        return [row for row in self.arrived if row.ready]

    @property
    def certified(self) -> list[Row]:
        """Those who have been."""
        return [row for row in self.arrived if row.attendance.state == "confirmed"]


def see(actor: Actor, session_id: str, now: int) -> Roster:
    """The roster, for whoever teaches in the session's chapter. At most eight queries. Raises NotFound, Forbidden."""
    session = sessions.find_own(actor, session_id)
    course = db.session.get_one(Course, session.course_id)
    found = db.session.execute(
        select(Attendance, Person)
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.session_id == session_id)
        .order_by(Person.field_name, Person.id)
    ).all()
    ids = [person.id for _, person in found]
    needed = courses.by_ids(course.needs)
    ends = certificates.ends(ids, [course.id])
    held = certificates.valid_courses(ids, now) if needed else {}
    trainer = db.session.get(Person, session.trainer_id) if session.trainer_id else None
    passed = quiz.passed(ids, quiz.newest([course.id]).get(course.id))
    renews = renewing.renewable(course, ids, session.starts_at) if session.refresher else set(ids)
    rows = tuple(
        Row(
            person,
            attendance,
            ends.get((person.id, course.id)),
            _missing(course, needed, held.get(person.id, set())),
            (*(() if person.id in passed else ("quiz",)), *(() if person.id in renews else ("first",))),
        )
        for attendance, person in found
    )
    return Roster(
        session, course, trainer.field_name if trainer else "", rows, sessions.certificate_end(session, course)
    )


def _missing(course: Course, needed: dict[str, Course], held: set[str]) -> tuple[Course, ...]:
    return tuple(needed[one] for one in course.needs if one in needed and one not in held)


def add(actor: Actor, session_id: str, person_id: str, now: int) -> Attendance:
    """Note by hand that someone of the chapter is here. Raises NotFound, Forbidden."""
    found = sessions.find_own(actor, session_id)
    if person_id not in {person.id for person in certificates.people_of(found.chapter_id)}:
        raise NotFound()
    return _set(session_id, person_id, "here", now)


def mark(actor: Actor, session_id: str, person_id: str, state: str, now: int) -> Attendance:
    """Here or absent, for someone on the roster who is not certified yet. Raises NotFound, Forbidden, DomainError."""
    sessions.find_own(actor, session_id)
    row = db.session.get(Attendance, (session_id, person_id))
    if row is None or state not in MARKS:
        raise NotFound()
    return _set(session_id, person_id, state, now)


def _set(session_id: str, person_id: str, state: str, now: int) -> Attendance:
    with write() as session:
        people.hold(session, [person_id])
        row = session.get(Attendance, (session_id, person_id), populate_existing=True)
        if row is None:
            row = Attendance(session_id=session_id, person_id=person_id, how="hand")
            session.add(row)
        if row.state == "confirmed":
            raise DomainError(
                "certified",
                N_("This person is certified in this session."),
                safe=N_("Nothing was changed."),
                do=N_("Revoke the certificate first, with a reason."),
            )
        if state == "here" and row.here_at is None:
            row.how, row.here_at = "hand", now
        row.state, row.at = state, now
        session.flush()
        people.touch(session, person_id)
    return row


def certify(actor: Actor, session_id: str, person_ids: Collection[str] | None, now: int, *, reason: str = "") -> int:
    """Certify these people, or (None) all who came and have what they need; returns how many are new.

    Whoever lacks a prerequisite, the quiz, or in a refresher the certificate to renew, is only certified when named, with a
    ``reason`` that is kept. Twice is once.
    Raises NotFound, Forbidden, Invalid, DomainError("early").
    """
    roster = see(actor, session_id, now)
    if now < roster.session.starts_at or roster.session.cancelled_at is not None:
        raise DomainError(
            "early",
            N_("This session has not begun, or was called off."),
            safe=N_("Nobody was certified."),
            do=N_("Certify when it has taken place."),
        )
    reason = reason.replace("\x00", "").strip()[:300]
    chosen = {row.person.id for row in roster.ready}
    if person_ids is not None:
        lacking = {row.person.id for row in roster.exceptions} & set(person_ids)
        if lacking and not reason:
            raise Invalid(fields={"reason": N_("Say why: the reason is kept with the certificate.")})
        chosen = (chosen | lacking) & set(person_ids)
    with write() as session:
        session.get(TrainingSession, session_id, with_for_update=True)
        here = Attendance.session_id == session_id
        waiting = select(Attendance.person_id).where(here, Attendance.person_id.in_(chosen), Attendance.state == "here")
        fresh = list(session.scalars(waiting))
        if fresh:
            confirmed = update(Attendance).where(here, Attendance.person_id.in_(fresh))
            session.execute(confirmed.values(state="confirmed", at=now))
            certificates.give(
                session,
                roster.course,
                fresh,
                by=actor.person_id,
                ends_at=roster.new_end,
                now=now,
                session_id=session_id,
                note=reason,
                how="refresher" if roster.session.refresher else "session",
            )
    return len(fresh)
