"""The phone's app in a real Chromium with a real service worker: cold and offline, shifts, writing, alerts, by keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, Response, expect, sync_playwright

from fieldapp.accounts import identity
from fieldapp.accounts.models import Person as Member
from fieldapp.alerts.models import Alert
from fieldapp.alerts.services import answering
from fieldapp.core.clock import to_datetime
from fieldapp.core.db import db
from fieldapp.records.models import Record, SealedFile
from tests.browser.scene import NOW, WHO, Scene, join
from tests.browser.stage import DESK, PHONE, Person
from tests.browser.taps import REAL_CLOCK
from tests.shots.field import PAGES

pytestmark = pytest.mark.browser
AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


DRAFTED = """async () => {
  const open = indexedDB.open("fieldapp-outbox");
  const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const rows = base.transaction("drafts").objectStore("drafts").getAll();
  return new Promise((done) => (rows.onsuccess = () => { base.close(); done(rows.result.some((one) => one.ct)); }));
}"""


KEPT = """async () => { const open = indexedDB.open("fieldapp-phone");
  const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const keys = base.transaction("kept").objectStore("kept").getAllKeys();
  return new Promise((done) => (keys.onsuccess = () => { base.close(); done(keys.result); })); }"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


class Phone:
    """A volunteer's phone that keeps its profile; its page's clock stands still, as the server's does."""

    def __init__(self, playwright: Playwright, scene: Scene, home: Path, **options: Any) -> None:
        self.scene = scene
        self.device = Person(playwright, home, scene.url, viewport=PHONE, **options)
        self.device.context.add_init_script(REAL_CLOCK)
        self.stop_clock()
        self.person = join(self.page, scene)
        with scene.app.app_context():
            scene.take(self.person)
        self.page.reload()
        expect(self.page.get_by_role("button", name="I'm here")).to_be_visible()
        self.page.evaluate("async () => void (await navigator.serviceWorker.ready)")
        self.page.reload()
        expect(self.page.get_by_role("button", name="I'm here")).to_be_visible()
        self.page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")

    @property
    def page(self) -> Page:
        return self.device.page

    def stop_clock(self) -> None:
        self.page.clock.set_fixed_time(to_datetime(NOW))

    def be_at_a_shift(self) -> None:
        """Checked in, at a phone that says where it is."""
        self.device.context.set_geolocation({"latitude": 40.7151, "longitude": -74.0034, "accuracy": 12})
        self.page.get_by_role("button", name="I'm here").click()
        expect(self.page.get_by_text("You are here", exact=True)).to_be_visible()

    def reopen(self, *, offline: bool) -> None:
        """The app is closed and opened again, from cold."""
        self.device.kill()
        self.device.open(offline=offline)
        self.stop_clock()
        self.page.goto("/")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = Scene(tmp_path_factory.mktemp("scene"))
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def phone(playwright: Playwright, scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    made = Phone(playwright, scene, tmp_path_factory.mktemp("phone"))
    yield made
    made.device.close()


@pytest.fixture(autouse=True)
def online(phone: Phone) -> Iterator[None]:
    yield
    phone.device.context.set_offline(False)
    assert phone.device.problems == []


def strip(page: Page) -> Any:
    """The outbox's line."""
    return page.locator(".strip")


def test_a_shift_taken_offline_is_asked_for_and_then_ones_own(phone: Phone) -> None:
    page = phone.page
    phone.device.context.set_offline(True)
    page.goto("/#/shifts")
    page.get_by_role("button", name="Take: Tue, Nov 24").click()
    expect(page.get_by_text("Asked, not yours yet", exact=True)).to_be_visible()
    expect(strip(page)).to_contain_text("1 saved on this phone")
    phone.device.context.set_offline(False)
    expect(page.get_by_role("button", name="Give back: Tue, Nov 24")).to_be_visible()
    expect(strip(page)).to_contain_text("All received")


def test_a_shift_that_cannot_be_taken_says_why_and_what_changes_it(phone: Phone) -> None:
    phone.page.goto("/#/shifts")
    card = phone.page.locator(".shift--off").filter(has_text="It needs Court watch basics.")
    expect(card).to_contain_text("Next: Sat, Nov 28, 10:00 am EST, online")


def test_a_morning_is_written_offline_sealed_and_received_once(phone: Phone, scene: Scene) -> None:
    page = phone.page
    page.goto("/#/today")
    page.get_by_role("button", name="I'm here").click()
    expect(page.get_by_text("You are here", exact=True)).to_be_visible()
    expect(strip(page)).to_contain_text(
        "All received", timeout=20_000
    )  # what was tapped here is no part of what waits below
    phone.device.context.set_offline(True)
    page.get_by_role("link", name="Write").first.click()
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Write case 1").click()
    page.get_by_role("radio", name="None").first.click()
    page.get_by_label("Note").fill("The words of the narrative")
    page.get_by_role("button", name="Save and next case").click()
    expect(page.get_by_text("Read once more")).to_be_visible()
    page.get_by_role("button", name="Save and next case").click()
    expect(page.get_by_role("heading", name="Case 2")).to_be_visible()
    page.get_by_role("radio", name="Attorney").click()
    page.wait_for_function(DRAFTED)

    phone.reopen(offline=True)
    expect(page_of(phone).get_by_text("You are here", exact=True)).to_be_visible()
    page = page_of(phone)
    page.goto("/#/write")
    expect(page.get_by_text("1 case written")).to_be_visible()
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("link", name="Case 2")).to_be_visible()
    page.get_by_role("button", name="Close the session").click()
    page.locator("input.stepper__n").first.fill("2")
    page.get_by_role("button", name="Save and close the session").click()
    expect(page.get_by_role("heading", name="Write")).to_be_visible()
    expect(strip(page)).to_contain_text("3 saved on this phone")

    phone.device.context.set_offline(False)
    expect(strip(page)).to_contain_text("All received", timeout=20_000)
    with scene.app.app_context():
        db.session.rollback()
        rows = list(db.session.scalars(db.select(Record).order_by(Record.pk)))
        assert sorted(row.kind for row in rows) == ["amendment", "observation", "observation"]
        assert [row.reasons for row in rows] == [[], [], []]
        session = next(row for row in rows if (row.form or "").startswith("session") and row.kind == "observation")
        case = next(row for row in rows if (row.form or "").startswith("master"))
        sealed = db.session.get_one(SealedFile, (case.pk, scene.box.id))
        said = {path: value for _, path, value in json.loads(scene.box.identity.open(sealed.data))}
        assert said["/_/session"] == session.id
        assert said["/_/order"] == 1
        assert "The words of the narrative" in said.values()
        assert all("narrative" not in row.body + row.open for row in rows)


def page_of(phone: Phone) -> Page:
    """The page of the browser that is open now."""
    return phone.device.page


def test_an_alert_by_keyboard_alone_and_its_answer_without_a_session(phone: Phone, scene: Scene) -> None:
    page = page_of(phone)
    page.goto("/#/today")
    page.get_by_role("link", name="Alert").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Raise an alert")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Alert").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Someone is being taken").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is sent yet.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sent, waiting for somebody")).to_be_visible(timeout=15_000)

    phone.device.context.clear_cookies()
    with scene.app.app_context():
        coordinator = scene.make.person(scene.chapter, "coordinator", field_name="Cedar")
        alert = db.session.scalars(db.select(Alert)).one()
        assert alert.what == "being_taken"
        assert alert.place_id == scene.places[0].id
        answering.got_it(identity.actor_for(db.session.get_one(Member, coordinator.id)), alert.id, NOW)
    expect(page.get_by_role("heading", name="I've got it")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("dialog")).not_to_contain_text("Cedar")


def test_an_alert_without_network_says_not_sent_and_offers_to_call(phone: Phone) -> None:
    page = page_of(phone)
    page.goto("/#/today")
    phone.device.context.set_offline(True)
    page.goto("/#/alert")
    page.get_by_role("button", name="Another alert").click()
    box = page.get_by_role("button", name="ICE is here").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    page.mouse.down()
    expect(page.get_by_role("heading", name="NOT SENT")).to_be_visible(timeout=30_000)
    page.mouse.up()
    expect(page.get_by_role("link", name="Call the hotline")).to_have_attribute("href", "tel:2125550142")
    text = page.get_by_role("link", name="Send a text message")
    expect(text).to_contain_text("Alert 1, place")
    assert "Federal" not in (text.get_attribute("href") or "")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Taken back here")).to_be_focused()
    expect(page.get_by_role("dialog")).to_contain_text("not sent yet")
    phone.device.context.set_offline(False)
    expect(page.get_by_role("heading", name="Taken back", exact=True)).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_finger_that_moves_off_sends_nothing(phone: Phone) -> None:
    page = page_of(phone)
    page.goto("/#/today")
    page.goto("/#/alert")
    held = page.get_by_role("button", name="I need help")
    box = held.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] - 300)
    page.mouse.up()
    expect(page.get_by_text("Press and hold, or tap twice.")).to_be_visible()
    page.get_by_role("button", name="Not now").click()


@pytest.mark.parametrize("lang", ["es", "en"])
def test_each_page_is_clean_for_axe_at_both_sizes(phone: Phone, lang: str) -> None:
    page = page_of(phone)
    page.goto("/#/you")
    page.get_by_role("radio", name="Español" if lang == "es" else "English").click()
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for name, address in {**PAGES, "alert": "alert"}.items():
                page.goto(f"/#/{address}")
                page.wait_for_selector("fa-alert h1" if name == "alert" else "h1")
                found += [f"{name} {scheme} {lang}: {one}" for one in violations(page)]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert found == []
    assert page.evaluate("() => document.documentElement.lang") == lang


def violations(page: Page) -> list[str]:
    """What axe finds, in short."""
    if not page.evaluate("() => Boolean(globalThis.axe)"):
        page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE})
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [f"{one['id']} at {one['nodes'][0]['target'][0]}" for one in found]


def test_signing_out_says_what_stays_and_takes_names_off_the_phone(phone: Phone) -> None:
    page = page_of(phone)
    page.goto("/#/in")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/#/today")
    page.goto("/#/you")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Forms, places and the hotline stay.", exact=False)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/#/in")
    expect(page.get_by_role("link", name="Call the hotline")).to_be_visible()
    kept = page.evaluate(KEPT)
    assert "personal" not in kept
    assert "court" not in kept
    assert "public" in kept


def test_signing_out_beside_ones_passkeys_takes_names_and_keys_off_the_phone_too(phone: Phone) -> None:
    page = page_of(phone)
    page.goto("/#/in")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/#/today")
    page.wait_for_function(f"async () => (await ({KEPT})()).includes('personal')")
    with phone.device.passkey_untouched():
        page.goto("/me")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in")
        page.wait_for_function(f"async () => !(await ({KEPT})()).includes('personal') && (await ({WHO})()) === null")
        assert "public" in page.evaluate(KEPT)
        page.goto("about:blank")


def test_a_language_chosen_without_network_is_told_when_there_is_one(phone: Phone) -> None:
    page = page_of(phone)
    page.goto("/#/in")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/#/today")
    page.goto("/#/you")
    phone.device.context.set_offline(True)
    page.get_by_role("radio", name="Español").click()
    expect(page.get_by_role("heading", name="Alertas")).to_be_visible()
    with page.expect_response(told("es")):
        phone.device.context.set_offline(False)
    with page.expect_response(told("en")):
        page.get_by_role("radio", name="English").click()


def told(lang: str) -> Callable[[Response], bool]:
    """The server took this language as the person's."""
    return lambda answer: (
        answer.url.endswith("/api/v1/language") and answer.ok and answer.request.post_data_json == {"lang": lang}
    )
