"""Suspending shifts of series on days off and in closed places, and giving them back when that is over."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from fieldapp.core.clock import to_datetime
from fieldapp.core.db import db, write
from fieldapp.places.models import Place
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services import changes, daysoff
from fieldapp.shifts.services.daysoff import Calendar, Off
from fieldapp.shifts.services.rehearse import Line


def settle(session: Session, which: ColumnElement[bool], now: int) -> list[Line]:
    """Make the coming shifts of series among ``which`` as their days are: off with those on them told, or given back.

    In the caller's transaction; doing it twice does nothing more.
    """
    query = (
        select(Shift, Place)
        .join(Place, Place.id == Shift.place_id)
        .where(which, Shift.series_id.is_not(None), Shift.starts_at > now)
        .where(or_(Shift.cancelled_at.is_(None), Shift.suspended_by != ""))
        .order_by(Shift.starts_at, Shift.id)
    )
    rows = [(shift, place) for shift, place in session.execute(query)]
    if not rows:
        return []
    chapters, places = {shift.chapter_id for shift, _ in rows}, {place.id for _, place in rows}
    known = daysoff.calendar(chapters, places, to_datetime(now, "Pacific/Pago_Pago").date())
    reasons: dict[str, list[Shift]] = {}
    by: dict[str, str] = {}
    back = []
    for shift, place in rows:
        off = why(shift, place, known)
        if off is None and shift.suspended_by:
            back.append(shift)
        elif off is not None and off.by != shift.suspended_by:
            reasons.setdefault(off.reason, []).append(shift)
            by[shift.id] = off.by
    changes.hold(
        session, [*back, *(shift for some in reasons.values() for shift in some)]
    )  # all at once, before the first
    lines = [
        line for reason, some in reasons.items() for line in changes.call_off(session, some, now, reason=reason, by=by)
    ]
    return lines + (changes.give_back(session, back, now) if back else [])


def why(shift: Shift, place: Place, known: Calendar) -> Off | None:
    """Why a shift of a series is off. One that was moved by hand to another day minds closures, and no holiday."""
    local = to_datetime(shift.starts_at, place.zone).date()
    off = known.why(shift.chapter_id, place, local, shift.starts_at)
    moved = shift.series_day != local.isoformat()
    return None if off is not None and off.by == daysoff.HOLIDAY and moved else off


def all_chapters(now: int) -> int:
    """Settle everything, chapter by chapter; returns how many shifts changed."""
    series = (Shift.series_id.is_not(None), Shift.starts_at > now)
    changed = 0
    for chapter in list(db.session.scalars(select(Shift.chapter_id).where(*series).distinct())):
        with write() as session:
            changed += len(settle(session, Shift.chapter_id == chapter, now))
    return changed


def below(chapter_ids: Collection[str]) -> ColumnElement[bool]:
    """The shifts of these chapters."""
    return Shift.chapter_id.in_(chapter_ids) if chapter_ids else ~true()
