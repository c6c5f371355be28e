"""Files of shifts: hours on the clocks of each place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import N_, DomainError, Invalid
from fieldapp.places.models import Place
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services import plan, planning
from fieldapp.shifts.services.brief import FIELDS
from fieldapp.shifts.sheets.known import Known
from fieldapp.shifts.sheets.step import Step, bad
from fieldapp.shifts.sheets.text import MAX_ROWS, Reason, Row

AHEAD = 400 * DAY
PLAIN = ("minimum", "seats", "course", "kind", *FIELDS)
COLUMNS = ("id", "place", "day", "start", "end", *PLAIN)
NEEDED = ("place", "day", "start", "end")
EXAMPLE: tuple[dict[str, str], ...] = (
    {"place": "Name of the place", "day": "2027-01-12", "start": "8:30", "end": "12:30", "minimum": "2", "seats": "4"},
)


def export(actor: Actor, chapter: Chapter, now: int) -> list[dict[str, str]]:
    """The chapter's shifts from today on, the soonest first."""
    known = Known.of(actor, chapter)
    query = (
        select(Shift, Place)
        .join(Place, Place.id == Shift.place_id)
        .where(Shift.chapter_id == chapter.id, Shift.cancelled_at.is_(None))
        .where(Shift.ends_at > now, Shift.starts_at < now + AHEAD)
        .order_by(Shift.starts_at, Place.name, Shift.id)
        .limit(MAX_ROWS)
    )
    return [_as_row(shift, place, known) for shift, place in db.session.execute(query)]


def _as_row(shift: Shift, place: Place, known: Known) -> dict[str, str]:
    start, end = to_datetime(shift.starts_at, place.zone), to_datetime(shift.ends_at, place.zone)
    return {
        "id": shift.id,
        "place": known.name_of_place(place),
        "day": start.date().isoformat(),
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        "minimum": str(shift.minimum),
        "seats": str(shift.seats),
        "course": known.name_of_course(shift.course_id),
        "kind": shift.kind,
        **{name: str((shift.brief or {}).get(name, "")) for name in FIELDS},
    }


def check(actor: Actor, chapter: Chapter, rows: Sequence[Row], now: int) -> list[Step]:
    """What each row would do. A row with an id changes that shift; one without makes one, unless it is there already."""
    known = Known.of(actor, chapter)
    there = _there(chapter, [row.cells.get("id", "") for row in rows], now)
    seen: dict[Any, int] = {}
    return [_check(chapter, row, known, there, seen, now) for row in rows]


def _there(chapter: Chapter, ids: list[str], now: int) -> dict[Any, tuple[Shift, Place]]:
    query = (
        select(Shift, Place)
        .join(Place, Place.id == Shift.place_id)
        .where(Shift.chapter_id == chapter.id, Shift.cancelled_at.is_(None), Shift.ends_at > now)
    )
    found: dict[Any, tuple[Shift, Place]] = {}
    for shift, place in db.session.execute(query).tuples():
        found[shift.id] = found[shift.place_id, shift.starts_at, shift.ends_at] = (shift, place)
    return found


def _check(
    chapter: Chapter, row: Row, known: Known, there: dict[Any, tuple[Shift, Place]], seen: dict[Any, int], now: int
) -> Step:
    cells, reasons = row.cells, list(row.reasons)
    name_of_row = f"{cells.get('place', '')} {cells.get('day', '')} {cells.get('start', '')}".strip()
    if reasons:
        return bad(row, name_of_row, reasons)
    place, course = known.place(cells.get("place", ""), reasons), known.course(cells.get("course", ""), reasons)
    if place is None or reasons:
        return bad(row, name_of_row, reasons)
    values = {key: cells[key].strip() for key in COLUMNS if cells.get(key, "").strip()}
    values |= {"place_id": place.id, "course_id": course}
    try:
        asked = plan.read(values, place, chapter, now)
    except Invalid as error:
        texts = list(error.fields.values()) or [error.message]
        return bad(row, name_of_row, [Reason(text) for text in texts])
    starts_at, ends_at = asked.hours(asked.day, place.zone)
    at = (place.id, starts_at, ends_at)
    own = cells.get("id", "").strip()
    found = there.get(own) if own else there.get(at)
    key: Any = found[0].id if found else at
    if own and found is None:
        reasons.append(Reason(N_("There is no coming shift with this id here. Leave the id empty to make one.")))
    elif found and found[0].place_id != place.id:
        reasons.append(Reason(N_("A shift keeps its place. Cancel it and make another.")))
    elif found and asked.seats < found[0].taken:
        reasons.append(Reason(N_("More people than that are on this shift. Take someone off it first.")))
    elif key in seen:
        reasons.append(Reason(N_("The same as row %(line)s."), {"line": seen[key]}))
    if reasons:
        return bad(row, name_of_row, reasons)
    seen[key] = row.line
    if found is None:
        return Step(row.line, name_of_row, "new", values)
    before = _as_row(*found, known)
    after = before | _said(asked, known, cells)
    for name in PLAIN:
        if name not in cells:  # what is edited is written whole
            values[name] = before[name]
            values["course_id"] = values["course_id"] if "course" in cells else found[0].course_id or ""
    fields = [column for column in COLUMNS if before[column] != after[column]]
    return Step(row.line, name_of_row, "changed" if fields else "unchanged", values, found[0].id, fields)


def _said(asked: plan.Plan, known: Known, cells: dict[str, str]) -> dict[str, str]:
    """The row as it would be exported then; a column that the file does not have is left out."""
    plain = {
        "minimum": str(asked.minimum),
        "seats": str(asked.seats),
        "kind": asked.kind,
        "course": known.name_of_course(asked.course_id),
        **{name: asked.brief.get(name, "") for name in FIELDS},
    }
    when = {"day": asked.day.isoformat(), "start": _clock(asked.start_minute), "end": _clock(asked.end_minute)}
    return when | {name: text for name, text in plain.items() if name in cells}


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def apply(actor: Actor, chapter: Chapter, steps: Sequence[Step], now: int) -> list[tuple[str, str]]:
    """Make and change them, in the caller's transaction. Raises DomainError naming the line that cannot be taken any more."""
    for step in steps:
        try:
            if step.what == "new":
                planning.create(actor, step.values, now)
            elif step.what == "changed":
                planning.edit(actor, step.target, step.values, now)
        except DomainError as error:
            raise DomainError(
                "row",
                N_("Line %(line)s cannot be taken any more: something changed meanwhile."),
                safe=N_("Nothing was imported."),
                do=N_("Choose the file again and look at what it will do."),
                line=step.line,
            ) from error
    return []
