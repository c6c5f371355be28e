"""Changing a series: one shift, this and those that follow, all. What it does to people is said first, and then is what happens."""

from __future__ import annotations

import re

import pytest

from fieldapp.core.clock import DAY, HOUR, local_ms, to_datetime
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim, Closure, Message, Series, Shift
from fieldapp.shifts.services import series
from tests.conftest import NOON

ZONE = "America/New_York"
FORM = {"start": "8:30", "end": "12:30", "minimum": "2", "seats": "4"}
RULE = {"repeat": "weekly", "every": "1", "days": ["1"]}


@pytest.fixture
def desk(make, sign_in, clock):
    """A coordinator's browser, a series on Tuesdays, and people who take its shifts."""

    class Desk:
        chapter = make.chapter()
        page = sign_in(make.person(chapter, "coordinator"))
        place = make.place(chapter)

        def add(self, day="2026-11-24", **more):
            answer = self.page.post("/shifts/new", {**FORM, **RULE, "place_id": (self.place).id, "day": day, **more})
            assert answer.status_code == 302, answer.text

        def on(self, shift, person, state="confirmed"):
            with write() as session:
                session.add(Claim(shift_id=shift.id, person_id=person.id, state=state, at=clock.now()))
                session.get(Shift, shift.id, populate_existing=True).taken += 1

        def edit(self, shift, scope, **more):
            day = to_datetime(shift.starts_at, ZONE).date().isoformat()
            return self.both(f"/shifts/{shift.id}/edit", {**FORM, **RULE, "day": day, "scope": scope, **more})

        def both(self, path, form):
            """The page that says what happens, and the answer once it is said."""
            first = self.page.post(path, form)
            if first.status_code != 200:
                return first, first
            said = re.search(r'name="said" value="(\w+)"', first.text)[1]
            return first, self.page.post(path, {**form, "said": said})

    return Desk()


def days(make, hours=True):
    """The coming shifts that take place."""
    live = sorted((s for s in make.all(Shift) if s.cancelled_at is None), key=lambda s: s.starts_at)
    return [f"{to_datetime(s.starts_at, ZONE):%m-%d %H:%M}" for s in live]


def told(make):
    """Who was told what, of what is still shown."""
    return sorted((m.person_id, m.detail["what"]) for m in make.all(Message) if m.answered_at is None)


def in_order(make):
    return sorted(make.all(Shift), key=lambda s: s.starts_at)


def test_this_and_those_that_follow_become_a_series_of_their_own_and_its_people_are_asked_again(make, desk):
    desk.add()
    fern, first, third = make.person(desk.chapter), *in_order(make)[0:3:2]
    desk.on(first, fern)
    desk.on(third, fern)
    said, done = desk.edit(third, "following", start="9:30", end="13:30")
    assert "1 person on 1 shift" in said.text
    assert "asked to confirm again" in said.text
    assert done.status_code == 302
    assert days(make)[:3] == ["11-24 08:30", "12-01 08:30", "12-08 09:30"]
    assert len(days(make)) == 8
    assert {s.series_id for s in in_order(make)[:2]} != {s.series_id for s in in_order(make)[2:]}
    states = {c.shift_id: c.state for c in make.all(Claim)}
    assert (states[first.id], states[third.id]) == ("confirmed", "claimed")
    assert told(make) == [(fern.id, "hours")]
    old, new = sorted(make.all(Series), key=lambda s: s.from_day)
    assert (old.until_day, new.from_day) == ("2026-12-07", "2026-12-08")
    assert series.materialise(NOON) == 0
    assert len({(s.series_id, s.series_day) for s in make.all(Shift)}) == len(make.all(Shift))


def test_nothing_happens_until_it_was_said_and_not_when_it_became_something_else(make, desk):
    desk.add()
    shift, fern, sage = in_order(make)[1], make.person(desk.chapter), make.person(desk.chapter)
    desk.on(shift, fern)
    form = {**FORM, **RULE, "day": "2026-12-01", "scope": "all", "start": "9:00"}
    first = desk.page.post(f"/shifts/{shift.id}/edit", form)
    assert days(make)[0] == "11-24 08:30"
    assert not make.all(Message)
    desk.on(shift, sage)
    said = re.search(r'name="said" value="(\w+)"', first.text)[1]
    again = desk.page.post(f"/shifts/{shift.id}/edit", {**form, "said": said})
    assert again.status_code == 200
    assert "It has changed since it was shown to you." in again.text
    assert "2 people on 1 shift" in again.text
    assert days(make)[0] == "11-24 08:30"
    assert not make.all(Message)


def test_all_moved_to_another_weekday_keep_their_people_within_the_week(make, desk):
    desk.add()
    shift, fern = in_order(make)[1], make.person(desk.chapter)
    desk.on(shift, fern)
    _, done = desk.edit(shift, "all", days=["2"])
    assert done.status_code == 302
    assert days(make)[:3] == ["11-25 08:30", "12-02 08:30", "12-09 08:30"]
    [claim] = make.all(Claim)
    assert (claim.shift_id, claim.state) == (shift.id, "claimed")
    assert db.session.get(Shift, shift.id).series_day == "2026-12-02"
    assert [s.rule for s in make.all(Series)] == ["RRULE:FREQ=WEEKLY;BYDAY=WE"]
    assert series.materialise(NOON) == 0


def test_a_series_thinned_out_cancels_what_has_no_day_any_more_and_says_so(make, desk):
    desk.add()
    second, fern = in_order(make)[1], make.person(desk.chapter)
    desk.on(second, fern)
    said, _ = desk.edit(in_order(make)[0], "all", every="2")
    assert "told that it is off" in said.text
    assert days(make)[:3] == ["11-24 08:30", "12-08 08:30", "12-22 08:30"]
    assert told(make) == [(fern.id, "cancelled")]
    desk.edit(in_order(make)[0], "all", every="1")
    assert days(make)[:3] == ["11-24 08:30", "12-01 08:30", "12-08 08:30"]


def test_what_was_changed_on_one_shift_alone_stays_as_it_is(make, desk):
    desk.add()
    second = in_order(make)[1]
    desk.edit(second, "one", start="10:00", end="14:00", seats="7")
    desk.page.post(f"/shifts/{in_order(make)[2].id}/cancel", {"reason": "The court is shut."})
    said, _ = desk.edit(in_order(make)[0], "all", start="9:00", minimum="3")
    assert "had something changed on them alone" in said.text
    assert days(make)[:3] == ["11-24 09:00", "12-01 10:00", "12-15 09:00"]
    alone = db.session.get(Shift, second.id)
    assert (alone.seats, alone.minimum) == (7, 3)


def test_who_cannot_keep_a_moved_shift_is_off_it_and_told_why(make, desk):
    desk.add()
    shift, fern, sage = in_order(make)[1], make.person(desk.chapter), make.person(desk.chapter)
    other = make.shift(
        make.place(desk.chapter), starts_in=local_ms(to_datetime(shift.starts_at, ZONE).date(), 13 * 60, ZONE) - NOON
    )
    for person in (fern, sage):
        desk.on(shift, person)
    desk.on(other, fern)
    course = make.course(desk.chapter)
    make.certificate(sage, course, ends_in=2 * DAY)
    said, done = desk.edit(shift, "one", start="12:00", end="15:00")
    assert "it would run at the same time as another shift of theirs" in said.text
    assert done.status_code == 302
    states = {(c.shift_id, c.person_id): c.state for c in make.all(Claim)}
    assert states == {(shift.id, fern.id): "released", (shift.id, sage.id): "claimed", (other.id, fern.id): "confirmed"}
    assert db.session.get(Shift, shift.id).taken == 1
    assert told(make) == sorted([(fern.id, "overlap"), (sage.id, "hours")])
    said, _ = desk.edit(shift, "one", start="12:00", end="15:00", course_id=course.id)
    assert "it needs a certificate" in said.text
    assert db.session.get(Shift, shift.id).taken == 0


def test_more_people_than_seats_is_refused_with_nothing_changed(make, desk):
    desk.add()
    shift = in_order(make)[3]
    for _ in range(3):
        desk.on(shift, make.person(desk.chapter))
    answer, _ = desk.edit(in_order(make)[0], "all", seats="2")
    assert answer.status_code == 422
    assert {s.seats for s in make.all(Shift)} == {4}
    assert not make.all(Message)


def test_a_number_of_times_counts_on_through_a_split(make, desk):
    desk.add(count="6")
    fourth = in_order(make)[3]
    desk.edit(fourth, "following", start="9:00", count="6")
    assert len(days(make)) == 6
    assert days(make)[2:4] == ["12-08 08:30", "12-15 09:00"]


def test_cancelling_this_and_those_that_follow_ends_the_series_and_tells_everyone(make, desk, clock):
    desk.add()
    shift, fern = in_order(make)[2], make.person(desk.chapter)
    desk.on(shift, fern)
    said, done = desk.both(f"/shifts/{shift.id}/cancel", {"reason": "Nobody can go.", "scope": "following"})
    assert "1 person on 1 shift" in said.text
    assert done.status_code == 302
    assert days(make) == ["11-24 08:30", "12-01 08:30"]
    assert told(make) == [(fern.id, "cancelled")]
    assert "Nobody can go." in make.all(Message)[0].detail["en"]
    clock.advance(7 * DAY)
    assert series.materialise(clock.now()) == 0


def test_ending_a_series_with_people_on_it_says_who_first(make, desk):
    desk.add()
    shift, fern = in_order(make)[4], make.person(desk.chapter)
    desk.on(shift, fern)
    [one] = make.all(Series)
    said, done = desk.both(f"/shifts/series/{one.id}/end", {"until": "2026-12-08"})
    assert fern.field_name in said.text
    assert done.status_code == 302
    assert told(make) == [(fern.id, "cancelled")]


def test_a_closure_suspends_with_people_told_and_gives_back_when_it_is_removed(make, desk, clock):
    desk.add()
    second, fern, sage = in_order(make)[1], make.person(desk.chapter), make.person(desk.chapter)
    for person in (fern, sage):
        desk.on(second, person)
    shut = {"place_id": desk.place.id, "from_day": "2026-11-30", "to_day": "2026-12-04", "reason": "Flooded"}
    said, done = desk.both("/shifts/closures", shut)
    assert "2 people on 1 shift" in said.text
    assert done.status_code == 302
    assert "12-01 08:30" not in days(make)
    assert told(make) == sorted([(fern.id, "off"), (sage.id, "off")])
    for page in ("/shifts?week=2026-11-30", f"/shifts/{second.id}", f"/shifts/{second.id}/edit", "/shifts/series"):
        assert "Flooded" in desk.page.get(page).text, page
    other = make.shift(make.place(desk.chapter), starts_in=second.starts_at + HOUR - clock.now())
    desk.on(other, sage)
    [closure] = make.all(Closure)
    said, _ = desk.both(f"/shifts/closures/{closure.id}/remove", {})
    assert "on it again" in said.text
    assert "12-01 08:30" in days(make)
    states = {c.person_id: c.state for c in make.all(Claim) if c.shift_id == second.id}
    assert states == {fern.id: "claimed", sage.id: "released"}
    assert told(make) == sorted([(fern.id, "back"), (sage.id, "overlap")])


def test_days_that_were_closed_before_they_were_made_are_made_when_the_closure_goes(make, desk):
    desk.page.post("/shifts/closures", {"from_day": "2026-12-01", "reason": "Chapter meeting"})
    desk.add()
    assert "12-01 08:30" not in days(make)
    [closure] = make.all(Closure)
    assert desk.page.post(f"/shifts/closures/{closure.id}/remove").status_code == 302
    assert "12-01 08:30" in days(make)


def test_a_chapter_may_go_out_on_a_federal_holiday_and_keep_it_again(make, desk):
    desk.add(day="2026-11-26", days=["3"])  # Thanksgiving
    out = {"name": "Thanksgiving Day", "out": "1"}
    assert desk.page.post("/shifts/closures/holiday", out).status_code == 302
    assert days(make)[0] == "11-26 08:30"
    assert "you go out" in desk.page.get("/shifts/closures").text
    assert desk.page.post("/shifts/closures/holiday", {**out, "out": "0"}).status_code == 302
    assert days(make)[0] == "12-03 08:30"
    assert desk.page.post("/shifts/closures/holiday", {"name": "My birthday", "out": "1"}).status_code == 422


def test_the_rule_is_read_back_in_both_languages(make, desk):
    desk.add(days=["1", "3"], every="2", until="2027-03-05")
    desk.add(day="2026-12-01", repeat="monthly", nth="", days=["1"])
    english, spanish = (desk.page.get(f"/shifts/series?lang={lang}").text for lang in ("en", "es"))
    assert "Every 2 weeks on Tuesday and Thursday, until 5 Mar 2027" in english
    assert "Every month on the first Tuesday" in english
    assert "Cada 2 semanas, el martes y jueves, hasta el 5 mar 2027" in spanish
    assert "Cada mes, el primer martes" in spanish


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"every": "0"}, "A number from 1 to 12."),
        ({"count": "5", "until": "2027-01-01"}, "Either a last day or a number of times"),
        ({"repeat": "monthly", "nth": "5"}, "Choose which one of the month."),
        ({"left_out": "tomorrow"}, "Write days as 2026-12-24"),
        ({"until": "2020-01-01"}, "The last day cannot be before the first."),
        ({"kind": "party"}, ""),
    ],
)
def test_a_form_that_says_no_rule_is_answered_with_what_to_mend(make, desk, wrong, field):
    asked = {**FORM, **RULE, "place_id": desk.place.id, "day": "2026-11-24", **wrong}
    answer = desk.page.post("/shifts/new", asked)
    assert answer.status_code == 422
    assert field in answer.text
    assert not make.all(Series)
