"""What places need, entered at the desk: one by one and in bulk, copied, changed from a day on, ended, and single dates."""

from __future__ import annotations

import pytest

from fieldapp.accounts.identity import actor_for
from fieldapp.accounts.models import Chapter
from fieldapp.core.clock import DAY
from fieldapp.core.db import db
from fieldapp.shifts.models import Need, NeedDay
from fieldapp.shifts.services import needs

HOURS = {"start": "8:30", "end": "12:30", "minimum": "2", "seats": "4"}


@pytest.fixture
def home(make):
    return make.chapter()


@pytest.fixture
def court(make, home):
    return make.place(home, "Federal Plaza")


@pytest.fixture
def juniper(make, home):
    return make.person(home, "coordinator")


@pytest.fixture
def desk(sign_in, juniper):
    return sign_in(juniper)


def at(place, rest=""):
    return f"/coverage/places/{place.id}/needs{rest}"


def kept(make, place):
    return sorted((n.weekday, n.start_minute, n.end_minute) for n in make.all(Need) if n.place_id == place.id)


def test_a_window_on_several_weekdays_is_entered_at_once_and_coverage_shows_it(desk, make, court, home):
    course = make.course(home, "Court watch basics")
    answer = desk.post(at(court), {**HOURS, "weekday": ["1", "2"], "course_id": course.id, "form": "master"})
    assert answer.location == at(court)
    assert kept(make, court) == [(1, 510, 750), (2, 510, 750)]
    text = desk.get(at(court)).text
    assert "Tuesday" in text
    assert "Court watch basics" in text
    assert "0/4" in desk.get("/coverage?week=2026-11-23").text


def test_the_same_window_twice_is_one(desk, make, court):
    for _ in range(2):
        desk.post(at(court), {**HOURS, "weekday": ["1"]})
    assert len(kept(make, court)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"weekday": []}, "Choose a weekday."),
        ({"start": "25:00"}, "Write the time as 8:30."),
        ({"end": "noon"}, "Write the time as 12:30."),
        ({"start": "8:30", "end": "8:00"}, "A window lasts 16 hours at most."),
        ({"minimum": "1"}, "Nobody goes alone"),
        ({"seats": "1"}, "At least as many places"),
        ({"seats": "9999"}, "At least as many places"),
        ({"until": "2020-01-01"}, "The last day cannot be before the first."),
        ({"from": "yesterday"}, "Choose the first day."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(desk, make, court, wrong, said):
    answer = desk.post(at(court), {**HOURS, "weekday": ["1"], **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Nothing was saved yet." in answer.text
    assert make.all(Need) == []


def test_a_need_over_midnight_ends_on_the_next_day(desk, make, court):
    desk.post(at(court), {**HOURS, "weekday": ["4"], "start": "22:00", "end": "2:00"})
    assert kept(make, court) == [(4, 1320, 1560)]


def test_windows_are_copied_to_weekdays_and_to_places_and_what_is_there_stays(desk, make, court, home):
    other = make.place(home, "Varick Street")
    desk.post(at(court), {**HOURS, "weekday": ["0"]})
    [first] = make.all(Need)
    desk.post(at(court, "/chosen"), {"what": "copy", "need": [first.id], "to_weekday": ["0", "1", "2"]})
    assert [day for day, _, _ in kept(make, court)] == [0, 1, 2]
    chosen = [need.id for need in make.all(Need)]
    for _ in range(2):
        desk.post(at(court, "/chosen"), {"what": "copy", "need": chosen, "to_place": [other.id]})
        assert [day for day, _, _ in kept(make, other)] == [0, 1, 2]


def test_nothing_is_copied_to_a_place_of_another_chapter(desk, make, court):
    desk.post(at(court), {**HOURS, "weekday": ["0"]})
    foreign = make.place(make.chapter(), "Elsewhere")
    answer = desk.post(at(court, "/chosen"), {"what": "copy", "need": [make.all(Need)[0].id], "to_place": [foreign.id]})
    assert answer.status_code == 404
    assert kept(make, foreign) == []


def test_ended_from_today_on_it_is_gone_from_the_page_and_stays_in_the_past(desk, make, court, clock, sign_in, juniper):
    desk.post(at(court), {**HOURS, "weekday": ["1"]})
    clock.advance(14 * DAY)
    later = sign_in(juniper)
    [need] = make.all(Need)
    later.post(at(court, "/chosen"), {"what": "end", "need": [need.id]})
    assert "Nothing is needed here yet." in later.get(at(court)).text
    assert make.all(Need)[0].until_day == "2026-12-06"
    assert "0/4" in later.get("/coverage?week=2026-11-30").text


def test_a_change_holds_from_today_on_and_dates_follow_it(desk, make, court, clock, sign_in, juniper):
    desk.post(at(court), {**HOURS, "weekday": ["1"]})
    [need] = make.all(Need)
    desk.post(at(court, "/days"), {"kind": "off", "need_id": need.id, "day": "2026-12-15"})
    clock.advance(14 * DAY)
    later = sign_in(juniper)
    later.post(at(court, f"/{need.id}"), {**HOURS, "seats": "6"})
    old, new = sorted(make.all(Need), key=lambda one: one.from_day)
    assert (old.until_day, old.seats, new.from_day, new.seats) == ("2026-12-06", 4, "2026-12-07", 6)
    assert [day.need_id for day in make.all(NeedDay)] == [new.id]


def test_a_date_without_a_date_with_other_hours_and_an_extra_one(desk, make, court):
    desk.post(at(court), {**HOURS, "weekday": ["1"]})
    [need] = make.all(Need)
    desk.post(at(court, "/days"), {"kind": "off", "need_id": need.id, "day": "2026-11-24", "note": "Judge away"})
    desk.post(at(court, "/days"), {**HOURS, "kind": "other", "need_id": need.id, "day": "2026-11-24", "start": "9:00"})
    desk.post(at(court, "/days"), {**HOURS, "kind": "extra", "day": "2026-11-28"})
    days = sorted(make.all(NeedDay), key=lambda one: one.day)
    assert [(one.day, one.kind, one.start_minute) for one in days] == [
        ("2026-11-24", "other", 540),
        ("2026-11-28", "extra", 510),
    ]
    assert "instead of 8:30–12:30" in desk.get(at(court)).text
    desk.post(at(court, f"/days/{days[0].id}"))
    assert [one.kind for one in make.all(NeedDay)] == ["extra"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2026-11-25"}, "That window is on another weekday."),
        ({"day": "2020-01-07"}, "Choose a day between today and a year ahead."),
        ({"kind": "odd"}, "Choose what is different."),
        ({"need_id": "nobodys"}, "Choose the weekly window that is different."),
    ],
)
def test_a_date_that_cannot_be_is_said(desk, make, court, wrong, said):
    desk.post(at(court), {**HOURS, "weekday": ["1"]})
    values = {**HOURS, "kind": "other", "need_id": make.all(Need)[0].id, "day": "2026-11-24", **wrong}
    answer = desk.post(at(court, "/days"), values)
    assert answer.status_code == 422
    assert said in answer.text
    assert make.all(NeedDay) == []


def test_every_change_counts_for_what_is_kept_of_the_chapter(make, clock, court, juniper, home):
    actor, now = actor_for(juniper), clock.now()

    def version():
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(Chapter, home.id).version

    seen = [version()]
    need = needs.create(actor, {**HOURS, "place_id": court.id, "weekday": "1"}, now)
    seen.append(version())
    day = needs.set_day(actor, court.id, {"kind": "off", "need_id": need.id, "day": "2026-11-24"}, now)
    seen.append(version())
    needs.unset_day(actor, court.id, day.id)
    seen.append(version())
    needs.change(actor, need.id, {**HOURS, "seats": "5"}, now)
    seen.append(version())
    needs.end(actor, court.id, [need.id], "", now)
    seen.append(version())
    assert seen == sorted(set(seen))


def test_another_chapters_needs_are_not_there(sign_in, make, court):
    foreign = make.chapter()
    other = sign_in(make.person(foreign, "coordinator"))
    need = make.keep(Need(place_id=court.id, weekday=0, start_minute=1, end_minute=2, created_at=0))
    assert other.get(at(court)).status_code == 404
    assert other.post(at(make.place(foreign), f"/{need.id}"), HOURS).status_code == 404
    assert make.all(Need)[0].seats == 4
