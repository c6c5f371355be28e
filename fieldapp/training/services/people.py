"""The people of the chapters where one teaches: grades and certificates at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.core.errors import NotFound
from fieldapp.training import policy
from fieldapp.training.models import Certificate, Course
from fieldapp.training.services import certificates, courses, grades

MOST = 2000


@dataclass(frozen=True)
class Line:
    """Someone in the list: grade, and the certificates that hold, by course."""

    person: Person
    grade: str
    held: tuple[tuple[Course, int], ...]


def everyone(actor: Actor, now: int) -> list[Line]:
    """The people of the chapters where the actor teaches, by name. Four queries and one a chapter. Raises Forbidden."""
    where = actor.where(*policy.TEACHERS)
    policy.demand(bool(where))
    query = (
        select(Person, Membership.chapter_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.chapter_id.in_(where), Person.disabled_at.is_(None))
        .order_by(func.lower(Person.field_name), Person.id)
        .limit(MOST)
    )
    homes = dict(db.session.execute(query).tuples().all())
    ranks = {
        chapter: grades.of([p.id for p, c in homes.items() if c == chapter], chapter) for chapter in {*homes.values()}
    }
    known = {course.id: course for course in courses.offered(actor)}
    held: dict[str, list[tuple[Course, int]]] = {}
    for (person_id, course_id), end in certificates.ends([p.id for p in homes], list(known)).items():
        if end > now:
            held.setdefault(person_id, []).append((known[course_id], end))
    return [
        Line(p, ranks[chapter].get(p.id, "trainee"), tuple(sorted(held.get(p.id, []), key=lambda one: one[1])))
        for p, chapter in homes.items()
    ]


@dataclass(frozen=True)
class Profile:
    """One person: grade, all certificates ever (revoked ones too), newest first, and who gave and revoked them."""

    person: Person
    grade: str
    history: list[tuple[Certificate, Course]]
    names: dict[str, str]
    origins: dict[str, str]  # by course: the chapter that its certificate was brought along from


def profile(actor: Actor, person_id: str) -> Profile:
    """A person of a chapter where the actor teaches. Raises NotFound, Forbidden."""
    home = home_of(actor, person_id)
    history = certificates.history(person_id, actor.chapters | actor.above)
    origins = certificates.origins(history, actor.chapters | actor.above)
    by = {who for certificate, _ in history for who in (certificate.confirmed_by, certificate.revoked_by) if who}
    names = {p.id: p.field_name for p in db.session.scalars(select(Person).where(Person.id.in_(by)))} if by else {}
    grade = grades.of([person_id], home).get(person_id, "trainee")
    return Profile(db.session.get_one(Person, person_id), grade, history, names, origins)


def home_of(actor: Actor, person_id: str) -> str:
    """The person's highest chapter where the actor teaches: grades are given there. Raises NotFound, Forbidden."""
    query = select(Chapter.id).join(Membership, Membership.chapter_id == Chapter.id)
    query = query.where(Membership.person_id == person_id, Chapter.id.in_(actor.chapters)).order_by(Chapter.path)
    homes = list(db.session.scalars(query))
    if not homes:
        raise NotFound()
    taught = [chapter for chapter in homes if policy.can_grade(actor, chapter)]
    policy.demand(bool(taught))
    return taught[0]


def set_grade(actor: Actor, person_id: str, grade: str, now: int) -> None:
    """Give a grade where the person is at home. Raises NotFound, Forbidden, Invalid."""
    grades.set_grade(actor, person_id, home_of(actor, person_id), grade, now)
