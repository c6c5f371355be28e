"""A partner organisation's way, and a pod's, as people go them: on a phone and at a desk, with a passkey."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.stage import DESK, PHONE
from tests.browser.test_every_page import axe, too_wide
from tools.visits import Demo, Visitor, demo_installation


@pytest.fixture(scope="module")
def site() -> Iterator[Demo]:
    """One demo installation."""
    with demo_installation() as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Playwright]:
    """Playwright, started once."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def coordinator(site: Demo, chromium: Playwright) -> Iterator[Visitor]:
    """The demo's coordinator at a desk."""
    visitor = Visitor(chromium, site, "coordinator")
    yield visitor
    visitor.close()


def clean(page: Page) -> None:
    """Axe finds nothing, and nothing is wider than the screen."""
    assert [*axe(page), *too_wide(page)] == []


def test_a_partner_asks_on_a_phone_and_reads_the_answer_there(
    site: Demo, chromium: Playwright, coordinator: Visitor
) -> None:
    partner = Visitor(chromium, site, "partner", viewport=PHONE)
    page = partner.page
    page.wait_for_url("**/ask", timeout=60_000)  # whatever door they came in by
    expect(page.get_by_role("heading", name="Ask for people", exact=True)).to_be_visible()
    page.get_by_role("radio", name="People turning out").check()
    page.get_by_label("Or a cross street, or an area").fill("Jamaica Avenue and 168th Street")
    page.get_by_label("How many people").fill("7")
    page.get_by_label("Who meets them: a role, not a name").fill("Maria Lopez")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("looks like somebody's name")
    clean(page)
    page.get_by_label("Who meets them: a role, not a name").fill("our front desk")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Sent.")
    clean(page)

    desk = coordinator.page
    desk.goto("/partners/asks")
    desk.get_by_role("link", name="People turning out, 7 people").click()
    desk.get_by_label("At which of our places").select_option(index=0)
    desk.get_by_role("button", name="Accept", exact=True).click()
    expect(desk.get_by_role("status")).to_contain_text("Accepted.")

    page.goto("/ask")
    mine = page.get_by_role("article").filter(has_text="7 people").first
    expect(mine).to_contain_text("0 of 7 people have said yes")
    page.goto("/")  # the app's own door leads to their page
    page.wait_for_url("**/ask", timeout=60_000)
    page.goto("/shifts")
    expect(page.get_by_role("heading", name="This is for members of the chapter.")).to_be_visible()
    page.get_by_role("link", name="Go to the start").click()
    page.wait_for_url("**/ask", timeout=60_000)
    partner.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_pod_is_set_up_with_two_fields_and_two_clicks_and_taken_away_again(coordinator: Visitor, size) -> None:
    page = coordinator.page
    page.set_viewport_size(size)
    page.goto("/pods/new")
    page.get_by_label("Name of the pod").fill(f"Newark {size['width']}")  # one
    page.get_by_label("City or ZIP code").fill("07102")  # two
    page.get_by_role("button", name="Show what it will be").click()  # one
    expect(page.get_by_role("heading", name=f"Newark {size['width']}")).to_be_visible()
    assert page.get_by_role("checkbox", name="Newark Immigration Court").is_checked()
    clean(page)
    page.get_by_role("button", name="Make the pod").click()  # two, and the passkey where it is asked for
    expect(page.get_by_role("heading", name=f"Newark {size['width']} is there")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Link, works once")).to_have_value(re.compile(r"/enrol#.+"))
    clean(page)
    page.get_by_role("link", name=f"Newark {size['width']}", exact=True).click()
    page.get_by_role("button", name="Take it away").click()
    expect(page.get_by_role("status")).to_contain_text("is gone", timeout=60_000)
