"""The notice door, push subscriptions, and hostile addresses."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.alerts.models import Delivery, Notice, PushSubscription
from fieldapp.alerts.push.endpoint import allowed, is_public
from fieldapp.config import PUSH_HOSTS
from fieldapp.core.canonical import b64u
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import write
from tests.phones import Phone, phone_of
from tests.pushservice import PushService

SERVICE = PushService()


@pytest.fixture
def chapter(make):
    return make.chapter(hotline="555-0199")


@pytest.fixture
def coordinator(make, chapter) -> Phone:
    phone = phone_of(make, make.person(chapter, "coordinator", field_name="Juniper"), chapter)
    phone.subscribe(SERVICE)
    return phone


@pytest.fixture
def volunteer(make, chapter) -> Phone:
    return phone_of(make, make.person(chapter, field_name="Sorrel"), chapter)


def ask(sign_in, request: Any):
    return sign_in.nobody().client.post("/api/v1/notice", base_url="https://localhost", json=request)


def test_a_device_reads_its_notice_without_a_session(make, sign_in, chapter, coordinator, volunteer, clock):
    place = make.place(chapter, "Immigration Court", address="26 Federal Plaza, New York")
    alert = volunteer.raise_alert(
        "being_taken", place=place.id, raised_at=clock.now() - 5 * MINUTE, position={"lat": 1, "lon": 2, "accuracy": 3}
    )
    (notice,) = make.all(Notice)
    answer = ask(sign_in, coordinator.asks(notice=notice.id))
    assert answer.status_code == 200
    said = answer.get_json()
    assert said["notice"] == notice.id
    assert said["alert"] | {"id": 0} == {
        "id": 0,
        "number": 1,
        "what": "being_taken",
        "state": "raised",
        "details": 0,
        "place": {"name": "Immigration Court", "address": "26 Federal Plaza, New York"},
        "cell": None,
        "zone": "America/New_York",
        "raised_at": alert.raised_at,
        "arrived_at": alert.arrived_at,
        "got_it": None,
        "mine": False,
        "lapses_at": None,
        "closed_at": None,
        "result": "",
        "seen_at": None,
        "hotline": "555-0199",
        "more": 0,
    }
    assert "Sorrel" not in answer.text


def test_the_raiser_sees_that_somebody_has_it_by_role_and_time(make, sign_in, coordinator, volunteer, clock):
    alert = volunteer.raise_alert()
    (notice,) = make.all(Notice)
    assert coordinator.answer(notice.id) == "stored"
    answer = ask(sign_in, volunteer.asks(alert=alert.record_id))
    assert answer.get_json()["alert"]["got_it"] == {"role": "coordinator", "at": clock.now()}
    assert "Juniper" not in answer.text


def test_a_notice_for_another_device_is_not_there(make, sign_in, chapter, coordinator, volunteer):
    alert = volunteer.raise_alert()
    (notice,) = make.all(Notice)
    same_person = phone_of(make, coordinator.person, chapter)
    for phone, about in (
        (volunteer, {"notice": notice.id}),
        (same_person, {"notice": notice.id}),
        (coordinator, {"notice": "no-such-notice"}),
        (coordinator, {"alert": alert.record_id}),
    ):
        assert ask(sign_in, phone.asks(**about)).status_code == 404


def test_a_revoked_device_and_a_disabled_person_read_nothing(make, sign_in, coordinator, volunteer, clock):
    volunteer.raise_alert()
    (notice,) = make.all(Notice)
    with write() as session:
        session.merge(coordinator.device).revoked_at = clock.now()
    assert ask(sign_in, coordinator.asks(notice=notice.id)).status_code == 404
    with write() as session:
        session.merge(coordinator.device).revoked_at = None
        session.merge(coordinator.person).disabled_at = clock.now()
    assert ask(sign_in, coordinator.asks(notice=notice.id)).status_code == 404


def test_a_signature_by_another_key_opens_nothing(make, sign_in, coordinator, volunteer):
    volunteer.raise_alert()
    (notice,) = make.all(Notice)
    text = coordinator.asks(notice=notice.id)["text"]
    forged = {"text": text, "sig": volunteer.sign("fieldapp/notice/v1", text)}
    wrong_domain = {"text": text, "sig": coordinator.sign("fieldapp/record/v1", text)}
    for request in (forged, wrong_domain, {"text": text, "sig": b64u(bytes(64))}):
        answer = ask(sign_in, request)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "bad_signature")


@pytest.mark.parametrize(
    "change",
    [
        {"notice": None},
        {"alert": "x"},
        {"nonce": "short"},
        {"nonce": 5},
        {"v": 2},
        {"v": True},
        {"type": "receipt"},
        {"key": "x"},
        {"notice": "../../etc"},
        {"notice": 7},
        {"more": 1},
        {"notice": "x" * 41},
    ],
    ids=str,
)
def test_a_request_of_another_shape_is_refused(sign_in, coordinator, change):
    answer = ask(sign_in, coordinator.asks(**{"notice": "abc", **change}))
    assert answer.status_code == 400
    assert set(answer.get_json()["error"]) >= {"code", "message", "safe", "do"}


@pytest.mark.parametrize(
    "body", [None, [], "x", {}, {"text": 1, "sig": 2}, {"text": "{", "sig": "a" * 86}, {"text": "[]", "sig": "!" * 86}]
)
def test_rubbish_at_the_door_gets_the_one_shape_of_error(sign_in, body):
    answer = ask(sign_in, body)
    assert answer.status_code in {400, 404}
    assert "error" in answer.get_json()


# ---- subscriptions


def subscription(phone: Phone, **more: Any) -> dict[str, Any]:
    said = SERVICE.subscribe().subscription | {"endpoint": "https://fcm.googleapis.com/fcm/send/abc"}
    return {"device": phone.device.id, "key": phone.thumbprint, "subscription": said | more}


def test_a_signed_in_device_subscribes_renews_and_ends(make, sign_in, volunteer):
    page = sign_in(volunteer.person)
    assert page.send("PUT", "/api/v1/push", json=subscription(volunteer)).status_code == 200
    newer = subscription(volunteer, endpoint="https://updates.push.services.mozilla.com/wpush/v2/x")
    assert page.send("PUT", "/api/v1/push", json=newer).status_code == 200
    (kept,) = make.all(PushSubscription)
    assert kept.endpoint == "https://updates.push.services.mozilla.com/wpush/v2/x"
    assert page.send("DELETE", "/api/v1/push", json={"device": volunteer.device.id}).status_code == 200
    (kept,) = make.all(PushSubscription)
    assert kept.ended_at is not None


def test_the_same_browser_under_a_new_sign_in_is_the_last_persons_alone(make, sign_in, chapter, volunteer):
    other = phone_of(make, make.person(chapter), chapter)
    browser = subscription(volunteer)["subscription"]
    for phone in (volunteer, other):
        said = subscription(phone, **browser)
        assert sign_in(phone.person).send("PUT", "/api/v1/push", json=said).status_code == 200
    living = [s.person_id for s in make.all(PushSubscription) if s.ended_at is None]
    assert living == [other.person.id]


def test_knowing_where_somebody_is_told_does_not_end_that(make, sign_in, chapter, volunteer):
    mallory = phone_of(make, make.person(chapter), chapter)
    told = subscription(volunteer)
    sign_in(volunteer.person).send("PUT", "/api/v1/push", json=told)
    keys, own = told["subscription"]["keys"], subscription(mallory)["subscription"]["keys"]
    page = sign_in(mallory.person)
    for guess in (own, {**keys, "auth": own["auth"]}, {**keys, "p256dh": own["p256dh"]}):
        page.send("PUT", "/api/v1/push", json=subscription(mallory, keys=guess))
    assert [s.ended_at for s in make.all(PushSubscription) if s.person_id == volunteer.person.id] == [None]


def test_nobody_subscribes_with_another_persons_device_or_key(make, sign_in, chapter, volunteer, coordinator):
    mixed = subscription(volunteer) | {"key": coordinator.thumbprint}
    assert sign_in(volunteer.person).send("PUT", "/api/v1/push", json=mixed).status_code == 404
    assert sign_in(coordinator.person).send("PUT", "/api/v1/push", json=subscription(volunteer)).status_code == 404
    taken = {"device": volunteer.device.id}
    assert sign_in(coordinator.person).send("DELETE", "/api/v1/push", json=taken).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"subscription": None},
        {"subscription": {"endpoint": 7, "keys": {}}},
        {"subscription": {"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": "AA", "auth": "AA"}}},
        {"subscription": {"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": "A" * 87, "auth": "A" * 22}}},
        {"subscription": {"endpoint": "https://fcm.googleapis.com/x"}},
    ],
)
def test_what_is_no_subscription_is_refused_in_words(sign_in, volunteer, body):
    whole = {"device": volunteer.device.id, "key": volunteer.thumbprint, **body} if isinstance(body, dict) else body
    answer = sign_in(volunteer.person).send("PUT", "/api/v1/push", json=whole)
    assert answer.status_code in {400, 415, 422}
    assert "error" in answer.get_json()


HOSTILE = [
    "http://fcm.googleapis.com/x",
    "https://example.org/x",
    "https://fcm.googleapis.com.example.org/x",
    "https://example.org/fcm.googleapis.com",
    "https://fcm.googleapis.com:8443/x",
    "https://user:pass@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@127.0.0.1/x",
    "https://127.0.0.1/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/x",
    "https://push.apple.com.evil.example/x",
    "https://evilpush.apple.com/x",
    "https://fcm.googleapis.com./x",
    "https://FCM.googleapis.com/x",
    "https://fcm.googleapis.com/x#fragment",
    "https://fcm.googleapis.com\\@example.org/x",
    "https://fcm.googleapis.com/ x",
    "https://fcm.googleapis.com/\r\nHost: example.org",
    "https://fcm.googleapis.com:99999/x",
    "https:///x",
    "//fcm.googleapis.com/x",
    "file:///etc/passwd",
    "gopher://fcm.googleapis.com/x",
    "https://fcm.gооgleapis.com/x",
    "https://fcm.googleapis.com/" + "x" * 1000,
    "",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_push_is_never_sent_to_an_address_of_anyones_choosing(url):
    assert not allowed(url, PUSH_HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
        "https://fcm.googleapis.com:443/x",
    ],
)
def test_the_push_services_of_real_browsers_are_known(url):
    assert allowed(url, PUSH_HOSTS)


def test_a_test_service_is_admitted_by_its_whole_origin_only():
    hosts = ("http://127.0.0.1:9999",)
    assert allowed("http://127.0.0.1:9999/push/x", hosts)
    for url in ("http://127.0.0.1:9998/x", "https://127.0.0.1:9999/x", "http://127.0.0.1:9999@example.org/"):
        assert not allowed(url, hosts)


def test_a_hostile_endpoint_is_refused_at_the_door(sign_in, volunteer, make):
    page = sign_in(volunteer.person)
    for url in HOSTILE:
        assert page.send("PUT", "/api/v1/push", json=subscription(volunteer, endpoint=url)).status_code == 422
    assert not make.all(PushSubscription)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "::",
     "fe80::1", "fd00::1", "::ffff:10.0.0.1", "224.0.0.1", "255.255.255.255", "2002:7f00:1::", "not an address"],
)  # fmt: skip
def test_a_name_that_resolves_to_a_private_address_is_not_followed(address):
    assert not is_public(address)
    assert is_public("142.250.72.10") and is_public("2607:f8b0:4006:80b::200a")


def test_what_waits_for_a_device_ends_with_its_subscription(make, sign_in, coordinator, volunteer):
    volunteer.raise_alert()
    page = sign_in(coordinator.person)
    page.send("DELETE", "/api/v1/push", json={"device": coordinator.device.id})
    assert {d.state for d in make.all(Delivery)} == {"ended"}
