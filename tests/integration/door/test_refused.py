"""What the envelope alone refuses: shape, size, digest, signature; nothing else in the batch is hurt (docs/protocol.md 3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fieldapp.core.canonical import b64u, dumps
from fieldapp.records.models import Record, SealedFile
from tests.conftest import NOON
from tests.integration.door.answers import outcomes
from tests.phone import HERE


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


def _items(*digests: str) -> list[dict[str, object]]:
    return [{"sha256": one, "size": 1, "type": "image/sealed"} for one in digests]


@pytest.mark.parametrize(
    "media",
    [
        _items("B" * 42 + "A", "A" * 43),
        _items("A" * 43, "A" * 43),
        _items(*sorted(f"{n:042d}A" for n in range(51))),
        [{**_items("A" * 43)[0], "name": "IMG_1.jpg"}],
    ],
    ids=["out of order", "one twice", "fifty-one", "an unknown member"],
)
def test_media_that_are_not_sorted_or_repeat_or_are_too_many_are_refused(phone, media):
    assert outcomes(phone.sync(phone.observation(change={"media": media}))) == ["refused/bad_shape"]


def test_fifty_media_are_taken_and_so_is_a_type_that_a_later_version_adds(phone):
    media = _items(*sorted(f"{n:042d}A" for n in range(50)))
    media[0]["type"] = "document/sealed"
    assert outcomes(phone.sync(phone.observation(change={"media": media}))) == ["stored"]


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
