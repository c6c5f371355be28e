"""A new build takes over between shifts and never in the middle of something: two builds of the worker, a real Chromium, two tabs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Response
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from fieldapp import TOP
from tests.browser.scene import Scene, join, phone
from tests.browser.stage import CHROMIUM, QUIET

pytestmark = pytest.mark.browser
SLOW = 30_000
WORKER = (TOP / "static" / "dist" / "sw.js").read_bytes() if (TOP / "static" / "dist" / "sw.js").exists() else b""
MARK = "() => void (globalThis.sameLoad = true)"
ANEW = "() => !globalThis.sameLoad && Boolean(document.querySelector('fa-app h1'))"
WAITS = "async () => Boolean((await navigator.serviceWorker.getRegistration('/'))?.waiting)"
HIDE = """(hidden) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = Scene(tmp_path_factory.mktemp("scene"))
    yield made
    made.server.shutdown()


@pytest.fixture
def deploy(scene: Scene) -> Any:
    """Call it to put the next build on the server."""
    number = [1]

    def worker() -> Response:
        return Response(
            b"self.__SECOND=%d;\n" % number[0] + WORKER,
            mimetype="text/javascript",
            headers={"Cache-Control": "no-cache"},
        )

    worker._public = True  # type: ignore[attr-defined]
    scene.app.view_functions["field.worker"] = worker

    def next_build() -> None:
        number[0] += 1

    return next_build


@pytest.fixture
def carried(chromium: Browser, scene: Scene, deploy: Any) -> Iterator[tuple[BrowserContext, Page]]:
    context, page = phone(chromium, scene, reduced_motion="reduce")
    page.set_default_timeout(SLOW)
    join(page, scene)
    page.evaluate("async () => void (await navigator.serviceWorker.ready)")
    page.reload()
    page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")
    expect(page.locator("fa-app h1")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Write").click()  # touched: not just opened any more
    expect(page.get_by_role("heading", name="Write", exact=True)).to_be_visible()
    yield context, page
    context.close()


def look(page: Page) -> None:
    """The app asks for a newer build, and it waits."""
    page.evaluate("async () => void (await (await navigator.serviceWorker.getRegistration('/')).update())")
    page.wait_for_function(WAITS, timeout=SLOW)


def type_something(page: Page) -> None:
    """A form with a draft under way."""
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("button", name="26 Federal Plaza").first.click()
    page.get_by_role("button", name="Write", exact=True).click()
    page.get_by_role("radio", name="Short hearings").click()
    expect(page.get_by_role("button", name="Type Short hearings")).to_be_visible()


def test_a_draft_under_way_is_not_lost_and_the_new_build_comes_after(
    carried: tuple[BrowserContext, Page], deploy: Any
) -> None:
    _, page = carried
    type_something(page)
    page.evaluate(MARK)
    deploy()
    look(page)
    page.evaluate(HIDE, True)  # in the pocket, in the middle of a form
    page.evaluate(HIDE, False)
    page.wait_for_timeout(1_500)
    assert page.evaluate("() => globalThis.sameLoad === true")
    assert page.evaluate(WAITS)
    expect(page.get_by_role("button", name="Type Short hearings")).to_be_visible()

    page.get_by_role("link", name="Back to Write").click()
    expect(page.get_by_role("heading", name="Write", exact=True)).to_be_visible()
    page.evaluate(HIDE, True)
    page.wait_for_function(ANEW, timeout=SLOW)
    assert not page.evaluate(WAITS)
    page.goto("/#/write")
    page.get_by_role("region", name="Not finished").get_by_role("link").first.click()
    expect(page.get_by_role("button", name="Type Short hearings")).to_be_visible()


def test_update_now_writes_the_draft_first(carried: tuple[BrowserContext, Page], deploy: Any) -> None:
    _, page = carried
    type_something(page)
    deploy()
    look(page)
    page.get_by_role("link", name="Back to Write").click()
    page.get_by_role("link", name="Today").click()
    page.evaluate(MARK)
    expect(page.get_by_text("A new version is ready.")).to_be_visible()
    page.get_by_role("button", name="Update now").click()
    page.wait_for_function(ANEW, timeout=SLOW)
    expect(page.get_by_text("A new version is ready.")).to_have_count(0)
    page.goto("/#/write")
    expect(page.get_by_role("region", name="Not finished")).to_contain_text("Court session")


def test_one_page_waits_for_the_other(carried: tuple[BrowserContext, Page], deploy: Any) -> None:
    context, page = carried
    other = context.new_page()
    other.set_default_timeout(SLOW)
    other.goto("/#/today")
    expect(other.locator("fa-app h1")).to_be_visible(timeout=SLOW)
    other.get_by_role("link", name="Guide", exact=True).click()
    type_something(page)
    page.evaluate(MARK)
    other.evaluate(MARK)
    deploy()
    look(other)
    other.evaluate(HIDE, True)
    other.wait_for_timeout(1_500)
    assert other.evaluate("() => globalThis.sameLoad === true")
    assert page.evaluate("() => globalThis.sameLoad === true")
    other.evaluate(HIDE, False)
    other.get_by_role("link", name="Today").click()
    other.get_by_role("button", name="Update now").click()
    expect(other.get_by_text("Another page of the app is in use.")).to_be_visible()
    page.get_by_role("link", name="Back to Write").click()
    expect(page.get_by_role("heading", name="Write", exact=True)).to_be_visible()
    other.evaluate(HIDE, True)
    other.wait_for_function(ANEW, timeout=SLOW)
    page.wait_for_function(ANEW, timeout=SLOW)  # it had nothing under way, and goes along


def test_a_shift_under_way_keeps_the_build_it_began_with(
    carried: tuple[BrowserContext, Page], scene: Scene, deploy: Any
) -> None:
    _, page = carried
    person = page.evaluate("async () => (await (await fetch('/api/v1/field')).json()).personal.me.id")
    with scene.app.app_context():
        scene.take(str(person))
    page.goto("/#/today")
    page.reload()
    page.get_by_role("button", name="I'm here").click()
    expect(page.get_by_text("You are here", exact=True)).to_be_visible()
    page.evaluate(MARK)
    deploy()
    look(page)
    page.evaluate(HIDE, True)
    page.wait_for_timeout(1_500)
    assert page.evaluate("() => globalThis.sameLoad === true")
    page.evaluate(HIDE, False)
    page.get_by_role("button", name="I'm out and OK").click()
    expect(page.get_by_text("You are out", exact=True)).to_be_visible()
    page.evaluate(HIDE, True)
    page.wait_for_function(ANEW, timeout=SLOW)


def test_an_app_that_was_just_opened_takes_the_new_build_at_once(
    carried: tuple[BrowserContext, Page], deploy: Any
) -> None:
    context, page = carried
    deploy()
    look(page)
    page.close()
    fresh = context.new_page()
    fresh.set_default_timeout(SLOW)
    fresh.goto("/#/today")
    fresh.wait_for_function(f"async () => !(await ({WAITS})())", timeout=SLOW)
    expect(fresh.locator("fa-app h1")).to_be_visible(timeout=SLOW)
