"""Who may do what with courses, sessions, certificates and grades. Pure."""

from __future__ import annotations

from fieldapp.core.actor import ADMIN, COORDINATOR, TRAINER, Actor
from fieldapp.core.clock import DAY
from fieldapp.core.errors import Forbidden
from fieldapp.training.models import ConductVersion, Course, TrainingSession

TEACHERS = (TRAINER, COORDINATOR)
CONDUCT = (COORDINATOR, ADMIN)
ALONE_AFTER = DAY  # ms; then the only one who could publish may publish what they wrote themselves


def demand(allowed: bool) -> None:
    """Raise Forbidden unless ``allowed``."""
    if not allowed:
        raise Forbidden()


def can_see_course(actor: Actor, course: Course) -> bool:
    """Members of its chapter and of the pods below, where it may be used."""
    return course.chapter_id in actor.chapters or course.chapter_id in actor.above


def can_edit_course(actor: Actor, chapter_id: str) -> bool:
    """Trainers and coordinators of the chapter."""
    return actor.has(chapter_id, *TEACHERS)


def can_see_session(actor: Actor, session: TrainingSession) -> bool:
    """Whoever may come: members of its chapter, of those above, and of the pods below."""
    return session.chapter_id in actor.chapters or session.chapter_id in actor.above


def can_teach(actor: Actor, session: TrainingSession) -> bool:
    """Trainers and coordinators of the session's chapter."""
    return actor.has(session.chapter_id, *TEACHERS)


def can_plan(actor: Actor, chapter_id: str) -> bool:
    """Trainers and coordinators plan sessions in their chapter."""
    return actor.has(chapter_id, *TEACHERS)


def can_revoke(actor: Actor, course: Course) -> bool:
    """Trainers and coordinators of the course's chapter."""
    return actor.has(course.chapter_id, *TEACHERS)


def can_grade(actor: Actor, chapter_id: str) -> bool:
    """Trainers and coordinators of the chapter."""
    return actor.has(chapter_id, *TEACHERS)


def can_welcome(actor: Actor, chapter_id: str) -> bool:
    """Trainers and coordinators of the chapter call those who are new."""
    return actor.has(chapter_id, *TEACHERS)


def can_write_conduct(actor: Actor, chapter_id: str) -> bool:
    """Coordinators and admins of the chapter, or of one above it."""
    return actor.has(chapter_id, *CONDUCT)


def can_publish_conduct(actor: Actor, version: ConductVersion, now: int, *, alone: bool) -> bool:
    """Another one than the author; where there is no other (``alone``), the author after a day."""
    if not can_write_conduct(actor, version.chapter_id):
        return False
    if version.author_id != actor.person_id:
        return True
    return alone and now >= version.created_at + ALONE_AFTER
