"""Guides as people meet them: found without network, kept apart while locked, shown to somebody else, written by two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from fieldapp.accounts.services import chapters
from fieldapp.core.db import write
from fieldapp.guides import markdown
from fieldapp.guides.models import Guide, GuideVersion
from tests.browser.cast import PATIENCE, see
from tests.browser.scene import NOW, Scene, join
from tests.browser.stage import DESK, Person, until
from tests.browser.test_every_page import axe, too_wide
from tests.enrol import invite

pytestmark = pytest.mark.browser
SMALL = {"width": 360, "height": 740}
HOSTILE = "<img src=x onerror=alert(1)> Ask **Juniper**.\n\n[no](javascript:alert(1)) [yes](https://ok.example/a)"
FITS = """() => {
  const one = document.querySelector(".rights__text");
  return one.scrollHeight <= one.clientHeight && one.scrollWidth <= one.clientWidth;
}"""
KEPT = """async () => {
  const open = indexedDB.open("fieldapp-phone");
  const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const kept = base.transaction("kept").objectStore("kept");
  const [said, members, personal] = ["guides open", "guides", "personal"].map((name) => kept.get(name));
  return new Promise((done) => (personal.onsuccess = () => {
    base.close();
    done(Boolean(said.result && members.result && members.result.by && members.result.by === personal.result?.by));
  }));
}"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright, started once."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A server with a chapter that has a members' page of its own."""
    made = Scene(tmp_path_factory.mktemp("scene"))
    with made.app.app_context():
        page = made.make.keep(Guide(chapter_id=made.chapter.id, slug="pigeons", position=9, created_at=NOW))
        for lang, title in (("en", "Where we meet"), ("es", "Dónde nos vemos")):
            text = HOSTILE if lang == "en" else "Junto al café, detrás de la estación."
            said = {"title": title, "text": text, "parts": markdown.parts(text), "created_at": NOW, "published_at": NOW}
            made.make.keep(GuideVersion(guide_id=page.id, lang=lang, number=1, **said))
        with write() as session:
            chapters.touch(session, made.chapter.id)
    yield made
    made.server.shutdown()


@pytest.fixture
def phone(playwright: Playwright, scene: Scene, tmp_path: Path) -> Iterator[Person]:
    """A volunteer's phone with the guides on it, and no network from then on."""
    person = Person(playwright, tmp_path / "phone", scene.url, viewport=SMALL)
    person.context.set_default_timeout(PATIENCE)
    join(person.page, scene, f"Wren {scene.make.number()}")
    person.page.evaluate("async () => void (await navigator.serviceWorker.ready)")
    with until(PATIENCE / 1000, "the guides are kept") as ok:
        while not ok(person.page.evaluate(KEPT)):
            pass
    person.keep_passkeys()
    person.context.set_offline(True)
    yield person
    assert person.problems == []
    person.close()


def reload(page: Page, address: str) -> None:
    """A cold start at an address, from what the phone holds."""
    page.goto("/#/guide")
    page.reload()
    see(page.get_by_role("link", name="Where we meet"))
    page.goto(address)


def find(page: Page, words: str) -> Any:
    """Search the guide."""
    page.goto("/#/guide")
    page.get_by_role("searchbox", name="Search the guide").fill(words)
    return page.get_by_role("navigation", name="Pages found").get_by_role("link")


def test_words_are_found_without_network_case_or_accents_in_both_languages(phone: Person) -> None:
    page = phone.page
    reload(page, "/#/guide")
    found = find(page, "JUNIPER")
    expect(found).to_have_count(1, timeout=PATIENCE)
    expect(found.locator("mark")).to_have_text("Juniper")
    expect(page.get_by_role("status").filter(has_text="1 page found")).to_be_visible()
    found = find(page, "cafe ESTACION")
    expect(found).to_have_count(1)
    expect(found.locator("[lang=es]")).to_be_visible()
    expect(found.locator("mark")).to_have_text(["café", "estación"])
    find(page, "zebra")
    see(page.get_by_text("No page has these words"))
    assert axe(page) == []
    page.get_by_role("searchbox", name="Search the guide").fill("consent")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    see(page.get_by_role("heading", name="Your rights as an observer"))
    expect(page.locator("article mark").first).to_have_text("consent")


def test_a_hostile_page_is_text_on_the_phone_too(phone: Person) -> None:
    page = phone.page
    reload(page, "/#/guide/pigeons")
    see(page.get_by_text("<img src=x onerror=alert(1)> Ask"))
    expect(page.locator("article img, article script")).to_have_count(0)
    expect(page.locator("article a")).to_have_count(1)
    expect(page.locator("article a")).to_have_attribute("href", "https://ok.example/a")
    assert axe(page) == []


def test_a_locked_phone_reads_what_is_for_everybody_and_says_how_the_rest_opens(phone: Person) -> None:
    phone.page.goto("/#/you")
    phone.page.get_by_role("button", name="Lock", exact=True).click()
    see(phone.page.get_by_role("button", name="Unlock"))
    phone.page.goto("/#/guide")
    page = phone.page
    see(page.get_by_text("They open with your passkey."))
    expect(page.get_by_text("Where we meet")).to_have_count(0)
    expect(find(page, "juniper")).to_have_count(0)
    page.get_by_role("searchbox", name="Search the guide").fill("")
    page.get_by_role("link", name="Your rights as an observer").click()
    see(page.get_by_text("In immigration court"))
    page.goto("/#/guide/pigeons")
    page.get_by_role("button", name="Unlock").click()
    see(page.get_by_text("Ask"))


def test_the_card_is_two_taps_away_and_whole_in_arabic_from_right_to_left(phone: Person) -> None:
    page = phone.page
    reload(page, "/#/today")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Guide").click()
    page.get_by_role("link", name=re.compile("^Rights card")).click()
    assert axe(page) == []
    page.get_by_role("link", name=re.compile("^العربية")).click()
    face = page.locator(".rights__text")
    see(face.get_by_role("heading", name="حقوقك"))
    assert face.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    assert face.get_attribute("lang") == "ar"
    phrase = face.locator("bdi").first
    expect(phrase).to_have_text("“I want a lawyer.”")
    assert phrase.evaluate("(one) => getComputedStyle(one).direction") == "ltr"
    page.wait_for_function(FITS, timeout=PATIENCE)
    assert face.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 22
    assert axe(page) == []
    expect(page.get_by_text("Wren")).to_have_count(0)
    face.click()
    see(page.get_by_role("heading", name="Your rights"))
    page.get_by_role("button", name="العربية").click()
    see(page.get_by_role("heading", name="حقوقك"))
    page.go_back()
    see(page.get_by_role("navigation", name="Languages"))


def test_every_language_of_the_card_fits_and_large_text_scrolls_instead_of_being_cut(phone: Person) -> None:
    page = phone.page
    reload(page, "/#/card")
    see(page.get_by_role("navigation", name="Languages"))
    languages = page.evaluate("() => [...document.querySelectorAll('main nav a')].map((one) => one.hash.split('/')[2])")
    assert len(languages) == 13
    for lang in languages:
        page.goto(f"/#/card/{lang}")
        see(page.locator(f".rights__text[lang='{lang}']"))
        page.wait_for_function(FITS, timeout=PATIENCE)
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; dispatchEvent(new Event('resize')); }")
    last = page.locator(".rights__text li").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    expect(page.get_by_role("button", name="What does it say?")).to_be_in_viewport()
    assert too_wide(page) == []
    assert page.locator(".rights__text").evaluate("(one) => one.scrollWidth <= one.clientWidth")


@pytest.fixture
def desks(playwright: Playwright, scene: Scene, tmp_path: Path) -> Iterator[list[Person]]:
    """Two coordinators at their desks."""
    found = []
    for name in ("Maple-2", "Rowan-2"):
        person = Person(playwright, tmp_path / name, scene.url, viewport=DESK)
        person.context.set_default_timeout(PATIENCE)
        with scene.app.app_context():
            token = invite(scene.chapter, scene.clock, "coordinator")
        person.page.goto(f"/enrol#{token}")
        person.page.get_by_label("Field name").fill(name)
        person.page.get_by_role("button", name="Make my passkey").click()
        person.page.wait_for_url(lambda url: "/enrol" not in url)
        found.append(person)
    yield found
    for person in found:
        assert person.problems == []
        person.close()


def test_one_writes_with_a_live_preview_and_another_publishes(desks: list[Person], scene: Scene) -> None:
    author, reviewer = (one.page for one in desks)
    author.goto("/guides/edit/new")
    author.get_by_label("Address").fill("jail-support")
    author.get_by_label("Everybody").check()
    author.get_by_label("Title, English").fill("Jail support")
    author.get_by_label("Text, English").fill("## First\n\n- Call **us**\n\n<script>alert(1)</script>")
    proof = author.get_by_role("group", name="As it reads, English")
    expect(proof.locator("h3")).to_have_text("First", timeout=PATIENCE)
    expect(proof.locator("li b")).to_have_text("us")
    see(proof.get_by_text("<script>alert(1)</script>"))
    assert axe(author) == []
    author.get_by_role("button", name="Save the draft").click()
    see(author.get_by_text("You wrote it: ask another trainer"))
    expect(author.get_by_role("button", name="Publish")).to_have_count(0)
    reviewer.goto("/guides/edit")
    reviewer.get_by_role("link", name="Jail support").click()
    see(reviewer.get_by_role("heading", name="Waits for review"))
    assert axe(reviewer) == []
    reviewer.get_by_role("button", name="Publish English").click()
    see(reviewer.get_by_text("Published. Phones get it with their next look."))
    author.goto("/guides/jail-support?lang=en")
    see(author.get_by_role("heading", name="Jail support"))
    assert axe(author) == []
    author.goto("/guides/edit/card")
    expect(author.get_by_text("not yet checked by a speaker")).to_have_count(12)
    assert axe(author) == []
