"""What a person chooses for this phone's screen: night without a white flash, a plain name and icon, and text at twice its size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.browser.scene import Scene, join, phone
from tests.browser.stage import CHROMIUM, QUIET

pytestmark = pytest.mark.browser
AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
SLOW = 30_000
GROUND = "() => getComputedStyle(document.documentElement).backgroundColor"
NIGHT, DAY = "rgb(15, 19, 23)", "rgb(250, 248, 244)"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = Scene(tmp_path_factory.mktemp("scene"))
    yield made
    made.server.shutdown()


@pytest.fixture
def page(chromium: Browser, scene: Scene, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Somebody's phone, always asked anew for its files."""
    context, found = phone(chromium, scene, reduced_motion="reduce", service_workers="block")
    found.set_default_timeout(SLOW)
    join(found, scene, f"Bird {abs(hash(request.node.name)) % 10_000}")
    yield found
    context.close()


def clean(page: Page, name: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE})
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    assert [(name, one["id"], one["nodes"][0]["target"]) for one in found] == []


def first_paint(page: Page) -> str:
    """The ground of the page before any of the app's own scripts has come."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.goto("about:blank")
    page.route("**/static/dist/app-*.js", hold)
    page.goto("/#/today", wait_until="commit")
    page.wait_for_function("() => document.querySelector('fa-app') && document.styleSheets.length > 0")
    ground = str(page.evaluate(GROUND))
    assert page.locator("h1").count() == 0
    for one in held:
        one.continue_()
    page.unroute("**/static/dist/app-*.js")
    expect(page.locator("fa-app h1")).to_be_visible(timeout=SLOW)
    return ground


def test_night_is_there_from_the_first_paint(page: Page) -> None:
    page.goto("/#/look")
    page.get_by_role("radio", name="Dark").check()
    clean(page, "look, dark")
    page.emulate_media(color_scheme="light")
    assert first_paint(page) == NIGHT
    theme = 'meta[name="theme-color"]'
    assert page.locator(theme).first.get_attribute("content") == "#0f1317"
    page.goto("/#/look")
    page.get_by_role("radio", name="Light", exact=True).check()
    page.emulate_media(color_scheme="dark")
    assert first_paint(page) == DAY
    page.goto("/#/look")
    page.get_by_role("radio", name="As the phone").check()
    assert first_paint(page) == NIGHT


def test_a_plain_name_is_on_title_icon_and_manifest(page: Page, scene: Scene) -> None:
    page.goto("/#/look")
    page.get_by_role("radio", name="Notes").check()
    expect(page).to_have_title("Screen, name and space · Notes")
    page.reload()
    expect(page).to_have_title("Screen, name and space · Notes")
    manifest = page.locator('link[rel="manifest"]').get_attribute("href")
    told = page.request.get(f"{scene.url}{manifest}").json()
    assert (told["name"], told["short_name"], told["id"]) == ("Notes", "Notes", "/")
    assert all("plain-" in one["src"] for one in told["icons"])
    assert all(page.request.get(f"{scene.url}{one['src']}").ok for one in told["icons"])
    touch = page.locator('link[rel="apple-touch-icon"]').get_attribute("href")
    assert "plain-touch" in str(touch)
    assert page.evaluate("async () => Boolean(await (await caches.open('fieldapp-look')).match('/plain'))")
    page.get_by_role("radio", name="Fieldapp").check()
    page.reload()
    expect(page).to_have_title("Screen, name and space · Fieldapp")
    assert page.locator('link[rel="manifest"]').get_attribute("href") == "/manifest.webmanifest"


@pytest.mark.parametrize("address", ["today", "outbox", "look", "install", "you", "in", "write"])
def test_text_at_twice_its_size_fits_a_small_screen(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/#/{address}")
    expect(page.locator("fa-app h1")).to_be_visible(timeout=SLOW)
    page.evaluate("() => document.documentElement.style.setProperty('font-size', '200%')")
    wide = """() => [...document.querySelectorAll(".main, .main *, html")].filter((one) => {
      const scrolls = one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible";
      return scrolls && !one.closest(".sr") && one.clientWidth > 0;
    }).map((one) => one.outerHTML.slice(0, 120))"""
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(wide) == []
