"""Certificates: who holds what on a date, giving them, revoking them, and which end soon."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.services import people as accounts
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, local_ms, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.training import policy
from fieldapp.training.models import Attendance, Certificate, Course

WARN_DAYS, URGENT_DAYS = 30, 7


def holds(person_id: str, course_id: str, on_ms: int) -> bool:
    """Whether the person holds an unrevoked certificate of the course at ``on_ms`` (ms UTC)."""
    return course_id in valid_courses([person_id], on_ms).get(person_id, set())


def valid_courses(person_ids: Collection[str], on_ms: int) -> dict[str, set[str]]:
    """The courses that each person holds at ``on_ms`` (ms UTC). One query; people without any are left out."""
    held: dict[str, set[str]] = {}
    if person_ids:
        query = select(Certificate.person_id, Certificate.course_id).where(
            Certificate.person_id.in_(person_ids), Certificate.revoked_at.is_(None), Certificate.ends_at > on_ms
        )
        for person, course in db.session.execute(query):
            held.setdefault(person, set()).add(course)
    return held


def ends(person_ids: Collection[str], course_ids: Collection[str] | None = None) -> dict[tuple[str, str], int]:
    """When the newest unrevoked certificate ends, ms UTC, by (person, course): past ones too. One query."""
    if not person_ids:
        return {}
    query = (
        select(Certificate.person_id, Certificate.course_id, func.max(Certificate.ends_at))
        .where(Certificate.person_id.in_(person_ids), Certificate.revoked_at.is_(None))
        .group_by(Certificate.person_id, Certificate.course_id)
    )
    if course_ids is not None:
        query = query.where(Certificate.course_id.in_(course_ids))
    return {(person, course): end for person, course, end in db.session.execute(query)}


@dataclass(frozen=True)
class Ending:
    """A certificate that ends soon and has no later one: ``urgent`` within 7 days."""

    certificate: Certificate
    person: Person
    course: Course
    days: int
    urgent: bool


def ending(chapter_ids: Collection[str], now: int, *, course_id: str | None = None, limit: int = 200) -> list[Ending]:
    """Certificates of these chapters' people that end within 30 days and are not renewed yet, soonest first."""
    members = select(Membership.person_id).where(Membership.chapter_id.in_(chapter_ids))
    later = select(Certificate.person_id, Certificate.course_id, func.max(Certificate.ends_at).label("ends"))
    later = later.where(Certificate.revoked_at.is_(None)).group_by(Certificate.person_id, Certificate.course_id)
    newest = later.subquery()
    query = (
        select(Certificate, Person, Course)
        .join(Course, Course.id == Certificate.course_id)
        .join(Person, Person.id == Certificate.person_id)
        .join(
            newest,
            (newest.c.person_id == Certificate.person_id)
            & (newest.c.course_id == Certificate.course_id)
            & (newest.c.ends == Certificate.ends_at),
        )
        .where(
            Person.id.in_(members),
            Course.retired_at.is_(None),
            Person.disabled_at.is_(None),
            Certificate.revoked_at.is_(None),
            Certificate.ends_at > now,
            Certificate.ends_at <= now + WARN_DAYS * DAY,
        )
        .order_by(Certificate.ends_at, Person.field_name)
        .limit(limit)
    )
    if course_id:
        query = query.where(Course.id == course_id)
    return [
        Ending(certificate, person, course, days := -(-(certificate.ends_at - now) // DAY), days <= URGENT_DAYS)
        for certificate, person, course in db.session.execute(query)
    ]


def end_after(begins_at: int, zone: str, days: int) -> int:
    """When a certificate ends that is given for ``begins_at``: with the local day that is ``days`` after it. ms UTC."""
    return local_ms(to_datetime(begins_at, zone).date() + timedelta(days=days), 24 * 60, zone)


def give(
    session: Session,
    course: Course,
    people: Iterable[str],
    *,
    by: str | None,
    ends_at: int,
    now: int,
    session_id: str | None = None,
    note: str = "",
    how: str = "session",
) -> None:
    """Add a certificate for each person in the caller's transaction and count the change on their phones.

    ``by`` is who confirmed it; None where the quiz did (``how``: session, refresher or quiz).
    """
    ids = sorted(set(people))
    session.add_all(
        Certificate(
            person_id=person,
            course_id=course.id,
            session_id=session_id,
            confirmed_by=by,
            confirmed_at=now,
            ends_at=ends_at,
            note=note,
            how=how,
        )
        for person in ids
    )
    session.flush()
    accounts.touch_many(session, ids)


def revoke(actor: Actor, certificate_id: str, reason: str, now: int) -> Certificate:
    """Revoke with a reason; the row stays, and the session may certify the person again.

    Raises NotFound, Forbidden, Invalid (no reason), DomainError("already").
    """
    found = db.session.get(Certificate, certificate_id)
    course = db.session.get(Course, found.course_id) if found else None
    if not found or not course or not policy.can_see_course(actor, course):
        raise NotFound()
    policy.demand(policy.can_revoke(actor, course))
    reason = reason.strip()[:1000]
    if not reason:
        raise Invalid(fields={"reason": N_("Say why: the reason is kept with the certificate.")})
    with write() as session:
        live = session.get(Certificate, certificate_id, populate_existing=True, with_for_update=True)
        if live is None or live.revoked_at is not None:
            raise DomainError("already", N_("This certificate is revoked already."), safe=N_("Nothing was changed."))
        live.revoked_at, live.revoked_by, live.revoke_reason = now, actor.person_id, reason
        if live.session_id:
            came = (Attendance.session_id == live.session_id, Attendance.person_id == live.person_id)
            session.execute(update(Attendance).where(*came, Attendance.state == "confirmed").values(state="here"))
        session.flush()
        accounts.touch(session, live.person_id)
    return live


def history(person_id: str, chapter_ids: Collection[str]) -> list[tuple[Certificate, Course]]:
    """Every certificate of a person for these chapters' courses, newest first, revoked ones too; and those that they brought along from
    a chapter which they belong to no more."""
    line = select(Chapter.path).join(Membership, Membership.chapter_id == Chapter.id)
    own = list(db.session.scalars(line.where(Membership.person_id == person_id)))
    query = (
        select(Certificate, Course, Chapter.path)
        .join(Course, Course.id == Certificate.course_id)
        .join(Chapter, Chapter.id == Course.chapter_id)
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.confirmed_at.desc(), Certificate.id)
        .limit(100)
    )
    return [
        (certificate, course)
        for certificate, course, path in db.session.execute(query).tuples()
        if course.chapter_id in chapter_ids or not any(path.startswith(mine) or mine.startswith(path) for mine in own)
    ]


def origins(history: Iterable[tuple[Certificate, Course]], chapter_ids: Collection[str]) -> dict[str, str]:
    """By course: the name of the chapter that a certificate was brought along from. One query, none where there is none."""
    elsewhere = {course.chapter_id for _, course in history if course.chapter_id not in chapter_ids}
    if not elsewhere:
        return {}
    query = select(Course.id, Chapter.name).join(Chapter, Chapter.id == Course.chapter_id)
    return dict(db.session.execute(query.where(Chapter.id.in_(elsewhere))).tuples().all())


def people_of(chapter_id: str) -> list[Person]:
    """The chapter's people by field name: members of it, of those above (roles act downward) and of its pods."""
    here = db.session.get(Chapter, chapter_id)
    if here is None:
        return []
    above = [step for step in here.path.split("/") if step]
    inside = select(Membership.person_id).join(Chapter, Chapter.id == Membership.chapter_id)
    inside = inside.where(Chapter.path.startswith(here.path, autoescape=True) | Chapter.id.in_(above))
    query = select(Person).where(Person.id.in_(inside), Person.disabled_at.is_(None))
    return list(db.session.scalars(query.order_by(Person.field_name, Person.id)))
