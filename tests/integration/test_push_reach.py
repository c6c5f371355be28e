"""A phone can be reached: it proves so by saying what it shows, and its person may ask for a test."""

from __future__ import annotations

import json

import pytest

from fieldapp.alerts.models import Delivery, Notice, PushSubscription
from fieldapp.alerts.push import message
from fieldapp.alerts.services import deliveries, nudges
from fieldapp.core import jobs
from fieldapp.core.clock import DAY, MINUTE, SECOND
from fieldapp.core.db import db
from tests.phones import phone_of
from tests.pushservice import PushService

SERVICE = PushService()
SHOWN = "/api/v1/push/shown"


@pytest.fixture
def chapter(make):
    return make.chapter()


@pytest.fixture
def phone(make, chapter):
    made = phone_of(make, make.person(chapter, "coordinator", field_name="Juniper"), chapter)
    made.subscribe(SERVICE)
    return made


@pytest.fixture
def desk(sign_in, phone):
    return sign_in(phone.person)


@pytest.fixture
def volunteer(make, chapter):
    return phone_of(make, make.person(chapter, field_name="Sorrel"), chapter)


def device(phone) -> dict[str, str]:
    return {"device": phone.inner.device_id}


def mine(desk) -> dict[str, object]:
    (found,) = desk.get("/api/v1/push").json["devices"]
    return dict(found)


def sent(clock) -> dict[str, object]:
    """What the engine sends next."""
    (one,) = deliveries.claim(clock.now(), MINUTE, 10)
    said = message.plaintext(one.notice_id, one.lang, "https://field.example", today=one.rank != 0, proof=one.id)
    return dict(json.loads(said))


def test_a_phone_that_shows_a_push_says_so_and_the_server_keeps_when(make, client, phone, volunteer, desk, clock):
    volunteer.raise_alert()
    said = sent(clock)
    clock.advance(3 * SECOND)
    answer = client.post(SHOWN, json={"proof": said["proof"]})
    assert answer.json == {"ok": True}
    (delivery,) = make.all(Delivery)
    (subscription,) = make.all(PushSubscription)
    assert delivery.shown_at == subscription.shown_at == clock.now()
    assert mine(desk)["shown_at"] == clock.now()


def test_a_proof_counts_once_and_does_not_move(make, client, phone, volunteer, clock):
    volunteer.raise_alert()
    proof = sent(clock)["proof"]
    client.post(SHOWN, json={"proof": proof})
    first = clock.now()
    clock.advance(MINUTE)
    client.post(SHOWN, json={"proof": proof})
    (delivery,) = make.all(Delivery)
    (subscription,) = make.all(PushSubscription)
    assert delivery.shown_at == subscription.shown_at == first


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'{"proof": 7}', b'{"proof": "unknown00000"}', b'{"proof": "' + b"x" * 500 + b'"}', b"\xff"],
    ids=["nothing", "empty", "list", "number", "unknown", "long", "noise"],
)
def test_whatever_is_said_the_answer_is_the_same(make, client, phone, volunteer, body):
    volunteer.raise_alert()
    answer = client.post(SHOWN, data=body, content_type="application/json")
    assert (answer.status_code, answer.json) == (200, {"ok": True})
    assert [one.shown_at for one in make.all(Delivery)] == [None]


def test_a_push_with_its_proof_is_of_the_one_size_and_carries_it_for_every_browser(clock, phone, volunteer):
    volunteer.raise_alert()
    said = sent(clock)
    assert said["mutable"] is True and said["web_push"] == 8030
    shown = said["notification"]
    assert shown["navigate"] == f"https://field.example/notice#{said['notice']}~{said['proof']}"
    assert shown["data"] == {"notice": said["notice"], "proof": said["proof"]}
    longest = message.plaintext("n" * 40, "es", "https://" + "f" * 60, proof="p" * 40)
    assert len(longest) == message.SIZE


def test_a_test_goes_to_ones_own_phone_and_opens_a_page_that_says_it_came(make, client, desk, phone, clock):
    assert desk.post("/api/v1/push/test", json=device(phone)).json == {"ok": True}
    said = sent(clock)
    assert mine(desk)["tested_at"] == clock.now()
    assert mine(desk)["shown_at"] is None
    opened = client.post("/api/v1/notice", json=phone.asks(notice=said["notice"])).json
    assert opened == {"notice": said["notice"], "answer": None, "alert": None, "open": "test"}
    client.post(SHOWN, json={"proof": said["proof"]})
    assert mine(desk)["shown_at"] == clock.now()


def test_a_test_never_takes_the_place_of_a_message_that_waits(make, desk, phone, clock):
    desk.post("/api/v1/push/test", json=device(phone))
    (one,) = deliveries.claim(clock.now(), MINUTE, 10)
    assert one.about == one.notice_id


def test_two_presses_are_one_test(make, desk, phone, clock):
    desk.post("/api/v1/push/test", json=device(phone))
    clock.advance(2 * SECOND)
    desk.post("/api/v1/push/test", json=device(phone))
    assert len(make.all(Notice)) == 1
    clock.advance(MINUTE)
    desk.post("/api/v1/push/test", json=device(phone))
    assert len(make.all(Notice)) == 2


def test_nobody_tests_another_persons_phone(make, sign_in, chapter, phone):
    other = sign_in(make.person(chapter, "coordinator"))
    assert other.post("/api/v1/push/test", json=device(phone)).status_code == 404
    assert other.get("/api/v1/push").json["devices"] == []
    assert make.all(Notice) == []


def test_a_phone_without_a_living_subscription_hears_what_to_do(make, desk, phone, clock):
    desk.send("DELETE", "/api/v1/push", json=device(phone))
    answer = desk.post("/api/v1/push/test", json=device(phone))
    assert answer.status_code == 409 and answer.json["error"]["code"] == "not_subscribed"
    assert mine(desk)["ended_at"] == clock.now()


def test_what_a_test_leaves_behind_is_erased(make, desk, phone, clock):
    desk.post("/api/v1/push/test", json=device(phone))
    clock.advance(14 * DAY + SECOND)
    while jobs.run_due(clock.now()):
        pass
    db.session.rollback()
    assert make.all(Notice) == [] and make.all(Delivery) == []
    assert nudges.KEPT == 14 * DAY
