"""A national training: 800 people check themselves in to one session, eight of them in real browsers, and are certified with one press."""

from __future__ import annotations

import http.client
import re
import signal
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import func, select

from fieldapp import create_app
from fieldapp.accounts.models import Person
from fieldapp.accounts.services import sessions
from fieldapp.config import from_environment
from fieldapp.core.clock import HOUR, MINUTE, Clock
from fieldapp.core.db import db
from fieldapp.training.models import Attendance, Certificate, TrainingSession
from tests.browser.stage import CHROMIUM, DESK, PHONE, QUIET
from tests.factories import Factory
from tests.people import HERE
from tests.served import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]
PEOPLE, BROWSERS, AT_ONCE = 800, 8, 8
PATIENCE = 120_000
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Hall:
    """The served product, limits and all, with a session that runs and everyone signed in."""

    def __init__(self, server: Server, app: Flask) -> None:
        self.server, self.app = server, app
        make, now = Factory(Clock()), Clock().now()
        self.chapter = make.chapter("National")
        self.trainer = make.person(self.chapter, "trainer", field_name="Juniper")
        course = make.course(self.chapter)
        sitting = TrainingSession(
            course_id=course.id,
            chapter_id=self.chapter.id,
            trainer_id=self.trainer.id,
            starts_at=now - MINUTE,
            ends_at=now + 2 * HOUR,
            zone="America/New_York",
            code="seedofhall",
        )
        self.sitting = make.keep(sitting).id
        self.people = [make.person(self.chapter, field_name=f"Demo {number:03}") for number in range(PEOPLE)]
        self.keys = {person.id: self.key(person) for person in (*self.people, self.trainer)}
        db.session.commit()
        db.session.remove()
        db.engine.dispose()

    def key(self, person: Person) -> tuple[str, str]:
        """The name and value of a signed-in browser's cookie."""
        client = self.app.test_client()
        token = sessions.begin(person, Clock().now(), label="Test")
        with client.session_transaction(base_url=HERE) as kept:
            kept["_user_id"], kept["_fresh"] = token, True
        name = str(self.app.config["SESSION_COOKIE_NAME"])
        found = client.get_cookie(name)
        assert found
        return name, found.value

    def page(self, chromium: Browser, person: Person, size: dict[str, int]) -> Page:
        """A browser in which the person is signed in."""
        name, value = self.keys[person.id]
        context = chromium.new_context(viewport=size, base_url=f"http://localhost:{self.server.port}")  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        # The address only says to whom it is sent: Chromium takes a __Host- cookie for localhost without TLS when it is said to be secure.
        context.add_cookies(
            [{"name": name, "value": value, "url": "https://localhost/", "secure": True, "httpOnly": True}]
        )
        return context.new_page()


@pytest.fixture
def hall(database: str, tmp_path: Path) -> Iterator[Hall]:
    server = Server(tmp_path, database)
    app = create_app(from_environment(server.env))
    with app.app_context():
        made = Hall(server, app)
        server.start()
        yield made
        server.stop(signal.SIGKILL)
        db.session.remove()
        db.engine.dispose()


class Doors:
    """Everyone who types the code without a browser of ours, ``AT_ONCE`` at a time."""

    def __init__(self, hall: Hall, screen: Page) -> None:
        self.hall, self.queue, self.lock = hall, iter(hall.people[BROWSERS:]), threading.Lock()
        self.code = screen.locator("[data-word]").inner_text()
        self.refused: list[str] = []
        self.threads = [threading.Thread(target=self._walk_in) for _ in range(AT_ONCE)]
        for thread in self.threads:
            thread.start()

    @property
    def busy(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    def _walk_in(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.hall.server.port, timeout=60)
        while True:
            with self.lock:
                person = next(self.queue, None)
            if person is None:
                connection.close()
                return
            said = self._arrive(connection, person.id)
            if "You are checked in" not in said:
                self.refused.append(said)

    def _arrive(self, connection: http.client.HTTPConnection, person: str) -> str:
        cookie = "=".join(self.hall.keys[person])
        connection.request("GET", "/training/here", headers={"Cookie": cookie})
        answer = connection.getresponse()
        form = TOKEN.search(answer.read().decode())
        cookie = (answer.headers.get("Set-Cookie") or cookie).partition(";")[0]
        assert form, answer.status
        body = urllib.parse.urlencode({"csrf_token": form[1], "code": self.code})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/training/here", body=body, headers={"Cookie": cookie, **kind})
        return connection.getresponse().read().decode()


def test_eight_hundred_people_arrive_at_one_training_and_are_certified_with_one_press(hall: Hall) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        screen = hall.page(chromium, hall.trainer, DESK)
        screen.goto(f"/training/sessions/{hall.sitting}")
        began = time.monotonic()
        doors = Doors(hall, screen)
        for person in hall.people[:BROWSERS]:
            phone = hall.page(chromium, person, PHONE)
            phone.goto("/training/here")
            phone.get_by_label("Code on the trainer's screen").fill(doors.code)
            phone.get_by_role("button", name="I'm here").click()
            phone.get_by_text("You are checked in.").wait_for()
            phone.context.close()
        while doors.busy:
            doors.code = screen.locator("[data-word]").inner_text()  # it changes each minute, as in a real hall
            screen.wait_for_timeout(500)
        arrived = time.monotonic() - began
        assert doors.refused == []

        screen.reload()
        screen.get_by_label("Choose all who can be certified").check()
        assert screen.locator("[data-chosen]").inner_text() == str(PEOPLE)
        began = time.monotonic()
        screen.get_by_role("button", name=re.compile("^Certify")).click()
        screen.get_by_text(f"{PEOPLE} people are certified").wait_for()
        certified = time.monotonic() - began
        chromium.close()
    print(f"{PEOPLE} people checked in within {arrived:.0f} s and were certified within {certified:.1f} s")
    mine = select(func.count()).select_from(Certificate).where(Certificate.session_id == hall.sitting)
    here = select(func.count()).select_from(Attendance).where(Attendance.state == "confirmed")
    assert (db.session.scalar(mine), db.session.scalar(here)) == (PEOPLE, PEOPLE)
