"""Pictures of the phone's pages: python -m tests.shots.field [folder]. A demo volunteer joins by a real (virtual) passkey; the clock stands still."""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from fieldapp import create_app
from fieldapp.config import Settings
from fieldapp.core.clock import DAY, FixedClock, local_ms, to_datetime
from fieldapp.core.db import create_all
from fieldapp.records import serverkeys
from fieldapp.shifts.services import claims
from fieldapp.training.models import Grade, TrainingSession
from tests.browser.stage import AUTHENTICATOR, CHROMIUM, PHONE, QUIET, free_port
from tests.enrol import invite
from tests.factories import Factory

NOW = 1_795_454_400_000  # Monday 23 November 2026, 12:20 in New York
ZONE = "America/New_York"
TOP = Path(__file__).resolve().parents[2]


class Scene:
    """A server on loopback with a chapter like the one of the mocks."""

    def __init__(self, home: Path) -> None:
        self.clock = FixedClock(NOW)
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        settings = Settings(home, f"sqlite:///{home / 'fieldapp.db'}", self.url, "shots-only-secret-shots-only-secret")
        serverkeys.make(home, NOW)
        self.app: Flask = create_app(settings, self.clock)
        self.app.config["RATELIMIT_ENABLED"] = False
        with self.app.app_context():
            create_all()
            self._fill()
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server = make_server("localhost", self.port, self.app, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _fill(self) -> None:
        make = Factory(self.clock)
        self.make = make
        self.chapter = make.chapter("New York", hotline="212-555-0142", legal_line="212-555-0199")
        spots = [("26 Federal Plaza", "12th floor"), ("201 Varick Street", "5th floor"), ("290 Broadway", "15th floor")]
        self.places = [
            make.place(
                self.chapter,
                "Immigration Court",
                address=f"{street}, {floor}",
                city="New York",
                meeting_spot="12:45 by the Worth Street doors",
                device_rules={
                    "phones": "off_in_courtroom",
                    "note": {"en": "Bags are searched.", "es": "Revisan bolsas."},
                },
            )
            for street, floor in spots
        ]
        self.course = make.course(self.chapter, "Court watch basics")
        self.lead, self.mate = (make.person(self.chapter, field_name=name) for name in ("Maple", "Rowan"))
        make.keep(Grade(person_id=self.lead.id, chapter_id=self.chapter.id, grade="lead"))
        for person in (self.lead, self.mate):
            make.certificate(person, self.course)
        sitting = {"starts_at": self.at(5, 10, 0), "ends_at": self.at(5, 13, 0), "zone": ZONE, "where": "online"}
        make.keep(TrainingSession(course_id=self.course.id, chapter_id=self.chapter.id, code="ABC", **sitting))
        self.shifts = [self._shift(*one) for one in PLAN]

    def at(self, days: int, hour: int, minute: int) -> int:
        """Milliseconds UTC of a wall-clock time in New York, so many days from today."""
        return local_ms(to_datetime(NOW + days * DAY, ZONE).date(), hour * 60 + minute, ZONE)

    def _shift(
        self, place: int, days: int, start: tuple[int, int], end: tuple[int, int], seats: int, needs: bool
    ) -> Any:
        begins, ends = self.at(days, *start), self.at(days, *end)
        more = {"seats": seats, "lead_id": self.lead.id, "course_id": self.course.id if needs else None}
        return self.make.shift(self.places[place], starts_in=begins - NOW, lasts=ends - begins, **more)

    def take(self, person_id: str) -> None:
        """The volunteer has two shifts, with Maple and Rowan; the others fill up."""
        for person, numbers in ((self.lead.id, (0, 1, 2, 3)), (self.mate.id, (0, 3)), (person_id, (0, 2))):
            for number in numbers:
                claims.claim(person, self.shifts[number].id, NOW)


#: place, days from now, from, to, seats, whether a certificate is needed
PLAN = (
    (0, 0, (13, 0), (16, 30), 4, False),
    (0, 1, (9, 0), (12, 30), 4, False),
    (1, 3, (9, 0), (12, 30), 3, False),
    (2, 2, (8, 30), (12, 0), 2, False),
    (0, 8, (9, 0), (12, 30), 4, True),
    (0, 8, (13, 0), (16, 30), 4, False),
)


def phone(browser: Browser, scene: Scene, **more: Any) -> tuple[BrowserContext, Page]:
    """A phone-sized browser with a virtual passkey device."""
    context = browser.new_context(viewport=PHONE, base_url=scene.url, device_scale_factor=1, **more)
    page = context.new_page()
    page.clock.set_fixed_time(to_datetime(NOW))
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.on(
        "console", lambda message: print("console:", message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: print("error:", error))
    return context, page


def join(page: Page, scene: Scene) -> str:
    """Join as Juniper, in the app; returns the person's id."""
    with scene.app.app_context():
        token = invite(scene.chapter, scene.clock)
    page.goto("/#/join")
    page.get_by_label("Invite link").fill(f"{scene.url}/enrol#{token}")
    page.get_by_label("Field name").fill("Juniper")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/#/today")
    return page.evaluate(
        """async () => { const db = await new Promise((done) => { const r = indexedDB.open('fieldapp-outbox'); r.onsuccess = () => done(r.result); });
        return new Promise((done) => { const r = db.transaction('meta').objectStore('meta').get('person'); r.onsuccess = () => done(r.result.id); }); }"""
    )


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
    for name, hash_ in (
        ("today", "today"),
        ("shifts", "shifts"),
        ("write", "write"),
        ("guide", "guide"),
        ("rights", "guide/rights"),
        ("outbox", "outbox"),
        ("you", "you"),
        ("where", "where/session"),
        ("install", "install"),
        ("in", "in"),
        ("join", "join"),
    ):
        page.goto(f"/#/{hash_}")
        camera.shoot(f"{name}.{lang}")
    page.goto("/#/today")
    page.locator(".row--rule").click()
    camera.shoot(f"brief.{lang}")


def story(camera: Camera, scene: Scene, context: BrowserContext) -> None:
    """What happens on a shift, offline too."""
    page = camera.page
    page.goto("/#/today")
    page.get_by_role("button", name="I'm here").click()
    camera.shoot("today-here")
    page.get_by_role("link", name="Alert").click()
    camera.shoot("alert")
    page.get_by_role("button", name="Someone is being taken").click()
    camera.shoot("alert-armed")
    page.get_by_role("button", name="Tap again to send").click()
    page.wait_for_timeout(2500)
    camera.shoot("alert-sent")
    page.get_by_role("button", name="Take it back").click()
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
    camera.shoot("write-court")
    page.get_by_role("button", name="Write case 1").click()
    page.wait_for_timeout(300)
    page.get_by_role("radio", name="None").first.click()
    page.wait_for_timeout(300)
    camera.shoot("case")
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
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/#/today")
    camera.shoot("today-320", dark=False)
    page.set_viewport_size(PHONE)


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
    story(camera, scene, context)
    page.goto("/#/you")
    page.get_by_role("radio", name="Español").click()
    pages(camera, "es")
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
