"""The alert board: what stands on it, who may answer, and what its polling costs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from fieldapp.alerts.models import Alert, AlertEvent, Duty, Notice
from fieldapp.alerts.services import board, deliveries, escalation
from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.core.db import db
from tests.phones import phone_of
from tests.pushservice import PushService

SERVICE = PushService()


@pytest.fixture
def chapter(make):
    return make.chapter()


@pytest.fixture
def coordinator(make, chapter):
    phone = phone_of(make, make.person(chapter, "coordinator", field_name="Juniper"), chapter)
    phone.subscribe(SERVICE)
    return phone


@pytest.fixture
def desk(sign_in, coordinator):
    return sign_in(coordinator.person)


@pytest.fixture
def query_count(app):
    """How many statements a call sends to the database."""

    def count(call):
        seen = []
        with app.app_context():
            engine = db.engine
        listener = lambda *_: seen.append(1)  # noqa: E731
        event.listen(engine, "before_cursor_execute", listener)
        call()
        event.remove(engine, "before_cursor_execute", listener)
        return len(seen)

    return count


@pytest.fixture
def volunteer(make, chapter):
    return phone_of(make, make.person(chapter, field_name="Sorrel"), chapter)


def test_an_open_alert_stands_on_the_board_with_its_place_and_its_clock(make, desk, chapter, volunteer, clock):
    place = make.place(chapter, "Immigration Court", city="New York")
    alert = volunteer.raise_alert("being_taken", place=place.id)
    page = desk.get("/alerts").text
    assert "Someone is being taken" in page and "Immigration Court" in page and "Alert 1" in page
    assert f'data-start="{clock.now()}" data-due="{clock.now() + 3 * MINUTE}"' in page
    assert f"/alerts/{alert.id}/got-it" in page


def test_a_late_alert_shows_when_it_was_raised_and_when_it_arrived(desk, volunteer, clock):
    volunteer.raise_alert(raised_at=clock.now() - 48 * MINUTE)
    assert "Raised 9:12, arrived 10:00 (no signal)" in desk.get("/alerts").text


def test_somebody_who_needs_help_stands_above_older_alerts(desk, volunteer, clock):
    volunteer.raise_alert("ice_here")
    clock.advance(MINUTE)
    volunteer.raise_alert("need_help")
    page = desk.get("/alerts").text
    assert page.index("I need help") < page.index("ICE is here")


def test_ive_got_it_is_shown_to_all_and_the_second_one_hears_who_was_first(make, sign_in, desk, chapter, volunteer):
    alert = volunteer.raise_alert()
    assert desk.post(f"/alerts/{alert.id}/got-it").status_code == 303
    other = sign_in(make.person(chapter, "coordinator", field_name="Finch"))
    other.post(f"/alerts/{alert.id}/got-it")
    page = other.get(f"/alerts/{alert.id}").text
    assert "Somebody else has it already." in page
    assert "Juniper has it since 10:00" in page
    answer = other.post(f"/alerts/{alert.id}/got-it", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "already")


def test_of_eight_answers_at_the_same_instant_one_wins(make, sign_in, chapter, volunteer):
    path = f"/alerts/{volunteer.raise_alert().id}/got-it"
    pages = [sign_in(make.person(chapter, "coordinator")) for _ in range(8)]
    tokens = [page.csrf() for page in pages]
    start = threading.Barrier(8)

    def answer(page, token):
        start.wait()
        headers = {"X-CSRFToken": token, "Accept": "application/json"}
        with page.app.app_context():
            return page.client.post(path, base_url="https://localhost", headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(answer, pages, tokens)) == [200] + [409] * 7
    assert [e.what for e in make.all(AlertEvent)].count("got_it") == 1


def test_an_alert_can_be_taken_over_by_another_coordinator(make, sign_in, desk, chapter, volunteer):
    alert = volunteer.raise_alert()
    desk.post(f"/alerts/{alert.id}/got-it")
    finch = make.person(chapter, "coordinator", field_name="Finch")
    sign_in(finch).post(f"/alerts/{alert.id}/take-over")
    (now,) = make.all(Alert)
    assert (now.got_it_by, now.got_it_lapses_at) == (finch.id, None)
    assert "Finch took it over" in desk.get(f"/alerts/{alert.id}").text


def test_an_answer_without_signing_in_is_kept_by_the_same_person_signed_in(make, desk, coordinator, volunteer, clock):
    alert = volunteer.raise_alert()
    (notice,) = make.all(Notice)
    coordinator.answer(notice.id)
    assert "Answered without signing in" in desk.get("/alerts").text
    answer = desk.post(f"/alerts/{alert.id}/got-it", headers={"Accept": "application/json"})
    assert answer.get_json()["state"] == "got_it"
    clock.advance(HOUR)
    assert escalation.climb_due(clock.now()) == 0


def test_its_over_moves_the_alert_to_the_last_24_hours_and_then_away(desk, volunteer, sign_in, coordinator, clock):
    alert = volunteer.raise_alert()
    desk.post(f"/alerts/{alert.id}/over")
    page = desk.get("/alerts").text
    assert "No alert waits for anybody." in page and f"/alerts/{alert.id}" in page
    clock.advance(25 * HOUR)
    assert f"/alerts/{alert.id}" not in sign_in(coordinator.person).get("/alerts").text


def test_the_trail_and_the_reach_are_numbers_that_agree(make, desk, chapter, volunteer, clock):
    make.person(chapter, "coordinator")
    alert = volunteer.raise_alert()
    taken = deliveries.claim(clock.now(), 1000, 10)
    deliveries.settle([deliveries.Outcome(one, 201) for one in taken], clock.now())
    page = desk.get(f"/alerts/{alert.id}").text
    assert "2 people, 1 phone" in page and "1 has no push: call them." in page
    assert "1 of 1 delivered" in page


def test_polling_answers_304_while_nothing_changes_and_asks_faster_while_an_alert_is_open(desk, volunteer, clock):
    quiet = desk.get("/alerts/live")
    assert quiet.get_json()["every"] == 60
    volunteer.raise_alert()
    first = desk.get("/alerts/live", headers={"If-None-Match": quiet.headers["ETag"]})
    assert (first.status_code, first.get_json()["every"], first.get_json()["open"]) == (200, 5, 1)
    clock.advance(30_000)
    again = desk.get("/alerts/live", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert first.headers["ETag"] in desk.get("/alerts").text.replace("&#34;", '"')


def test_the_badge_counts_open_alerts_on_every_desk_page(desk, volunteer):
    assert 'class="count hot"' not in desk.get("/places").text
    volunteer.raise_alert()
    assert '<span class="count hot">1</span>' in desk.get("/places").text


def test_a_told_lead_may_answer_but_sees_no_board(make, sign_in, chapter):
    lead = phone_of(make, make.person(chapter, field_name="Lead"), chapter)
    lead.subscribe(SERVICE)
    shift = make.shift(make.place(chapter), lead_id=lead.person.id)
    alert = phone_of(make, make.person(chapter), chapter).raise_alert("need_help", shift=shift.id)
    page = sign_in(lead.person)
    assert page.get(f"/alerts/{alert.id}").status_code == 403
    assert page.post(f"/alerts/{alert.id}/over").status_code == 403
    answer = page.post(f"/alerts/{alert.id}/got-it", headers={"Accept": "application/json"})
    assert answer.get_json()["state"] == "got_it"
    (now,) = make.all(Alert)
    assert now.got_it_role == "lead"


def test_the_duty_switch_lasts_eight_hours_to_the_full_hour_and_goes_back_to_its_page(make, sign_in, chapter, clock):
    clock.advance(20 * MINUTE)
    page = sign_in(make.person(chapter, "coordinator"))
    answer = page.post("/duty", {"on": "1"}, headers={"Referer": "https://localhost/places?x=1"})
    assert (answer.status_code, answer.location) == (303, "/places")
    assert "On duty until 19:00" in page.get("/places").text
    page.post("/duty", {"on": ""})
    assert "Off duty" in page.get("/places").text
    assert make.all(Duty) == []


def test_the_duty_switch_sends_nobody_to_another_site(make, sign_in, chapter):
    page = sign_in(make.person(chapter, "coordinator"))
    for referrer in ("https://example.org/x", "https://localhost.example.org/", "//example.org/x", "nonsense"):
        assert page.post("/duty", {"on": "1"}, headers={"Referer": referrer}).location == "/alerts"


def test_the_map_is_told_of_open_alerts_of_its_chapters_only(make, chapter, volunteer, coordinator, desk):
    elsewhere = make.chapter()
    other = phone_of(make, make.person(elsewhere), elsewhere)
    other.raise_alert()
    alert = volunteer.raise_alert(position={"lat": 1, "lon": 2, "accuracy": 3})
    (seen,) = board.open_for([chapter.id])
    assert (seen.id, seen.lat, seen.lon, seen.state) == (alert.id, 1, 2, "raised")
    desk.post(f"/alerts/{alert.id}/over")
    assert board.open_for([chapter.id]) == []


def test_the_board_costs_the_same_few_queries_however_many_alerts_are_open(make, desk, chapter, volunteer, query_count):
    place = make.place(chapter)
    volunteer.raise_alert(place=place.id)
    few = query_count(lambda: desk.get("/alerts"))
    for _ in range(8):
        volunteer.raise_alert(place=make.place(chapter).id)
    assert query_count(lambda: desk.get("/alerts")) == few


def test_the_board_speaks_spanish(desk, volunteer):
    volunteer.raise_alert("being_taken")
    page = desk.get("/alerts?lang=es").text
    assert "Se están llevando a alguien" in page and "Yo me encargo" in page
