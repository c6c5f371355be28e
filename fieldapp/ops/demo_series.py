"""Series, a closure, kinds of shifts and rotas for the demo."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Person
from fieldapp.core.clock import HOUR, MINUTE, local_span, to_datetime
from fieldapp.places.models import Place
from fieldapp.shifts.models import Closure, Rota, RotaTurn, RotaWindow, Series, Shift, Spoken
from fieldapp.shifts.services import duty, rotas, series

RULES = (
    ("RRULE:FREQ=WEEKLY;BYDAY=SA", 9 * 60, 12 * 60, "observe"),
    ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", 14 * 60, 17 * 60, "accompany"),
    ("RRULE:FREQ=MONTHLY;BYDAY=1SA", 16 * 60, 18 * 60, "turnout"),
)


def add(session: Session, chapter: Chapter, people: list[Person], now: int) -> None:
    """Three series at one court, closed for two days next week; an attorney's and a dispatcher's rota, with gaps."""
    place = session.scalars(
        select(Place).join(Shift, Shift.place_id == Place.id).where(Place.chapter_id == chapter.id).order_by(Place.name)
    ).first()
    if place is None:
        return
    today = to_datetime(now, place.zone).date()
    for rule, start, end, kind in RULES:
        made = Series(
            chapter_id=chapter.id, place_id=place.id, start_minute=start, end_minute=end, rule=rule, kind=kind
        )
        made.weekday, made.from_day = today.weekday(), today.isoformat()
        session.add(made)
        session.flush()
        series.fill(session, made, place, now)
    off = today + timedelta(days=12 - today.weekday())
    closure = Closure(chapter_id=chapter.id, place_id=place.id, reason="Painters in the lobby", created_at=now)
    closure.from_day, closure.to_day = off.isoformat(), (off + timedelta(days=1)).isoformat()
    session.add(closure)
    by_name = {person.field_name: person for person in people}
    _rotas(session, chapter, by_name, now)


def _rotas(session: Session, chapter: Chapter, people: dict[str, Person], now: int) -> None:
    session.add(Spoken(person_id=people["Heron"].id, language="es"))
    for kind, language, holder in (("attorney", "", "Wren"), ("dispatcher", "", "Juniper"), ("interpreter", "es", "")):
        rota = Rota(chapter_id=chapter.id, kind=kind, language=language, created_at=now)
        session.add(rota)
        session.flush()
        for seat in duty.SEATS if kind == duty.DISPATCHER else (duty.FIRST,):
            for weekday in range(5 if language else 7):
                hours = {"start_minute": 8 * 60, "end_minute": 20 * 60, "seat": seat}
                session.add(RotaWindow(rota_id=rota.id, weekday=weekday, **hours))
        session.flush()
        rotas.fill(session, rota, chapter.zone, now)
        for number, turn in enumerate(session.scalars(select(RotaTurn).where(RotaTurn.rota_id == rota.id))):
            if holder and number % 3 and not turn.seat:
                turn.person_id, turn.taken_at = people[holder].id, now
    day = to_datetime(now, chapter.zone).date()
    night = session.scalars(select(Rota).where(Rota.kind == "attorney")).one()
    starts_at, ends_at = local_span(day, 20 * 60, 32 * 60, chapter.zone)
    session.add(RotaTurn(rota_id=night.id, day=day.isoformat(), starts_at=starts_at, ends_at=ends_at))
    desk = session.scalars(select(Rota).where(Rota.kind == duty.DISPATCHER)).one()
    session.add(
        RotaTurn(
            rota_id=desk.id,
            day=day.isoformat(),
            starts_at=now - 5 * MINUTE,
            ends_at=now + 6 * HOUR,
            person_id=people["Juniper"].id,
            taken_at=now,
        )
    )
    session.flush()
