"""Every page and state of the phone as a screen reader reads it, as a hand meets it, at text of 200%, in both themes, at both sizes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.browser.cast import PATIENCE, see
from tests.browser.eyes import Eyes
from tests.browser.reader import measured, misread, told
from tests.browser.scene import Scene, join, phone
from tests.browser.stage import CHROMIUM, QUIET
from tests.shots.field import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scene, BrowserContext, Page]]:
    home: Path = tmp_path_factory.mktemp("scene")
    scene = Scene(home)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        context, page = phone(
            browser, scene, permissions=["geolocation"], geolocation={"latitude": 40.7, "longitude": -74}
        )
        context.set_default_timeout(PATIENCE)
        yield scene, context, page
        browser.close()
    scene.server.shutdown()


def test_every_page_and_state_reads_in_order_and_stands_large_text(
    stage: tuple[Scene, BrowserContext, Page],
) -> None:
    scene, context, page = stage
    eyes = Eyes(page)
    page.goto("/")
    see(page.locator("h1"))
    eyes.look("first")
    person = join(page, scene)
    with scene.app.app_context():
        scene.take(person)
    page.reload()
    see(page.get_by_role("button", name="I'm here"))
    for name, address in PAGES.items():
        page.goto(f"/#/{address}")
        see(page.locator("h1"))
        eyes.look(name)
    page.goto("/#/you")
    page.get_by_role("radio", name="Español").click()
    see(page.get_by_role("heading", name="Alertas"))
    for name in ("today", "shifts", "write", "you", "outbox"):
        page.goto(f"/#/{name}")
        see(page.locator("h1"))
        eyes.look(f"{name}, in Spanish")
    page.goto("/#/you")
    page.get_by_role("radio", name="English").click()
    see(page.get_by_role("heading", name="Alerts"))
    a_shift(eyes)
    an_alert(eyes, context)
    assert not eyes.found, eyes.told()


def a_shift(eyes: Eyes) -> None:
    """The brief, being there, a session and a case, read once more, what is saved."""
    page = eyes.page
    page.goto("/#/today")
    page.locator(".row--rule").click()
    see(page.get_by_role("heading", name="Brief"))
    eyes.look("brief")
    page.goto("/#/today")
    page.get_by_role("button", name="I'm here").click()
    see(page.get_by_text("You are here", exact=True))
    eyes.look("here")
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("radio", name="Short hearings").click()
    eyes.look("form")
    page.get_by_label("Note").fill("The clerk read the names aloud.")
    page.get_by_role("button", name="Save").click()
    see(page.get_by_role("heading", name="Read once more"))
    eyes.look("read once more")
    page.get_by_role("button", name="Save").click()
    see(page.get_by_role("button", name="Write case 1"))
    eyes.look("court")
    page.get_by_role("button", name="Write case 1").click()
    page.get_by_role("radio", name="None").first.click()
    eyes.look("case")
    page.goto("/#/write")
    see(page.get_by_role("link", name="Case 1"))
    eyes.look("unfinished")
    page.goto("/#/outbox")
    see(page.locator("h1"))
    eyes.look("outbox with a record")
    page.goto("/#/write")
    page.get_by_role("button", name="ICE at a courthouse").click()
    see(page.get_by_role("heading", name="Photo, video, sound"))
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + bytes(9000)}
    page.locator("input[type=file]").set_input_files([photo])  # type: ignore[list-item]
    page.get_by_role("button", name="Throw away: Photo").click()
    see(page.get_by_role("button", name="Keep it"))
    eyes.look("form with a photo")


def an_alert(eyes: Eyes, context: BrowserContext) -> None:
    """The alert's sheet, armed, without network; and a locked phone."""
    page = eyes.page
    page.goto("/#/today")
    page.get_by_role("link", name="Alert").click()
    see(page.get_by_role("heading", name="Raise an alert"))
    eyes.look("alert")
    context.set_offline(True)
    page.get_by_role("button", name="ICE is here").click()
    page.get_by_role("button", name="Tap again to send").click()
    see(page.get_by_role("heading", name="NOT SENT"))
    eyes.look("alert not sent")
    page.get_by_role("button", name="Take it back").click()
    context.set_offline(False)
    page.goto("/#/you")
    page.get_by_role("button", name="Lock", exact=True).click()
    see(page.get_by_role("button", name="Unlock"))
    for name in ("you", "today", "write"):
        page.goto(f"/#/{name}")
        see(page.get_by_role("button", name="Unlock"))
        eyes.look(f"{name}, locked")


WRONG = """<!doctype html><html lang="en"><head><title>x</title></head><body style="margin: 0">
<h2>Before</h2><h1>One</h1><h4>Too deep</h4><h1>Two</h1><nav><a href="#a" style="display: block; height: 60px">Along</a></nav>
<main><div style="display: flex; flex-direction: column-reverse">
<button style="height: 60px">Later</button><button style="height: 60px">Sooner</button></div>
<button style="width: 60px; height: 60px"><svg width="9" height="9"></svg></button><button style="width: 20px; height: 20px">x</button>
<div tabindex="0">Tapped</div>DIALOG
<div style="width: 2em; height: 1em; overflow: hidden">Much too long for it</div>
<p style="white-space: nowrap">Wider than any phone that anybody has ever held in a hand, or will</p></main></body></html>"""
FAULTS = (
    *("a heading before the first", "2 first headings", "from level 1 to 4", "no name: navigation", "no name: dialog"),
    *("nothing tells of changes", "no name: button", "no role: generic", "read after", "small 20x20"),
    *("cut off below", "px too wide", "leaves the screen"),
)


def test_what_is_wrong_with_a_page_is_found(stage: tuple[Scene, BrowserContext, Page]) -> None:
    page = stage[1].new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.set_content(WRONG.replace("DIALOG", '<div role="dialog"><button style="height: 60px">In it</button></div>'))
    found = misread(told(page.context.new_cdp_session(page)))
    page.set_content(WRONG)
    found += measured(page, large=True)
    assert [fault for fault in FAULTS if not any(fault in one for one in found)] == [], found
    page.close()
