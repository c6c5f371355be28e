"""States of the phone's pages that need something to happen first, looked at as test_reader.py looks at the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, Route, expect, sync_playwright

from fieldapp.accounts.models import Person as Member
from fieldapp.accounts.services import people
from fieldapp.core.db import db, write
from fieldapp.observations import serials
from tests.browser.cast import PATIENCE, see, strip
from tests.browser.eyes import Eyes
from tests.browser.scene import Scene
from tests.browser.stage import CHROMIUM, PHONE, QUIET
from tests.browser.test_family import fill
from tests.browser.test_install import AGENTS
from tests.browser.test_locked import Phone, PlainPhone, draft_a_session
from tests.browser.test_media import DEVICES

pytestmark = pytest.mark.browser


class FilmingPhone(Phone):
    """A phone with a camera and a microphone."""

    flags = (*QUIET, *DEVICES)
    permissions = ("notifications", "geolocation", "camera", "microphone")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    (tmp_path / "scene").mkdir()
    made = Scene(tmp_path / "scene")
    yield made
    made.server.shutdown()


@pytest.fixture
def phone(request: pytest.FixtureRequest, playwright: Playwright, scene: Scene, tmp_path: Path) -> Iterator[Phone]:
    kind = getattr(request, "param", Phone)
    made: Phone = kind(playwright, tmp_path / "phone", scene.url, viewport=PHONE)
    yield made
    assert made.problems == []
    made.close()


def here(page: Page) -> None:
    """At the first shift, and the server knows."""
    page.get_by_role("button", name="I'm here").click()
    see(page.get_by_text("You are here", exact=True))
    expect(strip(page)).to_contain_text("All received", timeout=PATIENCE)


def speak_spanish(scene: Scene, person: str, page: Page) -> None:
    """The person has chosen Spanish."""
    with scene.app.app_context(), write() as session:
        session.get_one(Member, person).lang = "es"
        people.touch(session, person)
    page.reload()
    page.wait_for_function("() => document.documentElement.lang === 'es'")


def test_phone_off_and_leaving_with_a_word(phone: Phone, scene: Scene) -> None:
    person = phone.enrol(scene)
    page, eyes = phone.page, Eyes(phone.page)
    page.get_by_role("link", name="Phone off until…").click()
    see(page.get_by_role("heading", name="Phone off until…"))
    eyes.look("quiet")
    page.goto("/#/today")
    here(page)
    page.get_by_role("radio", name="2:00 pm").click()
    see(page.get_by_text("Phone off until 2:00 pm EST. Said to your shift."))
    eyes.look("here, phone off")
    page.get_by_role("link", name="With my word").click()
    see(page.get_by_label("Your word"))
    eyes.look("word")
    speak_spanish(scene, person, page)
    see(page.get_by_role("heading", name="Con mi palabra"))
    eyes.look("word, in Spanish")
    page.goto("/#/today")
    page.get_by_role("button", name="Ya salí y estoy bien").click()
    see(page.get_by_role("button", name="Llámenme, por favor"))
    eyes.look("after, in Spanish")
    assert not eyes.found, eyes.told()


def test_a_saved_record_its_correction_and_the_order_of_cases(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    page, eyes = phone.page, Eyes(phone.page)
    here(page)
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Write case 1").click()
    for n in (1, 2):
        see(page.get_by_role("heading", name=f"Case {n}", exact=True))
        page.get_by_role("radio", name="None").first.click()
        page.get_by_role("button", name="Save and next case").click()
    see(page.get_by_role("heading", name="Case 3", exact=True))
    page.get_by_role("link", name="Back to the session").click()
    page.get_by_role("button", name="Change the order").click()
    see(page.get_by_role("button", name="Keep this order"))
    eyes.look("order")
    page.get_by_role("button", name="Later: case 1", exact=True).click()
    see(page.get_by_text("2 saved cases get a correction of their number."))
    eyes.look("order changed")
    page.get_by_role("button", name="Leave it as it was").click()
    page.get_by_role("link", name=re.compile("^Case 1 ")).click()
    see(page.get_by_role("link", name="Correct an answer"))
    eyes.look("saved")
    page.get_by_role("link", name="Correct an answer").click()
    see(page.get_by_role("heading", name="Which answer?"))
    eyes.look("choose")
    page.get_by_label("Find a question").fill("zebra")
    see(page.get_by_text("No question has these words."))
    eyes.look("choose, nothing found")
    page.get_by_label("Find a question").fill("")
    page.get_by_role("button", name="Lawyer", exact=True).click()
    see(page.get_by_role("heading", name="Correct an answer"))
    eyes.look("correct")
    page.get_by_role("button", name="Take this answer back").click()
    see(page.get_by_role("heading", name="Take this answer back?"))
    eyes.look("take an answer back")
    page.get_by_role("button", name="Keep the answer").click()
    page.get_by_role("radio", name="Attorney").click()
    page.get_by_role("button", name="Save the correction").click()
    see(page.get_by_role("heading", name="Corrections"))
    eyes.look("saved and corrected")
    page.get_by_role("region", name="Corrections").get_by_role("link").click()
    see(page.get_by_text("To undo or change this correction"))
    eyes.look("a correction")
    page.goto("/#/saved/none")
    see(page.get_by_text("This record is not listed on this phone"))
    eyes.look("saved, gone")
    assert not eyes.found, eyes.told()


def test_another_passkey_and_somebody_else(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    draft_a_session(phone.page, "Quokka")
    phone.another_passkey()
    page = phone.put_down()
    eyes = Eyes(page)
    phone.sign_in()
    see(page.get_by_role("button", name="I'm here"))
    page.goto("/#/write")
    see(page.get_by_role("button", name="Use that passkey"))
    eyes.look("another passkey")

    def renamed(route: Route) -> None:
        asked = {name: value for name, value in route.request.headers.items() if name != "if-none-match"}
        answer = route.fetch(headers=asked)
        body = answer.json()
        body["personal"]["me"] |= {"id": "00000000-0000-4000-8000-00000000abcd", "field_name": "Wren"}
        route.fulfill(response=answer, json=body)

    phone.context.route("**/api/v1/field*", renamed)
    page.goto("/#/today")
    page.reload()
    see(page.get_by_role("link", name="What to do"))
    eyes.look("today, somebody else")
    page.get_by_role("link", name="What to do").click()
    see(page.get_by_text("The server says that Wren is signed in here."))
    eyes.look("other")
    phone.context.unroute("**/api/v1/field*")
    assert not eyes.found, eyes.told()


@pytest.mark.parametrize("phone", [FilmingPhone], indirect=True)
def test_the_recorder_and_a_rescue_file(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    page, eyes = phone.page, Eyes(phone.page)
    here(page)
    page.goto("/#/write")
    page.get_by_role("button", name="ICE at a courthouse").click()
    phone.context.set_offline(True)
    page.get_by_role("button", name="Photo", exact=True).click()
    dialog = page.get_by_role("dialog", name="Photo")
    see(dialog.get_by_text("Ready"))
    eyes.look("recorder, photo")
    dialog.get_by_role("button", name="Take the photo").click()
    see(dialog.get_by_text("1 taken"))
    eyes.look("recorder, taken")
    dialog.get_by_role("button", name="Back to the form").last.click()
    expect(dialog).to_have_count(0)
    for kind in ("Video", "Sound"):
        page.get_by_role("button", name=kind, exact=True).click()
        dialog = page.get_by_role("dialog", name=kind)
        dialog.get_by_role("button", name="Start recording").click()
        see(dialog.get_by_text(re.compile("Saved on this phone: [1-9]")))
        eyes.look(f"recorder, {kind} runs")
        dialog.get_by_role("button", name="Stop", exact=True).click()
        expect(dialog).to_have_count(0, timeout=PATIENCE)
    page.evaluate(
        "() => void (navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); })"
    )
    page.get_by_role("button", name="Video", exact=True).click()
    see(page.get_by_role("dialog", name="Video").get_by_role("alert"))
    eyes.look("recorder, not allowed")
    page.get_by_role("dialog", name="Video").get_by_role("button", name="Back to the form").last.click()
    expect(page.locator(".row--media")).to_have_count(3)
    eyes.look("form with three takes")
    page.locator(".tap").first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    see(page.get_by_role("heading", name="Read once more"))
    page.get_by_role("button", name="Save", exact=True).click()
    see(page.get_by_text("Written today"))
    page.goto("/#/outbox")
    page.get_by_role("button", name="Hand in without network").click()
    see(page.get_by_role("switch", name="With photos, film and sound"))
    eyes.look("rescue")
    page.get_by_role("button", name="Make the file").click()
    see(page.get_by_role("link", name="Save the file"))
    eyes.look("rescue, made")
    page.goto("/#/you")
    page.get_by_role("button", name="Sign out").click()
    see(page.get_by_role("button", name="Stay signed in"))
    eyes.look("sign out")
    assert not eyes.found, eyes.told()


def test_a_family_card(phone: Phone, scene: Scene) -> None:
    with scene.app.app_context():
        db.session.add(scene.counsel.person)
        scene.make.box(scene.chapter, scene.counsel, "intake")
        db.session.expunge_all()
    phone.enrol(scene)
    page, eyes = phone.page, Eyes(phone.page)
    page.goto("/#/family")
    see(page.get_by_label("Who is to be told"))
    eyes.look("family card")
    fill(page)
    page.get_by_role("radio", name="Yes").check()
    eyes.look("family card, filled")
    page.get_by_role("button", name="Lock and save").click()
    see(page.get_by_role("button", name="Another person"))
    eyes.look("family card, saved")
    assert not eyes.found, eyes.told()


def test_paper_half_typed_in_and_sheets(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    page, eyes = phone.page, Eyes(phone.page)
    page.goto("/#/paper")
    page.get_by_role("button", name=re.compile("^Immigration Court 26 Federal")).click()
    page.get_by_role("radio", name="morning").check()
    eyes.look("paper, begun")
    page.get_by_role("button", name="Type it in").click()
    see(page.locator("fa-paper .pad"))
    eyes.look("paper, first row")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name=re.compile("Short hearings")).click()
    page.get_by_role("grid", name="Short hearing (master)").get_by_role("button").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name=re.compile("Attorney")).click()
    page.get_by_role("button", name=re.compile("In person")).click()
    expect(page.locator(".pp__c--now")).to_have_attribute("data-cell", "0 language")
    eyes.look("paper, a case")
    page.get_by_role("button", name="Save 1 case").click()
    see(page.get_by_role("heading", name="Before it is saved"))
    eyes.look("paper, read once more")
    page.goto("/#/paper")
    see(page.get_by_role("heading", name="Not finished"))
    eyes.look("paper, unfinished")
    page.goto("/#/write")
    see(page.get_by_role("heading", name="Not finished"))
    eyes.look("write, unfinished paper")
    page.goto("/#/paper/none")
    see(page.get_by_text("This is not on this phone"))
    eyes.look("paper, gone")
    page.goto("/#/paper/sheets")
    for _ in range(2):
        page.get_by_label("Another sheet").fill(serials.shown(serials.mint()))
        page.get_by_role("button", name="Say what became of it").click()
        expect(page.get_by_label("Another sheet")).to_have_value("")
    see(page.get_by_role("region", name="All 2 sheets alike"))
    page.get_by_role("button", name="Destroyed under the rule").click()
    see(page.get_by_role("button", name="Yes, destroyed"))
    eyes.look("sheets")
    page.get_by_role("button", name="Each by itself").click()
    expect(page.get_by_role("button", name="Destroyed under the rule")).to_have_count(2)
    eyes.look("sheets, each by itself")
    assert not eyes.found, eyes.told()


@pytest.mark.parametrize("phone", [PlainPhone], indirect=True)
def test_lock_now_and_removal_where_something_would_be_lost(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    draft_a_session(phone.page, "Quokka")
    page, eyes = phone.page, Eyes(phone.page)
    page.goto("/#/lock")
    see(page.get_by_text("1 unfinished form is thrown away"))
    eyes.look("lock, something is lost")
    phone.context.set_offline(True)
    page.goto("/#/today")
    page.get_by_role("button", name="I'm here").click()
    expect(strip(page)).to_contain_text("1 saved on this phone")
    page.goto("/#/remove")
    see(page.get_by_text("1 record is not sent yet."))
    eyes.look("remove, something is not sent")
    assert not eyes.found, eyes.told()


@pytest.mark.parametrize("kind", [*AGENTS, "lockdown", "no lock"])
def test_the_way_to_an_installed_app_in_each_browser(playwright: Playwright, scene: Scene, kind: str) -> None:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
    agent, words = AGENTS.get(kind, AGENTS["safari"])
    named = {} if kind == "no lock" else {"user_agent": agent}
    page = browser.new_context(base_url=scene.url, viewport=PHONE, **named).new_page()
    page.set_default_timeout(PATIENCE)
    if kind == "lockdown":
        page.add_init_script("delete globalThis.WebAssembly; delete globalThis.PushManager;")
        words = "This phone seems to be in Lockdown Mode."
    if kind == "no lock":
        page.add_init_script("PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable = async () => false;")
        words = "This device has no screen lock"
    eyes = Eyes(page)
    page.goto("/#/join" if kind == "no lock" else "/#/install")
    see(page.get_by_text(words))
    eyes.look(kind)
    browser.close()
    assert not eyes.found, eyes.told()
