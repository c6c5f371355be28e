"""A phone can be reached: Chromium's own worker shows a push, says so to the server, and the pages say what is known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fieldapp.accounts.models import Person
from fieldapp.alerts.models import Delivery, PushSubscription
from fieldapp.alerts.push import message
from fieldapp.alerts.services import deliveries
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim
from tests.browser import test_alerts as kit
from tests.browser.stage import DESK, PHONE, until
from tests.browser.test_alerts import enrolled, faults

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["spatialite"], indirect=True)]
address, chapter, chromium, clock = kit.address, kit.chapter, kit.chromium, kit.clock
desk, juniper, service, volunteer = kit.desk, kit.juniper, kit.service, kit.volunteer
PATIENCE = 30  # seconds: a machine of two cores may be busy with something else
SHOWN = "async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((one) => ({ title: one.title, tag: one.tag }))"


def deliver(page: Page, data: str) -> None:
    """The browser's push client hands these bytes to the service worker."""
    cdp = page.context.new_cdp_session(page)
    known: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(one["registrationId"] for one in told["registrations"] if not one["isDeleted"]),
    )
    cdp.send("ServiceWorker.enable")
    page.evaluate("async () => void (await navigator.serviceWorker.ready)")
    with until(PATIENCE, "the browser names its worker") as ok:
        while not ok(known):
            page.evaluate("() => 0")  # events come in while something is asked
    cdp.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": page.evaluate("() => origin"), "registrationId": known[-1], "data": data},
    )


def next_push(address: str, clock: Any) -> str:
    """What the engine sends next, as the browser opens it."""
    (one,) = deliveries.claim(clock.now(), MINUTE, 10)
    return message.plaintext(one.notice_id, one.lang, address, today=one.rank != 0, proof=one.id).decode()


def shown(page: Page, number: int = 1) -> list[dict[str, str]]:
    """The notifications on the screen, once there are so many."""
    with until(PATIENCE, f"{number} notifications are shown") as ok:
        while not ok(len(found := page.evaluate(SHOWN)) == number):
            page.evaluate("() => 0")
    return list(found)


def kept(page: Page, known: Any, what: str) -> None:
    """Wait until the server knows something."""
    with until(PATIENCE, what) as ok:
        while not ok(known()):
            page.wait_for_timeout(100)
            db.session.rollback()
            db.session.expire_all()


def test_a_test_from_the_phone_is_shown_proven_and_opens_a_page_that_says_it_works(
    make, desk, juniper, service, address, clock
):
    page, _ = enrolled(desk, juniper, service)
    page.goto("/#/you")
    expect(page.get_by_text("No message was shown here yet.")).to_be_visible()
    page.get_by_role("button", name="Send a test to this phone").click()
    expect(page.get_by_text("Sent. A message should show within seconds.")).to_be_visible()
    deliver(page, next_push(address, clock))
    assert [one["title"] for one in shown(page)] == ["Fieldapp: 1 new message"]
    expect(page.get_by_text("This phone can be reached: last shown")).to_be_visible()
    assert faults(page) == []
    (delivery,) = make.all(Delivery)
    page.goto(f"/notice#{delivery.notice_id}")
    expect(page.get_by_role("heading")).to_have_text("This phone can be reached")
    assert faults(page) == []
    assert shown(page, 0) == []


def test_a_push_that_cannot_be_read_is_shown_all_the_same(desk, juniper, service):
    page, _ = enrolled(desk, juniper, service)
    deliver(page, "\x00 this is nothing")
    assert [one["title"] for one in shown(page)] == ["Fieldapp: 1 new message"]


def test_a_push_shows_where_the_server_does_not_answer_the_proof(
    make, desk, juniper, volunteer, service, address, clock
):
    page, _ = enrolled(desk, juniper, service)
    volunteer.raise_alert()
    said = next_push(address, clock)
    page.context.route("**/api/v1/push/shown", lambda route: route.abort())
    page.context.set_offline(True)
    deliver(page, said)
    assert len(shown(page)) == 1
    page.context.set_offline(False)


def test_a_page_that_the_browser_opened_by_itself_proves_it_and_leaves_the_proof_out_of_its_address(
    make, desk, juniper, volunteer, service, address, clock
):
    page, _ = enrolled(desk, juniper, service)
    volunteer.raise_alert()
    said = json.loads(next_push(address, clock))
    page.goto(said["notification"]["navigate"])
    expect(page.get_by_role("heading")).to_have_text("ICE is here")
    kept(page, lambda: make.all(Delivery)[0].shown_at is not None, "the server heard that it is shown")
    assert page.evaluate("() => location.hash") == f"#{said['notice']}"


def test_the_desk_sends_a_test_to_its_browser(make, desk, juniper, service, address, clock):
    page, _ = enrolled(desk, juniper, service)
    page.get_by_role("button", name="Send a test to this browser").click()
    expect(page.get_by_text("A message should show within seconds.")).to_be_visible()
    deliver(page, next_push(address, clock))
    expect(page.get_by_text("This browser can be reached.")).to_be_visible()
    assert faults(page) == []


def test_what_the_server_lost_is_told_again_at_the_next_start(make, desk, juniper, service):
    page, _ = enrolled(desk, juniper, service)
    with write() as session:
        session.execute(db.delete(PushSubscription))
    page.goto("/#/today")
    page.reload()
    kept(page, lambda: make.all(PushSubscription), "the server was told again")


def test_today_says_that_alerts_may_not_come_only_when_something_is_wrong(make, desk, juniper: Person, service, clock):
    page, _ = enrolled(desk, juniper, service)
    page.goto("/#/today")
    page.reload()
    wrong = page.get_by_text("Alerts may not reach this phone.")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(wrong).to_have_count(0)
    with write() as session:
        session.execute(db.update(PushSubscription).values(tested_at=clock.now() - 5 * MINUTE))
    page.reload()
    expect(wrong).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="What to do").click()
    expect(page.get_by_text("The test was not shown here.")).to_be_visible()
    assert page.viewport_size == PHONE
    assert faults(page) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_lists_of_whom_it_reached_are_clean_for_everybody(make, desk, chapter, juniper, volunteer, size, scheme):
    for name in ("Aspen", "Somebody With A Very Long Field Name Indeed"):
        make.person(chapter, "coordinator", field_name=name)
    volunteer.raise_alert()
    page = desk.open("/alerts", juniper, size, color_scheme=scheme)
    expect(page.get_by_role("list", name="Each person").get_by_text("No push")).to_have_count(3)
    assert faults(page) == []
    page.get_by_role("link", name="Who cannot be reached now").click()
    expect(page.get_by_role("heading", name="3 of 3 cannot be reached by push")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


CHANGED = """(said) => {
  const event = new Event("pushsubscriptionchange");
  event.newSubscription = { endpoint: said.endpoint, toJSON: () => said };
  event.waitUntil = (promise) => { self.waited = promise; };
  self.dispatchEvent(event);
  return self.waited.then(() => true);
}"""


def test_the_worker_tells_the_server_of_an_address_that_the_push_service_changed(make, desk, juniper, service):
    page, _ = enrolled(desk, juniper, service)
    page.evaluate("async () => void (await navigator.serviceWorker.ready)")
    new = service.subscribe()
    page.context.service_workers[0].evaluate(CHANGED, new.subscription)
    db.session.rollback()
    db.session.expire_all()
    assert [one.endpoint for one in make.all(PushSubscription)] == [new.endpoint]


def test_the_phone_asks_to_tell_once_a_shift_is_taken_and_not_again_after_a_no(make, desk, chapter, service, clock):
    person = make.person(chapter, field_name="Sorrel")
    page = desk.open("", person, PHONE, permissions=["notifications"])
    page.add_init_script(kit.STUB % json.dumps(service.subscribe().subscription))
    page.goto("/#/today")
    asks = page.get_by_role("heading", name="May this phone tell you?")
    expect(page.get_by_role("heading", name="No shift of yours ahead")).to_be_visible()
    expect(asks).to_have_count(0)
    shift = make.shift(make.place(chapter))
    make.keep(Claim(shift_id=shift.id, person_id=person.id, state="confirmed", at=clock.now()))
    with write() as session:
        session.execute(db.update(Person).values(version=Person.version + 1))
    page.reload()
    expect(asks).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Turn on alerts").click()
    expect(asks).to_have_count(0)
    assert len(make.all(PushSubscription)) == 1


def test_a_subscription_that_the_browser_lost_is_made_anew_at_the_next_start(make, desk, juniper, service):
    page, _ = enrolled(desk, juniper, service)
    page.evaluate("() => localStorage.removeItem('stub')")
    with write() as session:
        session.execute(db.delete(PushSubscription))
    page.goto("/#/you")
    expect(page.get_by_text("On: alerts reach this phone")).to_be_visible()
    assert len(make.all(PushSubscription)) == 1


def test_not_now_is_kept(make, desk, chapter, service, clock):
    person = make.person(chapter, field_name="Sorrel")
    shift = make.shift(make.place(chapter))
    make.keep(Claim(shift_id=shift.id, person_id=person.id, state="confirmed", at=clock.now()))
    page = desk.open("", person, PHONE, permissions=["notifications"])
    page.add_init_script(kit.STUB % json.dumps(service.subscribe().subscription))
    page.goto("/#/today")
    asks = page.get_by_role("heading", name="May this phone tell you?")
    expect(asks).to_be_visible()
    page.get_by_role("button", name="Not now").click()
    expect(asks).to_have_count(0)
    page.reload()
    expect(page.get_by_role("region", name="Next shift")).to_be_visible()
    expect(asks).to_have_count(0)
