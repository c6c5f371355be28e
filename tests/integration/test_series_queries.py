"""The lists of series, days off and the week cost the same number of questions, however many series and closures there are."""

from __future__ import annotations

from datetime import date

from fieldapp.accounts.identity import actor_for
from fieldapp.core.clock import to_datetime
from fieldapp.core.db import write
from fieldapp.shifts.models import Closure, Series
from fieldapp.shifts.services import closures, series
from tests.integration.test_shifts_queries import cost


def test_no_list_of_series_asks_more_when_there_is_more(app, make, clock):
    chapter = make.chapter()
    actor, now = actor_for(make.person(chapter, "coordinator")), clock.now()
    today = to_datetime(now, "America/New_York").date()

    def grow(count):
        for _ in range(count):
            place = make.place(chapter)
            with write() as session:
                made = Series(chapter_id=chapter.id, place_id=place.id, weekday=1, start_minute=510, end_minute=750)
                made.from_day = today.isoformat()
                session.add(made)
                session.flush()
                series.fill(session, made, place, now)
                shut = Closure(chapter_id=chapter.id, place_id=place.id, reason="Painters", created_at=now)
                shut.from_day = shut.to_day = date.fromordinal(today.toordinal() + 8).isoformat()
                session.add(shut)

    asks = {
        "series": lambda: series.lines(actor, now),
        "days off": lambda: closures.page(actor, now),
        "a week's": lambda: closures.in_week(actor, today, ""),
        "closures": lambda: closures.coming(actor, today),
    }
    grow(2)
    few = {name: cost(app, ask) for name, ask in asks.items()}
    grow(9)
    assert {name: cost(app, ask) for name, ask in asks.items()} == few
    assert max(few.values()) <= 9
