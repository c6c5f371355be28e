"""The one door in: each record gets one clear outcome, and nothing else in its batch is hurt (docs/protocol.md 3)."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from fieldapp.core import p256
from fieldapp.core.clock import MINUTE
from fieldapp.core.protocol import DOMAIN_RECEIPT
from fieldapp.records import serverkeys
from fieldapp.records.crypto import leaf_hash
from fieldapp.records.models import Record
from tests.conftest import NOON
from tests.factories import Factory
from tests.phone import Phone

QUARTER = 15 * MINUTE


@pytest.fixture
def phone(make: Factory) -> Phone:
    """A volunteer's phone."""
    return make.phone(make.person(make.chapter()))


def test_an_observation_is_stored_as_it_was_signed_and_its_receipt_proves_it(phone, make, app: Flask):
    seen = phone.observation(cell="4071,-7401", open={"/type": "master"})
    (result,) = phone.sync(seen)
    (kept,) = make.all(Record)
    said = json.loads(result["receipt"]["text"])
    ring = serverkeys.ring(app.config["SETTINGS"].data_dir)
    assert result["outcome"] == "stored"
    assert kept.body == seen["body"]
    assert json.loads(kept.open) == seen["open"]
    assert p256.verifies(ring.receipt.public_key(), result["receipt"]["sig"], DOMAIN_RECEIPT, result["receipt"]["text"])
    assert (said["digest"], said["leaf"]) == (seen["digest"], leaf_hash(seen["body"]))
    assert said["received_at"] == -(-NOON // QUARTER) * QUARTER


def test_the_same_record_again_gets_the_first_receipt_byte_for_byte(phone, make):
    seen = phone.observation()
    (first,) = phone.sync(seen)
    (again,) = phone.sync({**seen, "open": []})
    assert again["outcome"] == "duplicate"
    assert again["receipt"] == first["receipt"]
    assert len(make.all(Record)) == 1


def test_the_same_id_with_another_body_is_a_conflict_and_nothing_is_overwritten(phone, make):
    seen = phone.observation()
    other = phone.observation(id=json.loads(seen["body"])["id"], cell="1,1")
    phone.sync(seen)
    (result,) = phone.sync(other)
    assert (result["outcome"], result["digest"], result["stored"]) == ("conflict", other["digest"], seen["digest"])
    assert "receipt" not in result
    assert [kept.body for kept in make.all(Record)] == [seen["body"]]
