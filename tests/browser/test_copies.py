"""A volunteer's phone tells the chapter's messages from forged ones by itself, without network too."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from fieldapp.accounts.identity import actor_for
from fieldapp.alerts.models import AlertSend
from fieldapp.alerts.services import sending, stages
from fieldapp.core.clock import MINUTE
from tests.browser import test_alerts as kit
from tests.browser.stage import PHONE
from tests.browser.test_alerts import faults
from tests.responders import YES

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["spatialite"], indirect=True)]
address, chapter, chromium, clock = kit.address, kit.chapter, kit.chromium, kit.clock
desk, juniper, service, volunteer = kit.desk, kit.juniper, kit.service, kit.volunteer


@pytest.fixture
def words(make: Any, chapter: Any, juniper: Any, volunteer: Any, clock: Any) -> str:
    """What the whole chapter was told, by two people."""
    finch = make.person(chapter, "coordinator", field_name="Finch")
    alert = volunteer.raise_alert(place=make.place(chapter, "Immigration Court").id)
    stages.confirm(actor_for(finch), alert.id, YES, clock.now())

    def fresh(person: Any) -> Any:
        return replace(actor_for(person), step_up_until=clock.now() + 5 * MINUTE)

    send = sending.propose(fresh(finch), alert.id, "chapter", clock.now())
    sending.second(fresh(juniper), alert.id, send.id, True, clock.now())
    (kept,) = make.all(AlertSend)
    return str(kept.said["en"])


def ask(page: Page, text: str) -> Any:
    """Paste it, and ask."""
    page.get_by_label("Paste a message you got").fill(text)
    page.get_by_role("button", name="Did we send this?").click()
    return page.locator("[data-verdict]")


def test_ours_is_known_with_time_and_roles_and_a_changed_one_is_not(make, desk, chapter, words):
    page = desk.open("/#/copies", make.person(chapter, field_name="Alder"), PHONE)
    expect(page.get_by_text("Signed by us")).to_be_visible(timeout=20_000)
    expect(page.get_by_text(words)).to_be_visible()
    verdict = ask(page, words.replace(". ", ".\n\n  "))
    expect(verdict).to_contain_text("We sent this")
    expect(verdict).to_contain_text("two coordinators")
    assert faults(page) == []
    verdict = ask(page, words.replace("Immigration Court", "Main Street School"))
    expect(verdict).to_contain_text("We did not send this")
    expect(verdict).to_contain_text("Immigration Court")
    verdict = ask(page, "Everybody stay at home, they are in every street")
    expect(verdict).to_contain_text("It is not among what")
    expect(verdict).to_contain_text("Do not pass it on")
    assert faults(page) == []


def test_without_network_the_phone_says_what_it_knows_and_that_it_may_not_know_all(make, desk, chapter, words):
    page = desk.open("/#/copies", make.person(chapter, field_name="Alder"), PHONE)
    expect(page.get_by_text("Signed by us")).to_be_visible(timeout=20_000)
    page.evaluate("async () => void (await navigator.serviceWorker.ready)")
    page.wait_for_load_state("networkidle")  # the pages that come after the first one are here too
    page.context.set_offline(True)
    page.evaluate("() => { location.hash = '#/today'; }")
    expect(page.get_by_role("heading", name="What we sent")).to_have_count(0)
    page.evaluate("() => { location.hash = '#/copies'; }")
    expect(page.get_by_text("No network. As it was")).to_be_visible()
    expect(ask(page, words)).to_contain_text("We sent this")
    verdict = ask(page, "Everybody stay at home, they are in every street")
    expect(verdict).to_contain_text("Not among what this phone has")
    expect(verdict).not_to_contain_text("We did not send this")


def test_a_copy_that_was_changed_on_its_way_is_refused_and_its_words_are_not_shown(make, desk, chapter, words):
    page = desk.open("", make.person(chapter, field_name="Alder"), PHONE)

    def forge(route: Route) -> None:
        told = route.fetch().json()
        told["copies"][0]["text"] = told["copies"][0]["text"].replace("Immigration Court", "Main Street School")
        route.fulfill(body=json.dumps(told), content_type="application/json")

    page.context.route("**/api/v1/broadcasts", forge)
    page.goto("/#/copies")
    expect(page.get_by_text("Do not believe this one")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("It was changed after it was signed.")).to_be_visible()
    forged = words.replace("Immigration Court", "Main Street School")
    expect(page.get_by_text(forged)).to_have_count(0)
    expect(ask(page, forged)).to_contain_text("We did not send this")
    assert faults(page) == []
