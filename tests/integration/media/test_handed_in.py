"""Photos and film that a phone could not send come in with its rescue file, as an upload would (docs/protocol.md 14)."""

from __future__ import annotations

import json
import secrets
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from fieldapp.core import p256
from fieldapp.core.db import db
from fieldapp.core.protocol import DOMAIN_MEDIA_RECEIPT
from fieldapp.observations.models import MediaUpload
from fieldapp.records import here, serverkeys
from fieldapp.records.services import handin
from tests.conftest import NOON
from tests.factories import Factory
from tests.phone import Phone
from tests.rescuefile import line, plain, sealed
from tests.uploads import Recording


@pytest.fixture
def recipient(app: Flask) -> str:
    return serverkeys.hand_in(app.config["SETTINGS"].data_dir)[0].recipient


@pytest.fixture
def film(phone: Phone) -> Recording:
    """Larger than any piece in which a file is read."""
    return Recording(phone, secrets.token_bytes(300_001), "video/sealed")


def hand(raw: bytes) -> handin.HandedIn:
    return handin.hand_in(BytesIO(raw), NOON)


def outcomes(recipient: str, *media: Any) -> list[str]:
    told = hand(sealed(recipient, [], media=list(media)))
    assert told.fault is None
    return [one.outcome for one in told.lines]


def uploads_known() -> int:
    db.session.rollback()
    return db.session.query(MediaUpload).count()


def test_what_a_phone_recorded_comes_in_with_its_record_and_the_phone_gets_its_receipt(
    phone: Phone, photo: Recording, film: Recording, recipient: str, store: Any
):
    record = phone.observation(change={"media": sorted([photo.said, film.said], key=lambda one: one["sha256"])})
    told = hand(sealed(recipient, [record], media=[photo, film]))
    assert [(one.number, one.kind, one.outcome) for one in told.lines] == [
        (1, "observation", "stored"),
        (2, "media", "stored"),
        (3, "media", "stored"),
    ]
    assert (told.safe, told.fault) == (3, None)
    assert [one.id for one in told.lines[1:]] == [photo.id, film.id]
    for item in (photo, film):
        assert store.open(item.sha256).read() == item.data
        begun = item.post()  # what the phone asks first when it has network again
        assert (begun.status_code, begun.headers["Upload-Offset"]) == (201, str(len(item.data)))
        signed = item.receipt().get_json()["receipt"]
        ring = serverkeys.ready(here.settings().data_dir, NOON)
        assert p256.verifies(ring.receipt.public_key(), signed["sig"], DOMAIN_MEDIA_RECEIPT, signed["text"])
        said = json.loads(signed["text"])
        assert (said["media"], said["sha256"], said["size"]) == (item.id, item.sha256, len(item.data))
    assert list(store.incoming()) == []


def test_the_same_file_again_changes_nothing_and_the_receipt_stays(photo: Recording, film: Recording, recipient: str):
    raw = sealed(recipient, [], media=[photo, film])
    hand(raw)
    receipt = photo.receipt().get_json()
    again = hand(raw)
    assert [one.outcome for one in again.lines] == ["duplicate", "duplicate"]
    assert again.safe == 2
    assert photo.receipt().get_json() == receipt
    assert uploads_known() == 2


def test_a_file_goes_on_where_an_upload_was_broken_off(film: Recording, recipient: str, store: Any):
    film.post()
    film.patch(0, film.data[:123_456])
    assert outcomes(recipient, film) == ["stored"]
    assert store.open(film.sha256).read() == film.data


def test_a_film_whose_length_was_never_told_gets_it_from_the_file(film: Recording, recipient: str, store: Any):
    film.post(Upload_Length="", Upload_Defer_Length="1")
    film.patch(0, film.data)
    assert outcomes(recipient, film) == ["stored"]
    assert store.open(film.sha256).read() == film.data


def test_what_is_here_is_left_alone_where_the_file_says_something_else(phone: Phone, recipient: str, store: Any):
    whole, shorter, longer = (Recording(phone, secrets.token_bytes(9_000)) for _ in range(3))
    whole.send()
    other = secrets.token_bytes(9_000)
    shorter.post()
    longer.post(Upload_Length="", Upload_Defer_Length="1")
    longer.patch(0, longer.data)
    told = outcomes(
        recipient,
        (line(whole, sha256=p256.sha256(other)), other),
        (line(shorter, sha256=p256.sha256(other[:5_000])), other[:5_000]),
        (line(longer, sha256=p256.sha256(other[:5_000])), other[:5_000]),
    )
    assert told == ["conflict", "refused/length", "refused/length"]
    assert store.open(whole.sha256).read() == whole.data
    assert shorter.patch(0, shorter.data).status_code == 204
    assert longer.patch(9_000, b"", Upload_Length="9000").status_code == 204
    for item in (shorter, longer):
        assert store.open(item.sha256).read() == item.data


def test_of_an_item_that_is_not_what_its_digest_says_nothing_is_taken(
    photo: Recording, film: Recording, recipient: str, store: Any
):
    film.post()
    film.patch(0, film.data[:1_000])
    changed = film.data[:-1] + bytes([film.data[-1] ^ 1])
    assert (
        outcomes(recipient, (line(photo), secrets.token_bytes(9_000)), (line(film), changed))
        == ["refused/checksum"] * 2
    )
    assert uploads_known() == 1
    assert film.head().headers["Upload-Offset"] == "1000"
    assert outcomes(recipient, photo, film) == ["stored", "stored"]
    assert sorted(store.kept()) == sorted([photo.sha256, film.sha256])


def test_a_beginning_that_is_not_the_items_own_is_not_gone_on_with(film: Recording, recipient: str):
    film.post()
    film.patch(0, secrets.token_bytes(1_000))
    assert outcomes(recipient, film) == ["refused/checksum"]
    assert film.head().headers["Upload-Offset"] == "1000"


def test_a_file_that_is_cut_short_brings_what_came_before_and_nothing_of_the_item_it_was_cut_in(
    phone: Phone, photo: Recording, film: Recording, recipient: str, store: Any
):
    raw = sealed(recipient, [phone.observation()], media=[photo, film])
    told = hand(raw[:-150_000])
    assert ([one.outcome for one in told.lines], told.fault) == (["stored", "stored"], "damaged")
    assert uploads_known() == 1
    assert [one.outcome for one in hand(raw).lines] == ["duplicate", "duplicate", "stored"]
    assert store.open(film.sha256).read() == film.data


def test_a_foreign_token_opens_nothing(make: Factory, phone: Phone, photo: Recording, film: Recording, recipient: str):
    stranger = Phone(phone.app, phone.clock, phone.person, phone.chapter)
    theirs = make.phone(make.person(phone.chapter), phone.chapter)
    film.post()
    told = outcomes(
        recipient,
        line_and_bytes(photo, token=line(film)["token"]),
        line_and_bytes(photo, token=line(photo)["token"] | {"sig": "A" * 86}),
        line_and_bytes(photo, token=None),
        line_and_bytes(photo, token={"text": "\ud800", "sig": 5}),
        line_and_bytes(photo, media=None),
        Recording(stranger, photo.data),
        Recording(theirs, film.data, media=film.id),
        line_and_bytes(photo, sha256="x"),
        line_and_bytes(photo, sha256=None),
        (line(photo), b""),
    )
    assert told == [
        *["refused/bad_token"] * 5,
        "refused/unknown_key",
        "refused/unknown_media",
        *["refused/bad_request"] * 3,
    ]
    assert uploads_known() == 1
    assert film.head().headers["Upload-Offset"] == "0"


def line_and_bytes(item: Recording, **change: Any) -> tuple[dict[str, Any], bytes]:
    return line(item, **change), item.data


def test_a_refused_item_does_not_hurt_the_others(photo: Recording, film: Recording, recipient: str):
    assert outcomes(recipient, line_and_bytes(film, token=None), photo, (line(film), film.data[:-1]), film) == [
        "refused/bad_token",
        "stored",
        "refused/checksum",
        "stored",
    ]


def test_on_a_full_disk_an_item_waits_in_its_file(photo: Recording, recipient: str, limit: Any):
    limit(media_floor_mb=10**9)
    assert outcomes(recipient, photo) == ["later/no_room"]
    assert uploads_known() == 0


def test_the_page_and_the_command_list_each_item_and_never_what_is_in_it(
    app: Flask,
    make: Factory,
    phone: Phone,
    photo: Recording,
    film: Recording,
    recipient: str,
    sign_in: Any,
    tmp_path: Any,
):
    raw = sealed(recipient, [], media=[photo, line_and_bytes(film, token=None)])
    desk = sign_in(make.person(phone.chapter, "coordinator"))
    told = desk.post("/hand-in", data=raw, content_type="application/octet-stream").get_json()
    assert [(one["kind"], one["state"], one["id"]) for one in told["lines"]] == [
        ("Photo, film or sound", "in", photo.id[:8]),
        ("Photo, film or sound", "out", film.id[:8]),
    ]
    assert (told["safe"], told["fault"]) == (1, None)
    file = tmp_path / "rescue.age"
    file.write_bytes(raw)
    said = app.test_cli_runner().invoke(args=["hand-in", str(file)])
    assert f"{photo.id[:8]}  media           duplicate" in said.output
    assert f"{film.id[:8]}  media           refused/bad_token" in said.output
    assert "1 of 2" in said.output
    assert said.exit_code == 1


def test_a_line_longer_than_it_may_be_is_a_damage(photo: Recording, recipient: str):
    assert hand(sealed(recipient, [], media=[(line(photo, more="x" * 3_000), photo.data)])).fault == "damaged"
    assert plain([]).startswith(b"fieldapp-rescue/1\n")
