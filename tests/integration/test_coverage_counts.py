"""Claims are forgotten, the history stays: each shift becomes numbers once, when nobody can say here or out any more."""

from __future__ import annotations

from fieldapp.core.clock import DAY, HOUR, FixedClock
from fieldapp.core.db import db, write
from fieldapp.core.jobs import Job, run_due
from fieldapp.coverage.models import CoverageCount
from fieldapp.coverage.services import counting
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim
from tests.factories import Factory


def was(make: Factory, place: Place, days_ago: int, *, came: int = 2, missed: int = 0, lead: int = 5 * DAY, **more):
    """A shift of so many days ago, with people who came and people who did not."""
    chapter = place.chapter_id
    shift = make.shift(place, starts_in=-days_ago * DAY, taken=came + missed, **more)
    people = [make.person(type("Home", (), {"id": chapter})()) for _ in range(came + missed)]
    with write() as session:
        for number, person in enumerate(people):
            here = shift.starts_at if number < came else None
            claim = Claim(shift_id=shift.id, person_id=person.id, state="confirmed", at=shift.starts_at - lead)
            claim.here_at = here
            session.add(claim)
    return shift


def months(make: Factory) -> list[CoverageCount]:
    return [row for row in make.all(CoverageCount) if row.span == "month"]


def test_a_shift_that_is_over_becomes_numbers_of_its_week_and_month(make: Factory, clock: FixedClock) -> None:
    place = make.place(make.chapter())
    was(make, place, 10, came=2, missed=1)
    was(make, place, 9, came=1, missed=0, lead=2 * HOUR)
    was(make, place, 9, came=0, cancelled_at=clock.now())
    counting.count(clock.now())
    (month,) = months(make)
    assert (month.starts_on, month.place_id, month.chapter_id) == ("2026-11-01", place.id, place.chapter_id)
    assert (month.shifts, month.cancelled, month.seats, month.claims, month.came) == (2, 1, 8, 4, 3)
    assert (month.ran, month.enough) == (1, 1)
    assert (month.lead_0, month.lead_1, month.lead_3, month.lead_7, month.lead_14) == (1, 0, 3, 0, 0)
    assert {row.starts_on for row in make.all(CoverageCount) if row.span == "week"} == {"2026-11-09"}


def test_counting_twice_adds_nothing_and_what_is_new_is_added(make: Factory, clock: FixedClock) -> None:
    place = make.place(make.chapter())
    was(make, place, 10)
    assert counting.count(clock.now()) == 1
    assert counting.count(clock.now()) == 0
    was(make, place, 1)
    assert counting.count(clock.now()) == 0  # people may still say that they are out
    clock.advance(2 * DAY)
    assert counting.count(clock.now()) == 1
    assert sum(row.shifts for row in months(make)) == 2


def test_history_stays_when_claims_are_forgotten(make: Factory, clock: FixedClock) -> None:
    place = make.place(make.chapter())
    was(make, place, 40)
    counting.count(clock.now())
    with write() as session:
        session.execute(db.delete(Claim))
    counting.count(clock.now())
    assert [row.came for row in months(make)] == [2]


def test_the_day_is_the_places_own(make: Factory, clock: FixedClock) -> None:
    guam = make.place(make.chapter(), zone="Pacific/Guam", at=None)
    clock.at = 1_793_500_200_000  # 31 October 2026, 20:30 UTC: on Guam it is November
    make.shift(guam, starts_in=0)
    clock.advance(3 * DAY)
    counting.count(clock.now())
    assert [row.starts_on for row in months(make)] == ["2026-11-01"]


def test_more_than_a_batch_is_counted_whole(make: Factory, clock: FixedClock, monkeypatch) -> None:
    monkeypatch.setattr(counting, "BATCH", 2)
    place = make.place(make.chapter())
    for days in (10, 10, 10, 9, 8):  # three end in the same instant
        make.shift(place, starts_in=-days * DAY)
    counting.daily({}, clock.now())
    assert [row.shifts for row in months(make)] == [5]


def test_the_worker_counts_every_day(make: Factory, clock: FixedClock) -> None:
    place = make.place(make.chapter())
    with write() as session:
        counting.plan(session, clock.now())
    make.shift(place, starts_in=-HOUR * 4)
    clock.advance(4 * DAY)
    while run_due(clock.now()):
        pass
    assert [row.shifts for row in months(make)] == [1]
    assert [job.kind for job in make.all(Job)] == [counting.JOB]
