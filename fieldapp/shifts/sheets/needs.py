"""Files of needs: weekly windows of places, on the places' own clocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_
from fieldapp.places.models import Place
from fieldapp.shifts.models import Need
from fieldapp.shifts.services.needs import MOST, refuse_too_many
from fieldapp.shifts.services.plan import LONGEST, MOST_SEATS, minutes
from fieldapp.shifts.sheets.known import Known
from fieldapp.shifts.sheets.step import Step, bad
from fieldapp.shifts.sheets.text import MAX_ROWS, Reason, Row

COLUMNS = ("place", "weekday", "start", "end", "minimum", "seats", "form", "course", "from", "until")
NEEDED = ("place", "weekday", "start", "end")
EXAMPLE: tuple[dict[str, str], ...] = (
    {"place": "Name of the place", "weekday": "Monday", "start": "8:30", "end": "12:30", "minimum": "2", "seats": "4"},
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPANISH = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
DAYS = {name.lower(): number for names in (WEEKDAYS, SPANISH) for number, name in enumerate(names)}
MAY_CHANGE = ("minimum", "seats", "form", "course_id")
_FORM = re.compile(r"\A[a-z0-9_@.-]{0,40}\Z")


def export(actor: Actor, chapter: Chapter, now: int) -> list[dict[str, str]]:
    """What the chapter's places need."""
    known = Known.of(actor, chapter, own=True)
    query = (
        select(Need, Place)
        .join(Place, Place.id == Need.place_id)
        .where(Place.chapter_id == chapter.id, Place.closed_at.is_(None), Need.ended_at.is_(None))
        .order_by(Place.name, Need.weekday, Need.start_minute, Need.id)
        .limit(MAX_ROWS)
    )
    return [_as_row(need, place, known) for need, place in db.session.execute(query)]


def _as_row(need: Need, place: Place, known: Known) -> dict[str, str]:
    return {
        "place": known.name_of_place(place),
        "weekday": WEEKDAYS[need.weekday],
        "start": _clock(need.start_minute),
        "end": _clock(need.end_minute),
        "minimum": str(need.minimum),
        "seats": str(need.seats),
        "form": need.form,
        "course": known.name_of_course(need.course_id or None),
        "from": need.from_day,
        "until": need.until_day,
    }


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def check(actor: Actor, chapter: Chapter, rows: Sequence[Row], now: int) -> list[Step]:
    """What each row would do: a window of the same place, hours and dates is changed, any other is new."""
    known = Known.of(actor, chapter, own=True)
    query = select(Need).join(Place, Place.id == Need.place_id)
    there = {
        _key(vars(need)): need
        for need in db.session.scalars(query.where(Place.chapter_id == chapter.id, Need.ended_at.is_(None)))
    }
    seen: dict[Any, int] = {}
    windows = Counter(need.place_id for need in there.values())
    return [_room(row, _check(row, known, there, seen), windows) for row in rows]


def _room(row: Row, step: Step, windows: Counter[str]) -> Step:
    """A new window, where its place has room for one more."""
    if step.what != "new":
        return step
    place_id = str(step.values["place_id"])
    if windows[place_id] >= MOST:
        return bad(row, step.name, [Reason(N_("A place has at most 200 weekly windows."))])
    windows[place_id] += 1
    return step


def _key(values: Any) -> tuple[Any, ...]:
    names = ("place_id", "weekday", "start_minute", "end_minute", "from_day", "until_day")
    return tuple(values[name] for name in names)


def _check(row: Row, known: Known, there: dict[Any, Need], seen: dict[Any, int]) -> Step:
    cells, reasons = row.cells, list(row.reasons)
    name = " ".join(cells.get(column, "") for column in ("place", "weekday", "start")).strip()
    values = {} if reasons else _values(cells, known, reasons)
    if reasons:
        return bad(row, name, reasons)
    key = _key(values)
    if key in seen:
        return bad(row, name, [Reason(N_("The same as row %(line)s."), {"line": seen[key]})])
    seen[key] = row.line
    need = there.get(key)
    if need is None:
        return Step(row.line, name, "new", values)
    fields = [column for column in MAY_CHANGE if getattr(need, column) != values[column]]
    return Step(row.line, name, "changed" if fields else "unchanged", values, need.id, fields)


def _values(cells: dict[str, str], known: Known, reasons: list[Reason]) -> dict[str, Any]:
    place, course = known.place(cells.get("place", ""), reasons), known.course(cells.get("course", ""), reasons)
    weekday = DAYS.get(cells.get("weekday", "").strip().lower())
    start, end = minutes(cells.get("start", "")), minutes(cells.get("end", ""))
    least, most = _number(cells.get("minimum", "") or "2"), _number(cells.get("seats", "") or "4")
    first, last = _day(cells.get("from", "")), _day(cells.get("until", ""))
    form = cells.get("form", "").strip()
    if weekday is None:
        reasons.append(Reason(N_("Write the weekday as Monday, Tuesday and so on.")))
    if start is None or end is None:
        reasons.append(Reason(N_("Write the times as 8:30 and 12:30.")))
    elif (end if end > start else end + 24 * 60) - start > LONGEST:
        reasons.append(Reason(N_("A window lasts 16 hours at most. Make two of it.")))
    if least is None or least < 2:
        reasons.append(Reason(N_("Nobody goes alone: two people or more.")))
    if most is None or not (least or 2) <= most <= MOST_SEATS:
        reasons.append(Reason(N_("At least as many places as people needed, and at most 200.")))
    if first is None or last is None or (first and last and last < first):
        reasons.append(
            Reason(N_("Write from and until as 2027-01-12, the first before the last, or leave them empty."))
        )
    if not _FORM.match(form):
        reasons.append(Reason(N_("The form is its short name, such as master.")))
    if reasons or place is None or start is None or end is None:
        return {}
    return {
        "place_id": place.id,
        "weekday": weekday,
        "start_minute": start,
        "end_minute": end if end > start else end + 24 * 60,
        "minimum": least,
        "seats": most,
        "form": form,
        "course_id": course,
        "from_day": first,
        "until_day": last,
    }


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\s*[0-9]{1,4}\s*", text) else None


def _day(text: str) -> str | None:
    """The day as written, empty for none; None for what is no day."""
    try:
        return date.fromisoformat(text.strip()).isoformat() if text.strip() else ""
    except ValueError:
        return None


def apply(actor: Actor, chapter: Chapter, steps: Sequence[Step], now: int) -> list[tuple[str, str]]:
    """Add and change them, in the caller's transaction."""
    with write() as session:
        for step in steps:
            if step.what == "new":
                session.add(Need(created_at=now, **step.values))
            elif step.what == "changed":
                need = session.get_one(Need, step.target, populate_existing=True)
                for name in MAY_CHANGE:
                    setattr(need, name, step.values[name])
        for place_id in sorted({str(step.values["place_id"]) for step in steps if step.what == "new"}):
            refuse_too_many(session, place_id)  # somebody may have added some since the file was shown
        chapters.touch(session, chapter.id)
    return []
