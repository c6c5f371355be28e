"""What a person's phone shows of training: each course, until when they hold it, and when it is next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.training.models import Course, TrainingSession
from fieldapp.training.services import certificates


def snapshot(actor: Actor, now: int) -> list[dict[str, Any]]:
    """Courses of the actor's chapters and of those above: ``ends_at`` (ms UTC; null: never held) and the next session. Three queries."""
    reach = actor.chapters | actor.above
    query = select(Course).where(Course.chapter_id.in_(reach), Course.retired_at.is_(None))
    courses = list(db.session.scalars(query.order_by(Course.name_en, Course.id)))
    ids = {course.id for course in courses}
    ends = certificates.ends([actor.person_id], ids)
    coming = select(TrainingSession).where(
        TrainingSession.course_id.in_(ids),
        TrainingSession.chapter_id.in_(reach),
        TrainingSession.starts_at > now,
        TrainingSession.cancelled_at.is_(None),
    )
    following: dict[str, TrainingSession] = {}
    for sitting in db.session.scalars(coming.order_by(TrainingSession.starts_at).limit(200)):
        following.setdefault(sitting.course_id, sitting)
    return [_line(course, ends.get((actor.person_id, course.id)), following.get(course.id)) for course in courses]


def _line(course: Course, ends_at: int | None, sitting: TrainingSession | None) -> dict[str, Any]:
    following = None
    if sitting:
        following = {
            "id": sitting.id,
            "starts_at": sitting.starts_at,
            "zone": sitting.zone,
            "where": sitting.where,
        }
    name = {"en": course.name_en, "es": course.name_es}
    return {"id": course.id, "course": name, "ends_at": ends_at, "next": following}
