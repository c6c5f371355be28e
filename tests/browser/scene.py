"""A chapter like the one of the look's mocks, on a server on loopback, and a volunteer's phone that joins it by a virtual passkey."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from fieldapp import create_app
from fieldapp.config import Settings
from fieldapp.core.clock import DAY, FixedClock, local_ms, to_datetime
from fieldapp.core.db import create_all, db
from fieldapp.records import serverkeys
from fieldapp.shifts.services import claims
from fieldapp.training.models import Grade, TrainingSession
from tests.browser.stage import AUTHENTICATOR, PHONE, free_port
from tests.counsel import Counsel
from tests.enrol import invite
from tests.factories import Factory

NOW = 1_795_454_400_000  # Monday 23 November 2026, 12:20 in New York
ZONE = "America/New_York"


WHO = """async () => {
  const open = indexedDB.open("fieldapp-outbox");
  const db = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const row = db.transaction("meta").objectStore("meta").get("person");
  return new Promise((done) => (row.onsuccess = () => { db.close(); done(row.result.id); }));
}"""


class Scene:
    """A server on loopback with a chapter like the one of the mocks; ``public`` is the port of a proxy before it, if any."""

    def __init__(self, home: Path, public: int = 0) -> None:
        self.home = home
        self.clock = FixedClock(NOW)
        self.port = free_port()
        self.url = f"http://localhost:{public or self.port}"
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
        self.counsel = Counsel(make.person(self.chapter, "legal", field_name="Lee"))
        self.box = make.box(self.chapter, self.counsel)
        for thing in (self.chapter, self.course, self.lead, self.mate, *self.places, *self.shifts):
            db.session.refresh(thing)
        db.session.expunge_all()  # they are read from other threads and later contexts

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


def join(page: Page, scene: Scene, name: str = "Juniper") -> str:
    """Join by a field name, in the app; returns the person's id."""
    with scene.app.app_context():
        token = invite(scene.chapter, scene.clock)
    page.goto("/#/join")
    page.get_by_label("Invite link").fill(f"{scene.url}/enrol#{token}")
    page.get_by_label("Field name").fill(name)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/#/today")
    return str(page.evaluate(WHO))
