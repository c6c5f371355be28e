"""The one door in: each record gets one clear outcome, and nothing else in its batch is hurt (docs/protocol.md 3)."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Device, DeviceKey, Person
from fieldapp.core import p256
from fieldapp.core.canonical import b64u, dumps, loads
from fieldapp.core.clock import DAY, MINUTE
from fieldapp.core.db import db, write
from fieldapp.core.protocol import DOMAIN_RECEIPT
from fieldapp.records import registry, serverkeys
from fieldapp.records.crypto import leaf_hash
from fieldapp.records.models import Record, SealedFile, Tombstone
from fieldapp.records.registry import Kind, NotApplied
from fieldapp.records.services.accept import accept
from tests.conftest import NOON
from tests.factories import Factory
from tests.phone import HERE, Phone

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


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return [one["outcome"] for one in results]


def reasons(make: Factory) -> list[list[str]]:
    return [kept.reasons for kept in make.all(Record)]


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


def test_one_bad_record_never_hurts_the_others(phone, make):
    good = [phone.observation(), phone.observation()]
    bad: list[Any] = [
        None,
        [],
        "x",
        {},
        {**phone.observation(), "digest": "A" * 43},
        {**phone.observation(), "sig": "A" * 86},
        {**phone.observation(), "open": [1.5]},
        phone.observation(change={"lang": "fr"}),
    ]
    results = phone.sync(good[0], *bad, good[1])
    assert outcomes(results) == [
        "stored",
        "refused/bad_shape",
        "refused/bad_shape",
        "refused/bad_shape",
        "refused/bad_shape",
        "refused/digest_mismatch",
        "refused/bad_signature",
        "refused/bad_number",
        "refused/bad_shape",
        "stored",
    ]
    assert {kept.body for kept in make.all(Record)} == {one["body"] for one in good}


def test_a_key_written_twice_hurts_only_its_own_record(phone):
    good = phone.observation()
    text = json.dumps(phone.observation())
    twice = text[:-1] + ', "open": []}'
    answer = phone.post(f'{{"v": 1, "records": [{json.dumps(good)}, {twice}]}}'.encode())
    assert outcomes(answer.get_json()["results"]) == ["stored", "refused/duplicate_key"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"v": 2}, "unknown_version"),
        ({"v": True}, "bad_shape"),
        ({"kind": "confession"}, "unknown_kind"),
        ({"kind": 3}, "bad_shape"),
        ({"id": "A1B2"}, "bad_shape"),
        ({"extra": 1}, "unknown_member"),
        ({"place": "a", "cell": "1,1"}, "bad_shape"),
        ({"cell": "9001,0"}, "bad_shape"),
        ({"cell": "-0,0"}, "bad_shape"),
        ({"day_part": "2026-02-30/morning"}, "bad_shape"),
        ({"day_part": "2026-02-03/noon"}, "bad_shape"),
        ({"commitments": []}, "bad_shape"),
        ({"open": 0}, "disclosure_mismatch"),
        ({"open": 16}, "bad_shape"),
        ({"form": None}, "bad_shape"),
        ({"form": "session"}, "bad_shape"),
        ({"app": "x" * 41}, "bad_shape"),
        ({"chapter": "a b"}, "bad_shape"),
        ({"purpose": ["monitoring"]}, "bad_shape"),
        ({"lang": {}}, "bad_shape"),
        ({"void_after": NOON}, "bad_shape"),
        ({"amends": {"digest": "A" * 43, "id": "x"}}, "bad_shape"),
        ({"files": [{"box": "b", "sha256": "A" * 43, "size": 1}]}, "file_mismatch"),
        ({"key": "A" * 43}, "unknown_key"),
        ({"log": "evil.example/log/1"}, "unknown_log"),
    ],
    ids=str,
)
def test_a_body_that_is_not_one_is_refused_by_name(phone, make, change, code):
    assert outcomes(phone.sync(phone.observation(change=change))) == [f"refused/{code}"]
    assert not make.all(Record)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"shift": None}, "bad_shape"),
        ({"void_after": None}, "bad_shape"),
        ({"form": "session@1"}, "bad_shape"),
        ({"media": [{"sha256": "A" * 43, "size": 1, "type": "image/jpeg"}]}, "bad_shape"),
    ],
    ids=str,
)
def test_an_operation_with_the_wrong_members_is_refused(phone, change, code):
    claim = phone.operation("claim", shift="a", change=change)
    assert outcomes(phone.sync(claim)) == [f"refused/{code}"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_shape"),
        ("{", "bad_shape"),
        ("[]", "bad_shape"),
        ('{"v":1.0}', "bad_number"),
        ('{"v":1,"v":1}', "duplicate_key"),
        ('{"v": 1}', "not_canonical"),
        ('{"a":"\\u0000"}', "bad_string"),
        ('{"a":"\\ud800"}', "bad_string"),
        ("[" * 40 + "]" * 40, "bad_shape"),
        ("[" * 20_000, "bad_shape"),
        ('"\ud800"', "bad_string"),
    ],
)
def test_a_body_text_that_is_not_canonical_json_is_refused_by_name(phone, text, code):
    signed = {"body": text, "digest": "A" * 43, "sig": "A" * 86, "open": [], "sealed": {}}
    answer = phone.post(json.dumps({"v": 1, "records": [signed]}).encode())
    assert outcomes(answer.get_json()["results"]) == [f"refused/{code}"]


def test_disclosures_must_be_exactly_those_that_were_committed(phone):
    seen = phone.observation(open={"/type": "master", "/mode": "webex"})
    first, second = seen["open"]
    lies = [
        [first],
        [first, second, second],
        [first, first],
        [first, [second[0], second[1], "in_person"]],
        [first, [first[0], second[1], second[2]]],
    ]
    results = phone.sync(*({**seen, "open": lie} for lie in lies))
    assert outcomes(results) == ["refused/disclosure_mismatch"] * len(lies)
    assert outcomes(phone.sync({**seen, "open": [first, ["short", second[1], 1]]})) == ["refused/bad_shape"]


def test_sealed_files_must_be_those_that_the_body_names(phone, make):
    box = make.box(phone.chapter)
    seen = phone.observation(sealed={box.id: {"/notes": "x"}})
    for sealed, code in (
        ({}, "file_mismatch"),
        ({box.id: b64u(b"other")}, "file_mismatch"),
        ({**seen["sealed"], "more": "AAAA"}, "file_mismatch"),
        ({box.id: "===="}, "bad_string"),
        ({box.id: 1}, "bad_shape"),
    ):
        assert outcomes(phone.sync({**seen, "sealed": sealed})) == [f"refused/{code}"]
    assert outcomes(phone.sync(seen)) == ["stored"]
    (kept,) = make.all(SealedFile)
    assert b64u(kept.data) == seen["sealed"][box.id]


def test_a_record_over_64_kib_is_refused_and_one_of_just_that_is_not(phone):
    def of(spare: int) -> dict[str, Any]:
        return phone.observation(open={"/notes": "x" * spare}, id="0f248d9b-c020-4d71-b61d-b6263e569328")

    def size(one: dict[str, Any]) -> int:
        return len(one["body"]) + len(dumps(one["open"]))

    room = 65_536 - size(of(0))
    assert outcomes(phone.sync(of(room + 1))) == ["refused/too_large"]
    assert not outcomes(phone.sync(of(room)))[0].startswith("refused")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"\xff\xfe", 400, "bad_json"),
        (b'{"v":1,"records":[NaN]}', 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (b"[]", 400, "bad_shape"),
        (b'{"v":1,"records":[]}', 400, "bad_shape"),
        (b'{"v":2,"records":[1]}', 400, "bad_shape"),
        (b'{"v":true,"records":[1]}', 400, "bad_shape"),
        (b'{"v":1,"records":{}}', 400, "bad_shape"),
        (b'{"v":1,"records":[1],"more":1}', 400, "bad_shape"),
        (b'{"v":1,"v":1,"records":[1]}', 400, "bad_shape"),
        (json.dumps({"v": 1, "records": [1] * 101}).encode(), 413, "too_many"),
        (b" " * 1_048_577, 413, "too_large"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_request_that_is_no_batch_gets_one_error_in_the_one_shape(phone, sent, status, code):
    answer = phone.post(sent)
    error = answer.get_json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert set(error) == {"code", "message", "safe", "do"}


def test_only_json_is_taken(phone):
    answer = phone.post(b"{}", content_type="text/plain")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (415, "unsupported_media_type")


def test_the_door_needs_no_cookie_and_another_site_cannot_use_it(phone):
    with phone.app.app_context():
        answer = phone.app.test_client().post(
            "/api/v1/sync", base_url=HERE, json={"v": 1, "records": [1]}, headers={"Sec-Fetch-Site": "cross-site"}
        )
    assert answer.status_code == 403


# Evidence is never refused for a reason of policy.


def test_evidence_by_a_revoked_key_is_kept_apart_for_a_person_to_decide(phone, make):
    with write() as session:
        session.execute(update(DeviceKey).values(revoked_at=NOON))
    assert outcomes(phone.sync(phone.observation())) == ["quarantined"]
    assert reasons(make) == [["key_revoked"]]
    assert json.loads(make.all(Record)[0].receipt)["outcome"] == "quarantined"


def test_evidence_from_a_revoked_device_or_by_a_disabled_person_is_kept_apart(phone, make):
    with write() as session:
        session.execute(update(Device).values(revoked_at=NOON))
        session.execute(update(Person).values(disabled_at=NOON))
    assert outcomes(phone.sync(phone.observation())) == ["quarantined"]
    assert reasons(make) == [["disabled", "key_revoked"]]


def test_evidence_that_names_a_strange_chapter_is_kept_in_the_keys_own(phone, make):
    far = make.chapter()
    assert (
        outcomes(phone.sync(phone.observation(chapter=far.id), phone.observation(chapter="none")))
        == ["quarantined"] * 2
    )
    assert {(kept.chapter_id, tuple(kept.reasons)) for kept in make.all(Record)} == {
        (phone.chapter.id, ("wrong_chapter",))
    }


def test_a_key_writes_in_a_pod_below_and_wherever_its_person_belongs(phone, make):
    from fieldapp.accounts.models import Membership

    pod, far = make.chapter("Pod", phone.chapter), make.chapter("Far")
    make.keep(Membership(person_id=phone.person.id, chapter_id=far.id, role="volunteer", since=NOON))
    assert outcomes(phone.sync(phone.observation(chapter=pod.id), phone.observation(chapter=far.id))) == ["stored"] * 2
    assert {kept.chapter_id for kept in make.all(Record)} == {pod.id, far.id}


@pytest.mark.parametrize("day", ["2026-11-25/morning", "2025-11-21/night", "0001-01-01/night", "9999-12-31/night"])
def test_a_wild_clock_is_kept_apart(phone, make, day):
    assert outcomes(phone.sync(phone.observation(day_part=day))) == ["quarantined"]
    assert reasons(make) == [["wrong_clock"]]


@pytest.mark.parametrize("day", ["2026-11-24/morning", "2026-11-23/night", "2025-12-01/evening"])
def test_an_old_outbox_or_a_zone_far_east_is_no_wild_clock(phone, day):
    assert outcomes(phone.sync(phone.observation(day_part=day))) == ["stored"]


def test_a_place_that_the_chapter_cannot_see_is_unknown_and_the_record_is_kept(phone, make):
    pod, far = make.chapter("Pod", phone.chapter), make.chapter()
    own, below, foreign = (make.place(chapter).id for chapter in (phone.chapter, pod, far))
    results = phone.sync(*(phone.observation(place=place) for place in (own, below, foreign, "nowhere")))
    assert outcomes(results) == ["stored", "stored", "quarantined", "quarantined"]
    assert {kept.place_id: kept.reasons for kept in make.all(Record)} == {
        own: [],
        below: [],
        foreign: ["unknown_place"],
        "nowhere": ["unknown_place"],
    }


def test_a_box_of_nobody_or_of_another_chapter_is_unknown(phone, make):
    far = make.box(make.chapter())
    phone.sync(
        phone.observation(sealed={"nobodys": {"/notes": "x"}}), phone.observation(sealed={far.id: {"/notes": "x"}})
    )
    assert reasons(make) == [["unknown_box"], ["unknown_box"]]


def test_a_file_that_no_box_could_open_is_kept_apart(phone, make, monkeypatch):
    box = make.box(phone.chapter)
    for data in (b"", b"not age", b"age-encryption.org/v1\n-> X25519 abc\nabc\n--- abc\nxx"):
        monkeypatch.setattr(phone, "seal", lambda *_, data=data: data)
        assert outcomes(phone.sync(phone.observation(sealed={box.id: {"/notes": "x"}}))) == ["quarantined"]
    assert reasons(make) == [["box_mismatch"]] * 3


def test_an_amendment_is_tied_to_its_record_and_one_by_another_key_is_flagged(phone, make):
    other = make.phone(make.person(phone.chapter))
    seen = phone.observation()
    assert outcomes(phone.sync(seen, phone.amendment(seen))) == ["stored", "stored"]
    assert outcomes(other.sync(other.amendment(seen))) == ["stored"]
    amendments = {kept.key: kept for kept in make.all(Record) if kept.kind == "amendment"}
    assert {kept.amends for kept in amendments.values()} == {seen["digest"]}
    assert [amendments[one.key].flags for one in (phone, other)] == [[], ["other_key"]]


def test_an_amendment_before_its_record_waits_and_is_let_in_when_that_arrives(phone, make):
    seen = phone.observation()
    other = make.phone(make.person(phone.chapter))
    assert outcomes(phone.sync(phone.amendment(seen), other.amendment(seen))) == ["quarantined", "quarantined"]
    assert reasons(make) == [["unknown_amended"], ["unknown_amended"]]
    assert outcomes(phone.sync(seen)) == ["stored"]
    assert [(kept.reasons, kept.in_quarantine) for kept in make.all(Record)] == [([], False)] * 3
    assert sorted(kept.flags for kept in make.all(Record)) == [[], [], ["other_key"]]


def test_an_amendment_of_another_chapters_record_is_kept_apart(phone, make):
    far = make.phone(make.person(make.chapter()))
    seen = phone.observation()
    phone.sync(seen)
    assert outcomes(far.sync(far.amendment(seen))) == ["quarantined"]


# Operations: applied once, receipted, forgotten; never a leaf.


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


# Checks of other domains, and what happens when a step of ours fails.


def test_a_domains_checks_put_evidence_into_quarantine_in_one_call_for_the_whole_batch(phone, make, monkeypatch):
    calls: list[int] = []

    def check_many(arrived: Any, now: int) -> list[list[str]]:
        calls.append(len(arrived))
        return [["unknown_form"] if record.opened["/type"] == "odd" else [] for record, _ in arrived]

    monkeypatch.setitem(registry._kinds, "observation", Kind("observation", evidence=True, check_many=check_many))
    results = phone.sync(phone.observation(), phone.observation(open={"/type": "odd"}), phone.observation())
    assert outcomes(results) == ["stored", "quarantined", "stored"]
    assert calls == [3]


def test_evidence_is_kept_even_when_what_a_domain_does_with_it_fails(phone, make, monkeypatch):
    def apply(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setitem(registry._kinds, "observation", Kind("observation", evidence=True, apply=apply))
    assert outcomes(phone.sync(phone.observation())) == ["stored"]
    assert len(make.all(Record)) == 1


def test_when_a_bulk_step_fails_each_record_stands_for_itself(phone, make, monkeypatch):
    from fieldapp.records.services import keep

    row = keep._row
    bad = phone.observation()

    def spoiled(one: Any, *rest: Any) -> dict[str, Any]:
        made = row(one, *rest)
        return {**made, "body": None} if one.record.digest == bad["digest"] else made

    monkeypatch.setattr(keep, "_row", spoiled)
    assert outcomes(phone.sync(phone.observation(), bad, phone.observation())) == ["stored", "later", "stored"]
    assert len(make.all(Record)) == 2


def test_evidence_does_not_tell_the_minute_it_came(phone, make, clock):
    clock.advance(1)
    phone.sync(phone.observation())
    assert [kept.received_at for kept in make.all(Record)] == [NOON + QUARTER]


@pytest.mark.parametrize("depth", [300, 900, 5_000, 50_000])
def test_what_is_nested_without_end_is_refused_and_never_a_fault(client, depth):
    deep = "[" * depth + '{"a":1,"a":2}' + "]" * depth
    sent = {"content_type": "application/json", "base_url": "https://localhost"}
    synced = client.post("/api/v1/sync", data=f'{{"v":1,"records":[{{"open":{deep}}}]}}', **sent)
    if synced.status_code == 200:
        assert synced.get_json()["results"][0]["outcome"].startswith("refused/")
    else:
        assert (synced.status_code, synced.get_json()["error"]["code"]) == (400, "bad_json")
    assert client.post("/api/v1/notice", data=f'{{"text":{deep}}}', **sent).status_code == 400


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
