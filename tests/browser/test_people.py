"""Joining, signing in and people's pages in a real Chromium with real passkeys, against a real server in this process."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Request, expect, sync_playwright
from sqlalchemy import update
from werkzeug.serving import make_server

from fieldapp import TOP
from fieldapp.accounts.models import LoginSession, Passkey, Person
from fieldapp.accounts.services import sessions
from fieldapp.core.clock import Clock
from fieldapp.core.db import write
from tests.browser.stage import AUTHENTICATOR, CHROMIUM, DESK, PHONE, QUIET
from tests.enrol import invite

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["spatialite"], indirect=True)]
AXE = TOP / "node_modules" / "axe-core" / "axe.min.js"
BROKEN = re.compile(r"Content Security Policy|TrustedHTML|TrustedScript|Refused to|Uncaught")
CHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"


@pytest.fixture
def clock() -> Clock:
    """The wall clock: a browser has no other."""
    return Clock()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://localhost:{server.server_port}"
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], public_url=url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield url
    server.shutdown()


class Stage:
    """Opens browsers with a passkey device each, and keeps what went wrong in them."""

    def __init__(self, app: Flask, chromium: Browser, address: str, clock: Clock) -> None:
        self.app, self.chromium, self.address, self.clock = app, chromium, address, clock
        self.contexts: list[BrowserContext] = []
        self.wrong: list[str] = []
        self.keyrings: dict[Page, tuple[CDPSession, list[str]]] = {}

    def open(self, size: dict[str, int], person: Person | None = None, **more: Any) -> Page:
        context = self.chromium.new_context(viewport=size, base_url=self.address, **more)
        self.contexts.append(context)
        if person:
            context.add_cookies([self.cookie(person)])
        page = context.new_page()
        page.on("console", lambda said: self.wrong.append(said.text) if BROKEN.search(said.text) else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", self.own)
        cdp = context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self.keyrings[page] = (cdp, [made["authenticatorId"]])
        return page

    def second_keyring(self, page: Page) -> None:
        """Another device with passkeys: from here on it is the one that answers, with a passkey of its own added beside the first."""
        cdp, mine = self.keyrings[page]
        made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, "transport": "usb"}})
        mine.append(made["authenticatorId"])
        page.goto("/me")
        page.get_by_role("button", name="Add a passkey").click()
        page.get_by_label("Name of the passkey").last.fill("Library computer")
        page.get_by_role("button", name="Make it").click()
        expect(page.locator(".twoline").filter(has_text="Library computer")).to_have_count(1)
        self.answers(page, first=False)

    def answers(self, page: Page, *, first: bool) -> None:
        """Which of two keyrings answers when a passkey is asked for."""
        cdp, keyrings = self.keyrings[page]
        for keyring, enabled in zip(keyrings, (first, not first), strict=True):
            cdp.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": keyring, "enabled": enabled})

    def own(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(request.url)

    def cookie(self, person: Person) -> Any:
        """The cookie of a session that began now."""
        client = self.app.test_client()
        with client.session_transaction(base_url="https://localhost") as jar:
            jar["_user_id"] = sessions.begin(person, self.clock.now(), label="Test")
            jar["_fresh"] = True
        made = client.get_cookie("__Host-fieldapp", domain="localhost", path="/")
        assert made is not None
        return {"name": made.key, "value": made.value, "url": "https://localhost", "secure": True, "httpOnly": True}


@pytest.fixture
def stage(app: Flask, chromium: Browser, address: str, clock: Clock) -> Iterator[Stage]:
    made = Stage(app, chromium, address, clock)
    yield made
    for context in made.contexts:
        context.close()
    assert made.wrong == []


@pytest.fixture
def north(make):
    return make.chapter("North", hotline="212-555-0142")


def join(page: Page, token: str, name: str = "Finch") -> None:
    page.goto(f"/enrol#{token}")
    page.get_by_label("Field name").fill(name)
    page.get_by_role("button", name="Make my passkey").click()


def faults(page: Page) -> list[str]:
    """What axe finds. Its source comes through the debugger, which the page's policy does not rule."""
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = page.evaluate("() => axe.run()")
    assert found["passes"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:100]}" for one in found["violations"]]


def test_a_newcomer_joins_by_a_link_and_signs_in_again(stage, make, clock, north):
    page = stage.open(PHONE)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    token = invite(north, clock)
    join(page, token)
    page.wait_for_url(f"{stage.address}/**", wait_until="commit")
    expect(page.locator("fa-app")).to_be_attached()
    finish = next(one for one in sent if one.url.endswith("/enrol/finish"))
    assert json.loads(finish.post_data or "")["credential"]["clientExtensionResults"] == {}
    assert not any(token in one.url for one in sent)
    page.goto("/me")
    expect(page.get_by_role("heading", level=1)).to_have_text("Finch")
    assert [row.name for row in make.all(Passkey)] == ["Linux"]


@pytest.mark.parametrize("by", ["autofill", "button"])
def test_a_person_signs_in_again(stage, clock, north, by):
    page = stage.open(PHONE)
    if by == "button":
        page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    join(page, invite(north, clock))
    expect(page.locator("fa-app")).to_be_attached()
    page.goto("/me")
    page.get_by_role("button", name="Sign out").click()
    if by == "button":
        expect(page).to_have_url(re.compile("/sign-in$"))
        page.goto("/me")
        expect(page).to_have_url(re.compile("/sign-in.next="))
        page.get_by_role("button", name="Sign in").click(no_wait_after=True)
        expect(page.get_by_role("heading", level=1)).to_have_text("Finch")
    else:
        expect(page.locator("fa-app")).to_be_attached()


def test_the_token_leaves_the_address_bar_and_survives_the_other_language(stage, clock, north):
    page = stage.open(PHONE)
    page.goto(f"/enrol#{invite(north, clock)}")
    page.wait_for_function("() => location.hash === ''")
    page.get_by_role("button", name="Español").click()
    page.get_by_label("Nombre de campo").fill("Garza")
    page.get_by_role("button", name="Crear mi llave").click()
    expect(page.locator("fa-app")).to_be_attached()


def test_a_refusal_is_said_in_words_and_nothing_is_lost(stage, clock, make, north):
    make.person(north, field_name="Finch")
    page = stage.open(PHONE)
    join(page, invite(north, clock))
    expect(page.get_by_role("alert")).to_contain_text("Somebody in your chapter has this name")
    page.get_by_label("Field name").fill("Heron")
    page.get_by_role("button", name="Make my passkey").click()
    expect(page.locator("fa-app")).to_be_attached()


def test_a_chats_viewer_is_told_what_to_open_and_keeps_the_link_whole(stage, clock, north):
    page = stage.open(PHONE, user_agent=CHAT)
    token = invite(north, clock)
    page.goto(f"/enrol#{token}")
    expect(page.locator("[data-warn=viewer]")).to_be_visible()
    assert page.url.endswith(token)


def test_what_needs_a_fresh_proof_asks_for_the_passkey_and_goes_on(stage, make, clock, north):
    page = stage.open(DESK)
    join(page, invite(north, clock, "admin"), "Ash")
    page.wait_for_url("**/coverage**")
    finch = make.person(north, field_name="Finch")
    with write() as session:
        session.execute(update(LoginSession).values(step_up_until=0))
    page.goto(f"/people/{finch.id}")
    page.get_by_label("Give a role").select_option("trainer")
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("The role holds from now on")
    expect(page.locator(".twoline").filter(has_text="Trainer")).to_have_count(1)


def test_a_second_passkey_is_added_by_its_name(stage, make, clock, north):
    page = stage.open(DESK)
    join(page, invite(north, clock))
    expect(page).not_to_have_url(re.compile("enrol"))
    stage.second_keyring(page)


def test_the_page_with_the_link_says_when_it_was_used(stage, make, clock, north):
    page = stage.open(DESK, make.person(north, "coordinator", field_name="Juniper"))
    page.goto("/people/invites")
    page.keyboard.press("i")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Link, works once").input_value()
    expect(page.get_by_text("Not used yet")).to_be_visible()
    phone = stage.open(PHONE)
    join(phone, link.split("#")[1])
    expect(phone.locator("fa-app")).to_be_attached()
    expect(page.get_by_text("Used: they have joined")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_is_clean_for_everybody(stage, make, clock, north, size, scheme):
    make.chapter("Pod", north)
    admin = make.person(north, "admin", "coordinator", field_name="Ash")
    finch = make.person(north, field_name="Finch")
    invite(north, clock, note="met at the door")
    page = stage.open(size, admin, color_scheme=scheme, locale="es-US")
    paths = ["/me", "/people", "/people/invites", f"/people/{finch.id}", "/chapters", f"/chapters/{north.id}"]
    found = {path: look(page, path) for path in paths}
    stranger = stage.open(size, color_scheme=scheme)
    found |= {path: look(stranger, path) for path in ("/sign-in", "/enrol", "/lost")}
    assert found == {path: ([], True) for path in found}


def look(page: Page, path: str) -> tuple[list[str], bool]:
    """What axe finds on a page, and whether it fits the width."""
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return faults(page), page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
