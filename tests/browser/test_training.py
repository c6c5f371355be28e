"""A training evening in a real Chromium: the code on the trainer's screen, the phone that scans it, certifying with one press."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from fieldapp import create_app
from fieldapp.accounts.models import Person
from fieldapp.accounts.services import sessions
from fieldapp.core.clock import DAY, HOUR, MINUTE, FixedClock
from fieldapp.core.db import create_all, db
from fieldapp.training.models import Certificate, TrainingSession
from tests.browser.stage import CHROMIUM, DESK, PHONE, QUIET, free_port
from tests.conftest import NOON, settings_for
from tests.factories import Factory

pytestmark = pytest.mark.browser
TOP = Path(__file__).parents[2]
AXE = (TOP / "node_modules/axe-core/axe.min.js").read_text()
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}"


class Evening:
    """The application in a thread of its own, its people, and their browsers."""

    def __init__(self, home: Path, chromium: Browser) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.clock = FixedClock(NOON)
        self.chromium = chromium
        settings = settings_for(home, f"sqlite:///{home / 'fieldapp.db'}", public_url=self.url)
        self.app: Flask = create_app(settings, self.clock)
        self.app.config["RATELIMIT_ENABLED"] = False
        self.server = make_server("localhost", self.port, self.app, threaded=True)
        self.problems: list[str] = []
        self.open: list[Any] = []

    def browser(self, person: Person, size: dict[str, int], **options: Any) -> Page:
        """A browser in which the person is signed in."""
        client = self.app.test_client()
        token = sessions.begin(person, self.clock.now(), label="Test")
        with client.session_transaction(base_url="https://localhost") as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        value = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"], "localhost")
        assert value
        context = self.chromium.new_context(viewport=size, **options)  # type: ignore[arg-type]
        context.add_cookies(
            [{"name": value.key, "value": value.value, "url": "https://localhost/", "secure": True, "httpOnly": True}]
        )
        page = context.new_page()
        page.on("console", lambda said: self.problems.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda asked: self._own(asked.url))
        self.open.append(context)
        return page

    def _own(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.problems.append(f"a request elsewhere: {url}")


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        made = Evening(tmp_path, chromium)
        with made.app.app_context():
            create_all()
            db.session.remove()
            thread = threading.Thread(target=made.server.serve_forever, daemon=True)
            thread.start()
            yield made
            for context in made.open:
                context.close()
            made.server.shutdown()
            thread.join()
            db.session.remove()
            db.engine.dispose()
        chromium.close()
        assert made.problems == []


def accessible(page: Page) -> None:
    """No violation of WCAG 2.2 A or AA that axe can see."""
    speaker = page.context.new_cdp_session(page)
    ask = f"{AXE}; axe.run(document, {RULES}).then((found) => found.violations.map((one) => one.id).join())"
    said = speaker.send("Runtime.evaluate", {"expression": ask, "awaitPromise": True})
    assert said["result"]["value"] == "", said


def test_a_training_evening(evening: Evening) -> None:
    make = Factory(evening.clock)
    chapter = make.chapter("Northeast chapter")
    juniper = make.person(chapter, "trainer", field_name="Juniper")
    fern, wren = make.person(chapter, field_name="Fern"), make.person(chapter, field_name="Wren", lang="es")
    course = make.course(chapter)
    make.certificate(wren, course, ends_in=5 * DAY)
    sitting = make.keep(
        TrainingSession(
            course_id=course.id,
            chapter_id=chapter.id,
            trainer_id=juniper.id,
            starts_at=NOON - MINUTE,
            ends_at=NOON + 2 * HOUR,
            zone="America/New_York",
            code="seedofevening",
        )
    )
    screen = evening.browser(juniper, DESK)
    screen.goto(f"{evening.url}/training/sessions/{sitting.id}")
    code = screen.locator("[data-word]").inner_text()
    assert screen.locator(".qr img").evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 100
    accessible(screen)

    phone = evening.browser(fern, PHONE, has_touch=True)
    phone.goto(f"{evening.url}/training/here#{code.replace(' ', '')}")
    phone.get_by_text("You are checked in.").wait_for()
    assert "#" not in phone.url
    accessible(phone)

    other = evening.browser(wren, PHONE, has_touch=True)
    other.goto(f"{evening.url}/training/here")
    other.get_by_label("Código de la pantalla").fill(code.lower())
    other.get_by_role("button", name="Ya llegué").click()
    other.get_by_text("Tu llegada está registrada.").wait_for()

    screen.get_by_text("2 more have arrived.").wait_for()
    screen.get_by_role("link", name="Show them").click()
    screen.get_by_role("checkbox", name="Wren").uncheck()
    assert screen.locator("[data-chosen]").inner_text() == "1"
    screen.get_by_label("Choose all who can be certified").check()
    assert screen.locator("[data-chosen]").inner_text() == "2"
    screen.keyboard.press("Escape")
    screen.locator("h1").click()
    screen.keyboard.press("c")  # the letter moves the focus, Enter does it
    screen.keyboard.press("Enter")
    screen.get_by_text("2 people are certified.").wait_for()
    accessible(screen)
    assert {one.person_id for one in make.all(Certificate) if one.session_id} == {fern.id, wren.id}
