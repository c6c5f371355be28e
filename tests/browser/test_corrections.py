"""One answer of a saved record corrected on the phone, without network, and read by counsel: the whole way in real browsers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fieldapp.core.db import db
from fieldapp.records.models import Record
from fieldapp.records.services import log
from tests.browser import test_legal as legal
from tests.browser import test_people as desk
from tests.browser.stage import PHONE
from tests.enrol import invite

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["spatialite"], indirect=True)]
address, chromium, clock, north, stage = desk.address, desk.chromium, desk.clock, desk.north, desk.stage

FIRST = "Two men in vests stood by the elevators."
CORRECTED = "Three men in vests stood by the stairs."
SLOW = 30_000  # ms: two cores, several browsers
WITH_WORKER = "() => Boolean(navigator.serviceWorker.controller)"


def volunteer(stage: Any, clock: Any, chapter: Any, name: str = "Juniper") -> Page:
    """Somebody's phone with the app on it, ready for no network."""
    page = stage.open(PHONE, reduced_motion="reduce")
    page.set_default_timeout(SLOW)
    desk.join(page, invite(chapter, clock), name)
    page.wait_for_url(f"{stage.address}/**", wait_until="commit")
    expect(page.locator("fa-app h1")).to_be_visible(timeout=SLOW)
    page.evaluate("async () => void (await navigator.serviceWorker.ready)")
    page.reload()
    page.wait_for_function(WITH_WORKER)
    expect(page.locator("fa-app h1")).to_be_visible(timeout=SLOW)
    return page


def write_a_case(page: Page) -> None:
    """A court session and its first case, with a note that locks."""
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("button", name="Immigration Court").click()
    page.get_by_role("button", name="Write", exact=True).click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Write case 1").click()
    page.get_by_role("radio", name="None").first.click()
    page.get_by_label("Note").fill(FIRST)
    page.get_by_role("button", name="Save and next case").click()
    expect(page.get_by_role("heading", name="Read once more")).to_be_visible()
    page.get_by_role("button", name="Save and next case").click()
    expect(page.get_by_role("heading", name="Case 2")).to_be_visible(timeout=SLOW)


def open_saved(page: Page, name: str) -> None:
    """From "Written today" to one record."""
    page.goto("/#/write")
    page.get_by_role("link", name=re.compile("^" + re.escape(name))).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def press(page: Page, role: Any, name: str) -> None:
    """By keyboard alone."""
    target = page.get_by_role(role, name=name, exact=True)
    target.focus()
    expect(target).to_be_focused()
    page.keyboard.press("Enter")


def test_a_correction_written_offline_is_read_by_counsel_beside_what_stood_there(stage, make, clock, north):
    lee = legal.counsel(stage, clock, north, "Lee")
    legal.make_box(lee)
    make.place(north, "Immigration Court", city="Hartford")
    page = volunteer(stage, clock, north)
    page.context.set_offline(True)
    write_a_case(page)

    open_saved(page, "Short hearing (master), case 1")
    expect(page.get_by_text("Nobody can read it on this phone again")).to_be_visible()
    expect(page.get_by_text(FIRST)).to_have_count(0)
    page.get_by_role("link", name="Correct an answer").click()
    expect(page.get_by_role("heading", name="Which answer?")).to_be_visible()
    page.get_by_label("Find a question").fill("note")
    page.get_by_role("button", name=re.compile("^Note")).first.click()
    expect(page.get_by_label("Note")).to_have_value("")
    page.get_by_label("Note").fill(CORRECTED)
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_role("heading", name="Read once more")).to_be_visible()
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("1 saved", exact=True)).to_be_visible(timeout=SLOW)

    press(page, "link", "Correct an answer")
    press(page, "button", "Lawyer")
    expect(page.get_by_role("heading", name="Correct an answer")).to_be_visible()
    press(page, "button", "Take this answer back")
    expect(page.get_by_role("heading", name="Take this answer back?")).to_be_focused()
    press(page, "button", "Take it back")
    expect(page.get_by_text("2 saved", exact=True)).to_be_visible(timeout=SLOW)

    page.reload()
    expect(page.get_by_text("2 saved", exact=True)).to_be_visible(timeout=SLOW)
    page.goto("/#/outbox")
    expect(page.get_by_role("link", name="Correction to Short hearing (master), case 1")).to_have_count(2)
    page.context.set_offline(False)
    page.get_by_role("button", name="Try now").click()
    page.goto("/#/write")
    expect(page.locator(".strip")).to_contain_text("All received", timeout=SLOW)
    open_saved(page, "Short hearing (master), case 1")
    expect(page.get_by_text("Received", exact=True)).to_have_count(3)
    log.sequence(clock.now())
    db.session.remove()
    assert [one.reasons for one in make.all(Record)] == [[]] * 4

    lee.goto("/legal/")
    lee.get_by_role("link", name=re.compile("^Short hearing")).click()
    expect(lee.locator("[data-proof] li")).to_have_count(4)
    lee.keyboard.press("o")
    lee.get_by_role("button", name="Use my passkey").press("Enter")
    expect(lee.get_by_text(CORRECTED)).to_be_visible(timeout=SLOW)
