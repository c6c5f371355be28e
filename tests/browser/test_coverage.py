"""The week grid and the map in a real Chromium: free half days become a shift by dragging and by keys; the map draws places and areas."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from fieldapp.accounts.models import Person
from fieldapp.core import geo
from fieldapp.core.clock import HOUR, local_ms, to_datetime
from fieldapp.shifts.models import Need, Shift
from tests.browser.stage import DESK, PHONE
from tests.browser.test_training import Evening, accessible
from tests.browser.test_training import evening as plain_evening
from tests.conftest import NOON
from tests.factories import Factory

__all__ = ["plain_evening"]
pytestmark = pytest.mark.browser
NEW_YORK = "America/New_York"
HOODS = [(40.70, -74.02), (40.70, -73.98), (40.74, -73.98), (40.74, -74.02)]


QUIET = (
    "GL Driver Message",
    "too many errors",
    "no map:",
)  # a headless driver's talk; a map that was left while it loaded


@pytest.fixture
def evening(plain_evening: Evening) -> Iterator[Evening]:
    """The same, with what a map's canvas says without a graphics card left out."""
    yield plain_evening
    plain_evening.problems[:] = [said for said in plain_evening.problems if not any(word in said for word in QUIET)]


@pytest.fixture
def juniper(evening: Evening) -> Person:
    """A coordinator whose court has one shift this week, and whose neighbourhood needs something on Fridays."""
    make = Factory(evening.clock)
    home = make.chapter("Northeast chapter")
    court = make.place(home, "Federal Plaza")
    hood = make.place(
        home, "Lower Manhattan", at=(40.72, -74.0), kind="neighbourhood", area=geo.polygon(geo.outline(HOODS))
    )
    tuesday = local_ms(to_datetime(NOON, NEW_YORK).date(), 24 * 60 + 510, NEW_YORK)
    make.keep(Shift(place_id=court.id, chapter_id=home.id, starts_at=tuesday, ends_at=tuesday + 4 * HOUR))
    make.keep(Need(place_id=hood.id, weekday=4, start_minute=510, end_minute=750, created_at=0))
    return make.person(home, "coordinator", field_name="Juniper")


def grid(evening: Evening, person: Person) -> Page:
    page = evening.browser(person, DESK)
    page.goto(f"{evening.url}/coverage")
    expect(page.locator("tr", has_text="Federal Plaza").locator("[data-free]").first).to_be_visible()
    return page


def filled(page: Page) -> list[str]:
    """Place, day and hours of the form that opened."""
    page.wait_for_url(re.compile(r"/shifts/new\?"))
    shown = page.locator("select[name=place_id] option:checked").inner_text()
    return [shown.split(",")[0], *(page.locator(f"[name={name}]").input_value() for name in ("day", "start", "end"))]


def test_dragging_over_free_half_days_opens_the_form_with_their_hours(evening: Evening, juniper: Person) -> None:
    page = grid(evening, juniper)
    row = page.locator("tr", has_text="Federal Plaza")
    first, last = (row.locator(f"[data-day='2026-11-25'][data-free={half}]") for half in ("am", "pm"))
    first.scroll_into_view_if_needed()
    first.hover()
    page.mouse.down()
    last.hover()
    expect(row.locator(".picked")).to_have_count(2)
    page.mouse.up()
    place, *rest = filled(page)
    assert "Federal Plaza" in place
    assert rest == ["2026-11-25", "8:30", "17:00"]


def test_shift_and_arrows_choose_free_half_days_and_enter_opens_the_form(evening: Evening, juniper: Person) -> None:
    page = grid(evening, juniper)
    row = page.locator("tr", has_text="Federal Plaza")
    row.locator(".cell").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(row.locator("[data-day='2026-11-25'][data-free=am]")).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    expect(row.locator(".picked")).to_have_count(2)
    page.keyboard.press("Enter")
    place, *rest = filled(page)
    assert "Federal Plaza" in place
    assert rest == ["2026-11-25", "8:30", "17:00"]


def test_enter_on_one_free_half_day_opens_the_form_for_it(evening: Evening, juniper: Person) -> None:
    page = grid(evening, juniper)
    page.locator("tr", has_text="Federal Plaza").locator("[data-day='2026-11-25'][data-free=pm]").focus()
    page.keyboard.press("Enter")
    assert filled(page)[1:] == ["2026-11-25", "13:00", "17:00"]


def test_the_pages_are_accessible_and_the_map_draws_what_it_was_sent(evening: Evening, juniper: Person) -> None:
    page = grid(evening, juniper)
    expect(page.locator("[data-map=coverage]")).to_have_attribute("data-drawn", "2", timeout=30_000)
    accessible(page)
    for path in ("/coverage?view=table", "/coverage?month=2026-11", "/coverage?state=none"):
        page.goto(evening.url + path)
        accessible(page)
    page.goto(f"{evening.url}/coverage")
    page.get_by_role("link", name="What this place needs").click()
    expect(page.get_by_role("heading", name="Every week")).to_be_visible()
    accessible(page)
    phone = evening.browser(juniper, PHONE)
    phone.goto(page.url)
    expect(phone.get_by_role("heading", name="Every week")).to_be_visible()
    accessible(phone)
