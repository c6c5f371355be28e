"""The people of a story: each with a browser of their own, a passkey device, and the few things that they do on pages."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Playwright, Response, expect

from tests.browser.stage import Person, until
from tests.pushservice import Browser, b64u

PATIENCE = 30_000  # ms: a machine of two cores may be busy with something else
# Headless Chromium has no push service of its own: the subscription is the test's, all around it is the product's.
SUBSCRIBES = """(() => {
  const said = %s;
  let kept = null;
  const subscription = { endpoint: said.endpoint, toJSON: () => said, unsubscribe: async () => { kept = null; return true; } };
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    globalThis.subscribedFor = btoa(String.fromCharCode(...applicationServerKey));
    return (kept = subscription);
  };
  PushManager.prototype.getSubscription = async () => kept;
})();"""
SHOWN = """async () => {
  const shown = await (await navigator.serviceWorker.ready).getNotifications();
  return shown.map(({ title, body, data }) => ({ title, body, data }));
}"""
# Only a real finger on a real notification may open a window: what the worker wants to open is noted instead.
CLICKED = """async () => {
  const asked = new Promise((resolve) => { self.clients.openWindow = async (url) => void resolve(url); });
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  return asked;
}"""
KEPT = """async () => {
  const open = indexedDB.open("fieldapp-outbox");
  const db = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const keys = db.transaction("items").objectStore("items").getAllKeys();
  return new Promise((done) => (keys.onsuccess = () => { db.close(); done(keys.result); }));
}"""


def see(what: Locator) -> Locator:
    """Wait until it is on the screen; when it never is, say first what an open dialog or a notice says instead."""
    try:
        expect(what).to_be_visible(timeout=PATIENCE)
    except AssertionError as error:
        says = what.page.locator("dialog[open], [role=alert], .note").all_inner_texts()
        raise AssertionError(f"instead, the page says: {says}\n{error}") from error
    return what


class Member(Person):
    """One of the story's people. What goes wrong in their pages is kept in ``problems``."""

    def __init__(self, playwright: Playwright, home: Path, url: str, name: str, **options: Any) -> None:
        self.name = name
        super().__init__(playwright, home / name, url, **options)

    def open(self, *, offline: bool = False) -> None:
        """Open the browser; faults in scripts and answers of 500 and above are problems too."""
        super().open(offline=offline)
        self.context.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("response", self._answered)

    def _answered(self, answer: Response) -> None:
        if answer.status >= 500:
            self.problems.append(f"{answer.status} from {answer.url}")

    def join(self, link: str) -> None:
        """Use an invite: a field name, then a passkey."""
        self.page.goto(link)
        self.page.get_by_label("Field name").fill(self.name)
        self.page.get_by_role("button", name="Make my passkey").click()
        self.page.wait_for_url(lambda url: "/enrol" not in url)

    def invite(self, role: str) -> str:
        """Make an invite for one role; the link that the page shows once."""
        self.page.goto("/people")
        self.page.get_by_role("button", name=re.compile("^Invite")).click()
        dialog = self.page.get_by_role("dialog", name="Invite one person")
        dialog.get_by_role("checkbox", name="Volunteer").uncheck()
        dialog.get_by_role("checkbox", name=role, exact=True).check()
        dialog.get_by_role("button", name="Make the link").click()
        return self.page.get_by_label("Link, works once").input_value()

    def be_told(self, push: Browser) -> str:
        """Turn on "This browser tells me"; pushes go to ``push``. The key (base64url) that alone may send them (RFC 8292)."""
        self.context.add_init_script(SUBSCRIBES % json.dumps(push.subscription))
        self.page.goto("/alerts")
        self.page.get_by_role("button", name="Tell me in this browser").click()
        see(self.page.get_by_text("On: alerts reach you here."))
        return b64u(base64.b64decode(self.page.evaluate("() => globalThis.subscribedFor")))

    def receive(self, data: str) -> list[dict[str, Any]]:
        """The browser's push client hands these bytes to the service worker; the notifications that are shown then."""
        known: list[str] = []
        self.cdp.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: known.extend(one["registrationId"] for one in told["registrations"] if not one["isDeleted"]),
        )
        self.cdp.send("ServiceWorker.enable")
        self.page.evaluate("async () => void (await navigator.serviceWorker.ready)")
        with until(PATIENCE / 1000, "the browser names its worker") as ok:
            while not ok(known):
                self.page.evaluate("() => 0")  # events come in while something is asked
        push = {"origin": self.url, "registrationId": known[-1], "data": data}
        self.cdp.send("ServiceWorker.deliverPushMessage", push)
        shown: list[dict[str, Any]] = []
        with until(PATIENCE / 1000, "a notification is shown") as ok:
            while not ok(shown):
                shown = self.page.evaluate(SHOWN)
        return shown

    def tap_notification(self) -> str:
        """Tap the notification that is shown; the address that the service worker opens."""
        return str(self.context.service_workers[0].evaluate(CLICKED))

    def outbox(self) -> list[str]:
        """Ids of all that this phone has saved as records."""
        return list(self.page.evaluate(KEPT))


def strip(page: Page) -> Locator:
    """The phone's outbox in one line."""
    return page.locator(".strip")
