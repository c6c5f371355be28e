"""A phone whose person's own things open with their passkey only: cold and offline, with another passkey, and with one that cannot lock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from fieldapp.core.clock import to_datetime
from tests.browser.cast import PATIENCE, see
from tests.browser.scene import NOW, Scene, join
from tests.browser.stage import PHONE, Person

pytestmark = pytest.mark.browser
LOCKED = "Your shifts, roster and drafts open with your passkey."

# What a copy of the storage gives up to whoever can use the keys that lie in it: the personal half, and drafts.
OPENED = """async () => {
  const all = async (name, store) => {
    const open = indexedDB.open(name);
    const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
    const [keys, values] = ["getAllKeys", "getAll"].map((how) => base.transaction(store).objectStore(store)[how]());
    await new Promise((done) => (values.onsuccess = done));
    base.close();
    return keys.result.map((key, i) => [key, values.result[i]]);
  };
  const text = async (key, label, { iv, ct }) => {
    const how = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(label) };
    return new TextDecoder().decode(await crypto.subtle.decrypt(how, key, ct));
  };
  const kept = Object.fromEntries(await all("fieldapp-phone", "kept"));
  const meta = Object.fromEntries(await all("fieldapp-outbox", "meta"));
  const found = {};
  if (kept.personal) found.personal = await text(kept.key, "personal", kept.personal).catch(() => null);
  for (const [id, row] of await all("fieldapp-outbox", "drafts")) {
    if (row.ct) found[row.by] = await text(meta.vault?.key, `draft ${id}`, row).catch(() => null);
  }
  const keys = [kept, meta].flatMap((one) => Object.values(one)).flatMap((one) => [one, one?.key]);
  found.extractable = keys.some((one) => one instanceof CryptoKey && one.extractable);
  return found;
}"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


class Phone(Person):
    """Juniper's phone; its page's clock stands still, as the server's does."""

    def open(self, *, offline: bool = False) -> None:
        super().open(offline=offline)
        self.context.set_default_timeout(PATIENCE)
        self.page.clock.set_fixed_time(to_datetime(NOW))

    def enrol(self, scene: Scene) -> str:
        """Join in the app, with two shifts ahead."""
        person = join(self.page, scene)
        with scene.app.app_context():
            scene.take(person)
        self.page.evaluate("async () => void (await navigator.serviceWorker.ready)")
        self.page.reload()
        see(self.page.get_by_role("button", name="I'm here"))
        self.page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")
        return person

    def reopen(self, *, offline: bool = True) -> None:
        """Closed and opened again from cold."""
        self.kill()
        self.open(offline=offline)
        self.page.goto("/")

    def lose_passkeys(self) -> None:
        """The device no longer has them: nothing answers when the app asks."""
        self.keep_passkeys()
        self.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.authenticator})

    def find_passkeys(self) -> None:
        """They are there again."""
        for one in self.credentials:
            self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.authenticator, "credential": one})


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    (tmp_path / "scene").mkdir()
    made = Scene(tmp_path / "scene")
    yield made
    made.server.shutdown()


@pytest.fixture
def phone(playwright: Playwright, scene: Scene, tmp_path: Path) -> Iterator[Phone]:
    made = Phone(playwright, tmp_path / "phone", scene.url, viewport=PHONE)
    yield made
    assert made.problems == []
    made.close()


def draft_a_session(page: Page, note: str) -> None:
    """Begin a court session and leave it unfinished."""
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_label("Note").fill(note)
    page.goto("/#/write")
    see(page.get_by_role("link", name="Court session"))


def test_what_is_ones_own_is_locked_after_a_cold_start_and_opens_offline_with_the_passkey(
    phone: Phone, scene: Scene
) -> None:
    phone.enrol(scene)
    draft_a_session(phone.page, "Quokka")
    assert phone.page.evaluate(OPENED) == {"personal": None, "passkey": None, "extractable": False}

    phone.page.reload()
    see(phone.page.get_by_role("link", name="Court session"))
    expect(phone.page.get_by_text("Locked", exact=True)).to_have_count(0)

    phone.reopen()
    page = phone.page
    see(page.get_by_text(LOCKED))
    expect(page.get_by_text("Federal Plaza")).to_have_count(0)
    expect(page.get_by_text("Maple")).to_have_count(0)
    page.goto("/#/write")
    see(page.get_by_text("1 is locked. It opens with your passkey."))
    page.goto("/#/alert")
    page.get_by_role("button", name="Immigration Court 26 Federal").click()
    see(page.get_by_role("button", name="I need help"))
    page.keyboard.press("Escape")

    page.goto("/#/today")
    phone.lose_passkeys()
    page.get_by_role("button", name="Unlock").click()
    see(page.get_by_text("The passkey was not used. All of it is still here, locked."))
    phone.find_passkeys()
    page.get_by_role("button", name="Unlock").click()
    see(page.get_by_role("button", name="I'm here"))
    page.goto("/#/write")
    see(page.get_by_role("link", name="Court session"))
