"""In the demo somebody is overdue: the worker asks after them by itself, a moment after the demo begins."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.core.clock import DAY, HOUR, MINUTE
from fieldapp.core.ids import new_id
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Reach, Shift
from fieldapp.training.models import Course, Grade
from fieldapp.training.services import grades


def add(session: Session, chapter: Chapter, course: Course, now: int) -> None:
    """A shift that ended 50 minutes before ``now`` (ms UTC); its lead and one more are out, the third is not heard of."""
    starts_at, ends_at = now - 5 * HOUR, now - 50 * MINUTE
    busy = (
        select(Claim.person_id)
        .join(Shift, Shift.id == Claim.shift_id)
        .where(Shift.starts_at < ends_at, Shift.ends_at > starts_at)
    )
    seasoned = select(Grade.person_id).where(
        Grade.chapter_id == chapter.id, Grade.grade.in_(grades.EXPERIENCED), Grade.person_id.not_in(busy)
    )
    people = list(session.scalars(seasoned.order_by(Grade.person_id).limit(3)))
    place = session.scalars(
        select(Place).where(Place.chapter_id == chapter.id, Place.zone == chapter.zone).order_by(Place.name)
    ).first()
    if place is None or len(people) < 3:
        return
    shift = Shift(
        id=new_id(),
        chapter_id=chapter.id,
        place_id=place.id,
        starts_at=starts_at,
        ends_at=ends_at,
        minimum=2,
        seats=3,
        taken=3,
        course_id=course.id,
    )
    session.add(shift)
    session.flush()
    missing, lead, buddy = people
    for person in people:
        out = None if person == missing else ends_at
        claim = Claim(shift_id=shift.id, person_id=person, state="confirmed", at=now - 3 * DAY, confirmed_at=now - DAY)
        claim.here_at, claim.out_at = starts_at, out
        session.add(claim)
    shift.lead_id = lead
    words = "555-0163, and the green bicycle by the north door"
    session.add(Reach(shift_id=shift.id, person_id=missing, words=words, buddy_id=buddy, written_at=starts_at))
