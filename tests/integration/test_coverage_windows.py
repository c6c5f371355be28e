"""What places need, matched with the shifts that there are: by weeks, by dates, by half hours."""

from __future__ import annotations

from datetime import date

import pytest

from fieldapp.core.clock import DAY, HOUR, MINUTE, local_ms
from fieldapp.core.db import write
from fieldapp.coverage.services.windows import windows
from fieldapp.shifts.models import Claim, Closure, Need, NeedDay, Shift, WorkedHoliday
from fieldapp.training.models import Grade

TUESDAY = date(2026, 11, 24)
NEW_YORK = "America/New_York"


@pytest.fixture
def court(make):
    return make.place(make.chapter(), "Federal Plaza")


@pytest.fixture
def need(make):
    def made(place, weekday=1, start=510, end=750, **more):
        own = {"minimum": 2, "seats": 4, "created_at": 0, **more}
        return make.keep(Need(place_id=place.id, weekday=weekday, start_minute=start, end_minute=end, **own))

    return made


@pytest.fixture
def shift(make):
    def made(place, day=TUESDAY, start=510, end=750, *, confirmed=0, claimed=0, **more):
        at, until = local_ms(day, start, place.zone), local_ms(day, end, place.zone)
        own = {"chapter_id": place.chapter_id, "seats": 4, "taken": confirmed + claimed, **more}
        found = make.keep(Shift(place_id=place.id, starts_at=at, ends_at=until, **own))
        for number in range(confirmed + claimed):
            person = make.person(make_chapter(place))
            state = "confirmed" if number < confirmed else "claimed"
            make.keep(Claim(shift_id=found.id, person_id=person.id, state=state, at=0))
            make.keep(Grade(person_id=person.id, chapter_id=place.chapter_id, grade="watcher"))
        return found

    def make_chapter(place):
        from fieldapp.accounts.models import Chapter
        from fieldapp.core.db import db

        return db.session.get_one(Chapter, place.chapter_id)

    return made


def week(*places, monday=date(2026, 11, 23), days=7):
    start = local_ms(monday, 0, "UTC")
    return windows({place.chapter_id for place in places}, start, start + days * DAY)


def said(window):
    """Its parts as local hours and the state of each."""
    start = local_ms(window.day, 0, NEW_YORK)
    clock = lambda ms: f"{(ms - start) // HOUR:02d}:{(ms - start) % HOUR // MINUTE:02d}"  # noqa: E731
    return [f"{clock(part.starts_at)}-{clock(part.ends_at)} {part.code}" for part in window.parts]


def test_a_need_without_a_shift_is_unplanned_with_what_it_needs(court, need):
    asked = need(court, minimum=3, seats=5, course_id="", form="master")
    [one] = week(court)
    assert (one.code, one.minimum, one.needed, one.confirmed, one.need_id) == ("unplanned", 3, 5, 0, asked.id)
    assert (one.day, one.half, one.form, one.shift_id, one.glyph) == (TUESDAY, "am", "master", None, "gap")


def test_a_need_and_the_shift_that_covers_it_are_one_window(court, need, shift):
    asked, there = need(court), shift(court, confirmed=2, claimed=1)
    [one] = week(court)
    assert (one.need_id, one.shift_ids, one.shift_id) == (asked.id, (there.id,), there.id)
    assert (one.confirmed, one.claimed, one.open, one.code, one.parts) == (2, 1, 1, "open", ())


def test_a_shift_with_too_few_seats_does_not_meet_a_larger_need(court, need, shift):
    need(court, minimum=4, seats=4)
    shift(court, confirmed=2, seats=2)
    [one] = week(court)
    assert (one.code, one.confirmed, one.needed) == ("few", 2, 4)


def test_two_shifts_of_one_window_are_added_up(court, need, shift):
    need(court)
    first, second = shift(court, confirmed=2, seats=2), shift(court, confirmed=2, seats=2)
    [one] = week(court)
    assert (one.confirmed, one.code, set(one.shift_ids)) == (4, "full", {first.id, second.id})


def test_where_shifts_cover_only_a_part_the_hours_without_anybody_are_named(court, need, shift):
    need(court, start=510, end=750)
    shift(court, start=600, end=750, confirmed=4)
    [one] = week(court)
    assert said(one) == ["08:30-10:00 unplanned", "10:00-12:30 full"]
    assert (one.code, one.confirmed, one.shift_id) == ("unplanned", 0, None)
    assert one.gap == (local_ms(TUESDAY, 510, NEW_YORK), local_ms(TUESDAY, 600, NEW_YORK))


def test_two_shifts_one_after_the_other_cover_a_long_need_and_the_worse_one_counts(court, need, shift):
    need(court, start=540, end=1020)
    shift(court, start=540, end=780, confirmed=4)
    second = shift(court, start=780, end=1020, claimed=1)
    [one] = week(court)
    assert said(one) == ["09:00-13:00 full", "13:00-17:00 few"]
    assert (one.shift_id, one.claimed, one.confirmed) == (second.id, 1, 0)


def test_a_quarter_of_an_hour_is_no_gap(court, need, shift):
    need(court, start=510, end=750)
    shift(court, start=525, end=750, confirmed=4)
    [one] = week(court)
    assert (one.code, one.parts) == ("full", ())


def test_a_shift_that_nothing_asked_for_stands_for_itself(court, need, shift):
    need(court)
    afternoon = shift(court, start=780, end=1020, confirmed=2, seats=3)
    assert [(one.code, one.shift_id, one.needed) for one in week(court)] == [
        ("unplanned", None, 4),
        ("open", afternoon.id, 3),
    ]


def test_accompaniment_at_the_same_hours_covers_no_need(court, need, shift):
    need(court)
    shift(court, confirmed=4, kind="accompany")
    assert sorted(one.code for one in week(court)) == ["full", "unplanned"]


def test_a_need_holds_from_its_first_day_to_its_last(court, need):
    need(court, from_day="2026-11-24", until_day="2026-12-01")
    assert [one.day.isoformat() for one in week(court, monday=date(2026, 11, 9), days=60)] == [
        "2026-11-24",
        "2026-12-01",
    ]


def test_dates_without_with_other_hours_and_extra_ones(make, court, need):
    asked, also = need(court), need(court, start=780, end=1020)
    dated = {"place_id": court.id, "created_at": 0}
    make.keep(NeedDay(need_id=asked.id, day="2026-11-24", kind="off", **dated))
    make.keep(
        NeedDay(
            need_id=also.id,
            day="2026-11-24",
            kind="other",
            start_minute=840,
            end_minute=900,
            minimum=2,
            seats=9,
            **dated,
        )
    )
    make.keep(NeedDay(day="2026-11-28", kind="extra", start_minute=600, end_minute=660, minimum=2, seats=3, **dated))
    make.keep(NeedDay(day="2026-12-01", kind="off", **dated))
    found = week(court, days=14)
    start = [local_ms(TUESDAY, 840, NEW_YORK), local_ms(date(2026, 11, 28), 600, NEW_YORK)]
    assert [(one.starts_at, one.needed, one.need_id) for one in found] == [(start[0], 9, also.id), (start[1], 3, None)]


def test_holidays_and_closures_suspend_what_is_needed_unless_a_date_says_otherwise(make, court, need):
    for weekday in (1, 2, 3):
        need(court, weekday=weekday)
    own = {"chapter_id": court.chapter_id, "reason": "Moved", "created_at": 0}
    make.keep(Closure(place_id=court.id, from_day="2026-11-24", to_day="2026-11-24", **own))
    assert [one.day.day for one in week(court)] == [25]
    make.keep(Closure(from_day="2026-11-25", to_day="2026-11-25", **own))
    assert week(court) == []
    make.keep(WorkedHoliday(chapter_id=court.chapter_id, name="Thanksgiving Day", since=0))
    assert [one.day.day for one in week(court)] == [26]


@pytest.mark.parametrize(
    ("zone", "at", "offset"),
    [
        (NEW_YORK, (40.7, -74.0), (4, 5)),
        ("America/Phoenix", (33.4, -112.0), (7, 7)),
        ("Pacific/Honolulu", (21.3, -157.8), (10, 10)),
        ("America/Puerto_Rico", (18.4, -66.1), (4, 4)),
        ("Pacific/Saipan", (15.2, 145.7), (-10, -10)),
    ],
)
def test_a_window_keeps_its_hour_on_the_places_own_clocks_over_the_change(make, court, need, zone, at, offset):
    place = make.place(make.chapter(), at=at, zone=zone)
    need(place, weekday=0, start=540, end=600)
    first, second = week(place, monday=date(2026, 10, 25), days=14)
    assert [(one.starts_at // HOUR) % 24 for one in (first, second)] == [(9 + hours) % 24 for hours in offset]


def test_a_pods_shift_at_the_place_of_its_parent_covers_it(make, court, need, shift):
    from fieldapp.accounts.models import Chapter
    from fieldapp.core.db import db

    pod = make.chapter("Pod", db.session.get_one(Chapter, court.chapter_id))
    need(court)
    shift(court, confirmed=4, chapter_id=pod.id)
    assert [one.code for one in week(court)] == ["full"]


def test_cancelled_shifts_cover_nothing_and_closed_places_need_nothing(make, court, need, shift):
    need(court)
    gone = shift(court, confirmed=2)
    with write() as session:
        session.get_one(Shift, gone.id).cancelled_at = 1
    assert [one.code for one in week(court)] == ["unplanned"]
    with write() as session:
        session.get_one(type(court), court.id).closed_at = 1
    assert week(court) == []
