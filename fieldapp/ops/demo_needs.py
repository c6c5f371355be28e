"""The demo's needs: two courts that say what they need every week, one with a date that differs."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.places.models import Place
from fieldapp.shifts.models import Need, NeedDay


def add(session: Session, chapter: Chapter, monday: date, now: int) -> None:
    """Windows on court days; the second court's is longer than its shifts, so that a part of it is open."""
    courts = session.scalars(
        select(Place)
        .where(Place.chapter_id == chapter.id, Place.kind == "immigration_court", Place.name.like("New York%"))
        .order_by(Place.name)
        .limit(2)
    )
    for number, court in enumerate(courts):
        hours = {"start_minute": 510, "end_minute": 750 + 60 * number, "minimum": 2, "seats": 2 + number}
        since = (monday - timedelta(days=14)).isoformat()
        needs = [
            Need(place_id=court.id, weekday=day, from_day=since, form="master", created_at=now, **hours)
            for day in range(3 + number)
        ]
        session.add_all(needs)
        session.flush()
        day = (monday + timedelta(days=14)).isoformat()
        session.add(
            NeedDay(place_id=court.id, need_id=needs[0].id, day=day, kind="off", note="No hearings", created_at=now)
        )
