"""An address that sent too much: nobody behind it who has no registered key keeps an alert out; and a key's own share of alerts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from limits import parse

from fieldapp.alerts.models import Alert
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import write
from fieldapp.records.routes import limits
from tests.phone import Phone
from tests.phones import phone_of
from tests.pushservice import PushService

JUNK: dict[str, Any] = {"v": 1, "records": [0] * 100}


def post(app: Flask, body: dict[str, Any]) -> tuple[int, list[str]]:
    """Status, and outcomes or the code of the error."""
    answer = app.test_client().post("/api/v1/sync", data=json.dumps(body), content_type="application/json")
    said = answer.get_json()
    return answer.status_code, [one["outcome"] for one in said.get("results", [])] or [said["error"]["code"]]


def alert(phone: Phone, **change: Any) -> dict[str, Any]:
    return phone.operation("alert", open={"/what": "need_help", "/raised_at": 1}, **change)


SLOW = (429, ["slow_down"])


@pytest.fixture(params=["records", "requests"])
def crowded(request, app: Flask, monkeypatch) -> Flask:
    """An address that used up its share of records, or of requests, with junk."""
    app.config["RATELIMIT_ENABLED"] = True
    if request.param == "records":
        monkeypatch.setattr(limits, "AGAIN", parse("150 per minute"))
    else:
        monkeypatch.setattr(limits, "REQUESTS", parse("2 per minute"))
    assert [post(app, JUNK)[0] for _ in range(3)] == [200, 200, 429]
    return app


@pytest.fixture
def mine(make) -> Phone:
    """Somebody's phone behind that address."""
    chapter = make.chapter()
    return make.phone(make.person(chapter), chapter)


def test_an_alert_of_a_registered_key_is_taken_from_an_address_that_sent_too_much(crowded, mine, make):
    for _ in range(5):
        assert post(crowded, JUNK) == SLOW
        assert post(crowded, {"v": 1, "records": [alert(mine)]}) == (200, ["stored"])
    assert len(make.all(Alert)) == 5


def test_so_is_taking_it_back_and_answering_it(crowded, mine, make):
    keeper = phone_of(make, make.person(mine.chapter, "coordinator"), mine.chapter)
    keeper.subscribe(PushService())
    back = alert(mine)
    post(crowded, {"v": 1, "records": [back]})
    cancel = mine.operation("alert_cancel", open={"/alert": json.loads(back["body"])["id"]})
    answer = keeper.inner.operation("acknowledge", open={"/notice": "unknown", "/answer": "got_it"})
    assert post(crowded, {"v": 1, "records": [cancel]}) == (200, ["stored"])
    assert post(crowded, {"v": 1, "records": [answer]}) == (200, ["not_applied/unknown_alert"])


def test_what_is_not_urgent_waits_there(crowded, mine):
    assert post(crowded, {"v": 1, "records": [mine.observation()]}) == SLOW
    assert post(crowded, {"v": 1, "records": [mine.operation("check_in")]}) == SLOW


def test_a_forged_alert_opens_nothing_there(crowded, mine, make):
    stranger = Phone(crowded, make.clock, mine.person, mine.chapter)
    forged = [
        alert(stranger),
        {**alert(mine), "sig": "A" * 86},
        {"body": '"kind":"alert","key":"' + mine.key + '"'},
        {**mine.observation(), "sig": '"kind":"alert"'},
        {**alert(mine), "open": []},
    ]
    for one in forged:
        assert post(crowded, {"v": 1, "records": [one]}) == SLOW
    assert make.all(Alert) == []


def test_an_alert_of_a_revoked_key_opens_nothing_there(crowded, mine, make):
    from fieldapp.accounts.models import DeviceKey

    with write() as session:
        session.get_one(DeviceKey, mine.key).revoked_at = make.clock.now() - 1
    assert post(crowded, {"v": 1, "records": [alert(mine)]}) == SLOW


def test_only_a_small_request_is_looked_at_there(crowded, mine):
    assert post(crowded, {"v": 1, "records": [alert(mine), *[0] * 8]}) == SLOW
    assert post(crowded, {"v": 1, "records": [alert(mine)], "more": "x" * limits.SMALL}) == SLOW
    assert post(crowded, {"v": 1, "records": [alert(mine), *[0] * 7]})[1][0] == "stored"


def test_beyond_sixty_a_minute_a_keys_alerts_come_later_and_none_is_lost(app: Flask, mine, make):
    app.config["RATELIMIT_ENABLED"] = True
    other = make.phone(make.person(mine.chapter), mine.chapter)
    forged = [{**alert(mine), "sig": "A" * 86} for _ in range(70)]
    assert set(post(app, {"v": 1, "records": forged})[1][60:]) == {"later"}
    sent = [alert(mine) for _ in range(62)]
    results = mine.sync(*sent, mine.observation())
    assert [one["outcome"] for one in results] == ["stored"] * 60 + ["later"] * 2 + ["stored"]
    assert [one["digest"] for one in results] == [one["digest"] for one in sent] + [results[-1]["digest"]]
    assert results[60]["not_before"] == make.clock.now() + MINUTE and "receipt" not in results[60]
    assert [one["outcome"] for one in other.sync(alert(other))] == ["stored"]
    limits.limiter.reset()
    assert [one["outcome"] for one in mine.sync(*sent[59:])] == ["duplicate", "stored", "stored"]
    assert len(make.all(Alert)) == 63


def test_who_replays_a_keys_alerts_uses_up_nothing_of_its_share(app: Flask, mine):
    app.config["RATELIMIT_ENABLED"] = True
    seen = alert(mine)
    mine.sync(seen)
    for _ in range(3):
        assert set(post(app, {"v": 1, "records": [seen] * 50})[1]) == {"duplicate"}
    assert [one["outcome"] for one in mine.sync(alert(mine))] == ["stored"]
