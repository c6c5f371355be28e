"""Not now: limits, a busy database, and a commit that failed. The phone comes again and nothing is lost (docs/protocol.md 3)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from fieldapp.core.canonical import loads
from fieldapp.records.models import Record, Tombstone
from tests.integration.door.answers import outcomes


def test_a_key_that_sends_very_much_is_asked_to_slow_down_and_nobody_else_is(phone, make, app: Flask, monkeypatch):
    from limits import parse

    from fieldapp.records.routes import limits

    app.config["RATELIMIT_ENABLED"] = True
    monkeypatch.setattr(limits, "RECORDS", parse("2 per minute"))
    other = make.phone(make.person(phone.chapter))
    forged = [{**phone.observation(), "sig": "A" * 86} for _ in range(5)]
    assert set(outcomes(phone.sync(*forged))) == {"refused/bad_signature"}
    assert outcomes(phone.sync(phone.observation(), phone.observation())) == ["stored", "stored"]
    answer = phone.post({"v": 1, "records": [phone.observation()]})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (429, "slow_down")
    assert int(answer.headers["Retry-After"]) > 0
    assert outcomes(other.sync(other.observation())) == ["stored"]


def test_who_replays_what_they_once_saw_pass_uses_up_nothing_of_the_keys_share(phone, app: Flask, monkeypatch, clock):
    from limits import parse

    from fieldapp.records.routes import limits

    app.config["RATELIMIT_ENABLED"] = True
    monkeypatch.setattr(limits, "RECORDS", parse("4 per minute"))
    seen, late = phone.observation(), phone.operation("alert", open={"/what": "ice_here"}, void_after=clock.now() - 1)
    other = phone.observation(id=loads(seen["body"])["id"], day_part="2026-11-22/morning")
    phone.sync(seen, late)
    for _ in range(3):
        assert outcomes(phone.sync(seen, late, other)) == ["duplicate", "not_applied/void", "conflict"]
    assert outcomes(phone.sync(*(phone.observation() for _ in range(3)))) == ["stored"] * 3
    assert phone.post({"v": 1, "records": [phone.observation()]}).status_code == 429


def test_what_is_not_new_counts_for_the_address_that_it_comes_from(phone, app: Flask, monkeypatch):
    from limits import parse

    from fieldapp.records.routes import limits

    app.config["RATELIMIT_ENABLED"] = True
    monkeypatch.setattr(limits, "AGAIN", parse("3 per minute"))
    seen = phone.observation()
    phone.sync(seen)
    phone.sync(seen, seen, seen)
    answer = phone.post({"v": 1, "records": [seen]})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (429, "slow_down")
    elsewhere = phone.post({"v": 1, "records": [seen]}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.get_json()["results"][0]["outcome"] == "duplicate"


class Busy:
    """Commits that fail as a busy or deadlocked database fails, as often as said."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        commit = Session.commit

        def fail_first(session: Session) -> None:
            if self.left:
                self.left -= 1
                raise OperationalError("COMMIT", {}, Exception("busy"))
            commit(session)

        self.left = times
        monkeypatch.setattr(Session, "commit", fail_first)


def test_a_transaction_that_the_database_gave_up_is_tried_again(phone, make, monkeypatch):
    seen, cancel = phone.observation(), phone.operation("alert_cancel")
    Busy(monkeypatch, 2)
    assert outcomes(phone.sync(seen, cancel))[0] == "stored"
    assert (len(make.all(Record)), len(make.all(Tombstone))) == (1, 1)


def test_no_receipt_leaves_before_the_commit_and_the_phone_may_come_again(phone, make, monkeypatch):
    seen = phone.observation()
    phone.log()
    with monkeypatch.context() as busy:
        Busy(busy, 100)
        answer = phone.post({"v": 1, "records": [seen]})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert "receipt" not in answer.text
    assert not make.all(Record)
    assert outcomes(phone.sync(seen)) == ["stored"]
