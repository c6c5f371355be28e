"""The way to an installed app, told in the words of the browser that asks; what a chat's viewer and a phone without a lock are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.scene import Scene
from tests.browser.stage import CHROMIUM, QUIET

pytestmark = pytest.mark.browser
AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
AGENTS = {
    "safari": (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Tap Share"),
    "instagram": (
        f"{IPHONE} Mobile/15E148 Instagram 383.0.0.28.83 (iPhone15,3; iOS 18_5)",
        "You are inside Instagram.",
    ),
    "samsung": (
        "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S928U) AppleWebKit/537.36 (KHTML, like Gecko) "
        "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        "Add page to",
    ),
    "firefox": ("Mozilla/5.0 (Android 15; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0", "Add app to Home screen"),
}
SIZES = ({"width": 360, "height": 740}, {"width": 390, "height": 844})


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


def opened(chromium: Browser, scene: Scene, agent: str = "", **more: object) -> tuple[BrowserContext, Page]:
    """A phone that has never been here."""
    named = {"user_agent": agent} if agent else {}
    context = chromium.new_context(base_url=scene.url, reduced_motion="reduce", **named, **more)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(30_000)
    return context, page


def clean(page: Page, name: str) -> None:
    """axe finds nothing in either theme, and nothing is wider than the screen."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        assert [(name, scheme, one["id"], one["nodes"][0]["target"]) for one in found] == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("kind", AGENTS)
def test_each_browser_is_told_its_own_steps(chromium: Browser, scene: Scene, kind: str) -> None:
    agent, words = AGENTS[kind]
    for size in SIZES:
        context, page = opened(chromium, scene, agent, viewport=size)
        page.goto("/#/install")
        expect(page.get_by_text(words)).to_be_visible(timeout=30_000)
        clean(page, kind)
        context.close()


def test_a_phone_without_a_screen_lock_is_told_what_a_passkey_needs(chromium: Browser, scene: Scene) -> None:
    context, page = opened(chromium, scene, viewport=SIZES[0])
    without = "PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable = async () => false;"
    page.add_init_script(without)
    page.goto("/#/join")
    expect(page.get_by_text("This device has no screen lock")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Step 1 of 3")).to_be_visible()
    clean(page, "join")
    context.close()


def test_what_lockdown_mode_takes_away_is_said(chromium: Browser, scene: Scene) -> None:
    context, page = opened(chromium, scene, AGENTS["safari"][0], viewport=SIZES[1])
    page.add_init_script("delete globalThis.WebAssembly; delete globalThis.PushManager;")
    page.goto("/#/install")
    expect(page.get_by_text("This phone seems to be in Lockdown Mode.")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Missing here: alerts.")).to_be_visible()
    clean(page, "lockdown")
    context.close()
