"""A phone whose person's own things open with their passkey only: cold and offline, with another passkey, and with one that cannot lock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, Request, Route, expect, sync_playwright

from fieldapp.accounts.models import Person as Member
from fieldapp.accounts.services import people
from fieldapp.core.clock import to_datetime
from fieldapp.core.db import write
from fieldapp.records.services import witnesses
from tests.browser.cast import PATIENCE, see, strip
from tests.browser.scene import NOW, Scene, join
from tests.browser.stage import AUTHENTICATOR, DESK, PHONE, Person, until
from tests.browser.test_field import KEPT, violations
from tests.enrol import invite
from tests.pushservice import b64u

pytestmark = pytest.mark.browser
LOCKED = "Your shifts, roster and drafts open with your passkey."

# What a copy of the storage gives up to whoever can use every key that lies anywhere in it: the personal half, and drafts.
OPENED = """async () => {
  const rows = [];
  for (const { name } of await indexedDB.databases()) {
    const open = indexedDB.open(name);
    const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
    for (const store of base.objectStoreNames) {
      const [keys, values] = ["getAllKeys", "getAll"].map((how) => base.transaction(store).objectStore(store)[how]());
      await new Promise((done) => (values.onsuccess = done));
      keys.result.forEach((key, i) => rows.push({ store, key, value: values.result[i] }));
    }
    base.close();
  }
  const within = (one) => (one instanceof CryptoKey ? [one] : one && typeof one === "object" ? Object.values(one).flatMap(within) : []);
  const keys = rows.flatMap(({ value }) => within(value));
  const text = async (label, { iv, ct }) => {
    const how = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(label) };
    for (const key of keys.filter((one) => one.usages.includes("decrypt"))) {
      const found = await crypto.subtle.decrypt(how, key, ct).catch(() => null);
      if (found) return new TextDecoder().decode(found);
    }
    return null;
  };
  const found = { extractable: keys.some((one) => one.extractable && one.type !== "public"), elsewhere: localStorage.length };
  for (const { store, key, value } of rows) {
    if (store === "kept" && key === "personal") found.personal = await text("personal", value);
    if (store === "drafts" && value.ct) found[value.by] = await text(`draft ${key}`, value);
  }
  return found;
}"""
NOTHING = {"personal": None, "extractable": False, "elsewhere": 0}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


class Phone(Person):
    """A volunteer's phone; its page's clock stands still, as the server's does. ``posted``: what it has sent."""

    posted: list[tuple[str, str]]

    def open(self, *, offline: bool = False) -> None:
        super().open(offline=offline)
        self.posted = []
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", self._posted)
        self.page.clock.set_fixed_time(to_datetime(NOW))

    def _posted(self, request: Request) -> None:
        if request.method != "GET":
            self.posted.append((request.url.removeprefix(self.url), request.post_data or ""))

    def enrol(self, scene: Scene, name: str = "Juniper") -> str:
        """Join in the app, with two shifts ahead."""
        person = join(self.page, scene, name)
        with scene.app.app_context():
            scene.take(person)
        self.page.evaluate("async () => void (await navigator.serviceWorker.ready)")
        self.page.reload()
        see(self.page.get_by_role("button", name="I'm here"))
        self.page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")
        return person

    def reopen(self, *, offline: bool = True) -> Page:
        """Closed and opened again from cold."""
        self.kill()
        self.open(offline=offline)
        self.page.goto("/")
        return self.page

    def put_away(self) -> None:
        """The browser is closed, as its person does it; the passkeys are for the next one."""
        self.keep_passkeys()
        self.close()

    def put_down(self) -> Page:
        """The app is closed, and then its service worker, which has its key; the devices stay plugged in."""
        known: dict[str, str] = {}

        def told(versions: dict[str, Any]) -> None:
            known.update({one["versionId"]: one["runningStatus"] for one in versions["versions"]})

        self.page.goto("about:blank")
        for worker in self.context.service_workers:  # what the page posted last comes before this
            worker.evaluate("() => new Promise((done) => setTimeout(done))")
        self.cdp.on("ServiceWorker.workerVersionUpdated", told)
        self.cdp.send("ServiceWorker.enable")
        with until(PATIENCE / 1000, "the service worker has ended") as ok:
            while not ok(known and set(known.values()) == {"stopped"}):
                self.cdp.send("ServiceWorker.stopAllWorkers")  # again: it starts anew for what was still on its way
                self.page.wait_for_timeout(200)
        self.cdp.send("ServiceWorker.disable")
        self.page.goto("/")
        return self.page

    def touch(self, device: str, *, touched: bool = True) -> None:
        """Whether the person touches this device when it asks."""
        self.cdp.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": touched})

    def sign_in(self) -> None:
        """In the app."""
        self.page.goto("/#/in")
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/#/today")

    def lose_passkeys(self) -> None:
        """The device no longer has them: nothing answers when the app asks."""
        self.keep_passkeys()
        self.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.authenticator})

    def find_passkeys(self) -> None:
        """They are there again."""
        for one in self.credentials:
            self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.authenticator, "credential": one})

    def another_passkey(self) -> str:
        """One more passkey, on a key ring; from now on the phone's own is not touched."""
        options = {**AUTHENTICATOR, "transport": "usb"}
        made = str(self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"])
        self.page.goto("/me")
        self.page.get_by_role("button", name="Add a passkey").click()
        self.page.get_by_label("Name of the passkey").last.fill("Key ring")
        self.page.get_by_role("button", name="Make it").click()
        see(self.page.locator(".twoline").filter(has_text="Key ring"))
        self.touch(self.authenticator, touched=False)
        return made


class PlainPhone(Phone):
    """Its passkeys have no PRF."""

    device = {**AUTHENTICATOR, "hasPrf": False}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    (tmp_path / "scene").mkdir()
    made = Scene(tmp_path / "scene")
    yield made
    made.server.shutdown()


@pytest.fixture
def phone(request: pytest.FixtureRequest, playwright: Playwright, scene: Scene, tmp_path: Path) -> Iterator[Phone]:
    kind = getattr(request, "param", Phone)
    made: Phone = kind(playwright, tmp_path / "phone", scene.url, viewport=PHONE)
    yield made
    assert made.problems == []
    made.close()


def draft_a_session(page: Page, note: str, *, elsewhere: bool = False) -> None:
    """Begin a court session and leave it unfinished; ``elsewhere``: no shift says where."""
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").last.click()
    if elsewhere:
        page.get_by_role("button", name="Immigration Court 26 Federal").click()
        page.get_by_role("button", name="Write", exact=True).click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_label("Note").fill(note)
    page.goto("/#/write")
    see(page.get_by_role("link", name="Court session"))


def unlock(page: Page) -> None:
    """Tap Unlock; the passkey answers by itself."""
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("button", name="Unlock")).to_have_count(0, timeout=PATIENCE)


def test_what_is_ones_own_is_locked_after_a_cold_start_and_opens_offline_with_the_passkey(
    phone: Phone, scene: Scene
) -> None:
    phone.enrol(scene)
    draft_a_session(phone.page, "Quokka")
    assert phone.page.evaluate(OPENED) == {**NOTHING, "passkey": None}

    page = phone.reopen()
    see(page.get_by_text(LOCKED))
    expect(page.get_by_text("Federal Plaza")).to_have_count(0)
    expect(page.get_by_text("Maple")).to_have_count(0)
    page.goto("/#/shifts")
    see(page.get_by_text(LOCKED))
    page.goto("/#/write")
    see(page.get_by_text("1 is locked. It opens with your passkey."))

    phone.lose_passkeys()
    page.get_by_role("button", name="Unlock").click()
    see(page.get_by_text("The passkey was not used. All of it is still here, locked."))
    phone.find_passkeys()
    unlock(page)
    page.get_by_role("link", name="Court session").click()
    expect(page.get_by_label("Note")).to_have_value("Quokka")
    page.goto("/#/today")
    see(page.get_by_role("button", name="I'm here"))
    see(page.get_by_text("Maple"))


def test_writing_alerts_and_the_guide_go_on_while_locked(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    page = phone.reopen()
    draft_a_session(page, "Papaya", elsewhere=True)
    page.get_by_role("link", name="Court session").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Save").click()
    see(page.get_by_role("button", name="Write case 1"))
    page.get_by_role("link", name="Back to Write").click()
    expect(strip(page)).to_contain_text("1 saved on this phone")
    page.goto("/#/guide")
    see(page.get_by_role("link", name="Your rights"))
    page.goto("/#/alert")
    page.get_by_role("button", name="I need help").click()
    page.get_by_role("button", name="Tap again to send").click()
    see(page.get_by_role("heading", name="NOT SENT"))
    phone.context.set_offline(False)
    see(page.get_by_role("heading", name="Sent, waiting for somebody"))
    page.goto("/#/today")
    expect(strip(page)).to_contain_text("All received", timeout=PATIENCE)
    see(page.get_by_text(LOCKED))
    asked = page.evaluate("() => performance.getEntriesByType('resource').map((one) => one.name)")
    assert [one for one in asked if one.endswith("/api/v1/field")] == []


def test_a_locked_phone_speaks_its_persons_language(phone: Phone, scene: Scene) -> None:
    person = phone.enrol(scene)
    with scene.app.app_context(), write() as session:
        session.get_one(Member, person).lang = "es"
        people.touch(session, person)
    phone.page.reload()
    see(phone.page.get_by_role("button", name="Ya llegué"))
    page = phone.reopen()
    see(page.get_by_role("button", name="Desbloquear"))


@pytest.mark.parametrize("lang", ["en", "es"])
def test_each_page_that_says_locked_is_clean_for_axe(phone: Phone, scene: Scene, lang: str) -> None:
    phone.enrol(scene)
    draft_a_session(phone.page, "Quokka")
    if lang == "es":
        phone.page.goto("/#/you")
        phone.page.get_by_role("radio", name="Español").click()
        phone.page.wait_for_function(f"async () => (await ({KEPT})()).includes('choice lang')")
    page = phone.put_down()
    phone.lose_passkeys()
    page.get_by_role("button", name={"en": "Unlock", "es": "Desbloquear"}[lang]).click()
    see(page.get_by_role("alert"))
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            for name in ("today", "shifts", "write", "you"):
                page.goto(f"/#/{name}")
                see(page.get_by_role("button", name={"en": "Unlock", "es": "Desbloquear"}[lang]))
                found += [f"{name} {scheme} {lang}: {one}" for one in violations(page)]
    assert found == []


def test_leaving_a_shift_never_needs_the_passkey(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    phone.page.get_by_role("button", name="I'm here").click()
    see(phone.page.get_by_text("You are here", exact=True))
    expect(strip(phone.page)).to_contain_text("All received", timeout=PATIENCE)
    page = phone.reopen()
    see(page.get_by_text(LOCKED))
    see(page.get_by_text("26 Federal Plaza"))
    expect(page.get_by_text("Maple")).to_have_count(0)
    page.get_by_role("radio", name="2:00 pm").click()
    see(page.get_by_text("Phone off until 2:00 pm EST. Said to your shift."))
    page.get_by_role("button", name="I'm out and OK").click()
    page.get_by_role("button", name="Fine").click()
    expect(page.get_by_text("You are out", exact=True)).to_have_count(0)
    expect(strip(page)).to_contain_text("3 saved on this phone")
    unlock(page)
    expect(page.get_by_role("region", name="Next shift")).to_contain_text("201 Varick Street")
    page.reload()
    expect(page.get_by_role("region", name="Next shift")).to_contain_text("201 Varick Street")


def test_a_reload_a_walk_to_the_desk_and_another_tab_do_not_ask_again(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    page = phone.put_down()
    unlock(page)
    phone.lose_passkeys()
    for there in ("/", "/me", "/"):
        page.goto(there)
    see(page.get_by_role("button", name="I'm here"))
    page.reload()
    see(page.get_by_role("button", name="I'm here"))
    other = phone.context.new_page()
    other.goto("/")
    other.clock.set_fixed_time(to_datetime(NOW))
    see(other.get_by_role("link", name="You: Juniper"))

    page.goto("/#/you")
    page.get_by_role("button", name="Lock", exact=True).click()
    for one in (page, other):
        see(one.get_by_text(LOCKED))
        expect(one.get_by_text("Maple")).to_have_count(0)
    page.reload()
    see(page.get_by_text(LOCKED))
    phone.find_passkeys()
    unlock(page)
    see(other.get_by_role("link", name="You: Juniper"))


def test_the_secret_of_the_passkey_is_never_sent(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    phone.page.goto("/#/you")
    phone.page.get_by_role("button", name="Sign out").click()
    see(phone.page.get_by_role("button", name="Stay signed in"))
    phone.page.get_by_role("button", name="Sign out").click()
    phone.page.wait_for_url("**/#/in")
    phone.sign_in()
    phone.context.clear_cookies()
    phone.page.goto("/sign-in")  # its autofill signs in at once
    phone.page.wait_for_url("**/")
    see(phone.page.get_by_role("button", name="I'm here"))
    sent = [body for path, body in phone.posted if path.endswith(("/enrol/finish", "/sign-in/finish"))]
    assert len(sent) == 3
    assert phone.prf
    for body in sent:
        assert json.loads(body)["credential"]["clientExtensionResults"] == {}
        assert "prf" not in body.lower()
    everything = "".join(path + body for path, body in phone.posted)
    for said in phone.prf.values():
        secret = bytes.fromhex(said)
        assert not [form for form in (said, b64u(secret), str(list(secret))) if form in everything]


@pytest.mark.parametrize("phone", [PlainPhone], indirect=True)
def test_a_passkey_without_a_prf_works_as_ever(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    draft_a_session(phone.page, "Quokka")
    page = phone.reopen()
    see(page.get_by_role("button", name="I'm here"))
    page.goto("/#/write")
    see(page.get_by_role("link", name="Court session"))
    phone.context.set_offline(False)
    page.goto("/#/you")
    page.get_by_role("button", name="Turn on", exact=True).click()
    see(page.get_by_text("This passkey cannot lock what is on the phone."))
    opened = page.evaluate(OPENED)
    assert "Federal" not in opened["personal"]
    assert json.loads(opened["personal"])["me"]["field_name"] == "Juniper"


def test_another_passkey_opens_it_too_once_it_was_used_while_unlocked(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    draft_a_session(phone.page, "Quokka")
    phone.another_passkey()
    phone.page.goto("/")
    phone.sign_in()
    page = phone.put_down()
    see(page.get_by_text(LOCKED))
    unlock(page)
    page.goto("/#/write")
    see(page.get_by_role("link", name="Court session"))


def test_another_passkey_alone_begins_anew_and_says_which_one_opens_the_rest(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    draft_a_session(phone.page, "Quokka")
    ring = phone.another_passkey()
    page = phone.put_down()
    see(page.get_by_text(LOCKED))
    phone.sign_in()
    see(page.get_by_role("button", name="I'm here"))
    page.goto("/#/write")
    see(page.get_by_text("1 opens only with another passkey of yours, last used here on Nov 23."))
    expect(page.get_by_role("link", name="Court session")).to_have_count(0)

    phone.touch(phone.authenticator)
    phone.touch(ring, touched=False)
    page.get_by_role("button", name="Use that passkey").click()
    see(page.get_by_role("link", name="Court session"))
    phone.touch(phone.authenticator, touched=False)
    phone.touch(ring)
    page = phone.put_down()
    unlock(page)
    page.goto("/#/write")
    see(page.get_by_role("link", name="Court session"))


def test_somebody_else_who_signs_in_opens_nothing_of_the_first(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    draft_a_session(phone.page, "Quokka")
    page = phone.page
    page.goto("/#/you")
    page.get_by_role("button", name="Sign out").click()
    see(page.get_by_text("1 form is not finished."))
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/#/in")
    phone.lose_passkeys()
    first = phone.credentials
    join(page, scene, "Hazel")
    page.goto("/#/write")
    see(page.get_by_role("heading", name="What is it?"))
    expect(page.get_by_text("Not finished")).to_have_count(0)
    opened = page.evaluate(OPENED)
    assert opened == {**NOTHING, "passkey": None}

    phone.lose_passkeys()
    phone.credentials = first
    phone.find_passkeys()
    phone.sign_in()
    page.goto("/#/write")
    see(page.get_by_role("link", name="Court session"))


WHAT_IS_HERE = """async () => {
  const open = indexedDB.open("fieldapp-outbox");
  const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const asked = base.transaction(["meta", "keys"]);
  const [person, keys] = [asked.objectStore("meta").get("person"), asked.objectStore("keys").getAll()];
  await new Promise((done) => (asked.oncomplete = done));
  base.close();
  return [person.result.id, keys.result.filter((one) => one.priv && one.person === person.result.id).length];
}"""


def test_an_answer_for_somebody_else_changes_nothing_until_a_passkey_or_a_tap(phone: Phone, scene: Scene) -> None:
    person = phone.enrol(scene)
    page = phone.page
    with scene.app.app_context():
        pod = scene.make.chapter("A pod of the server's own")
        scene.make.box(pod)
        told, home = witnesses.chains_along(pod.id), pod.id

    def renamed(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        somebody = {"id": "00000000-0000-4000-8000-00000000abcd", "chapter": home, "field_name": "Wren"}
        body["personal"]["me"] |= somebody
        body["public"] |= {"above": [], "boxes": told}
        route.fulfill(response=answer, json=body)

    before = page.evaluate(WHAT_IS_HERE)
    assert before[0] == person
    phone.context.route("**/api/v1/field*", renamed)
    page.reload()
    page.get_by_role("link", name="What to do").click()
    see(page.get_by_text("The server says that Wren is signed in here."))
    assert page.evaluate(WHAT_IS_HERE) == before

    page.get_by_role("button", name="Continue as Wren").click()
    page.wait_for_url("**/#/today")
    page.goto("/#/you")
    see(page.get_by_text("The legal team's box is new to this phone."))
    assert page.evaluate(WHAT_IS_HERE)[0] != person


def test_signing_in_as_somebody_else_on_a_page_of_this_phone_needs_no_second_word(phone: Phone, scene: Scene) -> None:
    phone.enrol(scene)
    phone.lose_passkeys()
    with scene.app.app_context():
        token = invite(scene.chapter, scene.clock)
    page = phone.page
    page.goto(f"/enrol#{token}")
    page.get_by_label("Field name").fill("Hazel")
    page.get_by_role("button", name="Make my passkey").click()
    see(page.get_by_text("Next comes your training"))
    see(page.get_by_role("link", name="You: Hazel"))


def test_joining_by_a_link_locks_as_joining_in_the_app_does(phone: Phone, scene: Scene) -> None:
    with scene.app.app_context():
        token = invite(scene.chapter, scene.clock)
    page = phone.page
    page.goto(f"/enrol#{token}")
    page.get_by_label("Field name").fill("Juniper")
    page.get_by_role("button", name="Make my passkey").click()
    see(page.get_by_text("Next comes your training"))
    assert page.evaluate(OPENED) == NOTHING
    page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")
    page = phone.reopen()
    see(page.get_by_text(LOCKED))
    unlock(page)
    see(page.get_by_text("Next comes your training"))
