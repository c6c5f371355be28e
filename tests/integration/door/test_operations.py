"""Operations: applied once or not applied with a signed reason, then forgotten but for a tombstone (docs/protocol.md 3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import update

from fieldapp.accounts.models import Device, DeviceKey, Person
from fieldapp.core.clock import DAY, MINUTE
from fieldapp.core.db import db, write
from fieldapp.records import registry
from fieldapp.records.models import Record, Tombstone
from fieldapp.records.registry import Kind, NotApplied
from tests.conftest import NOON
from tests.integration.door.answers import outcomes
from tests.phone import Phone


@pytest.fixture
def bell(monkeypatch):
    """A kind of operation that counts how often it was applied; ``/fail`` says how it fails."""
    rung: list[str] = []

    def apply(record: registry.ParsedRecord, key: Any, now: int) -> None:
        with write() as session:
            session.execute(update(Person).where(Person.id == key.person_id).values(version=Person.version + 1))
        if record.opened.get("/fail") == "policy":
            raise NotApplied("full")
        if record.opened.get("/fail") == "fault":
            raise RuntimeError("a fault of ours")
        if record.opened.get("/fail") == "strange":
            raise NotApplied("because")
        rung.append(record.id)

    monkeypatch.setitem(registry._kinds, "alert_cancel", Kind("alert_cancel", evidence=False, apply=apply))
    return rung


def version(phone: Phone) -> int:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Person, phone.person.id).version


def test_an_operation_is_applied_once_and_leaves_only_its_tombstone(phone, make, bell):
    ring = phone.operation("alert_cancel")
    (first,) = phone.sync(ring)
    (again,) = phone.sync(ring)
    said = json.loads(first["receipt"]["text"])
    assert (first["outcome"], again["outcome"]) == ("stored", "duplicate")
    assert first["receipt"] == again["receipt"]
    assert (said["leaf"], said["received_at"]) == (None, NOON)
    assert len(bell) == 1
    assert version(phone) == 2
    assert not make.all(Record)
    assert len(make.all(Tombstone)) == 1


def test_an_operation_that_cannot_be_applied_gets_a_signed_reason_and_leaves_no_trace(phone, make, bell):
    ring = phone.operation("alert_cancel", open={"/fail": "policy"})
    (first,) = phone.sync(ring)
    assert first["outcome"] == json.loads(first["receipt"]["text"])["outcome"] == "not_applied/full"
    assert outcomes(phone.sync(ring)) == ["duplicate"]
    assert version(phone) == 1


def test_a_reason_that_the_protocol_has_no_word_for_is_told_as_invalid(phone, bell):
    assert outcomes(phone.sync(phone.operation("alert_cancel", open={"/fail": "strange"}))) == ["not_applied/invalid"]


def test_a_fault_of_ours_in_one_operation_hurts_nothing_else_and_it_may_come_again(phone, make, bell):
    broken = phone.operation("alert_cancel", open={"/fail": "fault"})
    results = phone.sync(phone.operation("alert_cancel"), broken, phone.observation())
    assert outcomes(results) == ["stored", "later", "stored"]
    assert results[1]["not_before"] == NOON + MINUTE
    assert len(make.all(Tombstone)) == 1
    assert outcomes(phone.sync(broken)) == ["later"]


def test_an_operation_past_its_time_or_too_far_ahead_is_void(phone, make, bell):
    late = phone.operation("alert_cancel", void_after=NOON - 1)
    early = phone.operation("alert_cancel", void_after=NOON + 14 * DAY + 1)
    edges = [
        phone.operation("alert_cancel", void_after=NOON),
        phone.operation("alert_cancel", void_after=NOON + 14 * DAY),
    ]
    assert outcomes(phone.sync(late, early, *edges)) == ["not_applied/void", "not_applied/void", "stored", "stored"]
    assert len(bell) == 2
    assert len(make.all(Tombstone)) == 3


def test_an_operation_that_was_void_for_being_early_stays_so(phone, clock, bell):
    early = phone.operation("alert_cancel", void_after=NOON + 15 * DAY)
    (first,) = phone.sync(early)
    clock.advance(2 * DAY)
    (again,) = phone.sync(early)
    assert (first["outcome"], again["outcome"]) == ("not_applied/void", "duplicate")
    assert not bell


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda: update(DeviceKey).values(revoked_at=NOON), "key_revoked"),
        (lambda: update(Device).values(revoked_at=NOON), "key_revoked"),
        (lambda: update(Person).values(disabled_at=NOON), "disabled"),
    ],
)
def test_an_operation_by_a_revoked_key_or_a_disabled_person_is_not_applied(phone, bell, spoil, code):
    with write() as session:
        session.execute(spoil())
    assert outcomes(phone.sync(phone.operation("alert_cancel"))) == [f"not_applied/{code}"]
    assert not bell


def test_an_operation_in_a_strange_chapter_is_not_applied(phone, make, bell):
    far = make.chapter()
    assert outcomes(phone.sync(phone.operation("alert_cancel", chapter=far.id))) == ["not_applied/wrong_chapter"]
    assert not bell
