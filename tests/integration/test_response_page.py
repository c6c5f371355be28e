"""The response to an alert from its page: buttons that carry it on, and what is said where the rules refuse."""

from __future__ import annotations

import re

import pytest

from fieldapp.alerts.models import Alert, AlertSend
from tests.responders import YES, Courthouse

CHECKS = {f"check-{name}": answer for name, answer in YES.items()}


@pytest.fixture
def scene(make, clock) -> Courthouse:
    return Courthouse(make, clock)


@pytest.fixture
def finch(scene, sign_in):
    return sign_in(scene.coordinator("Finch").person)


@pytest.fixture
def juniper(scene, sign_in):
    return sign_in(scene.coordinator("Juniper").person)


def press(browser, alert: str, action: str, **form: str):
    """A button of the alert's page, and the page that follows."""
    return browser.post(f"/alerts/{alert}/{action}", data=form, follow_redirects=True)


def test_a_report_goes_from_a_pair_over_two_people_to_the_chapter_and_to_its_end(scene, finch, juniper, make):
    alder = scene.observer("Alder")
    scene.observer("Birch")
    alert = scene.report()
    assert "Alder" in press(finch, alert, "ask").text
    alder.answer(scene.notice(alder, "look"), "ice")
    assert "Alder saw:" in finch.get(f"/alerts/{alert}").text
    assert "Tell more people" in press(finch, alert, "confirm", **CHECKS).text
    page = press(finch, alert, "send", ring="chapter").text
    assert "You proposed to tell the whole chapter" in page
    page = juniper.get(f"/alerts/{alert}").text
    assert "Finch asks you to be the second person" in page
    (send,) = make.all(AlertSend)
    assert "the whole chapter" in press(juniper, alert, f"sends/{send.id}", say="yes").text.lower()
    assert scene.alert(alert).stage == "sent"
    press(juniper, alert, "over")
    assert {"Alder", "Birch"} <= set(scene.heard_the_end())


def test_what_the_rules_refuse_is_said_on_the_page_with_what_is_safe_and_what_to_do(scene, finch):
    alert = scene.report()
    page = press(finch, alert, "ask").text
    assert "There is nobody left to ask" in page
    assert "Nobody was told." in page
    press(finch, alert, "confirm")
    page = press(finch, alert, "send", ring="near").text
    assert "A question that must be answered with yes is not." in page
    assert "Nothing was sent." in page


def test_the_chapter_is_not_told_without_a_fresh_passkey(scene, sign_in):
    stale = sign_in(scene.coordinator("Finch").person, stepped_up=False)
    alert = scene.report()
    press(stale, alert, "confirm", **CHECKS)
    assert stale.post(f"/alerts/{alert}/send", data={"ring": "chapter"}).status_code == 403
    assert scene.make.all(AlertSend) == []


@pytest.mark.parametrize(
    ("action", "form"),
    [
        ("send", {"ring": "everyone"}),
        ("send", {}),
        ("checks", {"check-colour": "yes"}),
        ("checks", {"check-specific": "perhaps"}),
        ("open-again", {}),
    ],
)
def test_a_form_that_no_page_has_changes_nothing(scene, finch, action, form):
    alert = scene.report()
    if action == "send":
        press(finch, alert, "confirm", **CHECKS)
    before = scene.alert(alert).version
    assert finch.post(f"/alerts/{alert}/{action}", data=form).status_code in {400, 422}
    assert scene.alert(alert).version == before


def test_a_proposal_belongs_to_its_alert(scene, finch, juniper, make):
    alert, other = scene.report(), scene.report("being_taken")
    press(finch, alert, "confirm", **CHECKS)
    press(finch, alert, "send", ring="chapter")
    (send,) = make.all(AlertSend)
    assert juniper.post(f"/alerts/{other}/sends/{send.id}", data={"say": "yes"}).status_code == 404


def test_the_stop_stands_on_the_page_and_is_lifted_with_a_passkey(scene, finch, sign_in):
    stale = sign_in(scene.coordinator("Juniper").person, stepped_up=False)
    alert = scene.report()
    press(finch, alert, "confirm", **CHECKS)
    assert "Sending is stopped" in press(finch, alert, "stop").text
    assert stale.post(f"/alerts/{alert}/go-on").status_code == 403
    assert "Sending is stopped" not in press(finch, alert, "go-on").text


def test_one_that_is_over_says_what_it_was_and_can_be_opened_again(scene, finch, make):
    alert = scene.report()
    page = press(finch, alert, "not-ice").text
    assert re.search(r"Finch: Not ICE", page)
    assert "It was not over: open it again" in page
    page = press(finch, alert, "open-again").text
    assert "Finch opened it again" in page
    (row,) = make.all(Alert)
    assert row.state == "raised"
