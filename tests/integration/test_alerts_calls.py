"""A hotline call typed in becomes an alert; what is the same is said by a person, told once, and ended for all who were told."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from fieldapp.accounts.identity import actor_for
from fieldapp.alerts.models import Alert, AlertEvent, Notice
from fieldapp.alerts.services import answering, duplicates, escalation, stages
from fieldapp.core.clock import MINUTE
from tests.phones import phone_of
from tests.pushservice import PushService

SERVICE = PushService()
NEW = "/alerts/new"
JFK = (40.6413, -73.7781)


@pytest.fixture
def chapter(make):
    return make.chapter("Northeast")


@pytest.fixture
def court(make, chapter):
    return make.place(chapter, "Immigration Court", city="New York")


def subscribed(make, chapter, name, *roles):
    phone = phone_of(make, make.person(chapter, *roles, field_name=name), chapter)
    phone.subscribe(SERVICE)
    return phone


@pytest.fixture
def juniper(make, chapter):
    return subscribed(make, chapter, "Juniper", "coordinator")


@pytest.fixture
def finch(make, chapter):
    return subscribed(make, chapter, "Finch", "coordinator")


@pytest.fixture
def desk(sign_in, juniper):
    return sign_in(juniper.person)


@pytest.fixture
def volunteer(make, chapter):
    return phone_of(make, make.person(chapter, field_name="Sorrel"), chapter)


def form(desk, **values):
    made = re.search(r'name="id" value="(\w+)"', desk.get(NEW).text)
    return {"id": made[1], "what": "ice_here", **values}


def actor(phone, clock):
    return replace(actor_for(phone.person), step_up_until=clock.now() + MINUTE)


def told(make):
    return {n.person_id for n in make.all(Notice) if n.step >= 0}


def test_a_call_becomes_an_alert_and_the_others_on_the_ladder_are_told(make, desk, court, juniper, finch, clock):
    answer = desk.post(NEW, form(desk, place=court.id, seen="9:35", agents="4", vehicles="2"))
    (alert,) = make.all(Alert)
    assert answer.status_code == 303 and answer.location.endswith(alert.id)
    assert (alert.source, alert.key, alert.place_id, alert.state) == ("hotline", "desk", court.id, "raised")
    assert clock.now() - alert.raised_at == 25 * MINUTE
    assert told(make) == {finch.person.id}
    page = desk.get(f"/alerts/{alert.id}").text
    assert "Hotline call, typed in by Juniper" in page and "seen 9:35, 4 agents, 2 vehicles" in page
    assert "no signal" not in page


def test_whoever_types_it_in_may_have_it_at_once_and_nobody_is_paged(make, desk, court, juniper, finch, clock):
    desk.post(NEW, form(desk, place=court.id, mine="yes"))
    (alert,) = make.all(Alert)
    assert (alert.state, alert.got_it_by) == ("got_it", juniper.person.id) and told(make) == set()
    clock.advance(20 * MINUTE)
    escalation.climb_due(clock.now())
    assert told(make) == set()


def test_the_same_form_twice_is_one_alert(make, desk, court):
    sent = form(desk, place=court.id)
    assert [desk.post(NEW, sent).location for _ in range(2)] == [f"/alerts/{make.all(Alert)[0].id}"] * 2
    assert len(make.all(Alert)) == 1


def test_a_point_on_the_street_is_kept_exactly_for_those_who_answer_and_coarsely_else(make, desk):
    desk.post(NEW, form(desk, point="40.6413, −73.7781"))
    (alert,) = make.all(Alert)
    assert (alert.lat, alert.lon, alert.cell) == (40641300, -73778100, "4064,-7378")


def test_a_call_before_midnight_typed_in_after_it_was_yesterday(make, sign_in, juniper, court, clock):
    clock.advance(14 * 60 * MINUTE + 10 * MINUTE)  # 0:10 there
    desk = sign_in(juniper.person)
    desk.post(NEW, form(desk, place=court.id, seen="23:55"))
    assert clock.now() - make.all(Alert)[0].raised_at == 15 * MINUTE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("what", "a_name"),
        ("what", ""),
        ("place", "x' OR 1=1"),
        ("place", ""),
        ("point", "Mrs. Gomez's house"),
        ("point", "40.7153"),
        ("point", "91, 181"),
        ("point", "0, 0"),
        ("point", "nan, inf"),
        ("point", "1" * 4000),
        ("seen", "later"),
        ("seen", "25:00"),
        ("seen", "10:30"),
        ("agents", "-1"),
        ("agents", "many"),
        ("agents", "501"),
        ("vehicles", "٣"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field_and_nothing_is_raised(make, desk, court, name, value):
    answer = desk.post(NEW, {**form(desk, place=court.id), name: value})
    assert answer.status_code == 400 and f'id="f-{name}-error"' in answer.text
    assert make.all(Alert) == []


def test_a_form_that_this_page_did_not_make_is_refused(make, desk, court):
    assert desk.post(NEW).status_code == 400
    assert desk.post(NEW, {**form(desk, place=court.id), "id": "../" * 20}).status_code == 400
    assert make.all(Alert) == []


def test_there_is_no_field_for_words_about_anybody(desk):
    page = desk.get(NEW).text
    assert "<textarea" not in page.split("<main")[1]
    assert "No names, no number of the caller" in page


def test_a_place_of_another_chapter_is_not_chosen(make, desk):
    elsewhere = make.place(make.chapter("Elsewhere"), "Not ours")
    assert "Not ours" not in desk.get(NEW).text
    assert desk.post(NEW, form(desk, place=elsewhere.id)).status_code == 400


def test_a_place_of_a_pod_makes_it_the_pods_alert(make, chapter, desk):
    pod = make.chapter("Pod", chapter)
    desk.post(NEW, form(desk, place=make.place(pod).id, chapter=chapter.id))
    assert make.all(Alert)[0].chapter_id == pod.id


def test_another_chapters_calls_are_not_taken(make, desk):
    assert desk.post(NEW, form(desk, point="40.1, -74.1", chapter=make.chapter("Elsewhere").id)).status_code == 404
    assert make.all(Alert) == []


def test_what_may_be_known_is_shown_before_it_is_raised_and_a_person_says_which(make, desk, court, volunteer, clock):
    first = volunteer.raise_alert(place=court.id)
    clock.advance(12 * MINUTE)
    sent = form(desk, point="40.7180, -74.0037", agents="3")
    answer = desk.post(NEW, sent)
    assert answer.status_code == 409 and len(make.all(Alert)) == 1
    assert "is 300 m away, 12 min earlier." in re.sub(r"\s+", " ", answer.text)
    assert 'value="3"' in answer.text and "Nothing was raised yet" in answer.text
    desk.post(NEW, {**sent, "same": "another"})
    assert [one.folded_into for one in sorted(make.all(Alert), key=lambda one: one.number)] == [None, None]
    assert desk.post(NEW, {**form(desk, place=court.id), "same": first.id}).status_code == 303
    third = max(make.all(Alert), key=lambda one: one.number)
    assert (third.number, third.folded_into, third.next_step_at) == (3, first.id, None)


def test_only_what_is_near_in_place_and_time_and_open_is_suggested(make, chapter, court, volunteer, clock):
    far = make.place(chapter, "Airport", at=JFK)
    old = volunteer.raise_alert(place=court.id)
    clock.advance(61 * MINUTE)
    volunteer.raise_alert(place=far.id)
    volunteer.raise_alert("need_help", place=court.id)
    over = volunteer.raise_alert(place=court.id)
    volunteer.take_back(over.record_id)
    here = volunteer.raise_alert("being_taken", place=court.id)
    cell = volunteer.raise_alert(cell="4072,-7400")
    found = duplicates.near_to(make.all(Alert)[-1], clock.now())
    assert [one.alert.id for one in duplicates.near_to(cell, clock.now())] == [here.id]
    assert [one.alert.id for one in duplicates.near_to(here, clock.now())] == [cell.id]
    assert old.id not in {one.alert.id for one in found}


def test_merged_it_is_told_with_the_other_and_whoever_was_told_of_either_hears_the_end(
    make, desk, court, juniper, finch, volunteer, clock
):
    first, second = volunteer.raise_alert(place=court.id), volunteer.raise_alert("being_taken", place=court.id)
    assert "Is it the same?" in desk.get(f"/alerts/{second.id}").text
    assert desk.post(f"/alerts/{second.id}/merge", {"into": first.id}).location.endswith(first.id)
    clock.advance(3 * MINUTE)
    escalation.climb_due(clock.now())
    paged = [(e.alert_id, e.detail["step"]) for e in make.all(AlertEvent) if e.what == "paged"]
    assert sorted(paged) == sorted([(first.id, 0), (second.id, 0), (first.id, 1)])
    page = desk.get(f"/alerts/{first.id}").text
    assert "1 more told with it" in page and "alert 2 is the same" in page
    answering.over(actor(juniper, clock), first.id, clock.now(), seen=2)
    assert {one.state for one in make.all(Alert)} == {"over"}
    ends = {(n.alert_id, n.person_id) for n in make.all(Notice) if n.step < 0}
    assert ends == {(first.id, finch.person.id), (second.id, finch.person.id)}


def test_split_it_is_told_by_itself_at_once_and_climbs_as_a_new_one(make, desk, court, finch, volunteer, clock):
    first, second = volunteer.raise_alert(place=court.id), volunteer.raise_alert("being_taken", place=court.id)
    desk.post(f"/alerts/{second.id}/merge", {"into": first.id})
    clock.advance(MINUTE)
    assert "Another one after all" in desk.get(f"/alerts/{second.id}").text
    assert desk.post(f"/alerts/{second.id}/split").status_code == 303
    again = next(one for one in make.all(Alert) if one.id == second.id)
    assert (again.folded_into, again.state, again.next_step_at) == (None, "raised", clock.now() + 3 * MINUTE)
    clock.advance(3 * MINUTE)
    escalation.climb_due(clock.now())
    steps = [n.step for n in make.all(Notice) if n.alert_id == second.id and n.person_id == finch.person.id]
    assert sorted(steps) == [0, 1, 2]


def test_what_was_merged_ends_with_the_other_when_the_clock_ends_it(make, court, juniper, finch, volunteer, clock):
    first = volunteer.raise_alert(place=court.id)
    answering.got_it(actor(juniper, clock), first.id, clock.now())
    clock.advance(10 * MINUTE)
    second = volunteer.raise_alert("being_taken", place=court.id)
    duplicates.merge(actor(juniper, clock), second.id, first.id, clock.now())
    clock.advance(20 * MINUTE)
    stages.respond_due(clock.now())
    assert [(one.state, one.result) for one in make.all(Alert)] == [("over", "unconfirmed")] * 2


def test_what_was_paged_merged_and_passed_on_is_paged_again_without_a_fault(make, court, juniper, volunteer, clock):
    first, second = volunteer.raise_alert(place=court.id), volunteer.raise_alert("being_taken", place=court.id)
    duplicates.merge(actor(juniper, clock), second.id, first.id, clock.now())
    volunteer.take_back(first.record_id)
    clock.advance(2 * MINUTE)
    escalation.climb_due(clock.now())
    again = next(one for one in make.all(Alert) if one.id == second.id)
    assert (again.folded_into, again.state, again.step) == (None, "raised", 1)


def test_a_call_for_help_is_nobodys_duplicate(make, desk, court, volunteer):
    first, help_ = volunteer.raise_alert(place=court.id), volunteer.raise_alert("need_help", place=court.id)
    for one, other in ((first, help_), (help_, first)):
        page = desk.post(f"/alerts/{one.id}/merge", {"into": other.id}, follow_redirects=True).text
        assert "These two are never the same" in page
    assert [one.folded_into for one in make.all(Alert)] == [None, None]


def test_what_somebody_is_at_work_on_is_not_merged_into_what_nobody_has(make, desk, court, volunteer):
    first, second = volunteer.raise_alert(place=court.id), volunteer.raise_alert("being_taken", place=court.id)
    desk.post(f"/alerts/{second.id}/got-it")
    assert "Tell alert 1 with this one" in desk.get(f"/alerts/{second.id}").text
    assert "Tell this one with alert 2" in desk.get(f"/alerts/{first.id}").text
    page = desk.post(f"/alerts/{second.id}/merge", {"into": first.id}, follow_redirects=True).text
    assert "Merge the other one into this one." in page
    assert desk.post(f"/alerts/{first.id}/merge", {"into": second.id}).status_code == 303
    assert {one.folded_into for one in make.all(Alert)} == {None, second.id}


def test_neither_ends_nor_rings_nor_chapters_are_merged(make, desk, sign_in, court, volunteer):
    first, second = volunteer.raise_alert(place=court.id), volunteer.raise_alert("being_taken", place=court.id)
    desk.post(f"/alerts/{second.id}/merge", {"into": first.id})
    desk.post(f"/alerts/{first.id}/merge", {"into": second.id})
    desk.post(f"/alerts/{first.id}/merge", {"into": first.id})
    assert {one.folded_into for one in make.all(Alert)} == {None, first.id}
    assert desk.post(f"/alerts/{second.id}/merge", {"into": "nothing"}).status_code == 404
    elsewhere = make.chapter("Elsewhere")
    other = sign_in(make.person(elsewhere, "coordinator"))
    assert other.post(f"/alerts/{second.id}/split").status_code == 404
    assert other.post(f"/alerts/{second.id}/merge", {"into": first.id}).status_code == 404
