"""Lock now, locking by itself, and taking the app's data off a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from fieldapp.accounts.models import LoginSession
from fieldapp.core.clock import to_datetime
from fieldapp.core.db import db
from tests.browser.cast import PATIENCE, see, strip
from tests.browser.scene import NOW, Scene
from tests.browser.stage import until
from tests.browser.test_field import KEPT
from tests.browser.test_locked import (  # noqa: F401 - fixtures
    LOCKED,
    OPENED,
    Phone,
    PlainPhone,
    draft_a_session,
    phone,
    playwright,
    scene,
    unlock,
)

pytestmark = pytest.mark.browser
LEFT = """async () => ({
  bases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  elsewhere: localStorage.length + sessionStorage.length,
})"""


def mark(page: Page) -> None:
    """This page is known from the one that comes up after locking."""
    page.evaluate("() => void (globalThis.before = true)")


def fresh(page: Page) -> None:
    """Another page has come up: nothing of the one before is in its memory."""
    page.wait_for_function("() => globalThis.before === undefined && document.querySelector('h1') !== null")


def lock_now(page: Page) -> None:
    """Two taps from Today."""
    page.goto("/#/today")
    mark(page)
    page.get_by_role("link", name="Lock now").click()
    page.get_by_role("button", name="Lock now").click()
    fresh(page)


def live_sessions(scene: Scene) -> int:  # noqa: F811
    with scene.app.app_context():
        rows: list[Any] = list(db.session.scalars(db.select(LoginSession).where(LoginSession.ended_at.is_(None))))
        return len(rows)


def test_lock_now_ends_the_session_and_drops_names_and_shifts_and_writing_goes_on(phone: Phone, scene: Scene) -> None:  # noqa: F811
    phone.enrol(scene)
    draft_a_session(phone.page, "Quokka")
    page = phone.page
    assert live_sessions(scene) == 1
    lock_now(page)
    see(page.get_by_text(LOCKED))
    expect(page.get_by_text("Federal Plaza")).to_have_count(0)
    page.wait_for_function(f"async () => !(await ({KEPT})()).includes('personal')")
    with until(PATIENCE / 1000, "the session has ended on the server") as ok:
        while not ok(live_sessions(scene) == 0):
            page.wait_for_timeout(100)
    page.wait_for_function(
        f"async () => {{ const found = await ({OPENED})(); return found.passkey === null && !('personal' in found); }}"
    )
    draft_a_session(page, "Papaya", elsewhere=True)
    page.get_by_role("link", name="Court session").click()
    expect(page.get_by_label("Note")).to_have_value("Papaya")
    page.goto("/#/write")
    unlock(page)
    expect(page.get_by_role("link", name="Court session")).to_have_count(2, timeout=PATIENCE)


def test_locked_without_network_the_session_ends_when_there_is_network(phone: Phone, scene: Scene) -> None:  # noqa: F811
    phone.enrol(scene)
    page = phone.page
    phone.context.set_offline(True)
    lock_now(page)
    see(page.get_by_text(LOCKED))
    assert live_sessions(scene) == 1
    phone.context.set_offline(False)
    with until(PATIENCE / 1000, "the session has ended on the server") as ok:
        while not ok(live_sessions(scene) == 0):
            page.wait_for_timeout(100)
    locked = page.get_by_role("region", name="Locked")
    see(locked.get_by_role("link", name="Sign in"))  # one way in: it unlocks too
    expect(page.get_by_text("You are signed out.")).to_have_count(0)
    expect(page.get_by_role("link", name="Lock now")).to_have_count(0)
    phone.sign_in()
    see(page.get_by_role("button", name="I'm here"))
    see(page.get_by_role("link", name="Lock now"))


def test_a_form_begun_while_locked_is_sealed_by_lock_now_and_opens_with_the_passkey(phone: Phone, scene: Scene) -> None:  # noqa: F811
    phone.enrol(scene)
    page = phone.reopen()
    see(page.get_by_text(LOCKED))
    draft_a_session(page, "Tapir", elsewhere=True)
    page.wait_for_function(f"async () => ((await ({OPENED})()).phone ?? '').includes('Tapir')")
    lock_now(page)
    see(page.get_by_text(LOCKED))
    page.wait_for_function(
        f"async () => {{ const found = await ({OPENED})(); return found.passkey === null && !('phone' in found); }}"
    )
    page.goto("/#/write")
    see(page.get_by_text("1 is locked. It opens with your passkey."))
    unlock(page)
    page.get_by_role("link", name="Court session").click()
    expect(page.get_by_label("Note")).to_have_value("Tapir")


@pytest.mark.parametrize("phone", [PlainPhone], indirect=True)
def test_a_phone_without_a_passkeys_lock_says_what_lock_now_throws_away(phone: Phone, scene: Scene) -> None:  # noqa: F811
    phone.enrol(scene)
    page = phone.page
    draft_a_session(page, "Quokka")
    other = page.context.new_page()
    other.goto("/#/shifts")
    see(other.get_by_text("Maple").first)
    mark(other)
    page.goto("/#/lock")
    see(page.get_by_text("1 unfinished form is thrown away"))
    mark(page)
    page.get_by_role("button", name="Lock now").click()
    fresh(page)
    fresh(other)
    expect(other.get_by_text("Maple")).to_have_count(0)
    see(other.get_by_role("heading", name="Locked"))  # not that no shift is planned
    see(page.get_by_role("heading", name="Locked"))
    see(page.get_by_role("link", name="Sign in"))
    expect(page.get_by_text("Maple")).to_have_count(0)
    page.wait_for_function(f"async () => !(await ({KEPT})()).includes('personal')")
    page.wait_for_function(
        f"async () => {{ const found = await ({OPENED})(); return !('phone' in found || 'personal' in found); }}"
    )
    page.goto("/#/write")
    see(page.get_by_role("button", name="Court session"))


@pytest.mark.parametrize("phone", [PlainPhone], indirect=True)
@pytest.mark.parametrize("status", [200, 304])
def test_an_answer_that_was_on_its_way_to_another_page_brings_nothing_back(
    phone: Phone,  # noqa: F811
    scene: Scene,  # noqa: F811
    status: int,
) -> None:
    """That page does not hear of the lock: it is frozen, or its browser has no way to tell it."""
    phone.enrol(scene)
    page = phone.page
    other = page.context.new_page()
    other.clock.set_fixed_time(to_datetime(NOW))
    other.add_init_script("delete globalThis.BroadcastChannel;")
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        kept = {} if status == 304 else {"if-none-match": ""}
        held.append((route, route.fetch(headers=route.request.headers | kept)))

    other.route("**/api/v1/field*", hold)
    other.goto("/#/shifts")
    with until(PATIENCE / 1000, "the server has answered") as ok:
        while not ok(held):
            other.wait_for_timeout(100)
    route, answer = held.pop()
    assert answer.status == status
    assert status == 304 or "Maple" in answer.text()
    see(other.get_by_text("Maple").first)
    lock_now(page)
    page.wait_for_function(f"async () => !(await ({KEPT})()).includes('personal')")
    other.evaluate("() => void (globalThis.here = true)")
    route.fulfill(response=answer)
    expect(other.get_by_text("Maple")).to_have_count(0, timeout=PATIENCE)
    see(
        other.get_by_role("link", name="You: language, installing, signing in")
        .or_(other.get_by_role("heading", name="Locked"))
        .first
    )
    assert other.evaluate("() => globalThis.here")
    for one in (page, other):
        assert "personal" not in one.evaluate(KEPT)
    phone.sign_in()
    see(page.get_by_role("button", name="I'm here"))


@pytest.mark.parametrize("phone", [PlainPhone], indirect=True)
def test_a_form_with_a_photo_loses_its_answers_and_keeps_the_photo(phone: Phone, scene: Scene, tmp_path: Path) -> None:  # noqa: F811
    phone.enrol(scene)
    page = phone.page
    page.goto("/#/write")
    page.get_by_role("button", name="ICE at a courthouse").click()  # at the shift's place
    page.locator(".tap").first.click()
    photo = tmp_path / "hall.jpg"
    photo.write_bytes(b"a photo of a hallway" * 200)
    page.locator("fa-media input[type=file]").set_input_files(photo)
    see(page.locator(".row--media").get_by_text("Photo"))
    address = page.url
    lock_now(page)
    page.goto(address)
    see(page.locator(".row--media").get_by_text("Photo"))
    expect(page.locator(".tap input:checked")).to_have_count(0)


def test_it_locks_by_itself_after_a_while_and_keeps_what_was_being_typed(phone: Phone, scene: Scene) -> None:  # noqa: F811
    phone.enrol(scene)
    page = phone.page
    page.goto("/#/you")
    page.get_by_role("radio", name="2 min").click()
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").last.click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_label("Note").fill("Okapi")
    mark(page)
    page.clock.set_fixed_time(phone.page.evaluate("() => Date.now()") + 3 * 60_000)
    fresh(page)
    see(page.get_by_text(LOCKED))
    unlock(page)
    page.goto("/#/write")
    page.get_by_role("link", name="Court session").click()
    expect(page.get_by_label("Note")).to_have_value("Okapi")


def test_no_page_locks_by_itself_while_another_one_records(phone: Phone, scene: Scene) -> None:  # noqa: F811
    phone.enrol(scene)
    page = phone.page
    page.goto("/#/you")
    page.get_by_role("radio", name="2 min").click()
    other = page.context.new_page()
    other.goto("/#/today")
    other.evaluate(
        "() => void navigator.locks.request('fieldapp-capture-x', () => new Promise((done) => (globalThis.done = done)))"
    )
    mark(page)
    look = "() => void document.dispatchEvent(new Event('visibilitychange'))"
    begun = page.evaluate("() => Date.now()")
    page.clock.set_fixed_time(begun + 3 * 60_000)
    page.evaluate(look)
    page.wait_for_timeout(1_500)
    assert page.evaluate("() => globalThis.before")
    other.evaluate("() => globalThis.done()")
    page.clock.set_fixed_time(begun + 6 * 60_000)
    fresh(page)
    see(page.get_by_text(LOCKED))


def test_while_locked_write_says_how_much_was_written_today_and_no_more(phone: Phone, scene: Scene) -> None:  # noqa: F811
    phone.enrol(scene)
    page = phone.page
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").last.click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_role("button", name="Save").click()
    see(page.get_by_role("button", name="Write case 1"))
    lock_now(page)
    see(page.get_by_text(LOCKED))
    page.goto("/#/write")
    recent = page.get_by_role("region", name="Written today")
    expect(recent).to_contain_text("1 thing. What and where shows after unlocking.")
    expect(recent.get_by_role("listitem")).to_have_count(0)


def test_while_locked_no_list_says_what_was_written_or_where(phone: Phone, scene: Scene) -> None:  # noqa: F811
    phone.enrol(scene)
    page = phone.page
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").last.click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Write case 1").click()
    page.get_by_role("radio", name="None").first.click()
    page.get_by_role("button", name="Save and next case").click()
    see(page.get_by_role("heading", name="Case 2", exact=True))
    page.goto("/#/court")
    address = see(page.get_by_role("link", name=re.compile("^Case 1 "))).get_attribute("href")
    phone.context.set_offline(True)
    page.goto("/#/write")
    page.get_by_role("button", name="ICE at a courthouse").click()
    page.locator("[data-q] .tap", has_text="Lobby").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Save", exact=True).click()
    see(page.get_by_text("Written today"))
    lock_now(page)
    see(page.get_by_text(LOCKED))
    page.goto("/#/court")
    see(page.get_by_text("1 case is saved here. Its number and state show after unlocking."))
    expect(page.locator("main").get_by_text("Case 1")).to_have_count(0)
    see(page.get_by_role("button", name="Write case 2"))
    page.goto("/#/outbox")
    see(page.get_by_text("What and where shows after unlocking."))
    for words in ("Court session", "Short hearing", "Federal Plaza", "ICE at", "saved 12"):
        expect(page.locator("main").get_by_text(words)).to_have_count(0)
    page.goto(f"/{address}")
    see(page.get_by_text(LOCKED))
    expect(page.get_by_text("Federal Plaza")).to_have_count(0)


def test_removing_asks_for_a_word_ends_what_the_server_knows_and_leaves_nothing(phone: Phone, scene: Scene) -> None:  # noqa: F811
    phone.enrol(scene)
    page = phone.page
    page.goto("/#/you")
    page.get_by_role("link", name="Remove Fieldapp's data from this phone").click()
    see(page.get_by_text("Never during a stop or a search, never after a legal notice."))
    see(page.get_by_role("link", name="Call the legal line"))
    see(page.get_by_text("Everything is received."))
    remove = page.get_by_role("button", name="Remove Fieldapp's data from this phone")
    expect(remove).to_be_disabled()
    page.get_by_label("Type REMOVE.").fill("remove")
    phone.context.set_offline(True)
    remove.click()
    see(page.get_by_text("The server cannot be reached. Nothing was removed."))
    assert live_sessions(scene) == 1
    phone.context.set_offline(False)
    remove.click()
    page.wait_for_url("**/removed")
    see(page.get_by_role("heading", name="Removed"))
    assert live_sessions(scene) == 0
    assert page.evaluate(LEFT) == {"bases": 0, "caches": 0, "workers": 0, "elsewhere": 0}


def test_removing_says_what_is_not_sent_and_a_link_to_the_last_page_removes_nothing(phone: Phone, scene: Scene) -> None:  # noqa: F811
    phone.enrol(scene)
    page = phone.page
    phone.context.set_offline(True)
    page.get_by_role("button", name="I'm here").click()
    expect(strip(page)).to_contain_text("1 saved on this phone")
    page.goto("/#/remove")
    see(page.get_by_text("1 record is not sent yet."))
    see(page.get_by_role("link", name="See them, or take them out as a file"))
    see(page.get_by_label("Type REMOVE. What is not sent is lost for good."))
    phone.context.set_offline(False)
    page.goto("/removed")
    see(page.get_by_role("heading", name="Nothing was removed"))
    assert page.evaluate(LEFT)["bases"] > 0
