"""Rotas beside the shifts: attorney on call, interpreter, dispatcher, jail support; hours on the chapter's own clocks.

Who may hold a place: an attorney's a legal partner of the chapter, a dispatcher's a dispatcher or a coordinator, an interpreter's
whoever said they speak the language, jail support anybody of the chapter; where the rota asks for a course, with its certificate.
In a chapter with one coordinator that person may hold the dispatcher's and the jail's. An attorney's without a legal partner stays
a gap: the legal line's number stands as before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Membership
from fieldapp.accounts.services import chapters
from fieldapp.core import jobs
from fieldapp.core.actor import COORDINATOR, LEGAL, Actor
from fieldapp.core.clock import DAY, local_span, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.shifts import policy
from fieldapp.shifts.models import Rota, RotaTurn, RotaWindow, Spoken
from fieldapp.shifts.services import duty, messages, plan
from fieldapp.training.services import certificates, grades

ATTORNEY, INTERPRETER, DISPATCHER, JAIL = KINDS = ("attorney", "interpreter", "dispatcher", "jail")
LANGUAGES = (
    "es",
    "ht",
    "pt",
    "fr",
    "zh",
    "ar",
    "ru",
    "uk",
    "fa",
    "ur",
    "hi",
    "bn",
    "so",
    "am",
    "vi",
    "ko",
    "tl",
    "quc",
    "mam",
)
WEEKS = 8
JOB = "shifts.rotas"
LONGEST = 24 * 60
AHEAD = 35 * DAY
NOT_THEIRS = N_("This rota is for somebody else: the page says who may hold it.")


@dataclass(frozen=True)
class Holders:
    """What is known of some people, so that one function says who may hold what."""

    members: Mapping[str, frozenset[tuple[str, str]]]  # person → (chapter, role)
    spoken: Mapping[str, frozenset[str]]
    grades: Mapping[str, str]
    ends: Mapping[tuple[str, str], int]

    def may(self, rota: Rota, path: Collection[str], person_id: str, starts_at: int) -> bool:
        """Whether a person may hold a place on a rota of a chapter on ``path`` that begins at ``starts_at`` (ms UTC)."""
        roles = {role for chapter, role in self.members.get(person_id, ()) if chapter in path}
        if not roles or (rota.course_id and self.ends.get((person_id, rota.course_id), 0) <= starts_at):
            return False
        if rota.kind == ATTORNEY:
            return LEGAL in roles
        if rota.kind == INTERPRETER:
            return rota.language in self.spoken.get(person_id, ())
        if rota.kind == DISPATCHER:
            return COORDINATOR in roles or self.grades.get(person_id) == "dispatcher"
        return True


def known(person_ids: Collection[str], chapter_id: str, courses: Collection[str]) -> Holders:
    """What must be known of these people. At most four queries."""
    members: dict[str, set[tuple[str, str]]] = defaultdict(set)
    asked = select(Membership.person_id, Membership.chapter_id, Membership.role)
    for person, chapter, role in db.session.execute(asked.where(Membership.person_id.in_(person_ids))):
        members[person].add((chapter, role))
    spoken: dict[str, set[str]] = defaultdict(set)
    for person, language in db.session.execute(
        select(Spoken.person_id, Spoken.language).where(Spoken.person_id.in_(person_ids))
    ):
        spoken[person].add(language)
    return Holders(
        {person: frozenset(found) for person, found in members.items()},
        {person: frozenset(found) for person, found in spoken.items()},
        grades.of(list(person_ids), chapter_id),
        certificates.ends(person_ids, courses) if courses else {},
    )


def create(actor: Actor, values: Mapping[str, str], now: int) -> Rota:
    """A rota of the actor's own chapter. Raises Forbidden, Invalid."""
    chapter = db.session.get_one(Chapter, actor.chapter_id)
    policy.demand(policy.can_plan(actor, chapter.id))
    kind, language, course = values.get("kind", ""), values.get("language", ""), values.get("course_id", "")
    wrong = {}
    if kind not in KINDS:
        wrong["kind"] = N_("Choose which rota it is.")
    if kind == INTERPRETER and language not in LANGUAGES:
        wrong["language"] = N_("Choose the language.")
    if course and course not in {one.id for one in plan.courses_for(chapter)}:
        wrong["course_id"] = N_("Choose a course from the list.")
    if wrong:
        raise Invalid(fields=wrong)
    with write() as session:
        made = Rota(
            chapter_id=chapter.id,
            kind=kind,
            language=language if kind == INTERPRETER else "",
            course_id=course or None,
            created_at=now,
        )
        session.add(made)
        session.flush()
    return made


def add_hours(actor: Actor, rota_id: str, values: Mapping[str, str], now: int) -> int:
    """Hours of every week (``days``: weekday numbers with commas) or of one date (``day``), of a dispatchers' rota the first seat's or
    the backup's (``seat``); returns how many places were made.

    Raises NotFound, Forbidden, Invalid.
    """
    rota = _own(actor, rota_id)
    zone = db.session.get_one(Chapter, rota.chapter_id).zone
    start, end, day, days = _hours(values, zone, now)
    seat = duty.BACKUP if rota.kind == DISPATCHER and values.get("seat") == str(duty.BACKUP) else duty.FIRST
    with write() as session:
        if day is not None:
            starts_at, ends_at = local_span(day, start, end, zone)
            turn = RotaTurn(rota_id=rota.id, day=day.isoformat(), starts_at=starts_at, ends_at=ends_at, seat=seat)
            session.add(turn)
            made = 1
        else:
            for weekday in days:
                session.add(RotaWindow(rota_id=rota.id, weekday=weekday, start_minute=start, end_minute=end, seat=seat))
            session.flush()
            made = fill(session, rota, zone, now)
        session.flush()
        _again(session, now)
        chapters.touch(session, rota.chapter_id)
    return made


def _hours(values: Mapping[str, str], zone: str, now: int) -> tuple[int, int, date | None, list[int]]:
    wrong: dict[str, str] = {}
    start, end = plan.minutes(values.get("start", "")), plan.minutes(values.get("end", ""))
    if start is None:
        wrong["start"] = N_("Write the time as 8:30.")
    if end is None:
        wrong["end"] = N_("Write the time as 12:30.")
    days = sorted({int(day) for day in values.get("days", "").split(",") if day in set("0123456")})
    day = None
    if values.get("day", "").strip():
        with suppress(ValueError):
            day = date.fromisoformat(values["day"].strip())
        today = to_datetime(now, zone).date()
        if day is None or not today <= day <= today + plan.FARTHEST:
            wrong["day"] = N_("Choose a day between today and a year ahead.")
    elif not days:
        wrong["day"] = N_("Choose days of the week, or one date.")
    if wrong or start is None or end is None:
        raise Invalid(fields=wrong)
    return start, end if end > start else end + 24 * 60, day, days


def fill(session: Session, rota: Rota, zone: str, now: int) -> int:
    """Make what is missing of a rota's weekly hours for the weeks ahead, in the caller's transaction; returns how many."""
    windows = list(
        session.scalars(select(RotaWindow).where(RotaWindow.rota_id == rota.id, RotaWindow.ended_at.is_(None)))
    )
    there = set(
        session.execute(
            select(RotaTurn.window_id, RotaTurn.day).where(RotaTurn.window_id.in_([w.id for w in windows]))
        ).tuples()
    )
    today, made = to_datetime(now, zone).date(), []
    for window in windows:
        for step in range(7 * WEEKS + 1):
            day = today + timedelta(days=step)
            starts_at, ends_at = local_span(day, window.start_minute, window.end_minute, zone)
            if day.weekday() != window.weekday or (window.id, day.isoformat()) in there or ends_at <= now:
                continue
            made.append(
                RotaTurn(
                    rota_id=rota.id,
                    window_id=window.id,
                    day=day.isoformat(),
                    starts_at=starts_at,
                    ends_at=ends_at,
                    seat=window.seat,
                )
            )
    session.add_all(made)
    session.flush()
    return len(made)


@jobs.handler(JOB)
def daily(_: dict[str, str], now: int) -> None:
    """Every rota's weeks ahead, and the job of the next day."""
    query = select(Rota.id, Chapter.zone).join(Chapter, Chapter.id == Rota.chapter_id).where(Rota.ended_at.is_(None))
    for rota_id, zone in list(db.session.execute(query)):
        with write() as session:
            rota = session.get(Rota, rota_id, populate_existing=True, with_for_update=True)
            if rota is not None and rota.ended_at is None and fill(session, rota, zone, now):
                chapters.touch(session, rota.chapter_id)
    with write() as session:
        _again(session, now)


def _again(session: Session, now: int) -> None:
    day = now // DAY + 1
    with suppress(IntegrityError), session.begin_nested():
        jobs.enqueue(session, JOB, {}, run_at=day * DAY, job_id=f"{JOB}:{day}")


def end(actor: Actor, rota_id: str, now: int) -> Rota:
    """End a rota: its coming places are gone, and whoever held one is told. Raises NotFound, Forbidden."""
    rota = _own(actor, rota_id)
    with write() as session:
        live = session.get_one(Rota, rota.id, populate_existing=True, with_for_update=True)
        live.ended_at = live.ended_at or now
        coming = list(session.scalars(select(RotaTurn).where(RotaTurn.rota_id == live.id, *_coming(now))))
        _tell(session, live, {turn.person_id for turn in coming if turn.person_id}, now)
        for turn in coming:
            turn.removed_at = now
        session.flush()
        chapters.touch(session, live.chapter_id)
    return live


def drop(actor: Actor, turn_id: str, every_week: bool, now: int) -> None:
    """Take one place away, or with it the same hours of every week to come; whoever held one is told. Raises NotFound, Forbidden."""
    turn = db.session.get(RotaTurn, turn_id)
    rota = _own(actor, turn.rota_id if turn else "")
    assert turn is not None
    which = [RotaTurn.id == turn_id]
    if every_week and turn.window_id:
        which = [RotaTurn.window_id == turn.window_id]
    with write() as session:
        if every_week and turn.window_id:
            session.execute(update(RotaWindow).where(RotaWindow.id == turn.window_id).values(ended_at=now))
        coming = list(session.scalars(select(RotaTurn).where(*which, *_coming(now))))
        _tell(session, rota, {one.person_id for one in coming if one.person_id}, now)
        for one in coming:
            one.removed_at = now
        session.flush()
        chapters.touch(session, rota.chapter_id)


def _coming(now: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return RotaTurn.ends_at > now, RotaTurn.removed_at.is_(None)


def _tell(session: Session, rota: Rota, people: Iterable[str], now: int) -> None:
    for person in sorted(people):
        messages.send(
            session,
            person_id=person,
            kind="chapter",
            chapter_id=rota.chapter_id,
            now=now,
            until=now + 14 * DAY,
            detail={
                "what": "rota",
                "en": "Hours of yours on a rota are not needed any more. Your chapter's rotas show what you still have.",
                "es": "Ya no hacen falta unas horas tuyas en una rota. Las rotas del capítulo muestran las que te quedan.",
            },
        )


def take(actor: Actor, turn_id: str, now: int) -> RotaTurn:
    """Take a place that nobody has. Raises NotFound, DomainError: not_theirs, taken, other_seat."""
    return _hold(actor, turn_id, actor.person_id, now)


def assign(actor: Actor, turn_id: str, person_id: str, now: int) -> RotaTurn:
    """A coordinator puts somebody on it who may hold it. Raises NotFound, Forbidden, DomainError."""
    turn = db.session.get(RotaTurn, turn_id)
    rota = _own(actor, turn.rota_id if turn else "")
    if person_id not in {one.id for one in certificates.people_of(rota.chapter_id)}:
        raise NotFound()
    return _hold(actor, turn_id, person_id, now)


def _hold(actor: Actor, turn_id: str, person_id: str, now: int) -> RotaTurn:
    turn, rota, chapter = _seen(actor, turn_id)
    path = [step for step in chapter.path.split("/") if step]
    facts = known([person_id], chapter.id, [rota.course_id] if rota.course_id else [])
    if not facts.may(rota, path, person_id, turn.starts_at):
        raise DomainError("not_theirs", NOT_THEIRS, safe=N_("Nothing was changed."), status=403)
    free = (RotaTurn.id == turn_id, RotaTurn.person_id.is_(None), *_coming(now))
    with write() as session:
        if rota.kind == DISPATCHER:
            duty.refuse_other_seat(session, rota, turn, person_id)
        done = session.execute(update(RotaTurn).where(*free).values(person_id=person_id, taken_at=now))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise DomainError(
                "taken", N_("Somebody has this place already, or it is over."), safe=N_("Nothing was changed.")
            )
        chapters.touch(session, rota.chapter_id)
    return turn


def give_back(actor: Actor, turn_id: str, now: int) -> RotaTurn:
    """Give a place back, one's own, or as a coordinator anybody's. Raises NotFound, Forbidden."""
    turn, rota, _ = _seen(actor, turn_id)
    if turn.person_id != actor.person_id:
        policy.demand(policy.can_plan(actor, rota.chapter_id))
    with write() as session:
        live = session.get_one(RotaTurn, turn_id, populate_existing=True, with_for_update=True)
        if live.ends_at > now and live.person_id == turn.person_id:
            live.person_id = live.taken_at = live.handed_over_at = None
        session.flush()
        chapters.touch(session, rota.chapter_id)
    return live


def speak(actor: Actor, languages: Collection[str], now: int) -> None:
    """What the actor says they speak, instead of what they said before. Languages outside the list are left out."""
    with write() as session:
        session.execute(delete(Spoken).where(Spoken.person_id == actor.person_id))
        session.add_all(Spoken(person_id=actor.person_id, language=one) for one in set(languages) & set(LANGUAGES))
        session.flush()


def _own(actor: Actor, rota_id: str) -> Rota:
    rota = db.session.get(Rota, rota_id) if rota_id else None
    if rota is None or rota.chapter_id not in actor.chapters:
        raise NotFound()
    policy.demand(policy.can_plan(actor, rota.chapter_id))
    return rota


def _seen(actor: Actor, turn_id: str) -> tuple[RotaTurn, Rota, Chapter]:
    """A turn that the actor may know of: their chapters', and those above whose members they are by a pod."""
    turn = db.session.get(RotaTurn, turn_id, populate_existing=True)
    rota = db.session.get(Rota, turn.rota_id) if turn is not None else None
    if turn is None or rota is None or rota.chapter_id not in actor.chapters:
        raise NotFound()
    return turn, rota, db.session.get_one(Chapter, rota.chapter_id)


def on_call(chapter_ids: Collection[str], since: int) -> list[list[int]]:
    """When an attorney is on call in any of these chapters, from ``since`` (ms UTC) on: spans without names, joined where they touch."""
    query = (
        select(RotaTurn.starts_at, RotaTurn.ends_at)
        .join(Rota, Rota.id == RotaTurn.rota_id)
        .where(Rota.chapter_id.in_(chapter_ids), Rota.kind == ATTORNEY, Rota.ended_at.is_(None))
        .where(RotaTurn.person_id.is_not(None), RotaTurn.removed_at.is_(None))
        .where(RotaTurn.ends_at > since, RotaTurn.starts_at < since + AHEAD)
        .order_by(RotaTurn.starts_at, RotaTurn.ends_at)
    )
    spans: list[list[int]] = []
    for start, stop in db.session.execute(query):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], stop)
        else:
            spans.append([start, stop])
    return spans
