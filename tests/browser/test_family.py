"""Family contact on the phone: said aloud; one card for a law office that the phone knows; nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from fieldapp.core.canonical import loads
from fieldapp.core.db import db
from fieldapp.records.models import Record
from fieldapp.review.models import FamilyCard
from tests.browser.cast import PATIENCE, see, strip
from tests.browser.scene import Scene
from tests.browser.stage import PHONE
from tests.browser.test_field import violations
from tests.browser.test_locked import Phone, playwright  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser
Stage = Callable[..., tuple[Phone, Scene, Any]]


@pytest.fixture
def stage(playwright: Playwright, tmp_path: Path) -> Iterator[Stage]:  # noqa: F811
    """A phone of a chapter, with a law office for families if ``office``."""
    opened: list[tuple[Phone, Scene]] = []

    def begin(*, office: bool) -> tuple[Phone, Scene, Any]:
        (tmp_path / "scene").mkdir()
        scene = Scene(tmp_path / "scene")
        box = None
        if office:
            with scene.app.app_context():
                db.session.add(scene.counsel.person)
                box = scene.make.box(scene.chapter, scene.counsel, "intake")
                db.session.expunge_all()
        phone = Phone(playwright, tmp_path / "phone", scene.url, viewport=PHONE)
        opened.append((phone, scene))
        phone.enrol(scene)
        return phone, scene, box

    yield begin
    for phone, scene in opened:
        assert phone.problems == []
        phone.close()
        scene.server.shutdown()


def fill(page: Page) -> None:
    """A card, as far as its last button."""
    page.get_by_label("Their language").select_option("es")
    see(page.get_by_text("Estoy de acuerdo en que la oficina legal"))
    page.get_by_role("checkbox").check()
    page.get_by_label("Who is to be told").fill("Sister Ana Zyx")
    page.get_by_label("How to reach them").fill("555-0137")


def test_where_no_office_takes_cards_there_is_only_the_calling(stage: Stage) -> None:
    phone, _, _ = stage(office=False)
    page = phone.page
    page.goto("/#/write")
    page.get_by_role("link", name="Family contact").click()
    see(page.get_by_role("heading", name="Say it aloud first"))
    expect(page.get_by_role("link", name="Call the hotline")).to_have_attribute("href", "tel:2125550142")
    see(page.get_by_text("Nothing is written here", exact=True))
    expect(page.locator("input:not([type=radio]), textarea")).to_have_count(0)
    page.get_by_role("radio", name="Yes").check()
    page.goto("/#/today")
    page.goto("/#/family")
    expect(page.get_by_role("radio", name="Yes")).to_be_checked()
    assert violations(page) == []


def test_a_card_written_locked_and_offline_reaches_the_office_alone_and_cannot_be_read_again(stage: Stage) -> None:
    phone, scene, box = stage(office=True)
    phone.page.goto("/#/family")
    see(phone.page.get_by_label("Who is to be told"))
    page = phone.reopen()
    see(page.get_by_role("button", name="Unlock"))
    page.goto("/#/family")
    see(page.get_by_label("Who is to be told"))
    assert violations(page) == []
    fill(page)
    page.get_by_role("button", name="Lock and save").press("Enter")
    expect(page.get_by_text("Saved on this phone, locked.").first).to_be_focused()
    assert "Ana Zyx" not in page.content()
    page.goto("/#/outbox")
    see(page.get_by_text("1 thing. What and where shows after unlocking."))
    assert "Ana Zyx" not in page.content()
    phone.context.set_offline(False)
    page.reload()
    page.goto("/#/today")
    expect(strip(page)).to_contain_text("All received", timeout=PATIENCE)
    with scene.app.app_context():
        (kept,) = db.session.scalars(db.select(FamilyCard)).all()
        assert db.session.scalars(db.select(Record)).all() == []
        ((_, path, said),) = loads(box.identity.open(kept.sealed).decode().rstrip())
    assert (path, said["who"], said["how"], said["lang"], said["consent"]) == (
        "/card",
        "Sister Ana Zyx",
        "555-0137",
        "es",
        True,
    )
    assert not any("Zyx" in body for _, body in phone.posted)


def test_what_is_typed_is_gone_when_the_page_is_left_and_is_no_draft(stage: Stage) -> None:
    phone, _, _ = stage(office=True)
    page = phone.page
    page.goto("/#/family")
    see(page.get_by_label("Who is to be told"))
    fill(page)
    page.get_by_role("link", name="Alert").click()
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_label("Who is to be told")).to_have_value("Sister Ana Zyx")  # a sheet lies on the page
    page.get_by_role("link", name="Back").click()
    see(page.get_by_role("link", name="Family contact"))
    expect(page.get_by_role("heading", name="Not finished")).to_have_count(0)
    page.get_by_role("link", name="Family contact").click()
    see(page.get_by_label("Who is to be told"))
    for name in ("Who is to be told", "How to reach them"):
        expect(page.get_by_label(name)).to_have_value("")
    expect(page.get_by_role("checkbox")).not_to_be_checked()


def test_it_is_offered_where_somebody_is_taken(stage: Stage) -> None:
    phone, _, _ = stage(office=False)
    page = phone.page
    page.get_by_role("button", name="I'm here").click()
    see(page.get_by_text("You are here", exact=True))
    page.goto("/#/write")
    page.get_by_role("button", name="ICE at a courthouse").click()
    offered = page.locator("[data-family]")
    page.locator("[data-q] .tap", has_text="Lobby").click()
    see(page.get_by_text("1 of 5", exact=True))
    page.get_by_role("button", name="Taken", exact=True).click()
    taken = see(page.locator("[data-q=taken]"))
    expect(offered).to_have_count(0)
    taken.locator(".tap", has_text="1").first.click()
    expect(offered).to_contain_text("Does somebody need to be told?")
    page.goto("/#/alert")
    page.get_by_role("button", name="Someone is being taken").click()
    page.get_by_role("button", name="Tap again to send").click()
    see(page.get_by_role("heading", name="Sent, waiting for somebody"))
    page.get_by_role("dialog").locator("[data-family]").click()
    see(page.get_by_role("heading", name="Say it aloud first"))
