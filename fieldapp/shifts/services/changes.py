"""Changing shifts that people are on, calling them off, giving them back: what each person keeps, and that they are told.

Whoever cannot keep a changed shift (it would run at the same time as another of theirs, or needs a certificate that they will not
hold) is off it; who can is asked to confirm again when its hours changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Person
from fieldapp.accounts.services import chapters, people
from fieldapp.core.errors import N_, Invalid
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import claims, tell
from fieldapp.shifts.services.locks import lock_crew
from fieldapp.shifts.services.rehearse import ASKED, BACK, CANCELLED, RELEASED, Line, Touched
from fieldapp.training.services import certificates

Span = tuple[int, int]


@dataclass(frozen=True)
class Wanted:
    """How a shift shall be; times are ms UTC."""

    starts_at: int
    ends_at: int
    minimum: int
    seats: int
    course_id: str | None
    kind: str
    brief: Mapping[str, Any]


def as_is(shift: Shift) -> Wanted:
    """How a shift is."""
    brief = dict(shift.brief or {})
    return Wanted(
        shift.starts_at, shift.ends_at, shift.minimum, shift.seats, shift.course_id, shift.kind or "observe", brief
    )


@dataclass(frozen=True)
class Crew:
    """Who is on some shifts, held until the transaction ends."""

    on: Mapping[str, list[tuple[Claim, str]]]  # shift id → claims with their people's names, who claimed first first
    places: Mapping[str, Place]

    def of(self, shift_id: str) -> list[tuple[Claim, str]]:
        """Those on one shift."""
        return list(self.on.get(shift_id, ()))

    @property
    def people(self) -> set[str]:
        """Everyone on any of them."""
        return {claim.person_id for pairs in self.on.values() for claim, _ in pairs}


def hold(session: Session, shifts: Collection[Shift]) -> Crew:
    """Lock the shifts and those on them, and read both anew. Raises DomainError("meanwhile") when somebody came in between."""
    ids = [shift.id for shift in shifts]
    live = (Claim.shift_id.in_(ids), Claim.state.in_(LIVE))
    lock_crew(session, ids)
    fresh = select(Shift).where(Shift.id.in_(ids)).execution_options(populate_existing=True)
    list(session.scalars(fresh))
    rows = session.execute(
        select(Claim, Person.field_name)
        .join(Person, Person.id == Claim.person_id)
        .where(*live)
        .order_by(Claim.at, Claim.person_id)
        .execution_options(populate_existing=True)
    )
    on: dict[str, list[tuple[Claim, str]]] = defaultdict(list)
    for claim, name in rows:
        on[claim.shift_id].append((claim, name))
    known = select(Place).where(Place.id.in_({shift.place_id for shift in shifts}))
    return Crew(on, {place.id: place for place in session.scalars(known)})


def change(
    session: Session, wanted: Mapping[str, Wanted], shifts: Collection[Shift], now: int, *, back: bool = False
) -> list[Line]:
    """Make the shifts as they are wanted, in the caller's transaction. ``back``: they were off, and take place again.

    Raises Invalid when more people are on one than it would have seats, DomainError("meanwhile").
    """
    crew = hold(session, shifts)
    busy = _others(session, crew.people, [wanted[s.id] for s in shifts], {s.id for s in shifts})
    courses = {one.course_id for one in wanted.values() if one.course_id}
    held = certificates.ends(crew.people, courses) if courses and crew.people else {}
    lines = []
    for shift in sorted(shifts, key=lambda one: (wanted[one.id].starts_at, one.id)):
        will, was = wanted[shift.id], (shift.starts_at, shift.ends_at)
        touched = []
        for claim, name in crew.of(shift.id):
            one = _touch(claim, name, shift, will, busy[claim.person_id], held, back=back)
            if (one is None or one.what != RELEASED) and (back or shift.cancelled_at is None):
                busy[claim.person_id].append((will.starts_at, will.ends_at))
            if one is not None:
                touched.append(one)
        _write(session, shift, will, crew, touched, back=back)
        _tell(session, shift, touched, now, back=back)
        for one in touched:
            if one.what == RELEASED:
                claims.follow_up(session, shift.id, one.person_id, now)
        place = crew.places[shift.place_id]
        if touched or back or was != (will.starts_at, will.ends_at):
            hours = (will.starts_at, will.ends_at)
            lines.append(
                Line(shift.id, place.name, place.zone, was, hours, shift.cancelled_at is not None, tuple(touched))
            )
    return lines


def call_off(
    session: Session, shifts: Collection[Shift], now: int, *, reason: str, by: Mapping[str, str] | None = None
) -> list[Line]:
    """Cancel the shifts, in the caller's transaction. ``by`` says for a shift what suspends it for a while (Shift.suspended_by)."""
    crew = hold(session, shifts)
    lines = []
    for shift in sorted(shifts, key=lambda one: (one.starts_at, one.id)):
        fresh = shift.cancelled_at is None
        shift.cancelled_at, shift.cancel_reason = now, reason[:200]
        shift.suspended_by = (by or {}).get(shift.id, "")
        shift.version += 1
        touched = [
            Touched(claim.person_id, name, CANCELLED) for claim, name in crew.of(shift.id) if claim.out_at is None
        ]
        chapters.touch(session, shift.chapter_id)
        session.flush()
        if fresh:
            tell.changed(
                session, shift, touched, now, why=tell.OFF if shift.suspended_by else tell.CANCELLED, reason=reason
            )
        hours, place = (shift.starts_at, shift.ends_at), crew.places[shift.place_id]
        lines.append(Line(shift.id, place.name, place.zone, hours, hours, True, tuple(touched if fresh else ())))
    return lines


def give_back(session: Session, shifts: Collection[Shift], now: int) -> list[Line]:
    """What was suspended takes place again, with those still on it who can: all are asked to confirm again."""
    return change(session, {shift.id: as_is(shift) for shift in shifts}, shifts, now, back=True)


def _touch(
    claim: Claim,
    name: str,
    shift: Shift,
    will: Wanted,
    busy: list[Span],
    held: Mapping[tuple[str, str], int],
    *,
    back: bool,
) -> Touched | None:
    """What becomes of one claim; None when nothing does. Who is there already stays."""
    moved = (will.starts_at, will.ends_at) != (shift.starts_at, shift.ends_at)
    off = shift.cancelled_at is not None and not back
    if off or claim.here_at is not None or claim.out_at is not None:
        return None
    asked_more = will.course_id is not None and (moved or back or will.course_id != shift.course_id)
    if asked_more and held.get((claim.person_id, str(will.course_id)), 0) <= will.starts_at:
        return Touched(claim.person_id, name, RELEASED, "not_certified")
    if (moved or back) and any(start < will.ends_at and end > will.starts_at for start, end in busy):
        return Touched(claim.person_id, name, RELEASED, "overlap")
    return Touched(claim.person_id, name, BACK if back else ASKED) if moved or back else None


def _write(session: Session, shift: Shift, will: Wanted, crew: Crew, touched: Iterable[Touched], *, back: bool) -> None:
    fate = {one.person_id: one for one in touched}
    gone = [person for person, one in fate.items() if one.what == RELEASED]
    if will.seats < shift.taken - len(gone):
        raise Invalid(fields={"seats": N_("More people than that are on this shift. Take someone off it first.")})
    for claim, _ in crew.of(shift.id):
        if claim.person_id in fate:
            claim.state = "released" if claim.person_id in gone else "claimed"
            claim.confirmed_at = None
    shift.taken -= len(gone)
    shift.lead_id = None if shift.lead_id in gone else shift.lead_id
    shift.starts_at, shift.ends_at = will.starts_at, will.ends_at
    shift.minimum, shift.seats, shift.course_id = will.minimum, will.seats, will.course_id
    shift.kind, shift.brief = will.kind, dict(will.brief)
    if back:
        shift.cancelled_at, shift.cancel_reason, shift.suspended_by = None, "", ""
    shift.version += 1
    session.flush()
    chapters.touch(session, shift.chapter_id)
    people.touch_many(session, fate)


def _tell(session: Session, shift: Shift, touched: list[Touched], now: int, *, back: bool) -> None:
    tell.changed(session, shift, touched, now, why=tell.BACK if back else tell.HOURS)


def _others(
    session: Session, person_ids: Collection[str], wanted: Collection[Wanted], but: Collection[str]
) -> dict[str, list[Span]]:
    """When these people are elsewhere, in the time that the wanted hours span. One query."""
    busy: dict[str, list[Span]] = defaultdict(list)
    if not person_ids:
        return busy
    query = (
        select(Claim.person_id, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.id == Claim.shift_id)
        .where(
            Claim.person_id.in_(person_ids),
            Claim.state.in_(LIVE),
            Shift.cancelled_at.is_(None),
            Shift.id.not_in(but),
            Shift.starts_at < max(one.ends_at for one in wanted),
            Shift.ends_at > min(one.starts_at for one in wanted),
        )
    )
    for person, start, end in session.execute(query):
        busy[person].append((start, end))
    return busy
