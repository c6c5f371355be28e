"""Very many alerts by one phone: none is lost or refused, and the city is not woken for each of them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from fieldapp.accounts.models import Person
from fieldapp.alerts.models import Alert, Delivery, Notice
from fieldapp.alerts.services import board, escalation, folding
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import db
from tests.integration.test_alerts_climbing import Scene
from tests.phones import phone_of, with_next_key

WINDOW = 10 * MINUTE


@pytest.fixture
def scene(make, clock) -> Scene:
    found = Scene(make, clock)
    found.coordinator("Juniper")
    return found


def told(make) -> set[str]:
    return {one.alert_id for one in make.all(Notice)}


def now_of(make, alerts) -> list[Alert]:
    """The same alerts as they stand now."""
    ids = [one.id for one in alerts]
    return sorted((one for one in make.all(Alert) if one.id in ids), key=lambda one: one.number)


def flood(scene, n, what="ice_here", **where) -> list[Alert]:
    found = []
    for _ in range(n):
        scene.clock.advance(1000)
        found.append(scene.volunteer.raise_alert(what, **where))
    return found


def test_beyond_five_alerts_in_ten_minutes_more_of_a_kind_are_stored_and_told_with_the_fifth(make, scene):
    alerts = flood(scene, 12)
    assert told(make) == {one.id for one in alerts[:5]}
    assert len(make.all(Delivery)) == 5
    assert [one.folded_into for one in alerts[5:]] == [alerts[4].id] * 7
    assert {one.state for one in alerts} == {"raised"}


def test_those_told_with_another_never_climb_and_the_other_does(make, scene):
    alerts = flood(scene, 8)
    scene.clock.advance(4 * MINUTE)
    assert escalation.climb_due(scene.clock.now()) == 5
    assert told(make) == {one.id for one in alerts[:5]}


def test_the_sixth_alert_of_another_kind_is_told_by_itself(make, scene):
    flood(scene, 7)
    (help_,) = flood(scene, 1, "need_help")
    assert help_.folded_into is None and help_.id in told(make)


def test_an_alert_after_all_before_it_were_answered_is_told_by_itself(make, scene, sign_in):
    desk = sign_in(scene.coordinator("Sage").person)
    for one in flood(scene, 5):
        desk.post(f"/alerts/{one.id}/got-it")
    (sixth,) = flood(scene, 1)
    assert sixth.folded_into is None and sixth.id in told(make)


def test_five_alerts_of_one_person_and_one_of_another_are_all_told(make, scene):
    flood(scene, 5)
    other = scene.make.phone(scene.make.person(scene.chapter), scene.chapter)
    assert other.sync(other.operation("alert", open={"/what": "ice_here", "/raised_at": 1}))[0]["outcome"] == "stored"
    assert len(told(make)) == 6


def test_a_call_for_help_from_the_same_persons_other_phone_is_told_at_once_however_many_the_taken_one_sent(make, scene):
    flood(scene, 12, "need_help")
    other = phone_of(make, scene.volunteer.person, scene.chapter)
    real = other.raise_alert("need_help")
    assert real.folded_into is None and real.id in told(make)


def test_a_phone_whose_key_was_rotated_is_still_the_same_phone(make, scene):
    alerts = flood(scene, 6)
    again = with_next_key(scene.volunteer).raise_alert("ice_here")
    assert again.folded_into == alerts[4].id and again.id not in told(make)


@pytest.mark.parametrize("what", ["need_help", "ice_here"])
def test_an_alert_at_another_place_is_told_by_itself(make, scene, what):
    here, there = make.place(scene.chapter), make.place(scene.chapter)
    flood(scene, 7, what, place=here.id)
    elsewhere = [
        scene.volunteer.raise_alert(what, **where) for where in ({"place": there.id}, {"cell": "4071,-7401"}, {})
    ]
    assert [one.folded_into for one in elsewhere] == [None] * 3
    assert {one.id for one in elsewhere} <= told(make)
    (same,) = flood(scene, 1, what, place=here.id)
    assert same.folded_into is not None


def test_a_phone_that_names_ever_new_places_is_told_by_itself_a_few_times_and_then_with_its_newest(make, scene):
    flood(scene, 6)
    cells = [scene.volunteer.raise_alert(cell=f"40{n},-7401") for n in range(20)]
    assert [one.folded_into for one in cells[:3]] == [None] * 3
    assert {one.folded_into for one in cells[3:]} == {cells[2].id}
    assert len(told(make)) == 8
    other = scene.volunteer.raise_alert("need_help", cell="4099,-7401")
    assert other.folded_into is None and other.id in told(make)


def test_taking_back_between_ever_new_places_tells_people_no_more_often(make, scene):
    flood(scene, 5)
    for n in range(20):
        one = scene.volunteer.raise_alert(cell=f"40{n},-7401")
        assert scene.volunteer.take_back(one.record_id) == "stored"
        escalation.climb_due(scene.clock.now())
        scene.clock.advance(1000)
    assert len({one.alert_id for one in make.all(Notice) if one.step >= 0}) == 8
    real = scene.volunteer.raise_alert(cell="4199,-7401")
    assert real.folded_into is not None


def test_another_phone_of_the_person_is_heard_however_many_places_the_taken_one_names(make, scene):
    for n in range(20):
        scene.volunteer.raise_alert("need_help", cell=f"40{n},-7401")
    real = phone_of(make, scene.volunteer.person, scene.chapter).raise_alert("need_help", cell="4199,-7401")
    assert real.folded_into is None and real.id in told(make)


def test_an_alert_of_another_shift_is_told_by_itself(make, scene):
    first, second = (make.shift(make.place(scene.chapter)) for _ in range(2))
    flood(scene, 6, "need_help", shift=first.id)
    (other,) = flood(scene, 1, "need_help", shift=second.id)
    assert other.folded_into is None and other.id in told(make)


def test_ten_minutes_later_alerts_are_told_one_by_one_again(make, scene):
    flood(scene, 7)
    scene.clock.advance(WINDOW)
    (later,) = flood(scene, 1)
    assert later.folded_into is None and later.id in told(make)


def test_taking_back_the_one_that_was_told_passes_it_on_to_the_next(make, scene):
    alerts = flood(scene, 8)
    assert scene.volunteer.take_back(alerts[4].record_id) == "stored"
    scene.pass_minutes(0.9)
    assert alerts[5].id not in told(make)
    scene.pass_minutes(0.1)
    alerts = now_of(make, alerts)
    assert alerts[5].id in told(make) and alerts[5].folded_into is None
    assert [one.folded_into for one in alerts[6:]] == [alerts[5].id] * 2


def test_however_often_heads_are_taken_back_what_waits_is_told_a_minute_after_it_arrived(make, scene):
    alerts = flood(scene, 20, "need_help")
    (real,) = flood(scene, 1, "need_help")
    for one in alerts[4:]:
        assert scene.volunteer.take_back(one.record_id) == "stored"
        scene.pass_minutes(0.05)
    assert real.id not in told(make)
    scene.pass_minutes(0.2)
    assert real.id in told(make)


def test_one_that_waited_longer_than_the_pause_is_told_the_moment_its_head_is_taken_back(make, scene):
    alerts = flood(scene, 7, "need_help")
    scene.clock.advance(2 * MINUTE)
    scene.volunteer.take_back(alerts[4].record_id)
    assert alerts[5].id in told(make)
    scene.volunteer.take_back(alerts[5].record_id)
    assert alerts[6].id in told(make)


def rows_read(act) -> int:
    """How many rows of alerts an act reads."""
    asked = []

    def remember(_connection, _cursor, statement, parameters, *_):
        if statement.startswith("SELECT") and "FROM alerts" in statement:
            asked.append((statement, parameters))

    event.listen(db.engine, "after_cursor_execute", remember)
    act()
    event.remove(db.engine, "after_cursor_execute", remember)
    db.session.rollback()
    connection = db.session.connection()
    found = sum(len(connection.exec_driver_sql(*one).all()) for one in asked)
    db.session.rollback()
    return found


def test_an_alert_among_very_many_reads_no_more_than_one_among_few(make, scene):
    flood(scene, 6)
    few = rows_read(lambda: flood(scene, 1))
    flood(scene, 30)
    assert rows_read(lambda: flood(scene, 1)) == few


def test_raising_and_taking_back_in_a_ring_tells_people_once_a_minute_at_most(make, scene):
    for _ in range(20):
        (one,) = flood(scene, 1)
        scene.volunteer.take_back(one.record_id)
        escalation.climb_due(scene.clock.now())
    assert len({one.alert_id for one in make.all(Notice) if one.step >= 0}) == 5
    (real,) = flood(scene, 1)
    assert real.id not in told(make)
    scene.pass_minutes(1)
    assert real.id in told(make)


def highest_shown(page: str) -> str:
    """What the button "It's over" of a page says that the page showed."""
    return re.findall(r'name="seen" value="(\d+)"', page)[0]


def test_the_board_shows_them_with_the_one_that_is_told_and_its_over_ends_all(make, scene, sign_in):
    alerts = flood(scene, 9)
    desk = sign_in(scene.coordinator("Sage").person)
    page = desk.get(f"/alerts/{alerts[4].id}").text
    assert "4 more told with it" in page
    assert all(f"/alerts/{one.id}" in page for one in alerts)
    assert "Not told by itself" in desk.get(f"/alerts/{alerts[7].id}").text
    assert page.count("data-row") == 5
    assert "4 más, avisadas con ella" in desk.get(f"/alerts/{alerts[4].id}?lang=es").text
    desk.post(f"/alerts/{alerts[4].id}/over", {"seen": highest_shown(page)})
    alerts = now_of(make, alerts)
    assert [one.state for one in alerts] == ["raised"] * 4 + ["over"] * 5


def test_its_over_ends_none_that_came_after_the_page_and_tells_it_at_once(make, scene, sign_in):
    alerts = flood(scene, 7, "need_help")
    desk = sign_in(scene.coordinator("Sage").person)
    page = desk.get(f"/alerts/{alerts[4].id}").text
    alerts += flood(scene, 2, "need_help")
    desk.post(f"/alerts/{alerts[4].id}/over", {"seen": highest_shown(page)})
    alerts = now_of(make, alerts)
    assert [one.state for one in alerts[4:]] == ["over"] * 3 + ["raised"] * 2
    assert alerts[7].id in told(make) and alerts[7].folded_into is None
    assert alerts[8].folded_into == alerts[7].id


@pytest.mark.parametrize("seen", [None, "", "x", "-" + "9" * 40, "0", "9" * 40])
def test_its_over_without_a_number_that_says_what_was_shown_is_never_a_fault(make, scene, sign_in, seen):
    alerts = flood(scene, 6)
    desk = sign_in(scene.coordinator("Sage").person)
    assert desk.post(f"/alerts/{alerts[4].id}/over", {} if seen is None else {"seen": seen}).status_code == 303
    alerts = now_of(make, alerts)
    assert alerts[4].state == "over"
    assert (alerts[5].id in told(make)) == (alerts[5].state == "raised") == (seen != "9" * 40)


def test_the_board_lists_the_newest_twenty_with_place_and_shift_and_counts_the_others(make, scene, sign_in):
    place = make.place(scene.chapter, "Federal Building")
    shift = make.shift(place)
    alerts = flood(scene, 30, place=place.id, shift=shift.id)
    desk = sign_in(scene.coordinator("Sage").person)
    page = desk.get(f"/alerts/{alerts[4].id}").text
    assert "25 more told with it" in page and "Older ones are not listed here: 5" in page
    assert [one.id for one in alerts[5:] if f"/alerts/{one.id}" in page] == [one.id for one in alerts[10:]]
    assert page.count("Shift from") == 20 and page.count("<b>Federal Building</b>") >= 25


def test_the_board_and_the_map_read_few_rows_of_very_many(make, scene, sign_in):
    desk = sign_in(scene.coordinator("Sage").person)
    alerts = flood(scene, 26)
    few = rows_read(lambda: desk.get(f"/alerts/{alerts[4].id}"))
    flood(scene, 20)
    assert rows_read(lambda: desk.get(f"/alerts/{alerts[4].id}")) == few
    assert rows_read(lambda: board.open_for([scene.chapter.id])) == 5


def test_the_board_hears_of_another_one_and_of_one_taken_back(make, scene, sign_in):
    desk = sign_in(scene.coordinator("Sage").person)
    alerts = flood(scene, 6)

    def mark() -> str:
        return desk.get(f"/alerts/live?alert={alerts[4].id}").get_json()["mark"]

    marks = [mark(), mark()]
    flood(scene, 1)
    marks.append(mark())
    scene.volunteer.take_back(alerts[5].record_id)
    marks.append(mark())
    assert marks[0] == marks[1] and len(set(marks)) == 3


def test_one_of_many_can_be_taken_by_itself(make, scene, sign_in, clock):
    alerts = flood(scene, 7)
    desk = sign_in(scene.coordinator("Sage").person)
    desk.post(f"/alerts/{alerts[6].id}/got-it")
    alerts = now_of(make, alerts)
    assert (alerts[6].state, alerts[6].folded_into) == ("got_it", None)
    assert len(board.open_for([scene.chapter.id])) == 6


def test_a_phone_is_told_how_many_more_there_are_and_its_raiser_who_has_them(make, scene, sign_in, client):
    alerts = flood(scene, 8)
    phone = scene.coordinator("Sage", duty=True)
    scene.clock.advance(4 * MINUTE)
    escalation.climb_due(scene.clock.now())
    notice = next(n for n in make.all(Notice) if n.alert_id == alerts[4].id and n.person_id == phone.person.id)
    assert client.post("/api/v1/notice", json=phone.asks(notice=notice.id)).get_json()["alert"]["more"] == 3
    sign_in(phone.person).post(f"/alerts/{alerts[4].id}/got-it")
    mine = client.post("/api/v1/notice", json=scene.volunteer.asks(alert=alerts[6].record_id)).get_json()["alert"]
    assert (mine["id"], mine["state"], mine["got_it"]["role"], mine["more"]) == (
        alerts[6].id,
        "got_it",
        "coordinator",
        0,
    )


def test_an_alert_with_neither_place_nor_cell_is_an_alert(make, scene, sign_in):
    alert = scene.volunteer.raise_alert()
    assert (alert.place_id, alert.cell) == (None, None) and alert.id in told(make)
    page = sign_in(scene.coordinator("Sage").person).get(f"/alerts/{alert.id}").text
    assert "Place not given" in page and "Call back the way your chapter reaches its people." in page


def test_the_board_flags_very_many_from_one_phone_and_never_whose(make, scene, sign_in):
    flood(scene, 5)
    juniper = next(p for p in make.all(Person) if p.field_name == "Juniper")
    page = sign_in(juniper)
    assert "from one sender" not in page.get("/alerts").text
    flood(scene, 3)
    other = phone_of(make, make.person(scene.chapter, field_name="Other"), scene.chapter).raise_alert()
    shown = page.get(f"/alerts/{other.id}").text
    assert shown.count("8 from one sender within an hour") == 5  # its five heads; the other phone's alert has no flag
    assert "Very many from one sender" not in shown
    head = next(one for one in make.all(Alert) if one.folded_into is None and one.id != other.id)
    assert "Very many from one sender: 8 within an hour." in page.get(f"/alerts/{head.id}").text


def test_the_flag_counts_a_phone_whose_key_has_changed_as_one_and_goes_with_the_hour(make, scene):
    flood(scene, 4)
    scene.volunteer = with_next_key(scene.volunteer)
    alerts = flood(scene, 3)
    heads = [one for one in make.all(Alert) if one.folded_into is None]
    assert set(folding.of_one_phone(db.session(), heads, scene.clock.now()).values()) == {7}
    scene.clock.advance(folding.FLOOD)
    assert folding.of_one_phone(db.session(), alerts, scene.clock.now()) == {}
