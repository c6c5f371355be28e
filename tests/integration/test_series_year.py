"""A whole year of series, day by day as the worker runs, across both changes of the clocks, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fieldapp.core.clock import DAY, HOUR, MINUTE, local_ms, to_datetime
from fieldapp.core.jobs import run_due
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services import daysoff

NEW_YORK = "America/New_York"
ZONES = (NEW_YORK, "America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Saipan")
SPRING, AUTUMN = date(2027, 3, 14), date(2027, 11, 7)
FIRST, LAST = date(2026, 12, 1), date(2027, 12, 5)
# name → the form, and which weekdays of which weeks it means
SERIES = {
    "mornings": {"start": "8:30", "end": "12:30", "repeat": "weekly", "days": ["0", "1", "2", "3", "4"]},
    "nights": {"start": "22:00", "end": "6:00", "repeat": "weekly", "days": ["5", "6"]},
    "small hours": {"start": "2:15", "end": "3:10", "repeat": "weekly", "days": ["6"]},
    "hour twice": {"start": "1:30", "end": "4:00", "repeat": "weekly", "days": ["6"]},
    "every other": {"start": "13:00", "end": "16:30", "repeat": "weekly", "every": "2", "days": ["3"]},
    "first Tuesday": {"start": "9:00", "end": "11:00", "repeat": "monthly", "nth": "1", "days": ["1"]},
}


def expected(name):
    """The days that a series has, by the words of its form."""
    every = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    weeks = {
        day: (day - timedelta(days=day.weekday()) - FIRST + timedelta(days=FIRST.weekday())).days // 7
        for day in weekdays()
    }
    fits = {
        "mornings": lambda day: day.weekday() < 5,
        "nights": lambda day: day.weekday() > 4,
        "small hours": lambda day: day.weekday() == 6,
        "hour twice": lambda day: day.weekday() == 6,
        "every other": lambda day: day.weekday() == 3 and weeks[day] % 2 == 0,
        "first Tuesday": lambda day: day.weekday() == 1 and day.day <= 7,
    }[name]
    return [day for day in every if fits(day) and not daysoff.federal(day)]


def weekdays():
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def minutes(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


@pytest.fixture
def year(make, sign_in, clock):
    """Every series in every zone, made in November 2026, and the worker running each day until December 2027."""
    chapter = make.chapter()
    desk = sign_in(make.person(chapter, "coordinator"))
    places = {zone: make.place(chapter, zone=zone) for zone in ZONES}
    for place in places.values():
        for form in SERIES.values():
            asked = {**form, "place_id": place.id, "day": FIRST.isoformat(), "minimum": "2", "seats": "4"}
            answer = desk.post("/shifts/new", asked)
            assert answer.status_code == 302, answer.text
    while to_datetime(clock.now()).date() < LAST - timedelta(weeks=7):
        clock.advance(7 * DAY)  # a worker that slept for a week, too, makes what is missing
        while run_due(clock.now()):
            pass
    return places


def test_a_year_of_series_keeps_its_hours_on_the_wall_with_none_missing_and_none_twice(make, year):
    made = make.all(Shift)
    for zone, place in year.items():
        for name, form in SERIES.items():
            mine = [s for s in made if s.place_id == place.id and hours_of(s, zone) == named(form, s, zone)]
            found = sorted(s.series_day for s in mine if s.series_day <= LAST.isoformat())
            assert found == [day.isoformat() for day in expected(name)], (zone, name)
    assert len({(s.series_id, s.series_day) for s in made}) == len(made)
    assert len({(s.place_id, s.starts_at, s.ends_at) for s in made}) == len(made)
    assert {s.cancelled_at for s in made} == {None}


def hours_of(shift, zone):
    """Its two ends on the wall."""
    return tuple(f"{to_datetime(at, zone):%H:%M}" for at in (shift.starts_at, shift.ends_at))


def named(form, shift, zone):
    """The two ends as the form has them; those that the clocks skip on the one morning, as decided."""
    if form["start"] == "2:15" and zone == NEW_YORK and shift.series_day == SPRING.isoformat():
        return ("03:15", "04:10")
    return tuple(f"{minutes(form[end]) // 60:02d}:{minutes(form[end]) % 60:02d}" for end in ("start", "end"))


def test_night_shifts_over_the_change_are_an_hour_shorter_or_longer_only_where_the_clocks_change(make, year):
    for zone, place in year.items():
        nights = {
            s.series_day: s.ends_at - s.starts_at
            for s in make.all(Shift)
            if s.place_id == place.id and f"{to_datetime(s.starts_at, zone):%H:%M}" == "22:00"
        }
        odd = {day: lasts for day, lasts in nights.items() if lasts != 8 * HOUR}
        if zone == NEW_YORK:
            eve, late = (day - timedelta(days=1) for day in (SPRING, AUTUMN))
            assert odd == {eve.isoformat(): 7 * HOUR, late.isoformat(): 9 * HOUR}
        else:
            assert odd == {}


def test_an_hour_that_the_clocks_skip_keeps_its_length_and_one_that_comes_twice_is_the_first(make, year):
    made = [s for s in make.all(Shift) if s.place_id == year[NEW_YORK].id]
    [skipped] = [s for s in made if s.series_day == SPRING.isoformat() and s.ends_at - s.starts_at == 55 * MINUTE]
    assert skipped.starts_at == local_ms(SPRING, 195, NEW_YORK)
    [twice] = [s for s in made if s.series_day == AUTUMN.isoformat() and hours_of(s, NEW_YORK) == ("01:30", "04:00")]
    assert twice.ends_at - twice.starts_at == 3 * HOUR + 30 * MINUTE
    assert to_datetime(twice.starts_at, NEW_YORK).utcoffset() == timedelta(hours=-4)
