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
from tests.browser import test_alerts as kit
from tests.browser.stage import DESK, PHONE
from tests.browser.test_alerts import enrolled, faults

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["spatialite"], indirect=True)]
address, chapter, chromium, clock = kit.address, kit.chapter, kit.chromium, kit.clock
desk, juniper, service, volunteer = kit.desk, kit.juniper, kit.service, kit.volunteer
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
    while not known:
        page.evaluate("() => 0")  # events come in while something is asked
    cdp.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": page.evaluate("() => origin"), "registrationId": known[-1], "data": data},
    )


def next_push(address: str, clock: Any) -> str:
    """What the engine sends next, as the browser opens it."""
    (one,) = deliveries.claim(clock.now(), MINUTE, 10)
    return message.plaintext(one.notice_id, one.lang, address, today=one.rank != 0, proof=one.id).decode()


def shown(page: Page) -> list[dict[str, str]]:
    """The notifications on the screen, once there is one."""
    page.wait_for_function(f"async () => (await ({SHOWN})()).length > 0")
    return list(page.evaluate(SHOWN))


def proven(make: Any, page: Page) -> None:
    """Wait until the server heard that a push is shown."""
    while make.all(Delivery)[0].shown_at is None:
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
    page.wait_for_function(f"async () => (await ({SHOWN})()).length === 0")


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
    proven(make, page)
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
    while not make.all(PushSubscription):
        page.wait_for_timeout(100)
        db.session.rollback()


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
