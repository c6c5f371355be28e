"""Renewing a certificate without the whole course, where the course says so: by a shorter session, or by its quiz."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.core.clock import DAY
from fieldapp.core.db import db
from fieldapp.training.models import Course
from fieldapp.training.services import certificates
from fieldapp.training.services.courses import RENEWALS

SESSION, QUIZ = RENEWALS
EARLY = 30 * DAY  # before its end: from then on it can be renewed by the quiz


def renewable(course: Course, person_ids: Collection[str], at: int) -> set[str]:
    """Those whose newest certificate of the course still holds at ``at`` (ms UTC), or ended no longer ago than the course allows."""
    late = course.renew_days * DAY
    return {person for (person, _), end in certificates.ends(person_ids, [course.id]).items() if at < end + late}


def open_to_quiz(course: Course, end: int | None, now: int) -> bool:
    """Whether passing the quiz at ``now`` renews a certificate that ends at ``end``: it ends soon, or has not long ago. Pure."""
    if end is None or QUIZ not in (course.renew_by or []) or course.retired_at is not None:
        return False
    return end - EARLY <= now < end + course.renew_days * DAY


def renew_by_quiz(session: Session, course: Course, person_id: str, now: int) -> int | None:
    """Renew in the caller's transaction; returns when the new certificate ends, or None when nothing is to be renewed."""
    end = certificates.ends([person_id], [course.id]).get((person_id, course.id))
    if not open_to_quiz(course, end, now):
        return None
    zone = db.session.get_one(Chapter, course.chapter_id).zone
    ends_at = certificates.end_after(now, zone, course.valid_days)
    certificates.give(session, course, [person_id], by=None, ends_at=ends_at, now=now, how="quiz")
    return ends_at
