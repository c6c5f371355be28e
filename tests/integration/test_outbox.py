"""The phone's own outbox against the server: what it seals, signs and registers is what the server takes, and what it answers is proof."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from fieldapp.accounts.models import DeviceKey
from fieldapp.core.clock import HOUR, MINUTE, FixedClock
from fieldapp.core.db import write
from fieldapp.observations.catalogue import definitions, form_hash
from fieldapp.records.models import Record, SealedFile
from tests.factories import Factory
from tests.outbox import Outbox

FORM = {"form": "session@1", "form_hash": form_hash(definitions()["session@1"])}
WORDS = "The judge said: come back in March."


@pytest.fixture
def outbox(app: Flask, clock: FixedClock) -> Iterator[Outbox]:
    made = Outbox(app, clock)
    yield made
    made.close()


@pytest.fixture
def chapter(make: Factory) -> Any:
    return make.chapter()


@pytest.fixture
def finch(make: Factory, chapter: Any) -> Any:
    return make.person(chapter, field_name="Finch")


def note(path: str, value: Any, box: str | None = None) -> dict[str, Any]:
    return {"path": path, "value": value, "box": box}


def test_what_the_phone_sealed_only_counsel_reads(outbox, make, sign_in, chapter, finch):
    box, place = make.box(chapter), make.place(chapter)
    outbox.sign_in(sign_in(finch))
    outbox.save(
        "observation", **FORM, place=place.id, answers=[note("/type", "master"), note("/notes", WORDS, "legal")]
    )
    outbox.drain()
    (kept,) = make.all(Record)
    (sealed,) = make.all(SealedFile)
    opened = {path: value for _, path, value in json.loads(box.identity.open(sealed.data))}
    assert [path for _, path, _ in json.loads(kept.open)] == ["/type"]
    assert opened["/notes"] == WORDS
    assert opened["/_/seq"] == 1
    assert outbox.states() == ["received"]


def test_keys_are_registered_with_a_witness_that_names_the_person_to_counsel_alone(
    outbox, make, sign_in, chapter, finch
):
    box = make.box(chapter)
    outbox.sign_in(sign_in(finch))
    witnesses = [json.loads(box.identity.open(key.witness)) for key in make.all(DeviceKey)]
    assert {one["field_name"] for one in witnesses} == {"Finch"}
    assert {one["key"] for one in witnesses} == {key.thumbprint for key in make.all(DeviceKey)}


def test_an_answer_that_was_lost_is_asked_for_again_and_there_is_one_record(outbox, make, sign_in, finch, clock):
    outbox.sign_in(sign_in(finch))
    outbox.save("observation", **FORM, cell="4071,-7401", answers=[note("/type", "master")])
    outbox.fault = lambda answer: (502, {}, "")
    outbox.drain()
    assert outbox.states() == ["saved"]
    outbox.fault = None
    clock.advance(MINUTE)
    outbox.drain()
    assert outbox.sent == 2
    assert len(make.all(Record)) == 1
    assert outbox.states() == ["received"]


def test_a_portals_two_hundred_is_no_receipt(outbox, make, sign_in, finch):
    outbox.sign_in(sign_in(finch))
    outbox.save("observation", **FORM, cell="4071,-7401", answers=[note("/type", "master")])
    outbox.fault = lambda answer: (200, {"Content-Type": "text/html"}, "<html>Welcome</html>")
    outbox.drain()
    assert outbox.states() == ["saved"]


def test_an_operation_that_cannot_be_applied_says_why(outbox, make, sign_in, finch, clock):
    outbox.sign_in(sign_in(finch))
    outbox.save("claim", shift="no-such-shift", void_after=clock.now() + HOUR)
    outbox.drain()
    assert outbox.states() == ["not_applied/unknown_shift"]


def test_what_was_written_before_the_phone_was_registered_arrives_once_it_is(outbox, make, sign_in, finch):
    page = sign_in(finch)
    outbox.sign_in(page, register=False)
    outbox.save("observation", **FORM, cell="4071,-7401", answers=[note("/type", "master")])
    outbox.drain()
    assert outbox.states() == ["attention/unknown_key"]
    outbox.register(page)
    assert outbox.states() == ["received"]
    assert len(make.all(Record)) == 1


def test_a_server_that_forgot_the_keys_is_told_again(outbox, make, sign_in, finch):
    page = sign_in(finch)
    outbox.sign_in(page)
    with write() as session:
        session.execute(delete(DeviceKey))
    outbox.save("observation", **FORM, cell="4071,-7401", answers=[note("/type", "master")])
    outbox.drain()
    assert outbox.states() == ["attention/unknown_key"]
    outbox.register(page)
    assert len(make.all(Record)) == 1


def test_a_revoked_phones_evidence_is_kept_for_a_person_to_look_at(outbox, make, sign_in, finch):
    page = sign_in(finch)
    outbox.sign_in(page)
    outbox.save("observation", **FORM, cell="4071,-7401", answers=[note("/type", "master")])
    (device,) = {key.device_id for key in make.all(DeviceKey)}
    page.post(f"/devices/{device}/revoke")
    outbox.drain()
    assert outbox.states() == ["quarantined"]
