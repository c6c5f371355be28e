"""Media arrive byte for byte, whatever happens on the way, and the receipt proves it (docs/protocol.md 13)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import stat
from typing import Any

import pytest

from fieldapp.core import p256
from fieldapp.core.canonical import unb64u
from fieldapp.core.clock import DAY
from fieldapp.core.db import write
from fieldapp.core.protocol import DOMAIN_MEDIA_RECEIPT, RECEIVED_AT_STEP_MS
from fieldapp.observations.models import MediaUpload
from fieldapp.records import here, serverkeys
from tests.uploads import PATH, STREAM, Recording


def code(answer: Any) -> tuple[int, str]:
    """Status and code; the header says what the body says."""
    told = answer.get_json(silent=True)
    if told:
        assert set(told["error"]) == {"code", "message", "safe", "do"}
        assert told["error"]["code"] == answer.headers["Fieldapp-Error"]
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    return answer.status_code, answer.headers["Fieldapp-Error"]


def checksum(data: bytes, name: str = "sha1") -> str:
    return f"{name} {base64.b64encode(hashlib.new(name, data).digest()).decode()}"


def test_a_photo_arrives_in_one_request_and_the_receipt_rides_back(photo, store):
    answer = photo.post(photo.data)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{PATH}/{photo.id}"
    assert answer.headers["Upload-Offset"] == str(len(photo.data))
    text, sig = answer.headers["Fieldapp-Media-Receipt"].split(".")
    told = photo.receipt().get_json()["receipt"]
    assert told == {"text": unb64u(text).decode(), "sig": sig}
    assert store.open(photo.sha256).read() == photo.data


def test_the_receipt_is_signed_by_the_server_and_names_digest_size_and_a_rounded_time(photo, clock):
    clock.advance(61_000)
    signed = photo.send()
    ring = serverkeys.ready(here.settings().data_dir, clock.now())
    assert p256.verifies(ring.receipt.public_key(), signed["sig"], DOMAIN_MEDIA_RECEIPT, signed["text"])
    said = json.loads(signed["text"])
    at = said.pop("received_at")
    assert at % RECEIVED_AT_STEP_MS == 0 and clock.now() <= at < clock.now() + RECEIVED_AT_STEP_MS
    assert said == {
        "v": 1,
        "type": "media_receipt",
        "log": photo.phone.log(),
        "epoch": photo.phone.log().rsplit("/", 1)[1],
        "server_key": ring.receipt_thumbprint,
        "media": photo.id,
        "sha256": photo.sha256,
        "size": len(photo.data),
    }


def test_a_recording_of_unknown_length_grows_and_is_complete_when_its_length_is_told(phone, store):
    film = Recording(phone, secrets.token_bytes(30_000), "video/sealed")
    begun = film.post(Upload_Length="", Upload_Defer_Length="1")
    assert (begun.status_code, begun.headers["Upload-Defer-Length"]) == (201, "1")
    for at in range(0, 30_000, 10_000):
        grown = film.patch(at, film.data[at : at + 10_000])
        assert (grown.status_code, grown.headers["Upload-Offset"]) == (204, str(at + 10_000))
    assert code(film.receipt()) == (409, "incomplete")
    ended = film.patch(30_000, b"", Upload_Length="30000")
    assert (ended.status_code, ended.headers["Upload-Length"]) == (204, "30000")
    assert json.loads(film.receipt().get_json()["receipt"]["text"])["sha256"] == film.sha256
    assert store.open(film.sha256).read() == film.data


def test_the_last_piece_may_bring_the_length(phone):
    film = Recording(phone, secrets.token_bytes(2_000))
    film.post(Upload_Length="", Upload_Defer_Length="1")
    film.patch(0, film.data[:1_500])
    assert "Fieldapp-Media-Receipt" in film.patch(1_500, film.data[1_500:], Upload_Length="2000").headers


def test_head_says_where_an_upload_stands_and_nothing_is_kept_of_the_answer(photo):
    photo.post()
    photo.patch(0, photo.data[:4_000])
    answer = photo.head()
    said = {name: answer.headers[name] for name in ("Upload-Offset", "Upload-Length", "Cache-Control", "Tus-Resumable")}
    assert said == {
        "Upload-Offset": "4000",
        "Upload-Length": "9000",
        "Cache-Control": "no-store",
        "Tus-Resumable": "1.0.0",
    }
    assert answer.status_code == 200


def test_the_same_begin_again_finds_the_same_upload_and_takes_no_bytes_twice(photo, store):
    photo.post(photo.data[:4_000])
    again = photo.post(photo.data[:4_000])
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, "4000")
    photo.patch(4_000, photo.data[4_000:])
    assert "Fieldapp-Media-Receipt" in photo.post(photo.data).headers
    assert store.open(photo.sha256).read() == photo.data


def test_bytes_at_a_wrong_offset_are_refused_and_the_right_one_is_told(photo):
    photo.post(photo.data[:4_000])
    answer = photo.patch(0, photo.data[:4_000])
    assert code(answer) == (409, "wrong_offset")
    assert answer.headers["Upload-Offset"] == "4000"


def test_a_complete_upload_answers_a_repeated_last_piece_with_where_it_stands(photo):
    photo.post(photo.data[:4_000])
    photo.patch(4_000, photo.data[4_000:])
    answer = photo.patch(4_000, photo.data[4_000:])
    assert (code(answer), answer.headers["Upload-Offset"]) == ((409, "wrong_offset"), "9000")
    assert photo.patch(9_000, b"").status_code == 204


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_piece_that_changed_on_the_way_is_not_taken(photo, store, name):
    photo.post()
    good = checksum(photo.data, name)
    assert code(photo.patch(0, b"X" + photo.data[1:], Upload_Checksum=good)) == (460, "checksum")
    assert photo.head().headers["Upload-Offset"] == "0"
    assert photo.patch(0, photo.data, Upload_Checksum=good).status_code == 204
    assert store.open(photo.sha256).read() == photo.data


def test_what_lies_beyond_the_last_answered_byte_is_cut_off(photo, store):
    photo.post(photo.data[:4_000])
    with store.writing(photo.id) as file:  # a process that was killed between the disk and the database
        file.cut(4_000)
        file.write(b"half a piece")
    assert photo.head().headers["Upload-Offset"] == "4000"
    photo.patch(4_000, photo.data[4_000:])
    assert store.open(photo.sha256).read() == photo.data


def test_one_that_is_killed_between_the_disk_and_the_database_is_sent_its_last_piece_only(photo, store):
    photo.post(photo.data[:4_000])
    with store.writing(photo.id) as file:
        file.cut(4_000)
        file.write(photo.data[4_000:])
        file.sync()
        file.keep(file.digest())
    assert photo.head().headers["Upload-Offset"] == "4000"
    assert photo.patch(4_000, photo.data[4_000:]).status_code == 204
    assert store.verified(photo.sha256)
    assert not list(store.incoming())
    assert not list(store.strange())


def test_a_busy_database_says_come_again_and_the_last_piece_is_enough(app, photo, store, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from fieldapp.observations.services import uploads

    def busy() -> None:
        raise OperationalError("", {}, Exception("database is locked"))

    photo.post(photo.data[:4_000])
    with monkeypatch.context() as patched:
        patched.setattr(uploads, "write", busy)
        answer = photo.patch(4_000, photo.data[4_000:])
    assert (code(answer), answer.headers["Retry-After"]) == ((503, "unavailable"), "5")
    assert photo.head().headers["Upload-Offset"] == "4000"
    assert photo.patch(4_000, photo.data[4_000:]).status_code == 204
    assert store.verified(photo.sha256)


def test_while_one_writes_another_is_told_to_come_again(photo, store):
    photo.post()
    with store.writing(photo.id):
        assert code(photo.patch(0, photo.data)) == (409, "busy")
    assert photo.patch(0, photo.data).status_code == 204


def test_what_the_disk_lost_is_asked_for_again_and_the_first_receipt_stays(photo, store, clock):
    first = photo.send()
    store.path(photo.sha256).unlink()
    assert photo.head().headers["Upload-Offset"] == "0"
    assert code(photo.receipt()) == (409, "incomplete")
    clock.advance(DAY)
    assert photo.post().headers["Upload-Offset"] == "0"
    assert photo.patch(0, photo.data).status_code == 204
    assert photo.receipt().get_json()["receipt"] == first


def test_what_arrived_in_part_and_was_lost_goes_on_from_what_is_there(photo, store):
    photo.post(photo.data[:4_000])
    with store.writing(photo.id) as file:
        file.cut(1_000)
    assert photo.head().headers["Upload-Offset"] == "1000"
    assert photo.patch(1_000, photo.data[1_000:]).status_code == 204
    assert store.open(photo.sha256).read() == photo.data


def test_an_upload_goes_on_for_days_after_its_key_was_revoked_and_is_flagged_not_refused(photo, clock, make):
    photo.post(photo.data[:4_000])
    clock.advance(3 * DAY)
    _revoke(photo, clock.now())
    assert photo.patch(4_000, photo.data[4_000:]).status_code == 204
    late = Recording(photo.phone, secrets.token_bytes(100))
    assert late.post(late.data).status_code == 201
    flags = {one.id: one.flags for one in make.all(MediaUpload)}
    assert flags == {photo.id: [], late.id: ["key_revoked"]}


def test_a_disabled_persons_recording_is_taken_and_flagged(photo, make, clock):
    from fieldapp.accounts.models import Person

    with write() as session:
        session.get_one(Person, photo.phone.person.id).disabled_at = clock.now()
    assert photo.post(photo.data).status_code == 201
    assert [one.flags for one in make.all(MediaUpload)] == [["disabled"]]


def test_a_recording_for_a_chapter_that_is_not_theirs_is_kept_in_their_own_and_flagged(photo, make, chapter):
    elsewhere = make.chapter()
    answer = photo.post(photo.data, Authorization=photo.token(chapter=elsewhere.id))
    assert answer.status_code == 201
    assert [(one.chapter_id, one.flags) for one in make.all(MediaUpload)] == [(chapter.id, ["wrong_chapter"])]


def test_a_pod_below_is_their_own_chapter_too(photo, make, chapter):
    pod = make.chapter(parent=chapter)
    photo.post(photo.data, Authorization=photo.token(chapter=pod.id))
    assert [(one.chapter_id, one.flags) for one in make.all(MediaUpload)] == [(pod.id, [])]


def test_a_file_on_the_disk_is_ours_alone(photo, store):
    photo.post(photo.data)
    path = store.path(photo.sha256)
    modes = [stat.S_IMODE(one.stat().st_mode) for one in (path, *list(path.parents)[:3])]
    assert modes == [0o600, 0o700, 0o700, 0o700]
    assert not list(store.incoming())


def test_options_say_what_is_spoken_here_and_need_no_token(photo):
    answer = photo.ask("OPTIONS", PATH, token="")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == "4294967296"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-defer-length",
        "creation-with-upload",
        "checksum",
    }


def test_a_first_request_costs_the_database_few_questions(photo, queries):
    photo.phone.log()
    with queries() as seen:
        photo.post(photo.data)
    assert len([one for one in seen if not one.startswith(("BEGIN", "COMMIT"))]) <= 10, seen


def test_a_next_piece_costs_the_database_few_questions(photo, queries):
    photo.post(photo.data[:10])
    with queries() as seen:
        photo.patch(10, photo.data[10:20])
    assert len([one for one in seen if not one.startswith(("BEGIN", "COMMIT"))]) <= 5, seen


def _revoke(photo: Recording, now: int) -> None:
    from fieldapp.accounts.models import DeviceKey

    with write() as session:
        session.get_one(DeviceKey, photo.phone.key).revoked_at = now


def test_a_chunked_body_is_taken_and_a_part_of_it_when_the_connection_breaks(photo):
    photo.post()
    answer = photo.ask(
        "PATCH",
        data=photo.data[:100],
        Upload_Offset="0",
        Content_Type=STREAM,
        Content_Length="5000",  # the body ends before it should
    )
    assert answer.headers["Upload-Offset"] == "100"
    assert photo.head().headers["Upload-Offset"] == "100"
