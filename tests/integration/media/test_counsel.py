"""A record's media on counsel's desk: how much has arrived, in either order, and the sealed bytes for counsel alone."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from fieldapp.core.clock import HOUR
from fieldapp.observations.services import arrived
from fieldapp.records.models import Record, RecordMedia
from tests.uploads import Recording


@pytest.fixture
def film(phone: Any) -> Recording:
    """A second item."""
    return Recording(phone, secrets.token_bytes(20_000), "video/sealed")


@pytest.fixture
def legal(make: Any, chapter: Any, sign_in: Any) -> Any:
    """A legal partner of the chapter, with a fresh passkey."""
    return sign_in(make.person(chapter, "legal"))


def naming(*items: Recording) -> dict[str, Any]:
    """An observation that names these."""
    said = sorted((one.said for one in items), key=lambda one: str(one["sha256"]))
    sent: dict[str, Any] = items[0].phone.observation(change={"media": said})
    (result,) = items[0].phone.sync(sent)
    assert result["outcome"] == "stored", result
    return sent


def path(sent: dict[str, Any], item: Recording) -> str:
    return f"/legal/records/{sent['digest']}/media/{item.sha256}"


def here(make: Any) -> list[tuple[int, int]]:
    return [(one.here, one.named) for one in arrived.counts(r.pk for r in make.all(Record)).values()]


def test_a_record_is_complete_when_the_last_of_its_media_has_arrived_in_whatever_order(make, photo, film):
    photo.send()
    naming(photo, film)
    assert here(make) == [(1, 2)]
    film.post(film.data[:9_000])
    assert here(make) == [(1, 2)]
    film.patch(9_000, film.data[9_000:])
    assert here(make) == [(2, 2)]


def test_another_key_of_the_chapter_may_bring_it_and_one_of_another_chapter_may_not(make, photo, chapter):
    naming(photo)
    elsewhere = make.chapter()
    Recording(make.phone(make.person(elsewhere)), photo.data).send()
    assert here(make) == [(0, 1)]
    Recording(make.phone(make.person(chapter)), photo.data).send()
    assert here(make) == [(1, 1)]


def test_the_same_record_again_names_its_media_once(make, photo):
    sent = naming(photo)
    photo.phone.sync(sent)
    assert len(make.all(RecordMedia)) == 1


def test_a_record_without_media_says_nothing_of_them(make, phone, legal):
    sent = phone.observation()
    phone.sync(sent)
    assert here(make) == []
    assert "Photos, film and sound" not in legal.get(f"/legal/records/{sent['digest']}").text


def test_the_page_and_the_queue_say_what_has_arrived(photo, film, legal):
    photo.send()
    sent = naming(photo, film)
    page = legal.get(f"/legal/records/{sent['digest']}").text
    assert "1 of 2 have arrived" in page and "not arrived yet" in page and "media: 1 of 2" in page
    film.send()
    page = legal.get(f"/legal/records/{sent['digest']}").text
    assert "Complete: all of it has arrived" in page and "media: 2" in page


def test_only_that_page_may_play_film_and_sound_from_this_computer(photo, legal):
    sent = naming(photo)
    policies = [
        legal.get(one).headers["Content-Security-Policy"] for one in (f"/legal/records/{sent['digest']}", "/legal/")
    ]
    assert ["media-src blob:" in one for one in policies] == [True, False]


def test_an_amendments_media_stand_with_the_record(photo, film, legal):
    photo.send()
    sent = naming(photo)
    film.send()
    amended = film.phone.amendment(sent, change={"media": [film.said]})
    film.phone.sync(amended)
    page = legal.get(f"/legal/records/{sent['digest']}").text
    assert f"/legal/records/{amended['digest']}/media/{film.sha256}" in page
    assert legal.get(path(amended, film)).data == film.data


def test_counsel_gets_the_sealed_bytes_as_a_file_that_no_browser_shows(photo, legal):
    photo.send()
    answer = legal.get(path(naming(photo), photo))
    assert answer.data == photo.data
    told = answer.headers
    assert told["Content-Type"] == "application/octet-stream"
    assert told["Content-Disposition"].startswith("attachment")
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert told["Cache-Control"] == "no-store"
    assert told["Content-Length"] == "9000"


def test_a_range_of_it_goes_on_where_a_connection_broke(photo, legal):
    photo.send()
    answer = legal.get(path(naming(photo), photo), headers={"Range": "bytes=8000-"})
    assert (answer.status_code, answer.data) == (206, photo.data[8_000:])
    assert answer.headers["Content-Range"] == "bytes 8000-8999/9000"


def test_a_range_that_is_none_is_said_so(photo, legal):
    photo.send()
    answer = legal.get(path(naming(photo), photo), headers={"Range": "bytes=9000-"})
    assert answer.status_code == 416


def test_it_needs_a_fresh_passkey(photo, legal, clock):
    photo.send()
    sent = naming(photo)
    clock.advance(HOUR // 6)
    answer = legal.get(path(sent, photo), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "step_up")


@pytest.mark.parametrize("role", ["volunteer", "coordinator", "trainer", "admin"])
def test_nobody_but_counsel_gets_them(photo, make, chapter, sign_in, role):
    photo.send()
    assert sign_in(make.person(chapter, role)).get(path(naming(photo), photo)).status_code == 403


def test_for_counsel_of_another_chapter_they_do_not_exist(photo, make, sign_in):
    photo.send()
    elsewhere = sign_in(make.person(make.chapter(), "legal"))
    assert elsewhere.get(path(naming(photo), photo)).status_code == 404


def test_what_has_not_arrived_or_belongs_to_another_record_or_was_lost_is_not_there(photo, film, legal, store):
    sent = naming(photo)
    film.send()
    assert legal.get(path(sent, photo)).status_code == 404
    assert legal.get(path(sent, film)).status_code == 404
    photo.send()
    store.path(photo.sha256).unlink()
    assert legal.get(path(sent, photo)).status_code == 404


@pytest.mark.parametrize("name", ["..%2f..%2fsecret_key", "A" * 43, "%00", "a" * 4_000])
def test_a_digest_that_is_none_is_not_there(photo, legal, name):
    sent = naming(photo)
    assert legal.get(f"/legal/records/{sent['digest']}/media/{name}").status_code in {400, 404}


def test_many_records_with_media_cost_the_queue_no_more_questions(photo, phone, legal, queries):
    photo.send()
    naming(photo)
    with queries() as few:
        legal.get("/legal/")
    for _ in range(8):
        naming(photo, Recording(phone, secrets.token_bytes(10)))
    with queries() as many:
        assert "media: 1 of 2" in legal.get("/legal/").text
    assert len(many) == len(few)
