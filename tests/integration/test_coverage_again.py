"""Coverage that is made again after a change says what it says when everything is made anew."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, update

from fieldapp.accounts.services import chapters
from fieldapp.core.clock import DAY, HOUR, local_ms
from fieldapp.core.db import write
from fieldapp.coverage.services import picture, windows
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Closure, Need, Shift

TUESDAY = date(2026, 11, 24)
WEEK = picture.Span("week", date(2026, 11, 23), date(2026, 11, 29))


@pytest.fixture
def scene(make):
    """Three places with a need on Tuesdays, a shift at each, one person on it."""
    chapter = make.chapter()
    places = [make.place(chapter, name) for name in ("North", "South", "West")]
    for place in places:
        make.keep(Need(place_id=place.id, weekday=1, start_minute=510, end_minute=750, created_at=0))
        at = local_ms(TUESDAY, 510, place.zone)
        own = {"chapter_id": chapter.id, "seats": 4, "taken": 1}
        shift = make.keep(Shift(place_id=place.id, starts_at=at, ends_at=at + 4 * HOUR, **own))
        make.keep(Claim(shift_id=shift.id, person_id=make.person(chapter).id, state="claimed", at=0))
    return chapter, places


def drawn(chapter, now):
    return {row.place.id: row for row in picture.look({chapter.id}, WEEK, now).rows}


def anew(chapter):
    return windows.made({chapter.id}, WEEK.first, WEEK.last).windows


def touch(session, chapter):
    chapters.touch(session, chapter.id)


CHANGES = {
    "a seat is sure": lambda place: update(Claim).values(state="confirmed"),
    "a seat is given back": lambda place: delete(Claim),
    "a shift is cancelled": lambda place: update(Shift).where(Shift.place_id == place.id).values(cancelled_at=1),
    "a shift is moved": lambda place: update(Shift).values(starts_at=Shift.starts_at + HOUR),
    "more are needed": lambda place: update(Need).where(Need.place_id == place.id).values(minimum=3),
    "nothing is needed": lambda place: delete(Need).where(Need.place_id == place.id),
    "a place moves to other clocks": lambda place: update(Place).values(zone="America/Chicago"),
    "a place is closed": lambda place: update(Place).where(Place.id == place.id).values(closed_at=1),
    "a name is mended": lambda place: update(Place).where(Place.id == place.id).values(name="East"),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_after_a_change_every_place_says_what_it_says_when_all_is_made_anew(scene, clock, change):
    chapter, places = scene
    drawn(chapter, clock.now())
    with write() as session:
        session.execute(CHANGES[change](places[0]))
        touch(session, chapter)
    found = drawn(chapter, clock.now())
    assert {key: row.windows for key, row in found.items() if row.windows} == anew(chapter)
    assert {key: row.place for key, row in found.items()} == windows.spots({chapter.id})


@pytest.mark.parametrize("change", list(CHANGES))
def test_after_a_change_places_and_windows_stand_in_the_order_that_they_have_when_all_is_sorted_anew(
    scene, clock, change
):
    chapter, places = scene
    before = picture.look({chapter.id}, WEEK, clock.now()).table
    with write() as session:
        session.execute(CHANGES[change](places[0]))
        touch(session, chapter)
    found = picture.look({chapter.id}, WEEK, clock.now())
    assert found.table == picture.Picture("", WEEK, found.rows).table != before
    assert [row.weight for row in found.rows] == sorted(row.weight for row in found.rows)


def test_a_closure_takes_the_day_out_of_what_was_kept(make, scene, clock):
    chapter, places = scene
    drawn(chapter, clock.now())
    days = {"from_day": TUESDAY.isoformat(), "to_day": TUESDAY.isoformat(), "reason": "Moved", "created_at": 0}
    make.keep(Closure(chapter_id=chapter.id, place_id=places[0].id, **days))
    with write() as session:
        touch(session, chapter)
    found = drawn(chapter, clock.now())
    assert {key: row.windows for key, row in found.items() if row.windows} == anew(chapter)
    assert [one.need_id for one in found[places[0].id].windows] == [None]


def test_a_place_where_nothing_changed_is_not_made_again(scene, clock):
    chapter, places = scene
    before = drawn(chapter, clock.now())
    with write() as session:
        session.execute(update(Shift).where(Shift.place_id == places[0].id).values(seats=9, cancelled_at=1))
        touch(session, chapter)
    after = drawn(chapter, clock.now())
    assert [after[place.id] is before[place.id] for place in places] == [False, True, True]


def test_what_is_over_is_not_the_worst_any_more_even_where_nothing_changed(scene, clock):
    chapter, places = scene
    assert drawn(chapter, clock.now())[places[0].id].worst is not None
    clock.advance(3 * DAY)
    assert drawn(chapter, clock.now())[places[0].id].worst is None
