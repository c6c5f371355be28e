"""Grades: how much experience a person has in a chapter."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters, people
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, Invalid, NotFound
from fieldapp.training import policy
from fieldapp.training.models import Grade
from fieldapp.training.services.certificates import people_of

GRADES = ("trainee", "shadow", "watcher", "lead", "dispatcher")
EXPERIENCED = ("watcher", "lead", "dispatcher")


def of(person_ids: Collection[str], chapter_id: str) -> dict[str, str]:
    """Each person's grade in the chapter: the highest given there or above, where grades act downward. One query."""
    if not person_ids:
        return {}
    path = select(Chapter.path).where(Chapter.id == chapter_id).scalar_subquery()
    query = (
        select(Grade.person_id, Grade.grade)
        .join(Chapter, Chapter.id == Grade.chapter_id)
        .where(Grade.person_id.in_(person_ids), path.startswith(Chapter.path))
    )
    best: dict[str, str] = {}
    for person, grade in db.session.execute(query):
        if person not in best or GRADES.index(grade) > GRADES.index(best[person]):
            best[person] = grade
    return best


def experienced(person_ids: Collection[str], chapter_id: str) -> set[str]:
    """Those of the people who are watchers or above in the chapter."""
    return {person for person, grade in of(person_ids, chapter_id).items() if grade in EXPERIENCED}


def set_grade(actor: Actor, person_id: str, chapter_id: str, grade: str, now: int) -> Grade:
    """Give a grade. Raises NotFound (person or chapter not the actor's), Forbidden, Invalid."""
    if chapter_id not in actor.chapters:
        raise NotFound()
    policy.demand(policy.can_grade(actor, chapter_id))
    if grade not in GRADES:
        raise Invalid(fields={"grade": N_("Choose one of the grades.")})
    if not any(person.id == person_id for person in people_of(chapter_id)):
        raise NotFound()
    with write() as session:
        people.hold(session, [person_id])  # two trainers at once: one row, the last one counts
        row = session.get(Grade, (person_id, chapter_id))
        if row is None:
            row = Grade(person_id=person_id, chapter_id=chapter_id)
            session.add(row)
        row.grade, row.set_by, row.set_at = grade, actor.person_id, now
        session.flush()
        people.touch(session, person_id)
        chapters.touch(session, chapter_id)  # who is experienced decides what others may take
    return row
