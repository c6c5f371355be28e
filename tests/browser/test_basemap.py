"""Streets under the map in a real Chromium: asked for in ranges of our own origin, drawn without a fault, signed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from fieldapp.accounts.models import Person
from tests.browser.stage import DESK
from tests.browser.test_coverage import evening, juniper
from tests.browser.test_training import Evening, accessible
from tests.browser.test_training import evening as plain_evening
from tests.pmtiles import Archive, archive

__all__ = ["evening", "juniper", "plain_evening"]
pytestmark = pytest.mark.browser
MADE_BY = '<a href="https://elsewhere.example/">Streets</a> &copy; OpenStreetMap contributors'


@pytest.fixture
def streets(evening: Evening, tmp_path: Path) -> Archive:
    made = archive(attribution=MADE_BY)
    path = tmp_path / "streets.pmtiles"
    path.write_bytes(made.content)
    evening.app.config["SETTINGS"] = replace(evening.app.config["SETTINGS"], basemap=path)
    return made


def coverage(evening: Evening, person: Person) -> tuple[Page, list[Response]]:
    """The page of coverage, with what it gets of the basemap."""
    page = evening.browser(person, DESK)
    got: list[Response] = []
    page.on("response", lambda answer: got.append(answer) if "/coverage/basemap" in answer.url else None)
    page.goto(f"{evening.url}/coverage")
    expect(page.locator("[data-map=coverage]")).to_have_attribute("data-drawn", "2", timeout=30_000)
    return page, got


def test_streets_are_read_in_ranges_of_our_own_origin_and_signed(
    evening: Evening, juniper: Person, streets: Archive
) -> None:
    page, got = coverage(evening, juniper)
    expect(page.locator("[data-map=coverage]")).to_have_attribute("data-streets", "drawn", timeout=30_000)
    assert all(answer.url.startswith(evening.url) and answer.status == 206 for answer in got)
    assert streets.range in {answer.request.headers.get("range") for answer in got}
    expect(page.locator(".map-credit")).to_have_text("Streets © OpenStreetMap contributors")
    assert page.locator(".map-credit a").get_attribute("href") == "https://www.openstreetmap.org/copyright"
    accessible(page)
    assert not [said for said in evening.problems if "basemap" in said or "Content Security" in said]


def test_without_a_basemap_nothing_of_it_is_asked_for(evening: Evening, juniper: Person) -> None:
    page, got = coverage(evening, juniper)
    expect(page.locator(".map-ctl")).to_be_visible()
    assert got == []
    assert page.locator(".map-credit").count() == 0


def test_a_basemap_that_is_broken_leaves_the_maps_own_land(evening: Evening, juniper: Person, streets: Archive) -> None:
    evening.app.config["SETTINGS"].basemap.write_bytes(b"not tiles at all" * 20)
    page, got = coverage(evening, juniper)
    expect(page.locator("[data-map=coverage]")).to_have_attribute("data-streets", "none", timeout=30_000)
    assert got
    assert page.locator(".map-credit").count() == 0
