"""The second client sends sealed media: from docs/protocol.md 13 alone, to a server that runs."""

from __future__ import annotations

import os

import pytest

from .fieldclient import keys, media
from .fieldclient.canonical import Fault, canonical, parse, unb64u
from .fieldclient.client import Client
from .fieldclient.wire import Refused

CELL = "4071,-7401"
PLAIN = b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00" + bytes(range(256)) * 9_000  # 2.3 MB: three frames


@pytest.fixture
def at(volunteer: Client) -> int:
    """The newest time that the server said."""
    assert volunteer.clock
    return volunteer.clock


def test_a_photo_goes_in_pieces_its_record_names_it_and_the_receipt_lets_go_of_it(server, volunteer, identity, at):
    item, door = volunteer.photo(PLAIN, at=at), media.Door(server.url)
    record = volunteer.observe("salute", {"how_many": "n1", "narrative": "One."}, at=at, cell=CELL, items=(item,))
    assert [one["type"] for one in record.body["media"]] == ["image/sealed"]
    assert door.send(item, 500_000, 2) == 1_000_000
    assert [one.outcome for one in volunteer.sync()] == ["stored"]
    with pytest.raises(Refused) as early:
        door.receipt(item)
    assert (early.value.status, early.value.code) == (409, "incomplete")
    assert door.send(item) == len(item.data)
    receipt = door.receipt(item)
    assert volunteer.believes(item, receipt) % 900_000 == 0
    assert door.receipt(item) == receipt
    assert media.unseal(identity, item.data) == PLAIN


def test_no_other_receipt_lets_go_of_an_item(server, volunteer, at):
    item, other, door = volunteer.photo(b"one", at=at), volunteer.photo(b"two", at=at), media.Door(server.url)
    for one in (item, other):
        door.send(one)
    good = door.receipt(item)
    said = parse(good["text"])
    lies = [
        door.receipt(other),
        {**good, "text": canonical({**said, "size": said["size"] + 1})},
        {**good, "sig": "A" * 86},
    ]
    for lie in lies:
        with pytest.raises(Fault):
            volunteer.believes(item, lie)
    volunteer.believes(item, good)


def test_a_small_photo_is_one_request_and_its_receipt_rides_back(server, volunteer, at):
    item, door = volunteer.photo(b"small", at=at), media.Door(server.url)
    answer = door.ask("POST", "", item, item.data, Upload_Length=str(len(item.data)), Content_Type=media.STREAM)
    text, sig = answer.headers["Fieldapp-Media-Receipt"].split(".")
    volunteer.believes(item, {"text": unb64u(text).decode(), "sig": sig})


def test_a_key_that_nobody_registered_sends_nothing(server, volunteer, at):
    item = volunteer.photo(os.urandom(10), at=at)
    stranger = keys.SigningKey.new()
    item.token = media.token(stranger, volunteer.welcome["log"], volunteer.welcome["chapter"], item.id)
    with pytest.raises(Refused) as caught:
        media.Door(server.url).send(item)
    assert (caught.value.status, caught.value.code) == (401, "unknown_key")


def test_frames_that_are_cut_are_no_media(volunteer, identity, at):
    item = volunteer.photo(PLAIN, at=at)
    for cut in (item.data[:-1], item.data[:2], item.data + b"\0\0\0\0"):
        with pytest.raises(Fault):
            media.unseal(identity, cut)
