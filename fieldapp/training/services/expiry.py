"""Certificates that end: each person is told 30 and 7 days before, once each. Run about once an hour; twice does nothing more."""

from __future__ import annotations

from sqlalchemy import func, or_, select

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.core.clock import DAY
from fieldapp.core.db import write
from fieldapp.training.models import Certificate, Course
from fieldapp.training.services import notices
from fieldapp.training.services.certificates import URGENT_DAYS, WARN_DAYS

MOST = 500  # in one transaction; the rest is told in the next hour's


def warn(now: int) -> int:
    """Tell those whose certificate ends and who have no later one; returns how many were told. ``now`` is ms UTC."""
    later = (
        select(Certificate.person_id, Certificate.course_id, func.max(Certificate.ends_at).label("ends"))
        .where(Certificate.revoked_at.is_(None))
        .group_by(Certificate.person_id, Certificate.course_id)
        .subquery()
    )
    soon, urgent = now + WARN_DAYS * DAY, now + URGENT_DAYS * DAY
    home = select(func.min(Membership.chapter_id)).where(Membership.person_id == Certificate.person_id)
    query = (
        select(Certificate, Course, home.correlate(Certificate).scalar_subquery())
        .join(Course, Course.id == Certificate.course_id)
        .join(Person, Person.id == Certificate.person_id)
        .join(
            later,
            (later.c.person_id == Certificate.person_id)
            & (later.c.course_id == Certificate.course_id)
            & (later.c.ends == Certificate.ends_at),
        )
        .where(
            Certificate.revoked_at.is_(None),
            Certificate.ends_at > now,
            or_(
                (Certificate.warned == 0) & (Certificate.ends_at <= soon),
                (Certificate.warned == WARN_DAYS) & (Certificate.ends_at <= urgent),
            ),
            Course.retired_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Certificate.ends_at, Certificate.id)
        .limit(MOST)
        .with_for_update(of=Certificate, skip_locked=True)
    )
    told, zones = 0, dict[str, str]()
    with write() as session:
        for certificate, course, chapter_id in session.execute(query).all():
            days = URGENT_DAYS if certificate.ends_at <= urgent else WARN_DAYS
            certificate.warned = days
            if chapter_id is None:
                continue
            zones[chapter_id] = zones.get(chapter_id) or session.get_one(Chapter, chapter_id).zone
            notices.ends(session, certificate, course, chapter_id, zones[chapter_id], now)
            told += 1
    return told
