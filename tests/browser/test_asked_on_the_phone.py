"""What a volunteer is asked, on a real phone's screen: a card on Today, a line for a full shift, a place offered, what suits them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from fieldapp.core.clock import MINUTE, to_datetime
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim, Message, Preference, Swap, Wait
from fieldapp.shifts.services import claims, messages
from tests.browser.scene import NOW, Scene, join, phone
from tests.browser.stage import CHROMIUM, QUIET, until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield made
        made.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.server.shutdown()


@pytest.fixture
def page(browser: Browser, scene: Scene) -> Iterator[Page]:
    """The phone of Juniper, who is asked to take tomorrow's shift with Maple."""
    context, made = phone(browser, scene)
    person = join(made, scene)
    scene.juniper = person  # type: ignore[attr-defined]
    with scene.app.app_context():
        scene.take(person)
        with write() as session:
            messages.send(
                session,
                person_id=person,
                kind="ask",
                chapter_id=scene.chapter.id,
                now=NOW,
                shift_id=scene.shifts[1].id,
                until=scene.shifts[1].starts_at,
            )
    made.reload()
    yield made
    context.close()


def kept(scene: Scene, model: type) -> list:
    with scene.app.app_context():
        found = list(db.session.scalars(db.select(model)))
        db.session.remove()
        return found


def comes(page: Page, scene: Scene, model: type, name: str, value: str) -> None:
    """What the phone said is at the server, sooner or later."""
    with until(20, f"{model.__name__} is {value}") as ok:
        while not ok([getattr(one, name) for one in kept(scene, model)] == [value]):
            page.wait_for_timeout(50)


def claimed(scene: Scene) -> set[tuple[str, str, str]]:
    return {(one.shift_id, one.person_id, one.state) for one in kept(scene, Claim)}


def test_an_ask_on_today_is_answered_with_one_tap_and_the_shift_is_ones_own(page: Page, scene: Scene) -> None:
    card = page.locator("[data-ask=ask]")
    expect(card).to_contain_text("Can you take this shift?")
    expect(card).to_contain_text("Answer until")
    card.get_by_role("button", name="Take the shift").click()
    expect(card).to_have_count(0)
    page.goto("/#/shifts")
    expect(page.get_by_role("button", name="Give back: Tue, Nov 24")).to_be_visible()
    comes(page, scene, Message, "answer", "yes")


def test_giving_back_says_first_what_it_does_and_the_place_can_be_offered_instead(page: Page, scene: Scene) -> None:
    page.goto("/#/shifts")
    card = page.locator(".shift").filter(
        has=page.get_by_role("button", name=re.compile("^Give back: Thu|^Give back: Fri"))
    )
    card.get_by_role("button", name="Give back").click()
    mine = page.locator(".shift--mine").filter(has_text="Without you it is short of people and cannot run.")
    mine.get_by_role("button", name="Offer my place").click()
    expect(page.get_by_text("Offered. It is yours until someone accepts.", exact=True)).to_be_visible()
    comes(page, scene, Swap, "state", "open")
    scene.clock.advance(MINUTE)  # one thought after the other, by both clocks
    page.clock.set_fixed_time(to_datetime(NOW + MINUTE))
    page.get_by_role("button", name="Keep my place").click()
    expect(page.get_by_role("button", name="Keep my place")).to_have_count(0)
    comes(page, scene, Swap, "state", "withdrawn")


def test_one_stands_in_line_for_a_full_shift_and_a_seat_that_comes_free_is_offered_on_today(
    page: Page, scene: Scene
) -> None:
    page.goto("/#/shifts")
    page.get_by_role("button", name=re.compile("^Stand in line")).click()
    expect(page.get_by_text("You are first in line.", exact=True)).to_be_visible()
    comes(page, scene, Wait, "state", "waiting")
    with scene.app.app_context():
        claims.release(scene.mate.id, scene.shifts[3].id, NOW)
        db.session.remove()
    page.goto("/#/today")
    page.reload()
    card = page.locator("[data-ask=seat]")
    expect(card).to_contain_text("A place is free. Do you want it?")
    card.get_by_role("button", name="Take the place").click()
    expect(card).to_have_count(0)
    with until(20, "the place is taken") as ok:
        while not ok((scene.shifts[3].id, scene.juniper, "claimed") in claimed(scene)):  # type: ignore[attr-defined]
            page.wait_for_timeout(50)


def test_what_suits_a_person_is_said_in_taps_and_kept(page: Page, scene: Scene) -> None:
    page.goto("/#/shifts")
    page.get_by_role("link", name="What suits you").click()
    likes = page.get_by_role("region", name="I like to do")
    likes.get_by_role("checkbox", name="Mon").first.check(force=True)
    page.get_by_role("region", name="Do not ask me for").get_by_role("checkbox", name="Neighbourhood").check(force=True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved on this phone. Your list follows it when it is received.")).to_be_visible()
    page.goto("/#/outbox")
    expect(page.get_by_text("What suits you")).to_be_visible()
    with until(20, "it is kept") as ok:
        while not ok(kept(scene, Preference)):
            page.wait_for_timeout(50)
    [said] = kept(scene, Preference)
    assert (said.likes["days"], said.never["kinds"]) == (["0m"], ["neighbourhood"])


def test_the_list_begins_with_the_shifts_one_can_take(page: Page) -> None:
    page.goto("/#/shifts")
    expect(page.get_by_role("heading", name="Full, or not open to you yet")).to_be_visible()
    parts = page.locator(".part").evaluate(
        """(part) => [...document.querySelectorAll("article.shift")].map((one) => [
          Boolean(part.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING),
          one.classList.contains("shift--off")])"""
    )
    assert all(below == off for below, off in parts)
    assert {below for below, _ in parts} == {True, False}
