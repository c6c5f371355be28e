"""A sighting that a partner organisation reports: an alert like any other, from people who see nothing of the board."""

from __future__ import annotations

import re

import pytest

from fieldapp.alerts.models import Alert, Notice
from fieldapp.core.clock import DAY, MINUTE
from tests.phones import phone_of
from tests.pushservice import PushService

PAGE = "/ask/sighting"


@pytest.fixture
def chapter(make):
    return make.chapter(hotline="212 555 0144")


@pytest.fixture
def juniper(make, chapter):
    phone = phone_of(make, make.person(chapter, "coordinator", field_name="Juniper"), chapter)
    phone.subscribe(PushService())
    return phone


@pytest.fixture
def court(make, chapter):
    return make.place(chapter, "26 Federal Plaza")


@pytest.fixture
def casa(make, chapter, sign_in):
    return sign_in(make.partner_person(make.partner(chapter, "Casa Uno")))


def form(page, **values):
    made = re.search(r'name="id" value="([0-9a-z]{12})"', page.get(PAGE).text)
    assert made is not None
    return {"id": made[1], "what": "ice_here", **values}


def test_a_sighting_becomes_an_alert_that_the_ladder_tells_and_nobody_else(
    make, chapter, casa, court, juniper, clock, sign_in
):
    make.person(chapter, field_name="Sorrel")
    answer = casa.post(PAGE, form(casa, place=court.id, seen="9:35", agents="4"))
    (alert,) = make.all(Alert)
    assert answer.status_code == 303 and (alert.source, alert.stage, alert.place_id) == (
        "partner",
        "reported",
        court.id,
    )
    assert clock.now() - alert.raised_at == 25 * MINUTE
    assert {one.person_id for one in make.all(Notice)} == {juniper.person.id}
    board = sign_in(juniper.person).get(f"/alerts/{alert.id}").text
    assert "Reported by a partner organisation" in board and "seen 9:35, 4 agents" in board and "no signal" not in board


def test_the_organisation_reads_what_became_of_it_and_never_who_answered(make, casa, court, juniper, clock, sign_in):
    casa.post(PAGE, form(casa, place=court.id))
    (alert,) = make.all(Alert)
    assert "Dispatchers are told" in casa.get(PAGE).text
    desk = sign_in(juniper.person)
    desk.post(f"/alerts/{alert.id}/got-it")
    assert "A dispatcher has it" in casa.get(PAGE).text and "Juniper" not in casa.get(PAGE).text
    desk.post(f"/alerts/{alert.id}/not-ice")
    assert "Not ICE" in casa.get(PAGE).text
    clock.advance(DAY)
    assert "Nothing reported." in sign_in(make.partner_person(make.partner(juniper.chapter))).get(PAGE).text


def test_another_organisation_sees_nothing_of_it(make, chapter, casa, court, sign_in):
    casa.post(PAGE, form(casa, place=court.id))
    other = sign_in(make.partner_person(make.partner(chapter, "Casa Dos")))
    assert "Nothing reported." in other.get(PAGE).text


def test_the_same_form_twice_is_one_alert(make, casa, court):
    sent = form(casa, place=court.id)
    assert [casa.post(PAGE, sent).status_code for _ in range(2)] == [303, 303]
    assert len(make.all(Alert)) == 1


def test_many_of_one_organisation_are_told_together_and_flagged_and_others_are_told_as_always(
    make, chapter, casa, court, juniper, clock, sign_in
):
    for _ in range(8):
        clock.advance(1000)
        casa.post(PAGE, form(casa, place=court.id))
    alerts = sorted(make.all(Alert), key=lambda one: one.number)
    assert [one.folded_into is not None for one in alerts] == [False] * 5 + [True] * 3
    other = sign_in(make.partner_person(make.partner(chapter, "Casa Dos")))
    other.post(PAGE, form(other, place=court.id))
    assert max(make.all(Alert), key=lambda one: one.number).folded_into is None
    assert "8 from one sender within an hour" in sign_in(juniper.person).get("/alerts").text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("what", "need_help"),
        ("what", "a_name"),
        ("place", "x' OR 1=1"),
        ("place", ""),
        ("point", "Mrs. Gomez's house"),
        ("seen", "99:99"),
        ("agents", "9" * 40),
        ("id", "\x00"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_raised(make, casa, court, name, value):
    sent = form(casa, place=court.id) | {name: value}
    assert casa.post(PAGE, sent).status_code == 400
    assert make.all(Alert) == []


def test_a_place_of_a_chapter_that_is_not_theirs_is_not_chosen(make, casa):
    elsewhere = make.place(make.chapter(), "Elsewhere")
    assert casa.post(PAGE, form(casa, place=elsewhere.id)).status_code == 400


def test_members_of_a_chapter_have_no_such_page(make, chapter, sign_in):
    assert sign_in(make.person(chapter, "coordinator")).get(PAGE).status_code == 403
