"""Pictures of the phone's pages: python -m tests.shots.field [folder].

A demo volunteer joins by a virtual passkey; the clock stands still. axe looks at each page too and says what it finds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests.browser.scene import Scene, join, phone
from tests.browser.stage import CHROMIUM, PHONE, QUIET

TOP = Path(__file__).resolve().parents[2]
PAGES = {
    "today": "today",
    "shifts": "shifts",
    "write": "write",
    "guide": "guide",
    "rights": "guide/rights",
    "card": "card",
    "card-ht": "card/ht",
    "card-ar": "card/ar",
    "outbox": "outbox",
    "you": "you",
    "look": "look",
    "suits": "suits",
    "calendar": "calendar",
    "hours": "hours",
    "lock": "lock",
    "remove": "remove",
    "where": "where/session",
    "family": "family",
    "certificate": "certificate",
    "check": "check",
    "copies": "copies",
    "paper": "paper",
    "sheets": "paper/sheets",
    "install": "install",
    "in": "in",
    "join": "join",
}


class Camera:
    """Shoots the page in light and dark, and runs axe over it."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.axe = (TOP / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

    def shoot(self, name: str, *, dark: bool = True) -> None:
        """One picture, or two."""
        self.page.wait_for_timeout(350)
        for scheme in ("light", "dark") if dark else ("light",):
            self.page.emulate_media(color_scheme=scheme)
            self.page.wait_for_timeout(150)
            self.page.screenshot(path=self.folder / f"{name}-{scheme}.png")
            self._check(f"{name}-{scheme}")
        self.page.emulate_media(color_scheme="light")

    def _check(self, name: str) -> None:
        if not self.page.evaluate("() => Boolean(globalThis.axe)"):
            session = self.page.context.new_cdp_session(self.page)
            session.send("Runtime.evaluate", {"expression": self.axe})
        found = self.page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        for one in found:
            where = "; ".join(
                node["target"][0] + " " + node.get("failureSummary", "")[:160] for node in one["nodes"][:3]
            )
            print(f"axe {name}: {one['id']}: {where}")


def pages(camera: Camera, lang: str) -> None:
    """Every page that needs nothing to happen first."""
    page = camera.page
    for name, address in PAGES.items():
        page.goto(f"/#/{address}")
        page.wait_for_selector("h1")
        camera.shoot(f"{name}.{lang}")
    page.goto("/#/today")
    page.locator(".row--rule").click()
    camera.shoot(f"brief.{lang}")
    page.locator("a[href^='#/reach']").click()
    page.wait_for_selector("textarea")
    camera.shoot(f"reach.{lang}")


def story(camera: Camera, context: BrowserContext) -> None:
    """What happens on a shift, offline too."""
    page = camera.page
    page.goto("/#/today")
    page.get_by_role("link", name="Phone off until…").click()
    camera.shoot("quiet")
    page.goto("/#/today")
    page.get_by_role("button", name="I'm here").click()
    camera.shoot("today-here")
    page.get_by_role("link", name="With my word").click()
    camera.shoot("word")
    page.goto("/#/today")
    page.get_by_role("link", name="Alert").click()
    camera.shoot("alert")
    page.get_by_role("button", name="Someone is being taken").click()
    camera.shoot("alert-armed")
    page.get_by_role("button", name="Tap again to send").click()
    page.wait_for_timeout(2500)
    camera.shoot("alert-sent")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("button", name="Close", exact=True).wait_for()
    camera.shoot("alert-back")
    page.get_by_role("button", name="Close", exact=True).click()
    page.wait_for_selector("fa-alert", state="detached")
    context.set_offline(True)
    page.wait_for_timeout(300)
    page.goto("/#/alert")
    page.wait_for_timeout(400)
    page.get_by_role("button", name="ICE is here").click()
    page.get_by_role("button", name="Tap again to send").click()
    page.wait_for_timeout(600)
    camera.shoot("alert-offline")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("button", name="Close", exact=True).wait_for()
    camera.shoot("alert-back")
    page.get_by_role("button", name="Close", exact=True).click()
    page.wait_for_selector("fa-alert", state="detached")
    page.goto("/#/shifts")
    page.get_by_role("button", name="Take: Tue").first.click()
    camera.shoot("shifts-asked")
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").click()
    camera.shoot("form-session")
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_role("button", name="Save").click()
    page.wait_for_timeout(400)
    camera.shoot("court")
    page.get_by_role("link", name="Back to Write").click()
    camera.shoot("write-court")
    page.get_by_role("button", name="Write case 1").click()
    page.wait_for_timeout(300)
    page.get_by_role("radio", name="None").first.click()
    page.wait_for_timeout(300)
    camera.shoot("case")
    page.get_by_role("button", name="Save and next case").click()
    page.get_by_role("radio", name="Attorney").click()
    page.get_by_role("link", name="Back to the session").click()
    page.get_by_role("button", name="Change the order").wait_for()
    camera.shoot("court-cases")
    page.get_by_role("button", name="Change the order").click()
    camera.shoot("court-order")
    page.get_by_role("button", name="Leave it as it was").click()
    page.get_by_role("link", name="Case 1").click()
    camera.shoot("saved")
    page.get_by_role("link", name="Correct an answer").click()
    camera.shoot("choose")
    page.get_by_role("button", name="Lawyer", exact=True).click()
    camera.shoot("correct")
    page.goto("/#/write")
    camera.shoot("write-draft")
    page.goto("/#/outbox")
    camera.shoot("outbox-held")
    page.goto("/#/today")
    page.get_by_role("button", name="I'm out and OK").click()
    camera.shoot("today-after")
    context.set_offline(False)
    page.wait_for_timeout(2500)
    page.goto("/#/outbox")
    camera.shoot("outbox-received")
    page.goto("/#/you")
    page.get_by_role("button", name="Lock", exact=True).click()
    page.get_by_role("button", name="Unlock").wait_for()
    page.goto("/#/today")
    camera.shoot("today-locked")
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("button", name="Unlock").wait_for(state="detached")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/#/today")
    camera.shoot("today-320", dark=False)
    page.set_viewport_size(PHONE)


def speak(page: Page, name: str) -> None:
    """Choose a language."""
    page.goto("/#/you")
    page.get_by_role("radio", name=name).click()


def run(playwright: Playwright, folder: Path, home: Path) -> None:
    """All pictures."""
    scene = Scene(home)
    browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(QUIET))
    context, page = phone(browser, scene, permissions=["geolocation"], geolocation={"latitude": 40.7, "longitude": -74})
    camera = Camera(page, folder)
    page.goto("/")
    camera.shoot("first")
    page.goto("/#/in")
    camera.shoot("signin")
    person = join(page, scene)
    with scene.app.app_context():
        scene.take(person)
    page.reload()
    page.wait_for_timeout(1500)
    pages(camera, "en")
    speak(page, "Español")
    pages(camera, "es")
    speak(page, "English")
    story(camera, context)
    browser.close()
    scene.server.shutdown()


def main() -> None:
    """Shoot into the folder named, build/shots/field unless said."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "build/shots/field"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        run(playwright, folder, Path(home))
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main()
