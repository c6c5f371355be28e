"""The push engine against every answer of a push service: what is tried again, what ends, what is our own fault, what may not wait."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest
from flask import Flask

from fieldapp.accounts.models import Chapter
from fieldapp.alerts.models import BROADCAST, Delivery, Notice, PushSubscription
from fieldapp.alerts.push.breaker import ALERT_PATIENCE, FAILURES, LONGEST, Breaker
from fieldapp.core.clock import MINUTE, SECOND, Clock
from fieldapp.core.db import write
from fieldapp.records import serverkeys
from tests.conftest import NOON
from tests.factories import Factory
from tests.integration.test_alerts_push import push_loop, settled
from tests.phones import Phone, phone_of
from tests.pushservice import CUT, PushService

ORIGIN = "https://push.example"


@pytest.fixture
def clock() -> Clock:
    """The wall clock: the sender has no other."""
    return Clock()


@pytest.fixture
def service(app: Flask, tmp_path: Path) -> Iterator[PushService]:
    with PushService() as made:
        made.vapid = serverkeys.ready(tmp_path, NOON).vapid_public
        yield made


@pytest.fixture
def chapter(make: Factory) -> Chapter:
    return make.chapter()


@pytest.fixture
def coordinator(make: Factory, chapter: Chapter, service: PushService) -> Phone:
    phone = phone_of(make, make.person(chapter, "coordinator"), chapter)
    phone.subscribe(service)
    return phone


@pytest.fixture
def volunteer(make: Factory, chapter: Chapter) -> Phone:
    return phone_of(make, make.person(chapter), chapter)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, CUT])
def test_what_may_pass_is_tried_again_until_it_is_taken(make, app, service, coordinator, volunteer, status):
    coordinator.browser.answer(status)
    volunteer.raise_alert()
    with push_loop(app, service):
        service.wait_for(coordinator.browser)
        assert settled(make, service, "accepted")
    (delivery,) = make.all(Delivery)
    assert delivery.tries == 2


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_what_is_our_own_fault_is_not_repeated_and_said_once_in_plain_words(
    make, app, service, coordinator, volunteer, status, caplog
):
    coordinator.browser.answer(status)
    coordinator.browser.answer(status)
    with caplog.at_level(logging.WARNING), push_loop(app, service):
        volunteer.raise_alert()
        assert settled(make, service, "failed")
        volunteer.raise_alert("need_help")
        service.wait_for_tries(coordinator.browser, 2)
        assert settled(make, service, "failed")
    assert [one.tries for one in make.all(Delivery)] == [1, 1]
    said = [line for line in caplog.messages if f"answered {status}" in line]
    assert len(said) == 1
    assert coordinator.browser.path not in caplog.text


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_ends_and_so_does_all_that_waits_for_it(
    make, app, service, coordinator, volunteer, status
):
    coordinator.browser.answer(status)
    volunteer.raise_alert()
    volunteer.raise_alert("need_help")
    with push_loop(app, service):
        assert settled(make, service, "ended") or {one.state for one in make.all(Delivery)} <= {"ended", "accepted"}
    (subscription,) = make.all(PushSubscription)
    assert subscription.ended_at is not None


def in_an_hour(form: str) -> str:
    return "3600" if form == "seconds" else formatdate(Clock().now() / 1000 + 3600, usegmt=True)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_service_that_asks_for_quiet_gets_it_for_all_its_phones(
    make, app, service, chapter, coordinator, volunteer, form
):
    coordinator.browser.answer(429, Retry_After=in_an_hour(form))
    with push_loop(app, service):
        volunteer.raise_alert()
        service.wait_for_tries(coordinator.browser)
        other = phone_of(make, make.person(chapter, "coordinator"), chapter)
        other.subscribe(service)
        while min(one.next_try_at for one in make.all(Delivery)) < Clock().now() + 30 * MINUTE:
            service.closing.wait(0.02)
        volunteer.raise_alert("need_help")
        while min(one.next_try_at for one in make.all(Delivery)) < Clock().now() + 30 * MINUTE:
            service.closing.wait(0.02)
        assert other.browser.tries == 0
    assert {one.state for one in make.all(Delivery)} == {"waiting"}


def test_a_broadcast_on_its_way_to_many_does_not_delay_an_alert(make, app, service, chapter, coordinator, volunteer):
    slow = phone_of(make, make.person(chapter), chapter)
    slow.subscribe(service)
    slow.browser.hang = 60
    first = volunteer.raise_alert()
    (subscription,) = [one for one in make.all(PushSubscription) if one.person_id == slow.person.id]
    with push_loop(app, service, timeout=90):
        service.wait_for(coordinator.browser)
        with write() as session:
            for number in range(600):
                step, now = 5000 + number, make.clock.now()
                told = Notice(alert_id=first.id, person_id=slow.person.id, step=step, created_at=now, what="news")
                session.add(told)
                session.flush()
                session.add(
                    Delivery(notice_id=told.id, subscription_id=subscription.id, rank=BROADCAST, next_try_at=now)
                )
            session.info["wake_worker"] = True
        service.wait_for_tries(slow.browser, 90)
        volunteer.raise_alert("need_help")
        service.wait_for(coordinator.browser, 2)
        waiting = [one for one in make.all(Delivery) if one.rank == BROADCAST and one.state == "waiting"]
        assert len(waiting) > 300


def failing(breaker: Breaker, times: int, now: int) -> None:
    for _ in range(times):
        breaker.heard(ORIGIN, now, 500, None)


def test_a_service_that_fails_five_times_is_left_alone_and_then_tried_with_one_push():
    breaker = Breaker()
    failing(breaker, FAILURES - 1, 0)
    assert breaker.wait(ORIGIN, 0, alert=False) == 0
    failing(breaker, 1, 0)
    assert breaker.wait(ORIGIN, 0, alert=False) == SECOND
    assert breaker.wait(ORIGIN, SECOND, alert=False) == 0
    assert breaker.wait(ORIGIN, SECOND, alert=False) > 0
    breaker.heard(ORIGIN, SECOND, 201, None)
    assert breaker.wait(ORIGIN, SECOND, alert=False) == 0


def test_an_alert_tries_a_failing_service_at_least_every_two_seconds():
    breaker = Breaker()
    failing(breaker, FAILURES + 10, 0)
    assert breaker.wait(ORIGIN, 0, alert=False) == LONGEST
    assert breaker.wait(ORIGIN, 0, alert=True) == ALERT_PATIENCE
    assert breaker.wait(ORIGIN, ALERT_PATIENCE, alert=True) == 0


def test_one_failing_service_does_not_shut_another():
    breaker = Breaker()
    failing(breaker, FAILURES, 0)
    assert breaker.wait("https://other.example", 0, alert=False) == 0


def test_what_a_service_asks_for_holds_for_alerts_too():
    breaker = Breaker()
    breaker.heard(ORIGIN, 0, 429, 5 * MINUTE)
    assert breaker.wait(ORIGIN, MINUTE, alert=True) == 4 * MINUTE
