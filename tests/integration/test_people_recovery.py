"""Letting somebody back in: two coordinators, or one and a day that everybody sees (DESIGN 5)."""

from __future__ import annotations

import re

import pytest

from fieldapp.accounts.models import Passkey, Recovery
from fieldapp.accounts.services import recovery
from fieldapp.core.clock import DAY, HOUR
from tests.authenticator import Authenticator
from tests.enrol import enrol, invite
from tests.enrol import sign_in as sign_in_with

LINK = re.compile(r'value="http://localhost/enrol#([\w-]+)"')


@pytest.fixture
def north(make):
    """A chapter."""
    return make.chapter("North")


@pytest.fixture
def lost():
    """The phone that was lost."""
    return Authenticator()


@pytest.fixture
def finch(make, clock, sign_in, north, lost):
    """A volunteer with one passkey, on the lost phone; and that phone's browser."""
    page = sign_in.nobody()
    enrolled = enrol(page, invite(north, clock), lost, name="Finch").get_json()
    return page, enrolled["person"]["id"]


def ask(page, person_id):
    return page.post(f"/people/{person_id}/recovery")


def only(make):
    return make.all(Recovery)[-1].id


def link(answer):
    return LINK.search(answer.get_data(as_text=True)).group(1)


def test_two_coordinators_let_a_person_back_in_and_the_old_key_stops_working(make, sign_in, north, finch, lost):
    old_browser, person_id = finch
    first, second = (sign_in(make.person(north, "coordinator")) for _ in range(2))
    assert ask(first, person_id).status_code == 302
    assert first.post(f"/recoveries/{only(make)}/link").status_code == 409
    assert second.post(f"/recoveries/{only(make)}/agree").status_code == 302
    token = link(first.post(f"/recoveries/{only(make)}/link"))
    assert old_browser.get("/me").status_code == 200
    new = Authenticator()
    welcome = enrol(sign_in.nobody(), token, new, name="Ignored").get_json()
    assert welcome["person"] == {"id": person_id, "field_name": "Finch", "lang": "en"}
    assert old_browser.get("/me").status_code == 302
    assert sign_in_with(sign_in.nobody(), lost).status_code == 400
    assert sign_in_with(sign_in.nobody(), new).status_code == 200
    assert recovery.for_person(person_id, 0) == []


def test_one_person_cannot_be_both(make, sign_in, north, finch):
    _, person_id = finch
    page = sign_in(make.person(north, "coordinator"))
    make.person(north, "coordinator")
    ask(page, person_id)
    assert page.post(f"/recoveries/{only(make)}/agree").status_code == 403
    assert page.post(f"/recoveries/{only(make)}/link").status_code == 409


def test_a_coordinator_alone_waits_a_day_that_the_person_sees_and_may_stop(make, sign_in, clock, north, finch):
    theirs, person_id = finch
    alone = make.person(north, "coordinator", field_name="Juniper")
    ask(sign_in(alone), person_id)
    shown = theirs.get("/me").get_data(as_text=True)
    assert "Asked by Juniper" in shown
    assert sign_in(alone).post(f"/recoveries/{only(make)}/link").status_code == 409
    assert theirs.post(f"/recoveries/{only(make)}/end").status_code == 302
    clock.advance(DAY)
    assert sign_in(alone).post(f"/recoveries/{only(make)}/link").status_code == 404


def test_after_the_day_one_coordinator_may_make_the_link(make, sign_in, clock, north, finch):
    _, person_id = finch
    alone = make.person(north, "coordinator")
    ask(sign_in(alone), person_id)
    clock.advance(DAY - 1)
    assert sign_in(alone).post(f"/recoveries/{only(make)}/link").status_code == 409
    clock.advance(1)
    token = link(sign_in(alone).post(f"/recoveries/{only(make)}/link"))
    assert enrol(sign_in.nobody(), token, Authenticator()).status_code == 200


def test_stopping_ends_a_link_that_was_made_already(make, sign_in, north, finch):
    theirs, person_id = finch
    first, second = (sign_in(make.person(north, "coordinator")) for _ in range(2))
    ask(first, person_id)
    second.post(f"/recoveries/{only(make)}/agree")
    token = link(second.post(f"/recoveries/{only(make)}/link"))
    theirs.post(f"/recoveries/{only(make)}/end")
    assert enrol(sign_in.nobody(), token, Authenticator()).status_code == 410
    assert len(make.all(Passkey)) == 1


def test_a_second_link_ends_the_first(make, sign_in, north, finch):
    _, person_id = finch
    first, second = (sign_in(make.person(north, "coordinator")) for _ in range(2))
    ask(first, person_id)
    second.post(f"/recoveries/{only(make)}/agree")
    old, new = (link(second.post(f"/recoveries/{only(make)}/link")) for _ in range(2))
    assert enrol(sign_in.nobody(), old, Authenticator()).status_code == 410
    assert enrol(sign_in.nobody(), new, Authenticator()).status_code == 200


@pytest.mark.parametrize(
    ("helper", "subject", "status"),
    [
        ("coordinator", "volunteer", 302),
        ("coordinator", "trainer", 302),
        ("coordinator", "coordinator", 302),
        ("coordinator", "legal", 403),
        ("coordinator", "admin", 403),
        ("admin", "admin", 302),
        ("admin", "legal", 403),
        ("admin", "volunteer", 403),
        ("legal", "legal", 302),
        ("legal", "admin", 403),
        ("trainer", "volunteer", 403),
        ("volunteer", "volunteer", 403),
    ],
)
def test_counsel_and_admins_are_let_back_in_by_their_own_kind(make, sign_in, north, helper, subject, status):
    other = make.person(north, subject)
    assert ask(sign_in(make.person(north, helper)), other.id).status_code == status


def test_somebody_who_belongs_to_another_chapter_too_needs_a_helper_of_both(make, sign_in, north):
    parent = make.chapter("Top")
    here, there = make.chapter("Here", parent), make.chapter("There", parent)
    person = make.person(here)
    make.keep(type(person.memberships[0])(person_id=person.id, chapter_id=there.id, role="volunteer", since=1))
    assert ask(sign_in(make.person(here, "coordinator")), person.id).status_code == 403
    assert ask(sign_in(make.person(parent, "coordinator")), person.id).status_code == 302


def test_a_coordinator_of_the_chapter_above_counts_as_the_second(make, sign_in):
    parent = make.chapter("Top")
    pod = make.chapter("Pod", parent)
    person = make.person(pod)
    above = sign_in(make.person(parent, "coordinator"))
    ask(sign_in(make.person(pod, "coordinator")), person.id)
    assert make.all(Recovery)[0].ready_at is None
    assert above.post(f"/recoveries/{only(make)}/agree").status_code == 302


def test_nobody_lets_themselves_back_in_or_helps_a_disabled_person(make, sign_in, clock, north):
    juniper = make.person(north, "coordinator")
    page = sign_in(juniper)
    assert ask(page, juniper.id).status_code == 403
    gone = make.person(north, disabled_at=clock.now())
    assert ask(page, gone.id).status_code == 409


def test_every_step_needs_the_passkey_once_more(make, sign_in, north, finch):
    _, person_id = finch
    first, second = make.person(north, "coordinator"), make.person(north, "coordinator")
    assert ask(sign_in(first, stepped_up=False), person_id).status_code == 403
    ask(sign_in(first), person_id)
    later = sign_in(second, stepped_up=False)
    assert later.post(f"/recoveries/{only(make)}/agree").status_code == 403
    assert later.post(f"/recoveries/{only(make)}/link").status_code == 403


def test_one_request_at_a_time_and_it_is_over_after_a_week(make, sign_in, clock, north, finch):
    _, person_id = finch
    juniper, other = make.person(north, "coordinator"), make.person(north, "coordinator")
    ask(sign_in(juniper), person_id)
    assert ask(sign_in(other), person_id).status_code == 409
    clock.advance(7 * DAY + HOUR)
    assert sign_in(other).post(f"/recoveries/{only(make)}/agree").status_code == 404
    assert ask(sign_in(other), person_id).status_code == 302


def test_a_link_for_a_volunteer_does_not_open_the_admin_that_they_became(make, sign_in, north, finch):
    _, person_id = finch
    first, second = (sign_in(make.person(north, "coordinator")) for _ in range(2))
    ask(first, person_id)
    second.post(f"/recoveries/{only(make)}/agree")
    token = link(first.post(f"/recoveries/{only(make)}/link"))
    given = sign_in(make.person(north, "admin")).post(
        f"/people/{person_id}/roles", {"chapter": north.id, "role": "admin"}
    )
    assert given.status_code == 302
    assert enrol(sign_in.nobody(), token, Authenticator()).status_code == 410
    assert first.post(f"/recoveries/{only(make)}/link").status_code == 403
