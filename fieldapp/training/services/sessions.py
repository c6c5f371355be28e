"""Sessions of a course: planned, changed, cancelled, signed up for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import available_timezones

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Person
from fieldapp.accounts.services import chapters, people
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, local_ms, to_datetime
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.core.ids import new_id
from fieldapp.training import policy
from fieldapp.training.models import Attendance, Course, TrainingSession
from fieldapp.training.services import courses, notices
from fieldapp.training.services.certificates import end_after, people_of

IN_PERSON, ONLINE = MODES = ("in_person", "online")
FIELDS = ("starts_at", "ends_at", "zone", "where", "trainer_id", "mode", "link", "capacity", "refresher")
_LINK = re.compile(r"\Ahttps://[!-~]{4,}\Z")
BACK = timedelta(days=365)  # a session may be entered afterwards, for people trained on paper
_TIME = re.compile(r"\A([01]?\d|2[0-3]):([0-5]\d)\Z")


def find(actor: Actor, session_id: str) -> TrainingSession:
    """A session that the actor may come to. Raises NotFound."""
    found = db.session.get(TrainingSession, session_id)
    if found is None or not policy.can_see_session(actor, found):
        raise NotFound()
    return found


def find_own(actor: Actor, session_id: str) -> TrainingSession:
    """A session of a chapter where the actor teaches. Raises NotFound, Forbidden."""
    found = find(actor, session_id)
    policy.demand(policy.can_teach(actor, found))
    return found


def create(actor: Actor, course_id: str, values: Mapping[str, str], now: int) -> TrainingSession:
    """Plan a sitting: of the course's chapter where the actor teaches there, else of their own. Raises NotFound, Forbidden, Invalid."""
    course = courses.find(actor, course_id)
    chapter_id = home_for(actor, course)
    policy.demand(policy.can_plan(actor, chapter_id))
    if course.retired_at is not None:
        raise Invalid(fields={"course_id": N_("This course is retired.")})
    made = TrainingSession(course_id=course.id, chapter_id=chapter_id, code=new_id(12))
    _fill(made, values, actor, now)
    _expect_renewal(made, course)
    with write() as session:
        session.add(made)
        session.flush()
        chapters.touch(session, chapter_id)
    return made


def home_for(actor: Actor, course: Course) -> str:
    """The chapter whose session it becomes."""
    return course.chapter_id if policy.can_plan(actor, course.chapter_id) else actor.chapter_id


def edit(actor: Actor, session_id: str, values: Mapping[str, str], now: int) -> TrainingSession:
    """Change when, where and who teaches; those on its roster are told of another time. Raises NotFound, Forbidden, Invalid."""
    found = find_own(actor, session_id)
    checked = TrainingSession(chapter_id=found.chapter_id)
    _fill(checked, values, actor, now)
    _expect_renewal(checked, db.session.get_one(Course, found.course_id))
    with write() as session:
        live = session.get_one(TrainingSession, session_id)
        moved = (live.starts_at, live.ends_at) != (checked.starts_at, checked.ends_at)
        for name in FIELDS:
            setattr(live, name, getattr(checked, name))
        session.flush()
        if moved and live.ends_at > now and live.cancelled_at is None:
            notices.moved(session, live, now)
        chapters.touch(session, live.chapter_id)
    return live


def _expect_renewal(made: TrainingSession, course: Course) -> None:
    if made.refresher and "session" not in (course.renew_by or []):
        raise Invalid(
            fields={"refresher": N_("This course is not renewed by a shorter session. Its own page says how.")}
        )


def cancel(actor: Actor, session_id: str, now: int) -> TrainingSession:
    """Call it off; those on its roster are told. Raises NotFound, Forbidden, DomainError("already")."""
    find_own(actor, session_id)
    with write() as session:
        live = session.get_one(TrainingSession, session_id, populate_existing=True, with_for_update=True)
        if live.cancelled_at is not None:
            raise DomainError("already", N_("This session is called off already."), safe=N_("Nothing was changed."))
        live.cancelled_at = now
        session.flush()
        if live.ends_at > now:
            notices.called_off(session, live, now)
        chapters.touch(session, live.chapter_id)
    return live


def sign_up(actor: Actor, session_id: str, now: int) -> Attendance:
    """Put oneself on the roster, before it ends and while there is room. Signing up twice is once.

    Raises NotFound, DomainError("over"), DomainError("full").
    """
    found = find(actor, session_id)
    if found.cancelled_at is not None or found.ends_at <= now:
        raise DomainError(
            "over",
            N_("This session is over or called off."),
            safe=N_("Nothing was changed."),
            do=N_("Choose another session."),
        )
    with write() as session:
        people.hold(session, [actor.person_id])
        row = session.get(Attendance, (session_id, actor.person_id), populate_existing=True)
        if row is None:
            if found.capacity is not None:
                _expect_room(session, session_id)
            row = Attendance(session_id=session_id, person_id=actor.person_id, state="signed_up", at=now)
            session.add(row)
            session.flush()
            people.touch(session, actor.person_id)
    return row


def _expect_room(session: Session, session_id: str) -> None:
    """One at a time: the last place goes to one person. Raises DomainError("full")."""
    lock(session, [f"places of {session_id}"])
    capacity = session.scalar(select(TrainingSession.capacity).where(TrainingSession.id == session_id))
    on = select(func.count()).select_from(Attendance)
    taken = session.scalar(on.where(Attendance.session_id == session_id, Attendance.state != "absent")) or 0
    if capacity is not None and taken >= capacity:
        raise DomainError(
            "full",
            N_("All places of this session are taken."),
            safe=N_("Nothing was changed."),
            do=N_("Choose another session, or look again: places come free when someone cannot come."),
        )


def leave(actor: Actor, session_id: str) -> None:
    """Take oneself off the roster again, before having been there. Raises NotFound."""
    find(actor, session_id)
    with write() as session:
        row = session.get(Attendance, (session_id, actor.person_id), populate_existing=True, with_for_update=True)
        if row is not None and row.state == "signed_up":
            session.delete(row)
            session.flush()
            people.touch(session, actor.person_id)


@dataclass(frozen=True)
class Listed:
    """A session in a list, with how many signed up (or came) and whether the reader did."""

    session: TrainingSession
    course: Course
    trainer: str
    count: int
    mine: str = ""

    @property
    def full(self) -> bool:
        """Whether nobody else can sign up."""
        return self.session.capacity is not None and self.count >= self.session.capacity

    @property
    def link(self) -> str:
        """The way into a session online, for those on its roster only."""
        return self.session.link if self.mine in {"signed_up", "here", "confirmed"} else ""


def upcoming(actor: Actor, now: int, *, past: bool = False, limit: int = 100) -> list[Listed]:
    """Sessions that the actor may come to and that are not over, soonest first; or (``past``) those of the last 60 days."""
    when = TrainingSession.ends_at > now
    if past:
        when = (TrainingSession.ends_at <= now) & (TrainingSession.ends_at > now - 60 * DAY)
    query = (
        select(TrainingSession, Course, Person.field_name)
        .join(Course, Course.id == TrainingSession.course_id)
        .outerjoin(Person, Person.id == TrainingSession.trainer_id)
        .where(
            TrainingSession.chapter_id.in_(actor.chapters | actor.above), when, TrainingSession.cancelled_at.is_(None)
        )
        .order_by(TrainingSession.starts_at.desc() if past else TrainingSession.starts_at, TrainingSession.id)
        .limit(limit)
    )
    found = db.session.execute(query).all()
    counts, mine = _counted(actor.person_id, [session.id for session, _, _ in found])
    return [
        Listed(session, course, name or "", counts.get(session.id, 0), mine.get(session.id, ""))
        for session, course, name in found
    ]


def _counted(person_id: str, ids: Collection[str]) -> tuple[dict[str, int], dict[str, str]]:
    if not ids:
        return {}, {}
    here = Attendance.session_id.in_(ids)
    number = select(Attendance.session_id, func.count()).where(here, Attendance.state != "absent")
    own = select(Attendance.session_id, Attendance.state).where(here, Attendance.person_id == person_id)
    counts = {session: int(n) for session, n in db.session.execute(number.group_by(Attendance.session_id))}
    return counts, dict(db.session.execute(own).tuples().all())


def certificate_end(session: TrainingSession, course: Course) -> int:
    """When a certificate of this sitting ends: with the local day that is ``valid_days`` after it. ms UTC."""
    return end_after(session.starts_at, session.zone, course.valid_days)


def trainers(chapter_id: str) -> list[Person]:
    """Who may be named as the trainer: people of the chapter."""
    return people_of(chapter_id)


def values_of(session: TrainingSession) -> dict[str, str]:
    """A session as its form shows it."""
    start, end = to_datetime(session.starts_at, session.zone), to_datetime(session.ends_at, session.zone)
    return {
        "day": start.date().isoformat(),
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        "zone": session.zone,
        "where": session.where,
        "mode": session.mode,
        "link": session.link,
        "capacity": "" if session.capacity is None else str(session.capacity),
        "refresher": "1" if session.refresher else "",
        "trainer_id": session.trainer_id or "",
    }


def chapter_zone(chapter_id: str) -> str:
    """The zone that a new session starts with."""
    return db.session.get_one(Chapter, chapter_id).zone


def _fill(made: TrainingSession, values: Mapping[str, str], actor: Actor, now: int) -> None:
    wrong: dict[str, str] = {}
    zone = values.get("zone", "").strip()
    if zone not in available_timezones():
        wrong["zone"] = N_("Choose a time zone from the list.")
        zone = "UTC"
    day, today = _date(values.get("day", "")), to_datetime(now, zone).date()
    if day is None or not today - BACK <= day <= today + BACK:
        wrong["day"] = N_("Choose a day within a year of today.")
    start, end = _minutes(values.get("start", "")), _minutes(values.get("end", ""))
    if start is None:
        wrong["start"] = N_("Write the time as 18:30.")
    if end is None or (start is not None and end <= start):
        wrong["end"] = N_("Write the end as 20:30, later than the start.")
    trainer = values.get("trainer_id", "") or actor.person_id
    if trainer != actor.person_id and trainer not in {person.id for person in trainers(made.chapter_id)}:
        wrong["trainer_id"] = N_("Choose a trainer from the list.")
    mode, link, capacity = values.get("mode", "in_person"), values.get("link", "").strip(), _room(values, wrong)
    if mode not in MODES:
        wrong["mode"] = N_("In person or online.")
    if link and (not _LINK.match(link) or len(link) > 400):
        wrong["link"] = N_("Paste the whole link; it begins with https://.")
    if wrong or day is None or start is None or end is None:
        raise Invalid(fields=wrong)
    made.starts_at, made.ends_at = local_ms(day, start, zone), local_ms(day, end, zone)
    if made.ends_at <= made.starts_at:
        raise Invalid(fields={"end": N_("The clocks change in these hours: choose a later end.")})
    made.zone, made.trainer_id = zone, trainer
    made.mode, made.link, made.capacity = mode, link if mode == ONLINE else "", capacity
    made.refresher = bool(values.get("refresher"))
    made.where = " ".join(values.get("where", "").replace("\x00", "").split())[:160]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _minutes(text: str) -> int | None:
    found = _TIME.match(text.strip())
    return int(found[1]) * 60 + int(found[2]) if found else None


def _room(values: Mapping[str, str], wrong: dict[str, str]) -> int | None:
    text = values.get("capacity", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) >= 1:
        return int(text)
    wrong["capacity"] = N_("A number of people, or nothing for as many as come.")
    return None
