"""Coverage: confirmed, claimed, needed; worst first; on each place's own clocks; in a bounded number of queries."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from fieldapp.accounts.services import chapters
from fieldapp.alerts.models import Alert
from fieldapp.core.clock import DAY, HOUR, local_ms
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim, Need, Shift
from fieldapp.training.models import Grade

TUESDAY = date(2026, 11, 24)
NEW_YORK = "America/New_York"


@pytest.fixture
def chapter(make):
    return make.chapter("Northeast")


@pytest.fixture
def coordinator(make, chapter):
    return make.person(chapter, "coordinator", field_name="Juniper")


@pytest.fixture
def page(sign_in, coordinator):
    return sign_in(coordinator)


class Planner:
    """Shifts with people on them, said in few words."""

    def __init__(self, make, chapter):
        self.make, self.chapter = make, chapter

    def shift(self, place, day=TUESDAY, at=8 * 60 + 30, *, confirmed=0, claimed=0, seats=4, experienced=True):
        """A shift of four hours with so many people on it."""
        start = local_ms(day, at, place.zone)
        taken = confirmed + claimed
        made = self.make.keep(
            Shift(
                place_id=place.id,
                chapter_id=place.chapter_id,
                starts_at=start,
                ends_at=start + 4 * HOUR,
                seats=seats,
                taken=taken,
            )
        )
        for number in range(taken):
            person = self.make.person(self.chapter)
            state = "confirmed" if number < confirmed else "claimed"
            self.make.keep(Claim(shift_id=made.id, person_id=person.id, state=state, at=self.make.clock.now()))
            if experienced and number == 0:
                self.make.keep(Grade(person_id=person.id, chapter_id=self.chapter.id, grade="watcher"))
        changed(place.chapter_id)
        return made


def changed(chapter_id):
    """Counts a change, as every service does: what is made from a chapter is kept under its counter."""
    with write() as session:
        chapters.touch(session, chapter_id)


@pytest.fixture
def plan(make, chapter):
    return Planner(make, chapter)


def cell(page, place, day=TUESDAY, half="am"):
    live = page.get("/coverage/live?week=2026-11-23").get_json()
    return live["cells"].get(f"{place.id}.{day.isoformat()}.{half}")


@pytest.mark.parametrize(
    ("people", "look"),
    [
        ({"confirmed": 4}, "full"),
        ({"confirmed": 2}, ""),
        ({"confirmed": 1, "claimed": 1}, "wait"),
        ({"claimed": 4}, "wait"),
        ({"confirmed": 1}, "gap"),
        ({}, "gap"),
        ({"confirmed": 3, "experienced": False}, "gap"),
    ],
)
def test_a_half_day_looks_as_bad_as_it_is(page, make, chapter, plan, people, look):
    place = make.place(chapter)
    plan.shift(place, **people)
    assert cell(page, place)["look"] == look


def test_a_cell_says_confirmed_of_needed_and_claimed_is_not_confirmed(page, make, chapter, plan):
    place = make.place(chapter, "Federal Plaza")
    plan.shift(place, confirmed=2, claimed=1)
    text = page.get("/coverage?week=2026-11-23").text
    assert "2/4, Federal Plaza, Tue 24, morning: 2 confirmed, 1 claimed, 1 open, 4 needed" in text


def test_two_shifts_of_one_half_day_are_added_up(page, make, chapter, plan):
    place = make.place(chapter)
    plan.shift(place, confirmed=2, seats=2)
    plan.shift(place, at=10 * 60, seats=2)
    found = cell(page, place)
    assert (found["have"], found["needed"], found["look"]) == (2, 4, "gap")


def test_worst_first_in_the_grid_and_in_the_table(page, make, chapter, plan):
    fine, empty, claimed = make.place(chapter, "Fine"), make.place(chapter, "Empty"), make.place(chapter, "Claimed")
    plan.shift(fine, confirmed=4)
    plan.shift(empty)
    plan.shift(claimed, claimed=2)
    for address in ("/coverage?week=2026-11-23", "/coverage?week=2026-11-23&view=table"):
        text = page.get(address).text.split("<tbody>")[1]
        assert text.index("Empty") < text.index("Claimed") < text.index("Fine")


def test_a_shift_stands_on_its_places_own_day(page, make, chapter, plan):
    guam = make.place(chapter, "Saipan", at=(15.2, 145.75), zone="Pacific/Saipan")
    honolulu = make.place(chapter, "Honolulu", at=(21.3, -157.86), zone="Pacific/Honolulu")
    for place in (guam, honolulu):
        plan.shift(place, day=date(2026, 11, 29), at=17 * 60)
    live = page.get("/coverage/live?week=2026-11-23").get_json()
    assert set(live["cells"]) == {f"{guam.id}.2026-11-29.pm", f"{honolulu.id}.2026-11-29.pm"}
    assert page.get("/coverage/live?week=2026-11-30").get_json()["cells"] == {}
    assert page.get("/coverage/live?week=2026-11-16").get_json()["cells"] == {}


def test_a_need_without_a_shift_is_a_gap_and_a_shift_meets_it(page, make, chapter, plan):
    place = make.place(chapter)
    made = {"weekday": 1, "start_minute": 510, "end_minute": 750, "created_at": 0}
    make.keep(Need(place_id=place.id, minimum=2, seats=3, **made))
    found = cell(page, place)
    assert (found["have"], found["needed"], found["look"]) == (0, 3, "gap")
    plan.shift(place, confirmed=4)
    assert cell(page, place)["look"] == "full"


def test_a_federal_holiday_is_one_named_column_and_suspends_needs(page, make, chapter, plan):
    place = make.place(chapter)
    plan.shift(place, confirmed=4)
    make.keep(Need(place_id=place.id, weekday=3, start_minute=510, end_minute=750, created_at=0))
    text = page.get("/coverage?week=2026-11-23").text
    assert "Thanksgiving: closed, series suspended" in text
    assert cell(page, place, date(2026, 11, 26)) is None


def test_cancelled_shifts_and_closed_places_are_not_there(page, make, chapter, plan):
    place, closed = make.place(chapter), make.place(chapter, closed_at=1)
    shift = plan.shift(place)
    plan.shift(closed)
    with write() as session:
        session.get_one(Shift, shift.id).cancelled_at = make.clock.now()
    assert page.get("/coverage/live?week=2026-11-23").get_json()["cells"] == {}


def test_what_cannot_run_is_at_risk_until_it_begins(page, make, chapter, plan, clock, sign_in, coordinator):
    place = make.place(chapter, "Federal Plaza")
    plan.shift(place)
    assert "1 shift can't run as it stands" in page.get("/coverage").text
    clock.advance(2 * DAY)
    assert "can't run as it stands" not in sign_in(coordinator).get("/coverage").text


def test_pins_show_the_worst_window_ahead_and_say_it_in_words(page, make, chapter, plan, clock, sign_in, coordinator):
    place = make.place(chapter, "Federal Plaza")
    plan.shift(place)
    plan.shift(place, day=date(2026, 11, 25), confirmed=4)
    data = page.get("/coverage/map").get_json()
    [pin] = data["places"]
    assert pin == [place.id, 4071530, -7400370, "Federal Plaza", 0, "gap", 4, 0, "2026-11-24.am"]
    assert data["words"] == ["worst window, 4 people missing"]
    clock.advance(2 * DAY)
    [pin] = sign_in(coordinator).get("/coverage/map").get_json()["places"]
    assert pin[5] == "ok"


def test_a_place_without_a_position_is_named_below_the_map(page, make, chapter):
    make.place(chapter, "Adrift", at=None)
    text = page.get("/coverage").text
    assert "1 place is not on the map." in text
    assert "Say where Adrift is" in text


def alert_at(make, place, **more):
    now = make.clock.now()
    known = {"record_id": "r", "key": "k", "number": 1, "what": "ice_here", "raised_at": now, "arrived_at": now, **more}
    return make.keep(Alert(place_id=place.id, chapter_id=place.chapter_id, **known))


def test_an_open_alert_is_on_the_map_at_its_place_and_polling_quickens(page, make, chapter):
    place = make.place(chapter, "Federal Plaza")
    alert = alert_at(make, place)
    text = page.get("/coverage").text
    assert "ICE is here" in text
    assert f'href="/alerts/{alert.id}"' in text
    assert 'data-every="5"' in text
    assert page.get("/coverage/live").get_json()["urgent"]
    [pin] = page.get("/coverage/map").get_json()["places"]
    assert (pin[5], pin[9]) == ("alert", alert.id)


def test_an_admin_who_is_no_coordinator_sees_numbers_but_neither_alerts_nor_names(make, sign_in, chapter, plan):
    place = make.place(chapter)
    shift = plan.shift(place)
    make.keep(Claim(shift_id=shift.id, person_id=make.person(chapter, field_name="Heron").id, state="claimed", at=0))
    alert_at(make, place)
    page = sign_in(make.person(chapter, "admin"))
    assert page.get("/coverage/map").get_json()["places"][0][5] == "gap"
    assert "Heron" not in page.get(f"/coverage/peek/{place.id}.{TUESDAY}.am").text


def test_a_look_at_a_half_day_names_who_is_on_it_and_who_came_a_week_before(page, make, chapter, plan):
    place = make.place(chapter)
    for day, name in ((TUESDAY, "Heron"), (date(2026, 11, 17), "Maple")):
        shift = plan.shift(place, day=day)
        make.keep(Claim(shift_id=shift.id, person_id=make.person(chapter, field_name=name).id, state="claimed", at=0))
    seen = page.get(f"/coverage/peek/{place.id}.{TUESDAY}.am").get_json()
    said = {fact["label"]: fact["text"] for fact in seen["facts"]}
    assert said["On it"] == "Heron (claimed)"
    assert said["Came a week before"] == "Maple"
    assert said["Roster"] == "08:30–12:30"


@pytest.mark.parametrize("key", ["x", "x.y.z", "x.2026-11-24.noon", "..", "x.9999-99-99.am", "x.2026-11-24.am"])
def test_a_half_day_that_does_not_exist_is_not_there(page, key):
    assert page.get(f"/coverage/peek/{key}").status_code == 404
    assert page.get("/coverage", query_string={"cell": key}).status_code == 404


@pytest.mark.parametrize("week", ["", "x", "0001-01-01", "9999-12-31", "2026-13-01", "2026-W48"])
def test_a_week_that_cannot_be_shows_this_one_instead_of_a_fault(page, week):
    assert page.get("/coverage", query_string={"week": week}).status_code == 200


def test_another_chapters_places_are_not_in_it_and_its_id_is_not_found(page, make, plan):
    other = make.chapter("Elsewhere")
    place = make.place(other, "Foreign court")
    plan.shift(place)
    assert "Foreign court" not in page.get("/coverage?week=2026-11-23").text
    assert page.get(f"/coverage?chapter={other.id}").status_code == 404
    assert page.get(f"/coverage/peek/{place.id}.{TUESDAY}.am").status_code == 404


def test_a_pods_places_are_in_it_and_one_chapter_can_be_chosen(page, make, chapter, plan):
    pod = make.chapter("Queens", chapter)
    own, below = make.place(chapter, "Own court"), make.place(pod, "Pod court")
    plan.shift(own)
    plan.shift(below)
    assert "Pod court" in page.get("/coverage?week=2026-11-23").text
    only = page.get(f"/coverage?week=2026-11-23&chapter={pod.id}").text
    assert "Pod court" in only
    assert "Own court" not in only


def test_polling_costs_nothing_while_nothing_changes(page, make, chapter, plan):
    place = make.place(chapter)
    plan.shift(place)
    first = page.get("/coverage/live?week=2026-11-23")
    again = page.get("/coverage/live?week=2026-11-23", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    plan.shift(place, at=13 * 60)
    assert (
        page.get("/coverage/live?week=2026-11-23", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    )


def test_the_page_knows_the_mark_of_what_it_shows(page, make, chapter, plan):
    plan.shift(make.place(chapter))
    mark = page.get("/coverage?week=2026-11-23").text.split('data-etag="')[1].split('"')[0]
    answer = page.get("/coverage/live?week=2026-11-23", headers={"If-None-Match": mark.replace("&#34;", '"')})
    assert answer.status_code == 304


def test_a_week_of_a_hundred_places_takes_as_many_queries_as_one_of_one(page, make, chapter, plan):
    plan.shift(make.place(chapter))
    one = queries(lambda: page.get("/coverage?week=2026-11-23"))
    live = queries(lambda: page.get("/coverage/live?week=2026-11-23"))
    for number in range(100):
        plan.shift(make.place(chapter), at=(number % 2) * 300 + 510, confirmed=number % 2)
    assert queries(lambda: page.get("/coverage?week=2026-11-23")) == one
    assert queries(lambda: page.get("/coverage/live?week=2026-11-23")) == live
    assert live <= 12


def queries(act) -> int:
    """How many statements ``act`` sends to the database."""
    seen: list[str] = []
    keep = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", keep)
    act()
    event.remove(db.engine, "before_cursor_execute", keep)
    return len(seen)
