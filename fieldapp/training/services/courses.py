"""Courses: what is taught, for how long a certificate holds, and what must come before."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

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
MOST_MATERIALS = 20
RENEWALS = ("session", "quiz")
_SLUG = re.compile(r"\A[a-z0-9_-]{1,60}\Z")


@dataclass(frozen=True)
class More:
    """What a course's form chooses from lists: ``materials`` are addresses of guides, ``renew_by`` of RENEWALS."""

    materials: Sequence[str] = ()
    renew_by: Sequence[str] = ()


PLAIN = More()


@dataclass(frozen=True)
class Material:
    """A guide that may be chosen: its address, its title in English and Spanish, and whether only members read it."""

    slug: str
    titles: tuple[str, str]
    members: bool


Shelf = Callable[[Actor, str], list[Material]]
_shelves: list[Shelf] = []


def shelf(of: Shelf) -> Shelf:
    """Register who knows the guides of a chapter: ``f(actor, chapter_id)``. Guides stand right of training."""
    _shelves.append(of)
    return of


def materials(actor: Actor, chapter_id: str) -> list[Material]:
    """The guides that a course of this chapter may name, in their order."""
    return [one for of in _shelves for one in of(actor, chapter_id)]


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


def create(
    actor: Actor, chapter_id: str, values: Mapping[str, str], needs: Sequence[str], now: int, *, more: More = PLAIN
) -> Course:
    """A course of a chapter. Raises NotFound, Forbidden, Invalid."""
    if chapter_id not in actor.chapters | actor.above:
        raise NotFound()
    policy.demand(policy.can_edit_course(actor, chapter_id))
    course = Course(chapter_id=chapter_id, created_at=now)
    _fill(course, values, needs, more)
    with write() as session:
        session.add(course)
        session.flush()
        chapters.touch(session, chapter_id)
    return course


def edit(
    actor: Actor, course_id: str, values: Mapping[str, str], needs: Sequence[str], *, more: More = PLAIN
) -> Course:
    """Change names, validity (of certificates to come), prerequisites, materials, renewal. Raises NotFound, Forbidden, Invalid."""
    course = find(actor, course_id)
    policy.demand(policy.can_edit_course(actor, course.chapter_id))
    checked = Course(id=course.id, chapter_id=course.chapter_id)
    _fill(checked, values, needs, more)
    with write() as session:
        live = session.get_one(Course, course_id)
        live.name_en, live.name_es = checked.name_en, checked.name_es
        live.valid_days, live.needs = checked.valid_days, checked.needs
        live.materials, live.renew_by, live.renew_days = checked.materials, checked.renew_by, checked.renew_days
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


def _fill(course: Course, values: Mapping[str, str], needs: Sequence[str], more: More) -> None:
    wrong: dict[str, str] = {}
    for name in ("name_en", "name_es"):
        text = " ".join(values.get(name, "").replace("\x00", "").split())
        if not 1 <= len(text) <= NAME:
            wrong[name] = N_("Give it a name of at most 120 characters.")
        setattr(course, name, text)
    days = _days(values.get("valid_days", "365"), 1, LONGEST)
    if days is None:
        wrong["valid_days"] = N_("A number of days between 1 and 3650.")
    late = _days(values.get("renew_days", "30"), 0, 365)
    if late is None:
        wrong["renew_days"] = N_("A number of days between 0 and 365.")
    wanted = sorted(set(needs) - {""})
    if not _fit(course, wanted):
        wrong["needs"] = N_("Choose courses that do not themselves need this one.")
    if wrong or days is None or late is None:
        raise Invalid(fields=wrong)
    course.valid_days, course.needs, course.renew_days = days, wanted, late
    course.materials = [slug for slug in dict.fromkeys(more.materials) if _SLUG.match(slug)][:MOST_MATERIALS]
    course.renew_by = [way for way in RENEWALS if way in more.renew_by]


def _days(text: str, low: int, high: int) -> int | None:
    text = text.strip()
    plain = text.isascii() and text.isdigit() and len(text) <= 4
    return int(text) if plain and low <= int(text) <= high else None


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
