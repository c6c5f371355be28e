"""An alert reaches a browser: a real worker process, real bytes, a push service that checks and opens them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from fieldapp.accounts.models import Chapter
from fieldapp.alerts.models import Alert, Delivery, Notice, PushSubscription
from fieldapp.alerts.push import sender
from fieldapp.core.clock import Clock
from fieldapp.core.db import db
from fieldapp.core.worker import Bell
from fieldapp.records import serverkeys
from tests.conftest import NOON
from tests.factories import Factory
from tests.phones import Phone, phone_of
from tests.processes import worker
from tests.pushservice import PushService


@pytest.fixture
def clock() -> Clock:
    """The wall clock: the worker has no other."""
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


def work(tmp_path: Path, database: str, service: PushService, **more: str):
    settings = {"FIELDAPP_PUSH_HOSTS": service.origin, "FIELDAPP_PUSH_TIMEOUT": "2", **more}
    return worker(tmp_path, database, **settings)


@contextmanager
def push_loop(app: Flask, service: PushService, timeout: int = 2) -> Iterator[None]:
    """The worker's push loop in a thread of this process: what a push service answers needs no process of its own."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], push_hosts=(service.origin,), push_timeout=timeout)
    stop = threading.Event()
    bell = Bell(stop)
    thread = threading.Thread(target=sender.loop, args=(app, bell))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        bell.ring()
        thread.join(30)


def states(make: Factory) -> list[str]:
    return sorted(one.state for one in make.all(Delivery))


def settled(make: Factory, service: PushService, state: str) -> bool:
    """Ask the database until every delivery is in this state."""
    for _ in range(400):
        if set(states(make)) == {state}:
            return True
        service.closing.wait(0.05)
    return False


def test_an_alert_wakes_the_worker_and_the_coordinators_browser_gets_it(
    make, tmp_path, database, service, coordinator, volunteer
):
    with work(tmp_path, database, service) as process:
        volunteer.raise_alert("being_taken")
        (message,) = service.wait_for(coordinator.browser)
        (notice,) = make.all(Notice)
        assert message.json["notice"] == notice.id
        assert message.headers["Urgency"] == "high"
        assert settled(make, service, "accepted")
        assert process.stop() == 0


def test_a_push_says_nothing_but_generic_words_and_every_push_is_of_one_size(
    make, app, service, chapter, coordinator, volunteer
):
    spanish = phone_of(make, make.person(chapter, "coordinator", lang="es"), chapter)
    spanish.subscribe(service)
    place = make.place(chapter, "Immigration Court, 26 Federal Plaza")
    volunteer.raise_alert("being_taken", place=place.id)
    with push_loop(app, service):
        (english,) = service.wait_for(coordinator.browser)
        (other,) = service.wait_for(spanish.browser)
    assert english.json["notification"]["body"] == "1 new message"
    assert other.json["notification"]["body"] == "1 mensaje nuevo"
    assert len(english.text) == len(other.text) and len(english.body) == len(other.body)
    for word in (b"taken", b"Plaza", place.id.encode(), volunteer.person.id.encode()):
        assert word not in english.text
    assert english.headers["Topic"] != other.headers["Topic"]


def test_a_worker_killed_in_mid_send_loses_nothing(make, tmp_path, database, service, coordinator, volunteer):
    coordinator.browser.hang = 60
    volunteer.raise_alert()
    with work(tmp_path, database, service) as process:
        service.wait_for_tries(coordinator.browser)
        process.kill()
    assert states(make) == ["waiting"]
    coordinator.browser.hang = 0
    with work(tmp_path, database, service):
        assert len(service.wait_for(coordinator.browser)) == 1
        assert settled(make, service, "accepted")
    (delivery,) = make.all(Delivery)
    assert delivery.tries == 2


def test_two_workers_send_each_push_once(make, tmp_path, database, service, chapter, volunteer):
    phones = [phone_of(make, make.person(chapter, "coordinator"), chapter) for _ in range(12)]
    browsers = [phone.subscribe(service) for phone in phones]
    with work(tmp_path, database, service), work(tmp_path, database, service):
        volunteer.raise_alert()
        for browser in browsers:
            service.wait_for(browser)
        assert settled(make, service, "accepted")
    assert [browser.tries for browser in browsers] == [1] * 12


def test_a_worker_told_to_stop_gives_back_what_it_could_not_send(
    make, tmp_path, database, service, coordinator, volunteer
):
    coordinator.browser.hang = 60
    volunteer.raise_alert()
    with work(tmp_path, database, service, FIELDAPP_PUSH_TIMEOUT="60") as process:
        service.wait_for_tries(coordinator.browser)
        assert process.stop() == 0
    (delivery,) = make.all(Delivery)
    assert (delivery.state, delivery.leased_until) == ("waiting", 0)


@pytest.mark.parametrize("gone", [404, 410])
def test_a_subscription_that_is_gone_is_ended_and_never_tried_again(make, app, service, coordinator, volunteer, gone):
    coordinator.browser.answer(gone)
    with push_loop(app, service):
        volunteer.raise_alert()
        assert settled(make, service, "ended")
        volunteer.raise_alert()
    (subscription,) = make.all(PushSubscription)
    assert subscription.ended_at is not None
    assert coordinator.browser.tries == 1


def test_a_busy_push_service_is_tried_again_until_it_takes_the_push(make, app, service, coordinator, volunteer):
    coordinator.browser.answer(500)
    coordinator.browser.answer(429, Retry_After="1")
    with push_loop(app, service):
        volunteer.raise_alert()
        service.wait_for(coordinator.browser)
        assert settled(make, service, "accepted")
    assert coordinator.browser.tries == 3


def test_a_push_service_that_hangs_does_not_hold_up_another_phone(make, app, service, chapter, coordinator, volunteer):
    coordinator.browser.hang = 60
    other = phone_of(make, make.person(chapter, "coordinator"), chapter)
    other.subscribe(service)
    with push_loop(app, service, timeout=60):
        volunteer.raise_alert()
        service.wait_for_tries(coordinator.browser)
        volunteer.raise_alert()
        service.wait_for(other.browser, 2)


def test_a_push_that_no_service_takes_fails_once_and_is_not_repeated(make, app, service, coordinator, volunteer):
    coordinator.browser.answer(413)
    with push_loop(app, service):
        volunteer.raise_alert()
        assert settled(make, service, "failed")


def test_what_waits_is_not_sent_any_more_once_somebody_has_it(
    make, app, service, chapter, coordinator, volunteer, sign_in
):
    alert = volunteer.raise_alert()
    (notice,) = make.all(Notice)
    assert coordinator.answer(notice.id) == "stored"
    with push_loop(app, service):
        assert settled(make, service, "ended")
    assert coordinator.browser.tries == 0
    assert states(make) == ["ended"]
    assert db.session.get(Alert, alert.id).state == "got_it"
