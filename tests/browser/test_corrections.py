"""One answer of a saved record corrected on the phone, without network, and read by counsel: the whole way in real browsers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from fieldapp.core.db import db
from fieldapp.records.models import Record
from fieldapp.records.services import log
from tests.browser import test_legal as legal
from tests.browser import test_people as desk
from tests.browser.stage import DESK, PHONE
from tests.enrol import invite

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["spatialite"], indirect=True)]
address, chromium, clock, north, stage = desk.address, desk.chromium, desk.clock, desk.north, desk.stage

FIRST = "Two men in vests stood by the elevators."
CORRECTED = "Three men in vests stood by the stairs."
CASE = "Short hearing (master), case 1"
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
    # What the chapter offers has come: Write can be opened offline.
    expect(page.get_by_text("Your way in")).to_be_visible(timeout=SLOW)
    return page  # type: ignore[no-any-return]


def write_session(page: Page) -> None:
    """A court session of short hearings."""
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("button", name="Immigration Court").click()
    page.get_by_role("button", name="Write", exact=True).click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Write case 1")).to_be_visible(timeout=SLOW)


def write_a_case(page: Page) -> None:
    """A court session and its first case, with a note that locks."""
    write_session(page)
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


def correct(page: Page, question: str) -> None:
    """From a saved record to one of its questions."""
    page.get_by_role("link", name="Correct an answer").click()
    page.get_by_role("button", name=re.compile(f"^{question}")).first.click()
    expect(page.get_by_role("heading", name="Correct an answer")).to_be_visible()


def send(page: Page) -> None:
    """The network is back, and the person does not wait."""
    page.context.set_offline(False)
    page.goto("/#/outbox")
    page.get_by_role("button", name="Try now").click()
    page.goto("/#/write")
    expect(page.locator(".strip")).to_contain_text("All received", timeout=SLOW)


def read(lee: Page, name: str) -> None:
    """Counsel opens one record and what is sealed in it."""
    lee.goto("/legal/")
    lee.get_by_role("link", name=re.compile("^" + re.escape(name))).click()
    expect(lee.locator("[data-proof] li")).to_have_count(4)
    lee.keyboard.press("o")
    passkey = lee.get_by_role("button", name="Use my passkey")
    opened = lee.get_by_role("button", name="Lock again")
    expect(passkey.or_(opened)).to_be_visible(timeout=SLOW)
    if passkey.is_visible():
        passkey.press("Enter")
    expect(opened).to_be_visible(timeout=SLOW)


def newer_form(route: Route) -> None:
    """The server has the next version of the session's form, and so has the phone from now on."""
    headers = {name: value for name, value in route.request.headers.items() if name != "if-none-match"}
    answer = route.fetch(headers=headers)
    told = answer.json()
    form = next(one for one in told["public"]["forms"] if one["id"] == "session")
    hashes = told["public"]["form_hashes"]
    hashes[f"session@{form['version'] + 1}"] = hashes.pop(f"session@{form['version']}")
    form["version"] += 1
    route.fulfill(response=answer, json=told, headers={**answer.headers, "etag": 'W/"next"'})


def clean(page: Page, name: str, found: list[str]) -> None:
    """Notes what axe finds on this page, as it stands, at both sizes and in both themes."""
    size = page.viewport_size
    for one in (PHONE, DESK):
        page.set_viewport_size(one)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found += [f"{name} {one['width']} {scheme}: {fault}" for fault in desk.faults(page)]
    assert size
    page.set_viewport_size(size)


def test_a_correction_written_offline_is_read_by_counsel_beside_what_stood_there(
    stage: Any, make: Any, clock: Any, north: Any
) -> None:
    found: list[str] = []
    lee = legal.counsel(stage, clock, north, "Lee")
    legal.make_box(lee)
    make.place(north, "Immigration Court", city="Hartford")
    page = volunteer(stage, clock, north)
    page.context.set_offline(True)
    write_a_case(page)

    open_saved(page, CASE)
    expect(page.get_by_text("Nobody can read it on this phone again")).to_be_visible()
    expect(page.get_by_text(FIRST)).to_have_count(0)
    clean(page, "saved", found)
    page.get_by_role("link", name="Correct an answer").click()
    clean(page, "choose", found)
    page.get_by_label("Find a question").fill("note")
    page.get_by_role("button", name=re.compile("^Note")).first.click()
    expect(page.get_by_label("Note")).to_have_value("")
    clean(page, "note", found)
    page.get_by_label("Note").fill(CORRECTED)
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_role("heading", name="Read once more")).to_be_visible()
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("1 saved", exact=True)).to_be_visible(timeout=SLOW)

    press(page, "link", "Correct an answer")
    press(page, "button", "Lawyer")
    expect(page.get_by_role("heading", name="Correct an answer")).to_be_focused()
    clean(page, "lawyer", found)
    press(page, "button", "Take this answer back")
    expect(page.get_by_role("heading", name="Take this answer back?")).to_be_focused()
    clean(page, "take back", found)
    press(page, "button", "Take it back")
    expect(page.get_by_text("2 saved", exact=True)).to_be_visible(timeout=SLOW)

    page.reload()
    expect(page.get_by_text("2 saved", exact=True)).to_be_visible(timeout=SLOW)
    clean(page, "corrected", found)
    page.goto("/#/outbox")
    expect(page.get_by_role("link", name=f"Correction to {CASE}")).to_have_count(2)
    clean(page, "outbox", found)
    send(page)
    clean(page, "write", found)
    open_saved(page, CASE)
    expect(page.get_by_text("Received", exact=True)).to_have_count(3)
    page.get_by_role("link", name=re.compile("^Correction")).first.click()
    expect(page.get_by_text("To undo or change this correction")).to_be_visible()
    clean(page, "correction", found)
    log.sequence(clock.now())
    db.session.remove()
    assert [one.reasons for one in make.all(Record)] == [[]] * 4

    read(lee, "Short hearing (master)")
    note = lee.locator("[data-opened] dd").filter(has_text=CORRECTED)
    expect(note.locator("s")).to_have_text(FIRST)
    expect(lee.locator("[data-opened] s")).to_have_count(1)
    expect(lee.locator("dd").filter(has_text="Taken back").locator("s")).to_have_text("None")
    expect(lee.get_by_text("Every word opened here matches what was signed.")).to_be_visible()
    expect(lee.locator("[data-written]").first).to_have_text(re.compile(r"^\w{3} \d+ \w{3,4}, \d\d:\d\d$"))
    clean(lee, "read", found)
    lee.get_by_role("button", name="Lock again").click()
    expect(lee.locator("[data-written]").first).to_have_text("locked")
    assert found == []


def test_a_correction_half_written_is_a_draft_that_reopens_its_own_page(
    stage: Any, make: Any, clock: Any, north: Any
) -> None:
    lee = legal.counsel(stage, clock, north, "Lee")
    legal.make_box(lee)
    make.place(north, "Immigration Court", city="Hartford")
    page = volunteer(stage, clock, north)
    page.context.set_offline(True)
    write_a_case(page)
    open_saved(page, CASE)
    correct(page, "Lawyer")
    page.get_by_role("radio", name="Attorney").click()
    page.get_by_role("link", name="Back to the questions").click()
    expect(page.get_by_role("button", name="Lawyer Not finished")).to_be_visible()
    page.goto("/#/write")
    page.reload()
    page.get_by_role("link", name=re.compile(f"^Correction to {re.escape(CASE)}")).click()
    expect(page.get_by_role("heading", name="Correct an answer")).to_be_visible()
    expect(page.get_by_role("button", name="Lawyer Attorney")).to_be_visible()
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("1 saved", exact=True)).to_be_visible(timeout=SLOW)

    correct(page, "Timeline")
    expect(page.get_by_text("Those saved before cannot be changed")).to_be_visible()
    page.get_by_role("radio", name="Person taken").click()
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_role("alert")).to_contain_text("What happened, and when.")
    page.locator("input[type=datetime-local]").fill("2026-11-23T09:30")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("2 saved", exact=True)).to_be_visible(timeout=SLOW)

    open_saved(page, "Court session")
    correct(page, "Nationalities")
    page.get_by_role("button", name="Add a line").click()
    page.get_by_role("group", name="Nationalities").get_by_role("combobox").select_option(label="Honduras")
    page.get_by_role("button", name="Line done").click()
    expect(page.get_by_role("button", name="Add another line")).to_have_count(0)
    expect(page.get_by_role("button", name="Take this answer back")).to_have_count(0)
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("1 saved", exact=True)).to_be_visible(timeout=SLOW)
    send(page)
    db.session.remove()
    assert [one.reasons for one in make.all(Record)] == [[]] * 5
    log.sequence(clock.now())
    db.session.remove()

    read(lee, "Short hearing (master)")
    expect(lee.locator("[data-opened]")).to_contain_text("09:30")
    expect(lee.locator("[data-opened]")).to_contain_text("Person taken")
    expect(lee.locator("dd").filter(has_text="Attorney").locator("s")).to_have_text("None")


def test_somebody_elses_record_is_not_offered_and_without_a_box_nothing_locked_is(
    stage: Any, make: Any, clock: Any, north: Any
) -> None:
    make.place(north, "Immigration Court", city="Hartford")
    page = volunteer(stage, clock, north)
    write_session(page)
    open_saved(page, "Court session")
    page.get_by_role("link", name="Correct an answer").click()
    expect(page.get_by_text("Nothing can be locked here yet")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^(Note|Timeline)"))).to_have_count(0)
    page.get_by_role("button", name="Let in", exact=True).click()
    expect(page.get_by_role("button", name="Save the correction")).to_be_visible()
    correcting = page.url
    page.get_by_role("link", name="Back to the questions").click()
    page.get_by_role("link", name="Back to the record").click()
    expect(page.get_by_role("link", name="Correct an answer")).to_be_visible()
    saved = page.url
    send(page)

    page.route("**/api/v1/field", newer_form)
    page.reload()
    page.get_by_role("link", name=re.compile("^Court session")).click()
    expect(page.get_by_text("Its questions are not on this phone any more")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("link", name="Correct an answer")).to_have_count(0)
    page.unroute("**/api/v1/field")

    page.goto("/#/you")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign out of this phone")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="I have an invite").click()
    page.get_by_label("Invite link").fill(f"{stage.address}/enrol#{invite(north, clock)}")
    page.get_by_label("Field name").fill("Rowan")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/#/today")
    page.goto("/#/write")
    expect(page.get_by_role("button", name="Court session")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Written today")).to_have_count(0)
    page.goto(saved)
    expect(page.get_by_text("This record is not listed on this phone")).to_be_visible()
    expect(page.get_by_role("link", name="Correct an answer")).to_have_count(0)
    page.goto(correcting)
    expect(page.get_by_text("This form is not on this phone")).to_be_visible()
