"""A rescue file comes in by the desk or by the command, through the same door, and twice is harmless."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from fieldapp.core import age as ours
from fieldapp.core import p256
from fieldapp.core.db import db
from fieldapp.core.protocol import DOMAIN_HAND_IN
from fieldapp.records import rescue, serverkeys
from fieldapp.records.models import Record
from fieldapp.records.services import handin
from tests import age
from tests.conftest import NOON
from tests.factories import Factory
from tests.people import Page
from tests.phone import Phone
from tests.rescuefile import plain, sealed

SignIn = Callable[..., Page]


@pytest.fixture
def recipient(app: Flask) -> str:
    return serverkeys.hand_in(app.config["SETTINGS"].data_dir)[0].recipient


@pytest.fixture
def phone(make: Factory) -> Any:
    chapter = make.chapter()
    return make.phone(make.person(chapter, "volunteer"), chapter)


def hand(raw: bytes) -> handin.HandedIn:
    return handin.hand_in(BytesIO(raw), NOON)


def stored() -> int:
    db.session.expire_all()
    return db.session.query(Record).count()


def test_a_phones_unsent_records_come_in_and_count_as_its_own(phone: Any, recipient: str):
    seen = [phone.observation() for _ in range(3)]
    told = hand(sealed(recipient, seen))
    assert [line.outcome for line in told.lines] == ["stored"] * 3
    assert (told.safe, told.fault) == (3, None)
    assert stored() == 3
    again = phone.sync(*seen)
    assert {one["outcome"] for one in again} == {"duplicate"}  # so the phone lets go at its own next sync
    assert all(one["receipt"]["sig"] for one in again)


def test_the_same_file_again_changes_nothing(phone: Any, recipient: str):
    raw = sealed(recipient, [phone.observation(), phone.observation()])
    hand(raw)
    assert [line.outcome for line in hand(raw).lines] == ["duplicate", "duplicate"]
    assert stored() == 2


def test_a_hundred_and_fifty_records_come_in_more_than_one_batch(phone: Any, recipient: str):
    told = hand(sealed(recipient, [phone.observation() for _ in range(150)]))
    assert told.safe == 150
    assert [line.number for line in told.lines] == list(range(1, 151))


def test_a_record_that_is_bad_does_not_hurt_the_others(phone: Any, recipient: str):
    good, forged = phone.observation(), phone.observation()
    forged["sig"] = good["sig"]
    told = hand(sealed(recipient, [good, forged, b"{not json", b"{},{}", b'{"body":1}', phone.observation()]))
    assert [line.outcome for line in told.lines] == [
        "stored",
        "refused/bad_signature",
        "refused/bad_shape",
        "refused/bad_shape",
        "refused/bad_shape",
        "stored",
    ]
    assert told.safe == 2


def test_what_came_before_a_damage_is_taken(phone: Any, recipient: str):
    seen = [phone.observation() for _ in range(150)]
    raw = sealed(recipient, seen)
    changed = bytearray(raw)
    changed[-20_000] ^= 1
    for broken in (raw[:-1], raw[: len(raw) - 30_000], bytes(changed)):
        told = hand(broken)
        assert told.fault == "damaged"
        assert 0 < told.safe < 150
    assert hand(raw).safe == 150


def test_a_file_that_lacks_its_end_is_said_to_be_cut_short(phone: Any, recipient: str):
    told = hand(sealed(recipient, [phone.observation()], end=False))
    assert (told.safe, told.fault) == (1, "damaged")


def test_foreign_files_are_told_apart(phone: Any, recipient: str):
    assert hand(b"").fault == "not_age"
    assert hand(b"PK\x03\x04 some archive" * 100).fault == "not_age"
    assert hand(sealed(age.Identity.generate().recipient, [phone.observation()])).fault == "other_recipient"
    assert hand(age.seal(recipient, b"a letter")).fault == "not_rescue"
    assert hand(age.seal(recipient, plain([])[:-5])).fault == "damaged"
    assert stored() == 0


@pytest.mark.parametrize(
    "inside",
    [
        b'{"type":"record","size":-1}\n',
        b'{"type":"record","size":true}\n',
        b'{"type":"record","size":99999999999}\n',
        b'{"type":"record","size":10}\nshort',
        b'{"type":"letter","size":1}\nx',
        b"[]\n",
        b"[" * 2000 + b"\n",
        b"x" * 5000,
        b'{"type":"end","entries":7}\n',
        b'{"type":"end","entries":0}\nand more',
    ],
)
def test_what_no_phone_writes_is_damaged_never_a_fault(recipient: str, inside: bytes):
    assert hand(age.seal(recipient, b"fieldapp-rescue/1\n" + inside)).fault == "damaged"


def test_a_file_of_very_many_entries_ends_there(phone: Any, recipient: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rescue, "MOST", 3)
    assert hand(sealed(recipient, [phone.observation() for _ in range(3)])).fault is None
    told = hand(sealed(recipient, [phone.observation(), *[b""] * 9]))
    assert (told.safe, len(told.lines), told.fault) == (1, 3, "damaged")


def test_an_armored_file_is_taken_too(phone: Any, recipient: str):
    text = base64.b64encode(sealed(recipient, [phone.observation()]))
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    armored = b"\r\n".join([ours.ARMOR_BEGIN, *lines, ours.ARMOR_END, b""])
    assert hand(armored).safe == 1
    assert hand(armored[: len(armored) // 2]).fault == "damaged"
    assert hand(armored.replace(b"\r\n", b"\r\n!")).fault == "damaged"


def test_every_byte_that_is_changed_is_noticed(phone: Any, recipient: str):
    raw = sealed(recipient, [phone.observation()])
    for at in range(0, len(raw), 97):
        broken = bytearray(raw)
        broken[at] ^= 0x40
        assert hand(bytes(broken)).fault in {"damaged", "not_age", "other_recipient"}
    assert stored() == 0


def test_media_that_nobody_stands_for_do_not_hurt_the_records(phone: Any, recipient: str):
    told = hand(sealed(recipient, [phone.observation()], media=[({}, b"\x00" * 300_000)]))
    assert [line.outcome for line in told.lines] == ["stored", "refused/bad_request"]
    assert (told.safe, told.fault) == (1, None)


def test_records_of_a_key_that_is_not_known_wait_for_a_sign_in(make: Factory, recipient: str):
    chapter = make.chapter()
    known = make.phone(make.person(chapter, "volunteer"), chapter)
    stranger = Phone(known.app, known.clock, known.person, chapter)
    told = hand(sealed(recipient, [stranger.observation()]))
    assert [line.outcome for line in told.lines] == ["refused/unknown_key"]


def test_the_page_says_what_became_of_each_record_and_nothing_of_what_it_says(
    make: Factory, phone: Any, recipient: str, sign_in: SignIn
):
    desk = sign_in(make.person(phone.chapter, "coordinator"))
    assert desk.get("/hand-in").status_code == 200
    raw = sealed(recipient, [phone.observation(), phone.operation("alert_cancel", change={"void_after": NOON - 1})])
    answer = desk.post("/hand-in", data=raw, content_type="application/octet-stream")
    told = answer.get_json()
    assert [(line["kind"], line["state"]) for line in told["lines"]] == [
        ("Written record", "in"),
        ("Alert taken back", "in"),
    ]
    assert told["safe"] == 2
    assert "master" not in answer.text
    bad = desk.post("/hand-in", data=raw[:-1], content_type="application/octet-stream").get_json()
    assert bad["fault"]["code"] == "damaged"
    assert bad["fault"]["message"]


def test_the_page_takes_more_than_other_pages_but_not_everything(make: Factory, phone: Any, sign_in: SignIn):
    desk = sign_in(make.person(phone.chapter, "coordinator"))
    some = desk.post("/hand-in", data=b"x" * 3_000_000, content_type="application/octet-stream")
    assert (some.status_code, some.get_json()["fault"]["code"]) == (200, "not_age")
    huge = desk.post(
        "/hand-in",
        data=b"",
        content_type="application/octet-stream",
        headers={"Accept": "application/json"},
        environ_overrides={"CONTENT_LENGTH": str(300 * 1024 * 1024)},
    )
    assert (huge.status_code, huge.get_json()["error"]["code"]) == (413, "too_large")


def test_a_volunteer_cannot_hand_a_file_in(phone: Any, recipient: str, sign_in: SignIn):
    page = sign_in(phone.person)
    assert page.get("/hand-in").status_code == 403
    raw = sealed(recipient, [phone.observation()])
    assert page.post("/hand-in", data=raw, content_type="application/octet-stream").status_code == 403
    assert stored() == 0


def test_the_command_lists_each_record_and_fails_when_one_is_not_in(
    app: Flask, phone: Any, recipient: str, tmp_path: Path
):
    file = tmp_path / "rescue.age"
    file.write_bytes(sealed(recipient, [phone.observation(), b"{}"]))
    said = app.test_cli_runner().invoke(args=["hand-in", str(file)])
    assert "stored" in said.output
    assert "1 of 2 in this file" in said.output
    assert said.exit_code == 1
    file.write_bytes(b"something else")
    said = app.test_cli_runner().invoke(args=["hand-in", str(file)])
    assert "not a rescue file" in said.output
    assert "Traceback" not in said.output


def test_phones_are_told_the_hand_in_key_under_the_pinned_root(
    make: Factory, phone: Any, recipient: str, sign_in: SignIn
):
    server = sign_in(phone.person).get("/api/v1/field").get_json()["public"]["server"]
    said = json.loads(server["hand_in"]["text"])
    assert said == {"recipient": recipient, "server_key": said["server_key"], "type": "hand_in", "v": 1}
    key = next(json.loads(one["text"])["key"] for one in server["server_keys"])
    assert p256.thumbprint(key["x"], key["y"]) == said["server_key"]
    loaded = p256.public_key(key["x"], key["y"])
    assert p256.verifies(loaded, server["hand_in"]["sig"], DOMAIN_HAND_IN, server["hand_in"]["text"])
