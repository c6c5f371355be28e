"""The alert board and the page that a push opens, in a real Chromium against a real server in this process."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from fieldapp import TOP
from fieldapp.accounts.identity import actor_for
from fieldapp.accounts.models import Person
from fieldapp.accounts.services import sessions
from fieldapp.alerts.models import Alert, AlertAsk, Notice, PushSubscription
from fieldapp.alerts.services import answering, duty, sending, stages, verifying, worded
from fieldapp.core.clock import MINUTE, Clock
from fieldapp.core.db import db
from fieldapp.shifts.models import Preference
from tests.browser.stage import CHROMIUM, DESK, PHONE, QUIET
from tests.phones import Phone, phone_of
from tests.pushservice import PushService

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["spatialite"], indirect=True)]
AXE = TOP / "node_modules" / "axe-core" / "axe.min.js"
BROKEN = re.compile(r"Content Security Policy|TrustedHTML|TrustedScript|Refused to|Uncaught")
# Headless Chromium has no push service of its own: the subscription is the test's, all around it is the product's.
STUB = """(() => {
  const said = %s;
  const kept = (yes) => (yes ? localStorage.setItem("stub", "1") : localStorage.removeItem("stub"));
  const subscription = { endpoint: said.endpoint, toJSON: () => said, unsubscribe: async () => { kept(false); return true; } };
  PushManager.prototype.subscribe = async () => { kept(true); return subscription; };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem("stub") ? subscription : null);
})();"""


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
def service() -> Iterator[PushService]:
    with PushService() as made:
        yield made


@pytest.fixture
def address(app: Flask, service: PushService) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://localhost:{server.server_port}"
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], push_hosts=(service.origin,), public_url=url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield url
    server.shutdown()


class Desk:
    """Opens pages as a person, and keeps what went wrong in them."""

    def __init__(self, app: Flask, chromium: Browser, address: str, clock: Clock) -> None:
        self.app, self.chromium, self.address, self.clock = app, chromium, address, clock
        self.contexts: list[BrowserContext] = []
        self.wrong: list[str] = []

    def open(self, path: str, person: Person | None = None, size: dict[str, int] = DESK, **more: Any) -> Page:
        context = self.chromium.new_context(viewport=size, base_url=self.address, bypass_csp=False, **more)
        self.contexts.append(context)
        if person:
            context.add_cookies([self.cookie(person)])
        page = context.new_page()
        page.on("console", lambda said: self.wrong.append(said.text) if BROKEN.search(said.text) else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        if path:
            page.goto(path)
        return page

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
def desk(app: Flask, chromium: Browser, address: str, clock: Clock) -> Iterator[Desk]:
    made = Desk(app, chromium, address, clock)
    yield made
    for context in made.contexts:
        context.close()
    assert made.wrong == []


@pytest.fixture
def chapter(make):
    return make.chapter(hotline="212 555 0144")


@pytest.fixture
def juniper(make, chapter) -> Person:
    return make.person(chapter, "coordinator", field_name="Juniper")


@pytest.fixture
def volunteer(make, chapter) -> Phone:
    return phone_of(make, make.person(chapter, field_name="Sorrel"), chapter)


def faults(page: Page) -> list[str]:
    """What axe finds. Its source comes through the debugger, which the page's policy does not rule."""
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = page.evaluate("() => axe.run()")
    assert found["passes"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:100]}" for one in found["violations"]]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_board_is_clean_for_everybody(make, desk, chapter, juniper, volunteer, clock, size, scheme):
    volunteer.raise_alert("need_help", place=make.place(chapter).id, raised_at=clock.now() - 20 * MINUTE)
    page = desk.open("/alerts", juniper, size, color_scheme=scheme)
    expect(page.locator(".clock b").first).to_have_text(re.compile("left|over by"))
    assert faults(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_many_alerts_from_one_phone_are_one_row_with_the_others_under_it(make, desk, juniper, volunteer, size):
    alerts = [volunteer.raise_alert() for _ in range(8)]
    page = desk.open(f"/alerts/{alerts[4].id}", juniper, size)
    expect(page.get_by_role("heading", name="3 more told with it")).to_be_visible()
    expect(page.get_by_text("Place not given").first).to_be_attached()
    assert faults(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Alert 7", exact=True).click()
    expect(page.get_by_text("Not told by itself")).to_be_visible()


def test_the_board_follows_and_never_moves_rows_under_the_pointer(make, desk, juniper, volunteer):
    volunteer.raise_alert()
    page = desk.open("/alerts", juniper)
    volunteer.raise_alert("being_taken")
    expect(page.locator("[data-alert]")).to_have_count(2, timeout=15_000)
    expect(page.locator(".bar-nav .count")).to_have_text("2")
    page.locator(".al-group").first.hover()
    volunteer.raise_alert("need_help")
    expect(page.locator("[data-news]")).to_have_text("1 new: show", timeout=15_000)
    assert page.locator("[data-alert]").count() == 2
    page.locator("[data-news]").click()
    expect(page.locator("[data-alert]")).to_have_count(3)


def test_a_key_alone_answers_and_its_over_waits_for_enter(make, desk, juniper, volunteer):
    volunteer.raise_alert()
    page = desk.open("/alerts", juniper)
    page.keyboard.press("g")
    expect(page.locator(".did")).to_have_text("You have it")
    page.keyboard.press("o")
    assert make.all(Alert)[0].state == "got_it"
    page.keyboard.press("Enter")
    expect(page.locator(".did")).to_have_text(re.compile("Over since"))


def enrolled(desk: Desk, person: Person, service: PushService) -> tuple[Page, Any]:
    """A browser that was told of in the board, as its person does it."""
    push = service.subscribe()
    page = desk.open("", person, PHONE, permissions=["notifications"])
    page.add_init_script(STUB % json.dumps(push.subscription))
    page.goto("/alerts")
    page.get_by_role("button", name="Tell me in this browser").click()
    expect(page.get_by_text("On: alerts reach you here.")).to_be_visible(timeout=20_000)
    return page, push


def test_a_browser_that_tells_me_opens_the_notice_and_answers_it_without_a_session(
    make, desk, chapter, juniper, volunteer, service
):
    page, _ = enrolled(desk, juniper, service)
    place = make.place(chapter, "Immigration Court", address="26 Federal Plaza, New York")
    volunteer.raise_alert("being_taken", place=place.id)
    (notice,) = make.all(Notice)
    page.context.clear_cookies()
    page.goto(f"/notice#{notice.id}")
    expect(page.get_by_role("heading")).to_have_text("Someone is being taken")
    expect(page.get_by_text("26 Federal Plaza, New York")).to_be_visible()
    assert "Sorrel" not in page.content()
    assert faults(page) == []
    page.get_by_role("button", name="I've got it").click()
    expect(page.get_by_text("You have it")).to_be_visible(timeout=15_000)
    (alert,) = make.all(Alert)
    assert (alert.state, alert.got_it_by) == ("got_it", juniper.id)
    assert alert.got_it_lapses_at is not None
    expect(page.get_by_role("link", name="Sign in and keep it")).to_be_visible()


def test_what_a_push_opens_says_not_to_call_whoever_said_their_duress_word(
    make, desk, chapter, juniper, volunteer, service, clock
):
    page, _ = enrolled(desk, juniper, service)
    volunteer.raise_alert("need_help")
    hurt = make.person(chapter, field_name="Fern")
    shift = make.shift(make.place(chapter, "Immigration Court"))
    said = {"id": "said", "shift": shift.id, "person": hurt.id, "said": "duress"}
    worded.word_said(said, clock.now())
    page.context.clear_cookies()
    calls = page.get_by_text("Do not call or write to their phone")
    for notice in make.all(Notice):
        alert = db.session.get_one(Alert, notice.alert_id)
        page.goto("about:blank")
        page.goto(f"/notice#{notice.id}")
        expect(page.get_by_role("heading")).to_have_text("Somebody needs help")
        expect(calls).to_have_count(1 if alert.key == "word" else 0)
        assert faults(page) == []
    assert len(make.all(Notice)) == 2


def told_here(page: Page) -> bool:
    """Whether this browser still has its subscription."""
    return bool(page.evaluate("() => localStorage.getItem('stub')"))


def test_signing_out_on_a_page_ends_the_alerts_of_that_browser_and_says_so_before(make, desk, juniper, service):
    page, _ = enrolled(desk, juniper, service)
    page.reload()
    expect(page.get_by_text("On: alerts reach you here.")).to_be_visible()
    page.goto("/me")
    expect(page.get_by_text("Once you sign out they do not")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.wait_for_function("() => !localStorage.getItem('stub')")
    (subscription,) = make.all(PushSubscription)
    assert subscription.ended_at is not None


def test_signing_out_in_the_app_ends_the_alerts_of_that_phone_and_says_so_before(make, desk, juniper, service):
    page, _ = enrolled(desk, juniper, service)
    page.goto("/#/you")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Alerts will not reach you on this phone any more.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/#/in")
    assert not told_here(page)
    (subscription,) = make.all(PushSubscription)
    assert subscription.ended_at is not None


def test_signed_in_the_answer_stays_without_another_tap(make, desk, juniper, volunteer, service):
    page, _ = enrolled(desk, juniper, service)
    volunteer.raise_alert()
    (notice,) = make.all(Notice)
    page.goto(f"/notice#{notice.id}")
    page.get_by_role("button", name="I've got it").click()
    expect(page.get_by_text("It is yours until you say that it's over.")).to_be_visible(timeout=15_000)
    assert make.all(Alert)[0].got_it_lapses_at is None


def test_offline_the_answer_is_kept_called_not_sent_and_goes_by_itself(make, desk, juniper, volunteer, service):
    page, _ = enrolled(desk, juniper, service)
    volunteer.raise_alert()
    (notice,) = make.all(Notice)
    page.goto(f"/notice#{notice.id}")
    button = page.get_by_role("button", name="I've got it")
    expect(button).to_be_visible()
    page.context.set_offline(True)
    button.click()
    expect(page.get_by_text("NOT SENT")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("link", name="Call")).to_have_attribute("href", "tel:2125550144")
    assert make.all(Alert)[0].state == "raised"
    page.context.set_offline(False)
    expect(page.get_by_text("It is yours until you say that it's over.")).to_be_visible(timeout=30_000)


def test_a_notice_for_somebody_else_says_so_and_leads_to_the_sign_in(desk):
    page = desk.open("/notice#abcdef", size=PHONE, locale="es-MX")
    expect(page.get_by_role("heading")).to_have_text("Este mensaje no es para este aparato")
    assert faults(page) == []
    assert page.evaluate("() => document.documentElement.lang") == "es"


def test_one_of_a_pair_is_asked_goes_says_what_they_see_and_that_they_are_out(
    make, desk, chapter, juniper, service, clock
):
    page, _ = enrolled(desk, juniper, service)
    place = make.place(chapter, "26 Federal Plaza")
    make.certificate(juniper, make.course(chapter))
    make.keep(Preference(person_id=juniper.id, likes={"places": [place.id]}, never={}, at=clock.now()))
    finch = make.person(chapter, "coordinator", field_name="Finch")
    reporter = phone_of(make, make.person(chapter, field_name="Sorrel"), chapter)
    alert = reporter.raise_alert(place=place.id)
    verifying.ask_pair(actor_for(finch), alert.id, clock.now())
    notice = next(n for n in make.all(Notice) if n.what == "look")
    page.goto(f"/notice#{notice.id}")
    expect(page.get_by_role("heading", name="Can you look?")).to_be_visible()
    expect(page.get_by_text("Look from where anybody may stand")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="I'm going").click()
    page.get_by_role("button", name="I'm there").click()
    page.get_by_role("button", name="ICE is here").click()
    expect(page.get_by_text("Your dispatcher has it.")).to_be_visible()
    page.get_by_role("button", name="I'm well, still here").click()
    expect(page.get_by_role("button", name="I'm well, still here")).to_have_attribute("aria-disabled", "false")
    assert faults(page) == []
    page.get_by_role("button", name="I'm out and OK").click()
    expect(page.locator("footer").get_by_text("Nothing more is asked of you.")).to_be_visible()
    (ask,) = make.all(AlertAsk)
    assert (ask.saw, ask.state) == ("ice", "out")


def test_a_confirmed_one_is_read_without_a_sign_in_and_asks_nothing(make, desk, chapter, juniper, service, clock):
    page, _ = enrolled(desk, juniper, service)
    finch = make.person(chapter, "coordinator", field_name="Finch")
    duty.begin(actor_for(juniper), clock.now())
    place = make.place(chapter, "26 Federal Plaza")
    reporter = phone_of(make, make.person(chapter, field_name="Sorrel"), chapter)
    alert = reporter.raise_alert(place=place.id)
    stages.confirm(actor_for(finch), alert.id, {"specific": "yes", "two_or_lead": "yes"}, clock.now())
    sending.propose(actor_for(finch), alert.id, "duty", clock.now())
    notice = next(n for n in make.all(Notice) if n.what == "news")
    page.context.clear_cookies()
    page.goto(f"/notice#{notice.id}")
    expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    expect(page.get_by_text("Nothing is asked of you now.")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    assert faults(page) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_would_happen_follows_what_is_typed_and_saves_nothing(make, desk, chapter, juniper, size):
    make.place(chapter)
    page = desk.open(f"/alerts/rules/{chapter.id}", juniper, size)
    times = page.locator("[data-rehearsal] ol").first.locator("time")
    expect(times.nth(1)).to_have_text("7:45")
    page.get_by_label("“I've got it” within").fill("2")
    expect(times.nth(1)).to_have_text("7:44")
    page.get_by_label("“I've got it” within").fill("")
    expect(page.get_by_text("the marked fields make no sense yet")).to_be_visible()
    expect(times.nth(1)).to_have_text("7:45")
    assert faults(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_call_that_may_be_known_is_raised_by_the_persons_own_word(make, desk, chapter, juniper, volunteer, size):
    place = make.place(chapter, "Immigration Court")
    volunteer.raise_alert(place=place.id)
    page = desk.open("/alerts/new", juniper, size)
    page.get_by_label("ICE is here").check()
    page.get_by_label("Where", exact=True).select_option(place.id)
    page.get_by_role("button", name="Raise it").click()
    expect(page.get_by_text("This may be known already.")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Another one: raise it").click()
    expect(page.get_by_text("Alert 2 stands on the board.")).to_be_visible()
    page.get_by_role("button", name="Tell alert 1 with this one").click()
    expect(page.get_by_role("heading", name="1 more told with it")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("size", [DESK, PHONE, {"width": 1920, "height": 1080}], ids=["desk", "phone", "wall"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_wall_screen_is_clean_and_says_nobodys_name(make, desk, chapter, juniper, volunteer, clock, size, scheme):
    place = make.place(chapter, "26 Federal Plaza")
    volunteer.raise_alert(place=place.id)
    taken = volunteer.raise_alert("need_help")
    answering.got_it(actor_for(juniper), taken.id, clock.now())
    page = desk.open("/alerts/wall", juniper, size, color_scheme=scheme)
    expect(page.get_by_role("heading", name="ICE is here")).to_be_visible()
    expect(page.get_by_text("Nobody has it: 1")).to_be_visible()
    assert not {"Juniper", "Sorrel"} & set(page.locator("main").inner_text().split())
    assert faults(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_the_wall_screen_follows_and_is_heard_only_after_somebody_asked(make, desk, chapter, juniper, volunteer):
    page = desk.open("/alerts/wall", juniper)
    expect(page.get_by_text("Everything is quiet.")).to_be_visible()
    wall = page.locator(".wall")
    volunteer.raise_alert()
    page.evaluate(
        "() => document.dispatchEvent(new Event('visibilitychange'))"
    )  # asks at once, as when the screen is looked at
    expect(page.get_by_role("heading", name="ICE is here")).to_be_visible()
    assert wall.get_attribute("data-rung") is None
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Sound: on")).to_have_attribute("aria-pressed", "true")
    expect(wall).to_have_attribute("data-rung", "1")
    volunteer.raise_alert("being_taken")
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(wall).to_have_attribute("data-rung", "2")
    page.reload()
    expect(page.get_by_role("button", name="Sound: off")).to_have_attribute("aria-pressed", "false")
