"""What is stored at the one door, and how often: receipts, duplicates, conflicts (docs/protocol.md 3)."""

from __future__ import annotations

import json
import threading
from typing import Any

from flask import Flask

from fieldapp.accounts.models import Chapter
from fieldapp.core import p256
from fieldapp.core.canonical import b64u, loads
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import db
from fieldapp.core.protocol import DOMAIN_RECEIPT
from fieldapp.records import serverkeys
from fieldapp.records.crypto import leaf_hash
from fieldapp.records.models import Record, SealedFile, Tombstone
from fieldapp.records.services.accept import accept
from tests.conftest import NOON
from tests.integration.door.answers import outcomes

QUARTER = 15 * MINUTE


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


def test_a_batch_of_odd_texts_and_bytes_is_stored_exactly_in_as_many_statements_as_a_small_one(phone, make, queries):
    box = make.box(make.all(Chapter)[0])

    def send(number: int) -> int:
        odd = ['"quoted"', "back\\slash", "{a,b}", "NULL", "\\x00", "Ñandú 🐦", "tab\tline\n", "", "'", "%s %(x)s :y"]
        texts = [{"/type": "master", "/respondent/odd": odd[n % len(odd)]} for n in range(number)]
        sent = [phone.observation(open=text, sealed={box.id: {"/notes": "n" * n}}) for n, text in enumerate(texts)]
        with queries() as seen:
            results = phone.sync(*sent)
        assert {one["outcome"] for one in results} <= {"stored", "quarantined"}
        rows = {row.digest: row for row in make.all(Record)}
        files = {row.record_pk: bytes(row.data) for row in make.all(SealedFile)}
        for one in sent:
            row = rows[one["digest"]]
            assert (row.body, row.sig, json.loads(row.open)) == (one["body"], one["sig"], one["open"])
            assert b64u(files[row.pk]) == one["sealed"][box.id]
            assert row.in_quarantine == bool(row.reasons)
        return len(seen)

    first = send(2)
    assert send(40) <= first <= 9


def test_the_same_record_again_gets_the_first_receipt_byte_for_byte(phone, make):
    seen = phone.observation()
    (first,) = phone.sync(seen)
    (again,) = phone.sync(seen)
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


def test_twice_in_one_batch_is_stored_once_and_the_second_is_a_duplicate(phone, make):
    seen = phone.observation()
    results = phone.sync(seen, seen)
    assert outcomes(results) == ["stored", "duplicate"]
    assert results[0]["receipt"] == results[1]["receipt"]
    assert len(make.all(Record)) == 1


def test_two_records_of_one_id_in_one_batch_are_told_apart(phone, make):
    seen = phone.observation()
    results = phone.sync(seen, phone.observation(id=loads(seen["body"])["id"], cell="1,1"))
    assert outcomes(results) == ["stored", "conflict"]
    assert results[1]["stored"] == seen["digest"]


def test_an_id_is_unique_per_key_not_for_everybody(phone, make):
    other = make.phone(make.person(phone.chapter))
    seen = phone.observation()
    assert outcomes(phone.sync(seen, other.observation(id=loads(seen["body"])["id"]))) == ["stored", "stored"]


def test_a_re_offer_with_other_disclosures_never_undoes_what_is_stored(phone, make):
    seen = phone.observation(open={})
    more = {**seen, "open": []}
    phone.sync(seen)
    assert outcomes(phone.sync(more)) == ["duplicate"]
    assert [kept.open for kept in make.all(Record)] == ["[]"]


def test_the_loser_of_two_identical_simultaneous_posts_gets_the_winners_receipt(phone, make, clock, monkeypatch):
    """The second post looked before the first one was stored, and stores after it."""
    from fieldapp.records.services import accept as door

    seen, cancel = phone.observation(), phone.operation("alert_cancel")
    look = door.find_kept
    winners: list[dict[str, Any]] = []

    def look_then_lose(names: Any) -> Any:
        found = look(names)
        monkeypatch.setattr(door, "find_kept", look)
        winners.extend(one.wire for one in accept([seen, cancel], clock.now()))
        return found

    monkeypatch.setattr(door, "find_kept", look_then_lose)
    losers = phone.sync(seen, cancel)
    assert outcomes(losers) == ["duplicate", "duplicate"]
    assert [one["receipt"] for one in losers] == [one["receipt"] for one in winners]
    assert (len(make.all(Record)), len(make.all(Tombstone))) == (1, 1)


def test_evidence_does_not_tell_the_minute_it_came(phone, make, clock):
    clock.advance(1)
    phone.sync(phone.observation())
    assert [kept.received_at for kept in make.all(Record)] == [NOON + QUARTER]


def test_eight_identical_posts_at_the_same_instant_all_get_the_one_receipt(phone, make, app: Flask, clock):
    sent = [phone.observation() for _ in range(10)] + [phone.operation("alert_cancel") for _ in range(3)]
    together = threading.Barrier(8)
    answers: list[list[dict[str, Any]]] = []

    def post(turn: int) -> None:
        mine = sent[turn:] + sent[:turn]
        with app.app_context():
            together.wait(30)
            answers.append([one.wire for one in accept(mine, clock.now())])
            db.session.remove()

    threads = [threading.Thread(target=post, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    receipts: dict[str, set[str]] = {}
    for results in answers:
        assert {one["outcome"].partition("/")[0] for one in results} <= {"stored", "duplicate", "not_applied"}
        for one in results:
            receipts.setdefault(one["digest"], set()).add(one["receipt"]["sig"])
    assert len(answers) == 8
    assert {digest: len(sigs) for digest, sigs in receipts.items()} == {one["digest"]: 1 for one in sent}
    assert (len(make.all(Record)), len(make.all(Tombstone))) == (10, 3)
