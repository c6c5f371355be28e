"""Weekly series keep the place's own clocks: across every kind of zone, holidays, closed places, and twice the same job."""

from __future__ import annotations

import pytest

from fieldapp.core.clock import DAY, HOUR, to_datetime
from fieldapp.core.jobs import run_due
from fieldapp.places.models import Place
from fieldapp.shifts.models import Series, Shift
from fieldapp.shifts.services import series
from tests.conftest import NOON

ZONES = (
    "America/New_York",
    "America/Indiana/Indianapolis",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
    "Pacific/Saipan",
)
FORM = {"start": "8:30", "end": "12:30", "minimum": "2", "seats": "4", "repeat": "weekly"}


@pytest.fixture
def desk(make, sign_in):
    """A coordinator's browser, their chapter, and a way to add a series."""

    class Desk:
        chapter = make.chapter()
        coordinator = make.person(chapter, "coordinator")

        @property
        def page(self):
            return sign_in(self.coordinator)

        def place(self, **more):
            return make.place(self.chapter, **more)

        def add(self, place, day, **more):
            answer = self.page.post("/shifts/new", {**FORM, "place_id": place.id, "day": day, **more})
            assert answer.status_code == 302, answer.text
            return answer

    return Desk()


def starts(make, zone):
    return [f"{to_datetime(s.starts_at, zone):%m-%d %H:%M}" for s in sorted(make.all(Shift), key=lambda s: s.starts_at)]


@pytest.mark.parametrize("zone", ZONES)
def test_a_series_keeps_its_hours_on_the_places_clocks_when_the_clocks_change(make, desk, clock, zone):
    clock.at = NOON + 98 * DAY  # 1 March 2027; the clocks of most zones change on the 14th
    desk.add(desk.place(zone=zone), "2027-03-04")
    hours = [to_datetime(s.starts_at, zone).hour * 60 + to_datetime(s.starts_at, zone).minute for s in make.all(Shift)]
    assert hours == [8 * 60 + 30] * 8
    assert {s.ends_at - s.starts_at for s in make.all(Shift)} == {4 * HOUR}


def test_a_night_shift_over_the_change_is_an_hour_shorter_and_still_one_shift(make, desk, clock):
    clock.at = NOON + 98 * DAY
    desk.add(desk.place(), "2027-03-06", start="22:00", end="6:00")
    lasts = {f"{to_datetime(s.starts_at, 'America/New_York'):%m-%d}": s.ends_at - s.starts_at for s in make.all(Shift)}
    assert (lasts["03-06"], lasts["03-13"], lasts["03-20"]) == (8 * HOUR, 7 * HOUR, 8 * HOUR)


def test_federal_holidays_are_left_out(make, desk):
    desk.add(desk.place(), "2026-11-26")  # Thanksgiving
    assert starts(make, "America/New_York")[:2] == ["12-03 08:30", "12-10 08:30"]
    desk.add(desk.place(), "2026-11-27")
    fridays = [s for s in make.all(Shift) if to_datetime(s.starts_at, "America/New_York").weekday() == 4]
    assert "2026-12-25" not in {s.series_day for s in fridays}
    assert "2027-01-01" not in {s.series_day for s in fridays}
    listed = desk.page.get("/shifts/series").text
    assert "Thanksgiving" in listed
    assert "Christmas Day" in listed


def test_the_job_makes_what_is_missing_once_and_asks_for_tomorrow(make, desk, clock):
    desk.add(desk.place(), "2026-11-24")
    before = len(make.all(Shift))
    assert series.materialise(clock.now()) == 0
    clock.advance(7 * DAY)
    for _ in range(9):
        run_due(clock.now())
    assert len(make.all(Shift)) == before + 1
    clock.advance(DAY)
    assert run_due(clock.now()) == 1
    assert len(make.all(Shift)) == before + 2  # eight weeks ahead there is one more Tuesday


def test_a_shift_that_was_moved_or_cancelled_is_not_made_again(make, desk, clock):
    desk.add(desk.place(), "2026-11-24")
    first, second = sorted(make.all(Shift), key=lambda s: s.starts_at)[:2]
    moved = {**FORM, "day": "2026-11-25"}
    assert desk.page.post(f"/shifts/{first.id}/edit", moved).status_code == 302
    assert desk.page.post(f"/shifts/{second.id}/cancel", {"reason": "The court moved."}).status_code == 302
    assert series.materialise(clock.now()) == 0


def test_a_place_that_closes_suspends_its_series_and_one_that_opens_again_goes_on(make, desk, clock):
    place = desk.place()
    desk.add(place, "2026-11-24")
    made = len(make.all(Shift))
    desk.page.post(f"/places/{place.id}/close")
    clock.advance(14 * HOUR)
    run_due(clock.now())
    assert {s.cancel_reason for s in make.all(Shift)} == {"The place is closed."}
    assert make.all(Place)[0].closed_at
    desk.page.post(f"/places/{place.id}/reopen")
    clock.advance(DAY)
    run_due(clock.now())
    off = [s.series_day for s in make.all(Shift) if s.cancelled_at is not None]
    assert off == ["2026-11-24"]  # its time went by while the place was closed
    assert len(make.all(Shift)) == made + 1  # and the next week's is there


def test_an_ended_series_cancels_what_comes_after_its_last_day(make, desk, clock):
    desk.add(desk.place(), "2026-11-24")
    [one] = make.all(Series)
    assert desk.page.post(f"/shifts/series/{one.id}/end", {"until": "2026-12-08"}).status_code == 302
    left = sorted(s.series_day for s in make.all(Shift) if s.cancelled_at is None)
    assert left == ["2026-11-24", "2026-12-01", "2026-12-08"]
    assert desk.page.post(f"/shifts/series/{one.id}/end", {"until": "2026-12-08"}).status_code == 409
    assert desk.page.post(f"/shifts/series/{one.id}/end", {"until": "soon"}).status_code == 422
    clock.advance(30 * DAY)
    assert series.materialise(clock.now()) == 0


def test_a_series_with_a_last_day_stops_there(make, desk):
    desk.add(desk.place(), "2026-11-24", until="2026-12-05")
    assert sorted(s.series_day for s in make.all(Shift)) == ["2026-11-24", "2026-12-01"]


def test_overlaps_are_found_across_zones(make, desk, clock):
    east, west = desk.place(zone="America/New_York"), desk.place(zone="America/Phoenix")
    once = {**FORM, "repeat": "once", "day": "2026-11-24"}
    for place, hours in (
        (east, {}),
        (west, {"start": "7:00", "end": "9:00"}),
        (west, {"start": "10:30", "end": "12:00"}),
    ):
        desk.page.post("/shifts/new", {**once, "place_id": place.id, **hours})
    first, clashing, later = sorted(make.all(Shift), key=lambda s: s.starts_at)
    phone = make.phone(make.person(desk.chapter), desk.chapter)
    said = [phone.sync(phone.operation("claim", shift=s.id))[0]["outcome"] for s in (first, clashing, later)]
    assert said == ["stored", "not_applied/overlap", "stored"]
