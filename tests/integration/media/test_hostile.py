"""Whatever is sent to the media door: the one shape of an error, never a 500, and nothing that anybody else sent is touched."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from fieldapp.accounts.models import DeviceKey
from fieldapp.core import p256
from fieldapp.core.canonical import b64u
from fieldapp.core.db import write
from fieldapp.core.protocol import DOMAIN_RECORD
from fieldapp.observations.models import MediaUpload
from fieldapp.observations.routes_media import OF_A_KEY, STRANGE
from fieldapp.observations.services import room
from fieldapp.web.ratelimit import limiter, who
from tests.integration.media.test_uploading import code
from tests.uploads import PATH, STREAM, Recording


@pytest.mark.parametrize(
    "change",
    [
        {"media": b64u(b"x" * 16)},
        {"media": "../../etc/passwd"},
        {"media": "A" * 21},
        {"type": "notice"},
        {"v": 2},
        {"v": True},
        {"log": ""},
        {"chapter": None},
        {"more": 1},
        {"key": "A" * 42},
        {"chapter": "a/b"},
    ],
    ids=str,
)
def test_a_token_that_is_not_exactly_one_for_this_upload_is_refused(photo, change):
    photo.post()
    assert code(photo.head(Authorization=photo.token(**change))) == (401, "bad_token")


@pytest.mark.parametrize(
    "token",
    ["Fieldapp", "Fieldapp a.b", "Bearer abc", f"Fieldapp {b64u(b'{}')}.{'A' * 86}", "Fieldapp " + "A" * 9_000, "\xff"],
    ids=lambda token: token[:16],
)
def test_a_header_that_is_no_token_is_refused(photo, token):
    assert code(photo.head(Authorization=token)) == (401, "bad_token")


def test_a_token_signed_under_another_domain_line_or_by_another_key_is_refused(photo, make, chapter):
    photo.post()
    text = photo.token().split(" ")[1].split(".")[0]
    other = make.phone(make.person(chapter))
    from fieldapp.core.canonical import unb64u

    plain = unb64u(text).decode()
    for private, domain in ((photo.phone.private, DOMAIN_RECORD), (other.private, "fieldapp/media/v1")):
        forged = f"Fieldapp {text}.{p256.sign(private, domain, plain)}"
        assert code(photo.patch(0, photo.data, Authorization=forged)) == (401, "bad_token")


def test_a_key_that_nobody_registered_and_a_log_that_is_not_ours_are_named(photo):
    assert code(photo.post(Authorization=photo.token(log="evil.example/log/1"))) == (401, "unknown_log")
    assert code(photo.post(Authorization=photo.token(key="A" * 43))) == (401, "unknown_key")


def test_another_keys_upload_is_not_there(photo, make, chapter):
    photo.post(photo.data[:10])
    other = Recording(make.phone(make.person(chapter)), photo.data, media=photo.id)
    asked = [other.post(), other.head(), other.patch(10, photo.data[10:]), other.receipt()]
    assert [code(one) for one in asked] == [(404, "unknown_media")] * 4
    assert photo.head().headers["Upload-Offset"] == "10"


def test_what_never_began_is_not_there(photo):
    assert [code(one) for one in (photo.head(), photo.patch(0, b"x"), photo.receipt())] == [(404, "unknown_media")] * 3


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload_Offset": ""}, 400),
        ({"Upload_Offset": "-1"}, 400),
        ({"Upload_Offset": "1e3"}, 400),
        ({"Upload_Offset": "٣"}, 400),
        ({"Upload_Offset": "9" * 40}, 400),
        ({"Upload_Length": "0"}, 400),
        ({"Upload_Length": "x"}, 400),
        ({"Upload_Length": "5"}, 409),
        ({"Upload_Defer_Length": "2"}, 400),
        ({"Upload_Checksum": "md5 AAAA"}, 400),
        ({"Upload_Checksum": "sha1 AAAA"}, 400),
        ({"Upload_Checksum": "sha1 ö"}, 400),
        ({"Upload_Checksum": "sha1"}, 400),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": ""}, 415),
        ({"Tus_Resumable": "0.2.2"}, 412),
        ({"Tus_Resumable": ""}, 412),
    ],
    ids=str,
)
def test_headers_that_are_none_are_refused_and_nothing_is_taken(photo, headers, status):
    photo.post()
    answer = photo.patch(0, photo.data, **headers)
    assert code(answer)[0] == status
    assert photo.head().headers["Upload-Offset"] == "0"


@pytest.mark.parametrize(
    "headers", [{"Upload_Length": ""}, {"Upload_Defer_Length": "1"}, {"Upload_Length": "0"}], ids=str
)
def test_a_begin_says_its_length_or_that_it_is_not_known_yet(photo, headers):
    assert code(photo.post(**headers)) == (400, "bad_request")


def test_more_than_was_announced_is_not_taken(photo):
    photo.post()
    assert code(photo.patch(0, photo.data + b"x")) == (409, "length")
    assert photo.head().headers["Upload-Offset"] == "0"


def test_four_mebibytes_are_a_request_and_one_byte_more_is_too_large(phone):
    film = Recording(phone, b"\0" * (4_194_304 + 1))
    film.post()
    assert code(film.patch(0, film.data)) == (413, "too_large")
    assert film.patch(0, film.data[:-1]).status_code == 204


def test_an_item_larger_than_the_server_takes_is_refused_at_once_and_when_it_grows(phone, limit):
    limit(media_item_mb=1)
    film = Recording(phone, b"\0" * (room.MB + 1))
    assert code(film.post()) == (413, "too_large")
    film.post(Upload_Length="", Upload_Defer_Length="1")
    assert code(film.patch(0, film.data)) == (413, "too_large")
    assert film.patch(0, film.data[:-1]).status_code == 204


def test_a_full_disk_says_come_again_and_takes_nothing(photo, limit):
    photo.post()
    limit(media_floor_mb=10**9)
    answer = photo.patch(0, photo.data)
    assert (code(answer), answer.headers["Retry-After"]) == ((507, "no_room"), "300")
    assert code(Recording(photo.phone, b"x").post()) == (507, "no_room")


@pytest.mark.parametrize("share", ["media_person_mb", "media_chapter_mb"])
def test_a_share_that_is_used_up_says_come_again(phone, limit, share):
    limit(**{share: 1})
    Recording(phone, b"\0" * 600_000).send()
    answer = Recording(phone, b"\0" * 600_001).post()
    assert (code(answer), answer.headers["Retry-After"]) == ((507, "quota"), "3600")


def test_a_key_whose_person_was_forgotten_has_a_share_of_its_own_and_no_more(phone, limit, make):
    limit(media_person_mb=1)
    with write() as session:
        session.execute(update(DeviceKey).where(DeviceKey.thumbprint == phone.key).values(person_id=None))
    Recording(phone, b"\0" * 600_000).send()
    assert code(Recording(phone, b"\0" * 600_001).post()) == (507, "quota")


def test_one_persons_share_is_not_anothers(phone, limit, make, chapter):
    limit(media_person_mb=1)
    Recording(phone, b"\0" * 900_000).send()
    other = make.phone(make.person(chapter))
    assert Recording(other, b"\1" * 900_000).post().status_code == 201


def test_a_key_that_sends_without_end_is_slowed_down_and_so_is_a_stranger(app, photo):
    app.config["RATELIMIT_ENABLED"] = True
    limiter.reset()
    try:
        # All but the last of a minute's share at once: thousands of requests may last longer than that minute.
        limiter.limiter.hit(STRANGE, "media", who_asks(app), cost=STRANGE.amount - 1)
        answers = [photo.head(token="Fieldapp a.b").status_code for _ in range(2)]
        assert answers == [401, 429]
        assert photo.post().status_code == 201  # another phone behind the same address films on
        limiter.limiter.hit(OF_A_KEY, "media", photo.phone.key, cost=OF_A_KEY.amount - 2)
        answers = [photo.head() for _ in range(2)]
        assert answers[0].status_code == 200
        assert code(answers[1]) == (429, "slow_down")
        assert answers[1].headers["Retry-After"] == "60"
    finally:
        limiter.reset()


def who_asks(app) -> str:
    """The address of the tests' own requests as the limits know it: a keyed hash."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        return who()


def test_a_session_is_no_authority_here(photo, sign_in):
    photo.post()
    page = sign_in(photo.phone.person)
    assert page.send("PATCH", f"{PATH}/{photo.id}").status_code == 401
    assert page.get(f"{PATH}/{photo.id}/receipt").status_code == 401


WORDS = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60),
    st.sampled_from(["-1", "9" * 30, "1", "0", "Fieldapp .", "sha256 " + "A" * 43 + "=", "chunked", STREAM, "\t", "é"]),
)
HEADERS = st.sampled_from(
    [
        "Authorization",
        "Upload-Offset",
        "Upload-Length",
        "Upload-Defer-Length",
        "Upload-Checksum",
        "Upload-Metadata",
        "Content-Type",
        "Content-Length",
        "Tus-Resumable",
        "X-HTTP-Method-Override",
        "Range",
        "Expect",
    ]
)


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_header_breaks_it(photo, make, data):
    method = data.draw(st.sampled_from(["POST", "PATCH", "HEAD", "OPTIONS", "GET", "DELETE", "PUT"]))
    path = data.draw(st.sampled_from([PATH, f"{PATH}/{photo.id}", f"{PATH}/{photo.id}/receipt", f"{PATH}/%2e%2e%2fx"]))
    said = data.draw(st.dictionaries(HEADERS, WORDS, max_size=5))
    token = data.draw(st.sampled_from([None, "", "Fieldapp x.y"]))
    headers = {name.replace("-", "_"): value for name, value in said.items()}
    answer = photo.ask(
        method, path, token=headers.pop("Authorization", token), data=data.draw(st.binary(max_size=50)), **headers
    )
    assert answer.status_code < 500, answer.text
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    if answer.status_code >= 400:
        code(answer)


def test_two_that_append_at_once_do_not_mix(phone, make):
    from concurrent.futures import ThreadPoolExecutor

    film = Recording(phone, secrets.token_bytes(400_000))
    film.post()
    headers = {"token": film.token()}

    def send(mark: int) -> int:
        return int(film.patch(0, bytes([mark]) * 200_000, **headers).status_code)

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(send, range(6)))
    assert statuses == [204] + [409] * 5
    assert [one.arrived for one in make.all(MediaUpload)] == [200_000]
    from fieldapp.observations.services import uploads

    with uploads.store().writing(film.id) as file:
        assert file.size == 200_000
    path = uploads.store().root / "incoming" / film.id
    assert len(set(path.read_bytes())) == 1


def test_two_that_begin_the_same_at_once_both_hear_where_it_stands(phone, make):
    from concurrent.futures import ThreadPoolExecutor

    photo = Recording(phone, secrets.token_bytes(50_000))
    token = photo.token()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: photo.post(photo.data, token=token), range(6)))
    assert {one.status_code for one in answers} <= {201, 409}
    assert photo.receipt().status_code == 200
    assert len(make.all(MediaUpload)) == 1
