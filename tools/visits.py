"""A demo installation that stands only while it is looked at, and its people, each signed in with a virtual passkey."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from playwright.sync_api import BrowserContext, Page, Playwright

from fieldapp import create_app
from fieldapp.config import from_environment
from fieldapp.core.clock import Clock
from fieldapp.core.db import db
from fieldapp.ops import demo
from tests.browser.stage import AUTHENTICATOR, CHROMIUM, DESK, PHONE, QUIET, Installation

SIZES = {"phone": PHONE, "desk": DESK}


@dataclass(frozen=True)
class Stop:
    """One page of one role. ``find``: a link to follow from ``path`` (a CSS selector; several with " => " between), for pages
    whose address is made by the demo."""

    role: str
    name: str
    path: str
    find: str = ""


STOPS = (
    Stop("volunteer", "today", "/#/today"),
    Stop("volunteer", "shifts", "/#/shifts"),
    Stop("volunteer", "suits", "/#/suits"),
    Stop("volunteer", "write", "/#/write"),
    Stop("volunteer", "from-paper", "/#/paper"),
    Stop("volunteer", "sheets", "/#/paper/sheets"),
    Stop("volunteer", "family", "/#/family"),
    Stop("volunteer", "court", "/#/court"),
    Stop("volunteer", "guide", "/#/guide"),
    Stop("volunteer", "guide-page", "/#/guide/rights"),
    Stop("volunteer", "card", "/#/card"),
    Stop("volunteer", "card-arabic", "/#/card/ar"),
    Stop("volunteer", "outbox", "/#/outbox"),
    Stop("volunteer", "you", "/#/you"),
    Stop("volunteer", "look", "/#/look"),
    Stop("volunteer", "calendar", "/#/calendar"),
    Stop("volunteer", "hours", "/#/hours"),
    Stop("volunteer", "certificate", "/#/certificate"),
    Stop("volunteer", "check", "/#/check"),
    Stop("volunteer", "what-we-sent", "/#/copies"),
    Stop("volunteer", "lock", "/#/lock"),
    Stop("volunteer", "remove", "/#/remove"),
    Stop("volunteer", "install", "/#/install"),
    Stop("volunteer", "sign-in", "/#/in"),
    Stop("volunteer", "my-shifts", "/shifts/mine"),
    Stop("volunteer", "my-preferences", "/shifts/preferences"),
    Stop("volunteer", "my-calendar", "/shifts/calendar"),
    Stop("volunteer", "my-quiet-hours", "/me/quiet-hours"),
    Stop("volunteer", "my-training", "/training/mine"),
    Stop("volunteer", "me", "/me"),
    Stop("volunteer", "my-words", "/me/words"),
    Stop("volunteer", "my-alerts", "/alerts/mine"),
    Stop("coordinator", "coverage", "/coverage"),
    Stop("coordinator", "coverage-table", "/coverage?view=table"),
    Stop("coordinator", "coverage-plan", "/coverage/plan"),
    Stop("coordinator", "coverage-history", "/coverage/history"),
    Stop("coordinator", "coverage-partners", "/coverage/partners?label=Legal+aid&preview=1"),
    Stop("coordinator", "shifts", "/shifts"),
    Stop("coordinator", "shifts-at-risk", "/shifts/at-risk"),
    Stop(
        "coordinator",
        "shift",
        "/shifts",
        "main th[scope='row'] a[href^='/shifts/']",
    ),
    Stop("coordinator", "shift-new", "/shifts/new"),
    Stop("coordinator", "overdue-care", "/shifts/care"),
    Stop("coordinator", "files", "/shifts/files"),
    Stop("coordinator", "series", "/shifts/series"),
    Stop("coordinator", "day", "/shifts/day"),
    Stop("coordinator", "day-sheet", "/shifts/day/sheet"),
    Stop("coordinator", "days-off", "/shifts/closures"),
    Stop("coordinator", "rotas", "/shifts/rotas"),
    Stop("coordinator", "series-change", "/shifts/series", "main td.act a[href*='/edit']"),
    Stop("coordinator", "paper", "/paper"),
    Stop("coordinator", "alerts", "/alerts"),
    Stop("coordinator", "alert-second", "/alerts", "main [data-row]:has(.ref):nth-of-type(1) a.al-t"),
    Stop("coordinator", "alerts-wall", "/alerts/wall"),
    Stop("coordinator", "alerts-past", "/alerts/past"),
    Stop("coordinator", "alert-rules", "/alerts/rules"),
    Stop("coordinator", "hotline-call", "/alerts/new"),
    Stop("coordinator", "alert-reach", "/alerts/reach"),
    Stop("coordinator", "places", "/places"),
    Stop("coordinator", "place", "/places", "main [data-row] a[href^='/places/']"),
    Stop("coordinator", "needs", "/coverage", "main a[href$='/needs']"),
    Stop("coordinator", "places-import", "/places/import"),
    Stop("coordinator", "people", "/people"),
    Stop("coordinator", "person", "/people", "main a[href^='/people/']:not([href*='invites'])"),
    Stop("coordinator", "invites", "/people/invites"),
    Stop("coordinator", "hand-in", "/hand-in"),
    Stop("coordinator", "guides", "/guides/edit"),
    Stop("coordinator", "guide-edit", "/guides/edit", "main [data-row] th a[href^='/guides/edit/']"),
    Stop("coordinator", "guide-new", "/guides/edit/new"),
    Stop("coordinator", "rights-card", "/guides/edit/card"),
    Stop("coordinator", "partner-asks", "/partners/asks"),
    Stop("coordinator", "partner-ask", "/partners/asks", "main [data-row] a[href^='/partners/asks/']"),
    Stop("coordinator", "partners", "/partners"),
    Stop("coordinator", "pods", "/pods"),
    Stop("coordinator", "pod", "/pods", "main [data-row] a[href^='/pods/']"),
    Stop("coordinator", "pod-new", "/pods/new"),
    Stop("coordinator", "moves", "/people/moves"),
    Stop("partner", "ask", "/ask"),
    Stop("partner", "sighting", "/ask/sighting"),
    Stop("partner", "me", "/me"),
    Stop("trainer", "training", "/training"),
    Stop("trainer", "session", "/training", "main a[href^='/training/sessions/']"),
    Stop("trainer", "course", "/training", "main a[href^='/training/courses/']:not([href*='new'])"),
    Stop("volunteer", "conduct", "/training/conduct"),
    Stop("volunteer", "quiz", "/training/mine", "main a[href$='/quiz']"),
    Stop("coordinator", "conduct", "/training/conduct/edit"),
    Stop("coordinator", "newcomers", "/training/newcomers"),
    Stop("coordinator", "shadows", "/training/newcomers", "main a[href$='/shadows']"),
    Stop("trainer", "quiz-edit", "/training", "main a[href$='/quiz/edit']"),
    Stop("trainer", "session-new", "/training", "main a[href$='/session']"),
    Stop("trainer", "revoke", "/training/people", "tr:has(td .nowrap) a => main a[href$='/revoke']"),
    Stop("trainer", "newcomers", "/training/newcomers"),
    Stop("trainer", "certificates", "/training/people"),
    Stop("legal", "records", "/legal/"),
    Stop("legal", "box", "/legal/box"),
    Stop("legal", "family", "/legal/family"),
    Stop("admin", "chapters", "/chapters"),
    Stop("admin", "people", "/people"),
    Stop("", "sign-in", "/sign-in"),
    Stop("", "join", "/enrol"),
    Stop("", "lost", "/lost"),
    Stop("", "removed", "/removed"),
    Stop("", "notice", "/notice"),
    Stop("", "public-guides", "/guides"),
    Stop("", "public-guide", "/guides/rights"),
)


class Demo(Installation):
    """A demo installation in a folder of its own."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, DEMO="1")
        settings = from_environment(self.env)
        app = create_app(settings)
        now = Clock().now()
        with app.app_context():
            upgrade()
            demo.seed(settings, now)
            self.links = {link.role: link.url for link in demo.links(now, self.url)}
            db.session.remove()
            db.engine.dispose()


@contextlib.contextmanager
def demo_installation() -> Iterator[Demo]:
    """A demo that serves until the block ends; nothing of it stays."""
    home = Path(tempfile.mkdtemp(prefix="fieldapp-demo-"))
    made = Demo(home)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(home, ignore_errors=True)


def enter_app(page: Page, link: str) -> None:
    """Enrol by the demo's link in the phone's app."""
    page.goto("/#/join")
    page.get_by_label("Invite link").fill(link)
    name = page.get_by_label("Field name")
    if name.count() and name.is_visible():
        name.fill("Heron")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/#/today", timeout=60_000)


class Visitor:
    """One of the demo's people at a browser, with a virtual passkey device. Role "" is somebody who is not signed in."""

    def __init__(self, playwright: Playwright, site: Demo, role: str, *, headless: bool = True, **options: Any) -> None:
        self.role = role
        self.browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            headless=headless,
            args=[*(a for a in QUIET if a != "--disable-gpu"), *options.pop("args", ())],
        )
        size = options.pop("viewport", PHONE if role in {"", "volunteer"} else DESK)
        self.context: BrowserContext = self.browser.new_context(
            base_url=site.url, viewport=size, permissions=["notifications"], **options
        )
        self.page: Page = self.context.new_page()
        cdp = self.context.new_cdp_session(self.page)
        cdp.send("WebAuthn.enable")
        cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        if role:
            self._enter(site.links[role], app=role == "volunteer")

    def _enter(self, link: str, *, app: bool) -> None:
        """Enrol by the demo's link: in the phone's app, or at the desk."""
        if app:
            enter_app(self.page, link)
            return
        self.page.goto(link)
        name = self.page.locator("#field_name")
        self.page.locator("[data-enrol] button[type=submit]").wait_for()
        if name.is_visible():
            name.fill("Demo")
        self.page.locator("[data-enrol] button[type=submit]").click()
        self.page.wait_for_url(lambda url: "/enrol" not in url, timeout=60_000)

    def go(self, stop: Stop) -> None:
        """Open a page and wait until it stands still."""
        self.page.goto(stop.path)
        for link in filter(None, stop.find.split(" => ")):
            target = self.page.locator(link).first.get_attribute("href")
            self.page.goto(str(target))
        self.page.wait_for_load_state("load")
        self.page.evaluate("() => document.fonts.ready.then(() => true)")
        if self.page.locator("[data-map], .map").count():
            self.page.wait_for_timeout(2_000)  # shapes are drawn after they are fetched; only a picture needs them

    def close(self) -> None:
        """Close the browser."""
        self.browser.close()
