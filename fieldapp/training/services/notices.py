"""What training tells people. Messages belong to shifts, which stand right of training: each is a job that hands one over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core import jobs
from fieldapp.training.models import Attendance, Course, TrainingSession

MESSAGE = "shifts.message"


def tell(session: Session, person_id: str, chapter_id: str, detail: Mapping[str, Any], now: int) -> None:
    """Tell one person, in the caller's transaction. ``detail["what"]`` says what it is about: ends, moved, called_off."""
    payload = {"person": person_id, "kind": "training", "chapter": chapter_id, "detail": dict(detail)}
    jobs.enqueue(session, MESSAGE, payload, run_at=now)


def session(session: Session, sitting: TrainingSession, what: str, now: int) -> None:
    """Tell everyone who signed up that a session was moved or called off. Never its link."""
    course = session.get_one(Course, sitting.course_id)
    detail = {
        "what": what,
        "session": sitting.id,
        "name_en": course.name_en,
        "name_es": course.name_es,
        "starts_at": sitting.starts_at,
        "zone": sitting.zone,
    }
    on = select(Attendance.person_id).where(Attendance.session_id == sitting.id, Attendance.state == "signed_up")
    for person_id in session.scalars(on.order_by(Attendance.person_id)):
        tell(session, person_id, sitting.chapter_id, detail, now)
