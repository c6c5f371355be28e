"""What a person's phone shows of training: each course, until when they hold it, and when it is next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.training.models import Course, TrainingSession

MOST = 400  # sessions to come that are looked at


@dataclass(frozen=True)
class Sitting:
    """A session to come of a course."""

    id: str
    starts_at: int
    zone: str
    where: str

    def as_data(self) -> dict[str, Any]:
        """As the snapshot carries it."""
        return {"id": self.id, "starts_at": self.starts_at, "zone": self.zone, "where": self.where}


@dataclass(frozen=True)
class Offered:
    """What everybody with the same reach sees: courses by id, retired ones too, and the sessions to come, soonest first."""

    names: Mapping[str, tuple[str, str]]  # English and Spanish
    current: tuple[str, ...]  # those not retired, by name
    sittings: Mapping[str, tuple[Sitting, ...]]

    def following(self, course_id: str | None, now: int) -> dict[str, Any] | None:
        """The next session of a course after ``now`` (ms UTC)."""
        return next((one.as_data() for one in self.sittings.get(course_id or "", ()) if one.starts_at > now), None)


def offered(actor: Actor, now: int) -> Offered:
    """Courses of the actor's chapters and of those above, and their sessions after ``now`` (ms UTC). Two queries."""
    reach = actor.chapters | actor.above
    courses = db.session.execute(
        select(Course.id, Course.name_en, Course.name_es, Course.retired_at)
        .where(Course.chapter_id.in_(reach))
        .order_by(Course.name_en, Course.id)
    ).all()
    coming = db.session.execute(
        select(
            TrainingSession.course_id,
            TrainingSession.id,
            TrainingSession.starts_at,
            TrainingSession.zone,
            TrainingSession.where,
        )
        .where(
            TrainingSession.chapter_id.in_(reach),
            TrainingSession.starts_at > now,
            TrainingSession.cancelled_at.is_(None),
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
        .limit(MOST)
    ).all()
    sittings: dict[str, list[Sitting]] = {}
    for course, sitting, starts_at, zone, where in coming:
        sittings.setdefault(course, []).append(Sitting(sitting, starts_at, zone, where))
    return Offered(
        {one.id: (one.name_en, one.name_es) for one in courses},
        tuple(one.id for one in courses if one.retired_at is None),
        {course: tuple(those) for course, those in sittings.items()},
    )


def snapshot(known: Offered, ends: Mapping[str, int], now: int) -> list[dict[str, Any]]:
    """Every course on offer: ``ends_at`` (ms UTC; null: never held), from when ``ends`` says, and the next session."""
    return [
        {
            "id": course,
            "course": dict(zip(("en", "es"), known.names[course], strict=True)),
            "ends_at": ends.get(course),
            "next": known.following(course, now),
        }
        for course in known.current
    ]
