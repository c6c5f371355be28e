"""What waits for one person beside their shifts: small cards on Today, each leading to a page. Never during a shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, literal, select, union_all

from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services import newcomers, signoffs
from fieldapp.training.models import Attendance, Course, TrainingSession
from fieldapp.training.services import quiz
from fieldapp.training.services.held import Held


def _question() -> CompoundSelect[str, str, int | None]:
    who = bindparam("person", type_=Attendance.person_id.type)
    led = select(literal("led"), Shift.id, Shift.ends_at).where(
        Shift.lead_id == who,
        Shift.ends_at <= bindparam("now"),
        Shift.ends_at > bindparam("behind"),
        Shift.cancelled_at.is_(None),
    )
    learning = (
        select(literal("course"), TrainingSession.course_id, TrainingSession.starts_at)
        .join(Attendance, Attendance.session_id == TrainingSession.id)
        .where(
            Attendance.person_id == who,
            Attendance.state.in_(("signed_up", "here")),
            TrainingSession.cancelled_at.is_(None),
            (TrainingSession.ends_at > bindparam("now")) | (Attendance.state == "here"),
        )
    )
    return union_all(*newcomers.steps(), led, learning)


_WAITS = _question()  # built once: every snapshot asks it


def for_phone(actor: Actor, holds: Held, now: int) -> list[dict[str, Any]]:
    """The cards, the most pressing first: ``kind`` conduct, signoff, quiz, path, and what its sentence needs.

    One query; a few more for those who led a shift lately, or who are between a session and its certificate.
    """
    asked = {"person": actor.person_id, "now": now, "behind": now - signoffs.BEHIND}
    rows = db.session.execute(_WAITS, asked).tuples().all()
    led = any(what == "led" for what, _, _ in rows)
    courses = sorted({thing for what, thing, _ in rows if what == "course"})
    way = newcomers.path((what, at) for what, _, at in rows if what in newcomers.STEPS)
    return [
        *_conduct(actor, holds),
        *(_signoffs(actor, now) if led else []),
        *(_quizzes(actor, courses) if courses else []),
        *([{"kind": "path", "taken": list(way.taken), "next": way.next}] if way.next else []),
    ]


def _conduct(actor: Actor, holds: Held) -> list[dict[str, Any]]:
    duty = holds.conduct.of({actor.chapter_id, *actor.above})
    if duty is None or duty.due is None:
        return []
    return [{"kind": "conduct", "number": duty.number, "due": duty.due}]


def _signoffs(actor: Actor, now: int) -> list[dict[str, Any]]:
    return [
        {"kind": "signoff", "shift": one.shift.id, "place": one.place.name, "n": one.waiting}
        for one in signoffs.due_for_lead(actor.person_id, now)[:3]
    ]


def _quizzes(actor: Actor, course_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Of the courses whose session the person signed up for, or was at, and is not certified in yet."""
    versions = quiz.newest(course_ids)
    left = [course for course, version in versions.items() if not quiz.passed([actor.person_id], version)]
    query = select(Course).where(Course.id.in_(left), Course.retired_at.is_(None)).order_by(Course.name_en).limit(5)
    return [
        {"kind": "quiz", "course": course.id, "name": {"en": course.name_en, "es": course.name_es}}
        for course in (db.session.scalars(query) if left else ())
    ]
