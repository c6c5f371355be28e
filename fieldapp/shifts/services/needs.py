"""What places need covered: weekly windows, entered one by one or in bulk, copied, changed from a day on, ended; and single dates."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters
from fieldapp.core.actor import ADMIN, COORDINATOR, Actor
from fieldapp.core.clock import to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts.models import Need, NeedDay
from fieldapp.shifts.services import plan

EDITORS = (COORDINATOR, ADMIN)
MOST = 200  # live windows of one place
MOST_PLACES = 500  # in one copy
LONGEST = 16 * 60
_FORM = re.compile(r"\A[a-z0-9_]{1,40}\Z")


@dataclass(frozen=True)
class Hours:
    """A window as it was asked for. Minutes count from local midnight; an end past 1440 is on the next day."""

    start_minute: int
    end_minute: int
    minimum: int
    seats: int
    course_id: str = ""
    form: str = ""
    from_day: str = ""
    until_day: str = ""


@dataclass(frozen=True)
class Sheet:
    """A place with what it needs: the weekly windows that are not over, and the dates from today on."""

    place: Place
    needs: list[Need]
    days: list[NeedDay]
    today: date
    may_edit: bool


def of(actor: Actor, place_id: str, now: int) -> Sheet:
    """What one place needs, by weekday and hour. Three queries. Raises NotFound, Forbidden."""
    place = _seen(actor, place_id)
    today = to_datetime(now, place.zone).date()
    live = select(Need).where(Need.place_id == place.id, _lasts(today))
    days = select(NeedDay).where(NeedDay.place_id == place.id, NeedDay.day >= today.isoformat())
    return Sheet(
        place,
        list(db.session.scalars(live.order_by(Need.weekday, Need.start_minute, Need.id).limit(MOST))),
        list(db.session.scalars(days.order_by(NeedDay.day, NeedDay.start_minute, NeedDay.id).limit(MOST))),
        today,
        actor.has(place.chapter_id, *EDITORS),
    )


def create(actor: Actor, values: Mapping[str, str], now: int) -> Need:
    """One weekly window: ``place_id``, ``weekday`` (0 is Monday), ``start``, ``end`` as 8:30, ``minimum``, ``seats``, and as wished
    ``course_id``, ``form``, ``from``, ``until``. Raises NotFound, Forbidden, Invalid naming every field."""
    return create_many(actor, values.get("place_id", ""), [values.get("weekday", "")], values, now)[0]


def create_many(
    actor: Actor, place_id: str, weekdays: Collection[str], values: Mapping[str, str], now: int
) -> list[Need]:
    """The same window on several weekdays. What the place needs at those hours already is left as it is. Raises as ``create``."""
    place = _own(actor, place_id)
    days = sorted({int(text) for text in weekdays if text in set("0123456")})
    wrong = {} if days else {"weekday": N_("Choose a weekday.")}
    hours = _hours(values, place, now, wrong)
    with write() as session:
        made = [_add(session, place, day, hours, now) for day in days]
        refuse_too_many(session, place.id)
        session.flush()
        chapters.touch(session, place.chapter_id)
    return made


def change(actor: Actor, need_id: str, values: Mapping[str, str], now: int) -> Need:
    """Other hours, numbers, course or form from today on: what was needed until yesterday stays as it was. Raises as ``create``."""
    need, place = _own_need(actor, need_id)
    today = to_datetime(now, place.zone).date()
    hours = _hours({"from": need.from_day, "until": need.until_day, **values}, place, now, {})
    with write() as session:
        live = session.get_one(Need, need.id, populate_existing=True, with_for_update=True)
        if live.ended_at is not None:
            raise DomainError("already", N_("This need has ended already."), safe=N_("Nothing was changed."))
        began = live.from_day < today.isoformat()
        if began:
            fresh = _row(place, live.weekday, hours, now)
            fresh.from_day = max(hours.from_day, today.isoformat())
            session.add(fresh)
            session.flush()
            moved = update(NeedDay).where(NeedDay.need_id == live.id, NeedDay.day >= today.isoformat())
            session.execute(moved.values(need_id=fresh.id))
            live.until_day, live.ended_at = (today - timedelta(days=1)).isoformat(), now
        else:
            fresh = live
            for name in ("start_minute", "end_minute", "minimum", "seats", "course_id", "form", "until_day"):
                setattr(live, name, getattr(hours, name))
        session.flush()
        chapters.touch(session, place.chapter_id)
    return fresh


def end(actor: Actor, place_id: str, need_ids: Collection[str], last_day: str, now: int) -> int:
    """End windows of a place after a local day (empty: they are not needed any more from today on); returns how many.

    Raises NotFound, Forbidden, Invalid.
    """
    place = _own(actor, place_id)
    today = to_datetime(now, place.zone).date()
    last = last_day or (today - timedelta(days=1)).isoformat()
    if not _is_date(last):
        raise Invalid(fields={"until": N_("Choose the last day.")})
    _chosen(need_ids)
    with write() as session:
        which = update(Need).where(Need.id.in_(need_ids), Need.place_id == place.id, _lasts(today))
        done: int = session.execute(  # type: ignore[attr-defined]
            which.values(until_day=last, ended_at=now).execution_options(synchronize_session=False)
        ).rowcount
        chapters.touch(session, place.chapter_id)
    return done


def copy(
    actor: Actor,
    place_id: str,
    need_ids: Collection[str],
    weekdays: Collection[str],
    place_ids: Collection[str],
    now: int,
) -> int:
    """The same windows on other weekdays of the place, or at other places (then on their own weekdays unless some are named).

    What is needed there at those hours already stays; returns how many windows are new. Raises NotFound, Forbidden, Invalid.
    """
    source = _own(actor, place_id)
    _chosen(need_ids)
    days = sorted({int(text) for text in weekdays if text in set("0123456")})
    targets = [_own(actor, one) for one in sorted(set(place_ids))[:MOST_PLACES]] or [source]
    if not days and targets == [source]:
        raise Invalid(fields={"copy": N_("Choose the weekdays or the places to copy to.")})
    needs = list(db.session.scalars(select(Need).where(Need.id.in_(need_ids), Need.place_id == source.id)))
    known = _known({place.id for place in targets})
    new = 0
    with write() as session:
        for place in targets:
            today = to_datetime(now, place.zone).date().isoformat()
            for need in needs:
                for day in days or [need.weekday]:
                    spot = (place.id, day, need.start_minute, need.end_minute)
                    if spot in known:
                        continue
                    known.add(spot)
                    session.add(_row(place, day, _of(need, today), now))
                    new += 1
            refuse_too_many(session, place.id)
        session.flush()
        chapters.touch_many(session, {place.chapter_id for place in targets})
    return new


def set_day(actor: Actor, place_id: str, values: Mapping[str, str], now: int) -> NeedDay:
    """One date that differs. ``day``; ``kind`` is off, other or extra; ``need_id`` for off (empty: the whole day) and other; hours and
    numbers for other and extra; ``note``. A second word on the same need and date replaces the first. Raises as ``create``."""
    place = _own(actor, place_id)
    wrong: dict[str, str] = {}
    kind, day, need_id = values.get("kind", ""), values.get("day", "").strip(), values.get("need_id", "")
    today = to_datetime(now, place.zone).date()
    if kind not in ("off", "other", "extra"):
        wrong["kind"] = N_("Choose what is different.")
    if not _is_date(day) or not today.isoformat() <= day <= (today + plan.FARTHEST).isoformat():
        wrong["day"] = N_("Choose a day between today and a year ahead.")
    need = db.session.get(Need, need_id) if need_id and kind != "extra" else None
    if (need_id or kind == "other") and kind != "extra" and (need is None or need.place_id != place.id):
        wrong["need_id"] = N_("Choose the weekly window that is different.")
    if need and not wrong and date.fromisoformat(day).weekday() != need.weekday:
        wrong["day"] = N_("That window is on another weekday.")
    hours = _hours(values, place, now, wrong) if kind != "off" else None
    if wrong:
        raise Invalid(fields=wrong)
    made = NeedDay(place_id=place.id, need_id=need.id if need else None, day=day, kind=kind, created_at=now)
    made.note = " ".join(values.get("note", "").replace("\x00", "").split())[:160]
    if hours:
        made.start_minute, made.end_minute = hours.start_minute, hours.end_minute
        made.minimum, made.seats = hours.minimum, hours.seats
    with write() as session:
        if kind != "extra":
            same = select(NeedDay).where(NeedDay.place_id == place.id, NeedDay.day == day, NeedDay.kind != "extra")
            for old in session.scalars(same.where(NeedDay.need_id == made.need_id)):
                session.delete(old)
        session.add(made)
        session.flush()
        chapters.touch(session, place.chapter_id)
    return made


def unset_day(actor: Actor, place_id: str, day_id: str) -> None:
    """The date is as its week says again. Raises NotFound, Forbidden."""
    place = _own(actor, place_id)
    with write() as session:
        found = session.get(NeedDay, day_id)
        if found is None or found.place_id != place.id:
            raise NotFound()
        session.delete(found)
        session.flush()
        chapters.touch(session, place.chapter_id)


def places_to_copy(actor: Actor, place: Place) -> list[Place]:
    """Other open places that the actor may say the needs of, by state, city and name. One query."""
    owned = actor.where(*EDITORS)
    query = select(Place).where(Place.chapter_id.in_(owned), Place.closed_at.is_(None), Place.id != place.id)
    return list(db.session.scalars(query.order_by(Place.state, Place.city, Place.name, Place.id).limit(MOST_PLACES)))


def _seen(actor: Actor, place_id: str) -> Place:
    place = db.session.get(Place, place_id)
    if place is None or place.chapter_id not in actor.chapters:
        raise NotFound()
    if not actor.has(place.chapter_id, *EDITORS):
        raise Forbidden()
    return place


def _own(actor: Actor, place_id: str) -> Place:
    place = _seen(actor, place_id)
    if place.closed_at is not None:
        raise DomainError("closed", N_("The place is closed."), safe=N_("Nothing was changed."))
    return place


def _own_need(actor: Actor, need_id: str) -> tuple[Need, Place]:
    need = db.session.get(Need, need_id)
    if need is None:
        raise NotFound()
    return need, _own(actor, need.place_id)


def _lasts(today: date) -> ColumnElement[bool]:
    return or_(Need.until_day == "", Need.until_day >= today.isoformat())


def _chosen(need_ids: Collection[str]) -> None:
    if not 0 < len(need_ids) <= MOST:
        raise Invalid(fields={"need": N_("Choose at least one window.")})


def _hours(values: Mapping[str, str], place: Place, now: int, wrong: dict[str, str]) -> Hours:
    """The window in a form's values. Raises Invalid for what is in ``wrong`` already and for what it finds."""
    start, end = plan.minutes(values.get("start", "")), plan.minutes(values.get("end", ""))
    if start is None:
        wrong["start"] = N_("Write the time as 8:30.")
    if end is None:
        wrong["end"] = N_("Write the time as 12:30.")
    if start is not None and end is not None:
        end = end if end > start else end + 24 * 60
        if end - start > LONGEST:
            wrong["end"] = N_("A window lasts 16 hours at most. Make two of it.")
    minimum, seats = _number(values.get("minimum", "2")), _number(values.get("seats", "4"))
    if minimum is None or minimum < 2:
        wrong["minimum"] = N_("Nobody goes alone: two people or more.")
    if seats is None or not (minimum or 2) <= seats <= plan.MOST_SEATS:
        wrong["seats"] = N_("At least as many places as people needed, and at most 200.")
    course, form = values.get("course_id", ""), values.get("form", "")
    if course and course not in _courses(place):
        wrong["course_id"] = N_("Choose a course from the list.")
    if form and not _FORM.match(form):
        wrong["form"] = N_("Choose a form from the list.")
    since, until = values.get("from", "").strip(), values.get("until", "").strip()
    since = since or to_datetime(now, place.zone).date().isoformat()
    if not _is_date(since):
        wrong["from"] = N_("Choose the first day.")
    if until and (not _is_date(until) or until < since):
        wrong["until"] = N_("The last day cannot be before the first.")
    if wrong or start is None or end is None or minimum is None or seats is None:
        raise Invalid(fields=wrong)
    return Hours(start, end, minimum, seats, course, form, since, until)


def _courses(place: Place) -> set[str]:
    return {course.id for course in plan.courses_for(db.session.get_one(Chapter, place.chapter_id))}


def _of(need: Need, today: str) -> Hours:
    since = max(need.from_day, today)
    own = (need.start_minute, need.end_minute, need.minimum, need.seats, need.course_id, need.form)
    return Hours(*own, since, need.until_day)


def _row(place: Place, weekday: int, hours: Hours, now: int) -> Need:
    return Need(place_id=place.id, weekday=weekday, created_at=now, **vars(hours))


def _add(session: Session, place: Place, weekday: int, hours: Hours, now: int) -> Need:
    """The window, or the one that is there at the same hours."""
    same = select(Need).where(
        Need.place_id == place.id,
        Need.weekday == weekday,
        Need.start_minute == hours.start_minute,
        Need.end_minute == hours.end_minute,
        Need.ended_at.is_(None),
        Need.until_day == hours.until_day,
    )
    found = session.scalar(same.limit(1))
    if found is None:
        found = _row(place, weekday, hours, now)
        session.add(found)
    return found


def _known(place_ids: Collection[str]) -> set[tuple[str, int, int, int]]:
    query = select(Need.place_id, Need.weekday, Need.start_minute, Need.end_minute)
    rows = db.session.execute(query.where(Need.place_id.in_(place_ids), Need.ended_at.is_(None)))
    return {(row[0], row[1], row[2], row[3]) for row in rows}


def refuse_too_many(session: Session, place_id: str) -> None:
    """A place has at most 200 weekly windows, however they came. Raises DomainError("too_many")."""
    session.flush()
    live = select(Need.id).where(Need.place_id == place_id, Need.ended_at.is_(None)).limit(MOST + 1)
    if len(session.scalars(live).all()) > MOST:
        raise DomainError(
            "too_many",
            N_("A place has at most 200 weekly windows."),
            safe=N_("Nothing was changed."),
            do=N_("End those that are not needed any more."),
        )


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\s*[0-9]{1,4}\s*", text) else None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
