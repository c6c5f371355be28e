"""Courses: what is taught, for how long a certificate holds, and what must come before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.training import policy
from fieldapp.training.models import Course

LONGEST = 3650  # days
NAME = 120


def find(actor: Actor, course_id: str) -> Course:
    """A course that the actor may see. Raises NotFound."""
    course = db.session.get(Course, course_id)
    if course is None or not policy.can_see_course(actor, course):
        raise NotFound()
    return course


def offered(actor: Actor, *, retired: bool = False) -> list[Course]:
    """Courses of the actor's chapters and of those above, by name; retired ones only when asked for."""
    query = select(Course).where(Course.chapter_id.in_(actor.chapters | actor.above))
    if not retired:
        query = query.where(Course.retired_at.is_(None))
    return list(db.session.scalars(query.order_by(Course.retired_at.is_not(None), Course.name_en, Course.id)))


def create(actor: Actor, chapter_id: str, values: Mapping[str, str], needs: Sequence[str], now: int) -> Course:
    """A course of a chapter. Raises NotFound, Forbidden, Invalid."""
    if chapter_id not in actor.chapters | actor.above:
        raise NotFound()
    policy.demand(policy.can_edit_course(actor, chapter_id))
    course = Course(chapter_id=chapter_id, created_at=now)
    _fill(course, values, needs)
    with write() as session:
        session.add(course)
        session.flush()
        chapters.touch(session, chapter_id)
    return course


def edit(actor: Actor, course_id: str, values: Mapping[str, str], needs: Sequence[str]) -> Course:
    """Change names, validity (of certificates to come), prerequisites. Raises NotFound, Forbidden, Invalid."""
    course = find(actor, course_id)
    policy.demand(policy.can_edit_course(actor, course.chapter_id))
    checked = Course(id=course.id, chapter_id=course.chapter_id)
    _fill(checked, values, needs)
    with write() as session:
        live = session.get_one(Course, course_id)
        live.name_en, live.name_es = checked.name_en, checked.name_es
        live.valid_days, live.needs = checked.valid_days, checked.needs
        session.flush()
        chapters.touch(session, live.chapter_id)
    return live


def retire(actor: Actor, course_id: str, now: int) -> Course:
    """Teach it no more; certificates keep their value. Raises NotFound, Forbidden, DomainError("already")."""
    course = find(actor, course_id)
    policy.demand(policy.can_edit_course(actor, course.chapter_id))
    with write() as session:
        live = session.get_one(Course, course_id, populate_existing=True)
        if live.retired_at is not None:
            raise DomainError("already", N_("This course is retired already."), safe=N_("Nothing was changed."))
        live.retired_at = now
        session.flush()
        chapters.touch(session, live.chapter_id)
    return live


def by_ids(ids: Collection[str]) -> dict[str, Course]:
    """Courses by id, retired ones too."""
    query = select(Course).where(Course.id.in_(ids))
    return {course.id: course for course in db.session.scalars(query)} if ids else {}


def _fill(course: Course, values: Mapping[str, str], needs: Sequence[str]) -> None:
    wrong: dict[str, str] = {}
    for name in ("name_en", "name_es"):
        text = " ".join(values.get(name, "").replace("\x00", "").split())
        if not 1 <= len(text) <= NAME:
            wrong[name] = N_("Give it a name of at most 120 characters.")
        setattr(course, name, text)
    days = values.get("valid_days", "365").strip()
    if not (days.isascii() and days.isdigit() and len(days) <= 4 and 1 <= int(days) <= LONGEST):
        wrong["valid_days"] = N_("A number of days between 1 and 3650.")
    wanted = sorted(set(needs) - {""})
    if not _fit(course, wanted):
        wrong["needs"] = N_("Choose courses that do not themselves need this one.")
    if wrong:
        raise Invalid(fields=wrong)
    course.valid_days, course.needs = int(days), wanted


def _fit(course: Course, needs: Sequence[str]) -> bool:
    """Prerequisites are courses of the chapter or above, and never lead back to the course itself."""
    if not needs:
        return True
    path = db.session.get_one(Chapter, course.chapter_id).path
    usable = select(Course).where(Course.chapter_id.in_([step for step in path.split("/") if step]))
    known = {one.id: one for one in db.session.scalars(usable)}
    seen, todo = set[str](), list(needs)
    while todo:
        step = todo.pop()
        if step == course.id or step not in known:
            return False
        if step not in seen:
            seen.add(step)
            todo += known[step].needs
    return True
