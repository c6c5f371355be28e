"""A certificate shown as a QR on one phone and checked by another, both without network; and everything that must not be believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import BrowserContext, Page, sync_playwright

from fieldapp.accounts import identity
from fieldapp.accounts.models import Person
from fieldapp.accounts.services import people
from fieldapp.core.clock import DAY
from fieldapp.core.db import db, write
from fieldapp.training.models import Course
from fieldapp.training.services import shown
from tests.browser.cast import PATIENCE, see
from tests.browser.scene import NOW, Scene, join, phone
from tests.browser.stage import CHROMIUM, QUIET
from tests.browser.test_every_page import axe, too_wide

pytestmark = pytest.mark.browser
DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
WIDE, HIGH, DOT = 640, 480, 4


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    (tmp_path / "server").mkdir()
    made = Scene(tmp_path / "server")
    yield made
    made.server.shutdown()


def installed(context: BrowserContext, page: Page, scene: Scene, name: str) -> str:
    """A person whose app works without network; returns their id."""
    context.set_default_timeout(PATIENCE)
    person = join(page, scene, name)
    page.evaluate("async () => void (await navigator.serviceWorker.ready)")
    page.reload()
    page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")
    return person


def certify(scene: Scene, person: str) -> str:
    """The person holds the chapter's first course; returns what the QR then says."""
    with scene.app.app_context():
        course = db.session.scalars(db.select(Course)).first()
        assert course
        scene.make.certificate(db.session.get_one(Person, person), course, ends_in=300 * DAY)
        with write() as session:
            people.touch(session, person)  # as certifying does: the phone hears of it with its next look
        told = shown.certificate(identity.actor_for(db.session.get_one(Person, person)), NOW)
        return f"FA1{told['sig']}{told['text']}"


def film(code: str, path: Path) -> None:
    """What a camera sees that is held above this code: grey levels, ten frames (YUV4MPEG2)."""
    grid = [list(row) for row in segno.make(code, error="l", micro=False, boost_error=False).matrix_iter(border=4)]
    edge = len(grid) * DOT
    left, top = (WIDE - edge) // 2, (HIGH - edge) // 2
    picture = bytearray(b"\x90" * (WIDE * HIGH))
    for y in range(edge):
        line = bytes(16 if grid[y // DOT][x // DOT] else 235 for x in range(edge))
        start = (top + y) * WIDE + left
        picture[start : start + edge] = line
    grey = b"\x80" * (WIDE * HIGH // 2)
    head = f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + b"".join(b"FRAME\n" + bytes(picture) + grey for _ in range(10)))


def test_a_lead_checks_without_network_what_somebody_shows_without_network(scene: Scene, tmp_path: Path) -> None:
    film_of = tmp_path / "seen.y4m"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        theirs, page = phone(browser, scene)
        person = installed(theirs, page, scene, "Heron")
        film(certify(scene, person), film_of)
        page.reload()
        page.goto("/#/certificate")
        see(page.get_by_role("img", name="QR of my certificate"))
        see(page.get_by_text("Court watch basics: valid until"))
        theirs.set_offline(True)
        page.reload()
        see(page.get_by_role("img", name="QR of my certificate"))
        assert axe(page) == []
        assert too_wide(page) == []
        page.screenshot(path=tmp_path / "shown.png")
        picture = page.locator(".qr").screenshot()
        browser.close()

        camera = [*QUIET, *DEVICES, f"--use-file-for-fake-video-capture={film_of}"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=camera)
        ours, page = phone(browser, scene, permissions=["camera"])
        installed(ours, page, scene, "Wren")
        page.goto("/#/check")
        see(page.get_by_role("button", name="Scan"))
        ours.set_offline(True)
        page.get_by_role("button", name="Scan").click()
        see(page.get_by_text("Heron", exact=True))
        see(page.get_by_text("Is this the name that they told you?"))
        assert page.locator("video").count() == 0
        assert axe(page) == []
        page.screenshot(path=tmp_path / "checked.png")
        page.locator("input[type=file]").set_input_files(
            {"name": "empty.png", "mimeType": "image/png", "buffer": page.screenshot()}
        )
        see(page.get_by_text("No code was found in this picture."))
        page.locator("input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture})
        see(page.get_by_text("Heron", exact=True))
        page.clock.set_fixed_time((NOW + 4 * DAY) / 1000)
        page.reload()
        see(page.get_by_role("button", name="Scan"))
        page.get_by_role("button", name="Scan").click()
        see(page.get_by_text("It is older than three days."))
        browser.close()
