"""Media by tus 1.0.0 (docs/protocol.md 13): the token in the header is the authority; no cookie, no CSRF."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import suppress

from flask import Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from limits import parse
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge, UnsupportedMediaType

from fieldapp.core.canonical import b64u
from fieldapp.core.errors import N_, DomainError
from fieldapp.core.protocol import MAX_MEDIA_PATCH_BYTES, TUS_VERSION
from fieldapp.observations.routes import blueprint
from fieldapp.observations.services import room, tokens, uploads
from fieldapp.observations.services.uploads import BrokeOff, Checksum, Standing, WrongOffset
from fieldapp.web.gate import no_csrf, now, public
from fieldapp.web.ratelimit import limiter, who

PATH = "/api/v1/media"
OFFSET_STREAM = "application/offset+octet-stream"
ALGORITHMS = {"sha1": 20, "sha256": 32}
EXTENSIONS = "creation,creation-defer-length,creation-with-upload,checksum"
PIECE = 128 * 1024
PATIENCE = 30.0  # seconds without a byte after which a connection counts as broken
OF_A_KEY = parse("2400 per minute")
STRANGE = parse("600 per minute")  # of an address: requests without a good token


@blueprint.route(PATH, methods=["OPTIONS"])
@blueprint.route(f"{PATH}/<media>", methods=["OPTIONS"])
@public
@no_csrf
@limiter.exempt
def media_options(media: str = "") -> ResponseReturnValue:
    """What this server speaks; the same for every upload, there or not."""
    del media
    told = {"Tus-Version": TUS_VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(room.largest())}
    return Response(status=204, headers={**told, "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)})


@blueprint.post(PATH)
@public
@no_csrf
@limiter.exempt
def media_create() -> ResponseReturnValue:
    """Begin an upload, with its first bytes where they come with it."""
    bearer = _bearer(None)
    _speaks_tus()
    length, brings = _length(needed=True), _size() != 0
    body = _pieces() if brings else None
    stands = uploads.create(bearer, length, body, _size() or 0, _checksum() if brings else None, now())
    return _answer(stands, 201, Location=url_for("observations.media_append", media=stands.media))


@blueprint.route(f"{PATH}/<media>", methods=["HEAD"])
@public
@no_csrf
@limiter.exempt
def media_standing(media: str) -> ResponseReturnValue:
    """Where an upload stands."""
    bearer = _bearer(media)
    _speaks_tus()
    return _answer(uploads.standing(bearer), 200)


@blueprint.patch(f"{PATH}/<media>")
@public
@no_csrf
@limiter.exempt
def media_append(media: str) -> ResponseReturnValue:
    """Go on with an upload."""
    bearer = _bearer(media)
    _speaks_tus()
    offset, length = _number("Upload-Offset"), _length()
    if offset is None:
        raise _bad_header()
    body, checksum = _pieces(), _checksum()
    try:
        return _answer(uploads.append(bearer, offset, length, body, _size() or 0, checksum, now()), 204)
    except WrongOffset as error:
        if error.offset is not None:
            request.environ["media_offset"] = str(error.offset)
        raise


@blueprint.get(f"{PATH}/<media>/receipt", provide_automatic_options=False)
@public
@limiter.exempt
def media_receipt(media: str) -> ResponseReturnValue:
    """The signed word that all of it is here."""
    signed = uploads.receipt(_bearer(media))
    return jsonify(receipt={"text": signed.text, "sig": signed.sig})


@blueprint.after_app_request
def _tus_headers(answer: Response) -> Response:
    if request.path == PATH or request.path.startswith(f"{PATH}/"):
        _read_to_the_end()
        answer.headers["Tus-Resumable"] = TUS_VERSION
        if answer.status_code == 412:
            answer.headers["Tus-Version"] = TUS_VERSION
        if answer.status_code >= 400 and answer.is_json:  # a HEAD has no body to say it in
            answer.headers["Fieldapp-Error"] = answer.get_json()["error"]["code"]
        if "media_offset" in request.environ:
            answer.headers["Upload-Offset"] = request.environ["media_offset"]
    return answer


def _read_to_the_end() -> None:
    """What was not taken is read all the same: a connection that is closed on somebody who still sends loses them the answer."""
    if request.method not in {"POST", "PATCH"} or not 0 < (request.content_length or 0) <= MAX_MEDIA_PATCH_BYTES:
        return
    request.max_content_length = MAX_MEDIA_PATCH_BYTES + 1
    with suppress(BrokeOff, DomainError):
        for _ in _read():
            pass


def _answer(stands: Standing, status: int, **headers: str) -> Response:
    told = {**headers, "Upload-Offset": str(stands.arrived), "Cache-Control": "no-store"}
    told |= {"Upload-Length": str(stands.length)} if stands.length is not None else {"Upload-Defer-Length": "1"}
    if stands.complete and stands.receipt:
        told["Fieldapp-Media-Receipt"] = f"{b64u(stands.receipt.text.encode())}.{stands.receipt.sig}"
    return Response(status=status, headers=told)


def _bearer(media: str | None) -> tokens.Bearer:
    """Who sends this, counted: by their key, and a strange one by its address. Raises BadToken, SlowDown.

    A good token is looked at first: many phones share an address, and junk from there must not hold up what they filmed.
    """
    counted = current_app.config["RATELIMIT_ENABLED"]
    try:
        found = tokens.bearer(request.headers.get("Authorization", ""), media, now())
    except tokens.BadToken:
        if counted and not limiter.limiter.hit(STRANGE, "media", who()):
            raise _slow_down() from None
        raise
    if counted and not limiter.limiter.hit(OF_A_KEY, "media", found.key.thumbprint):
        raise _slow_down()
    return found


def _slow_down() -> DomainError:
    error = DomainError(
        "slow_down", N_("This phone sent very much in a short time."), safe=room.STAYS, do=room.ITSELF, status=429
    )
    error.retry_after = 60  # type: ignore[attr-defined]
    return error


def _bad_header(code: str = "bad_request", status: int = 400) -> DomainError:
    return DomainError(code, N_("The request could not be read."), safe=room.STAYS, do=room.ITSELF, status=status)


def _speaks_tus() -> None:
    if request.headers.get("Tus-Resumable") != TUS_VERSION:
        raise _bad_header("tus_version", 412)


def _number(name: str) -> int | None:
    """A header that is a plain number of bytes; None where it is missing."""
    said = request.headers.get(name)
    if said is None:
        return None
    if not (said.isascii() and said.isdecimal()) or len(said) > 15:
        raise _bad_header()
    return int(said)


def _length(*, needed: bool = False) -> int | None:
    length, deferred = _number("Upload-Length"), request.headers.get("Upload-Defer-Length")
    if deferred not in {None, "1"} or length == 0 or (needed and (length is None) == (deferred is None)):
        raise _bad_header()
    return length


def _size() -> int | None:
    """Bytes of the body as far as the request says; None where they come in chunks."""
    size = request.content_length
    if size is not None and size > MAX_MEDIA_PATCH_BYTES:
        raise room.too_large()
    return None if "chunked" in request.headers.get("Transfer-Encoding", "").lower() else size or 0


def _checksum() -> Checksum | None:
    said = request.headers.get("Upload-Checksum")
    if said is None:
        return None
    name, _, text = said.partition(" ")
    try:
        digest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad_header("bad_checksum") from error
    if len(digest) != ALGORITHMS.get(name):
        raise _bad_header("bad_checksum")
    return Checksum(name, digest)


def _pieces() -> Iterator[bytes]:
    """The body, a piece at a time. Raises UnsupportedMediaType at once; while it is read BrokeOff, or DomainError (``too_large``)."""
    if request.mimetype != OFFSET_STREAM:
        raise UnsupportedMediaType()
    _size()
    request.max_content_length = MAX_MEDIA_PATCH_BYTES + 1  # Werkzeug takes reaching a limit for passing it
    return _read()


def _read() -> Iterator[bytes]:
    connection, come = request.environ.get("gunicorn.socket"), 0
    if connection is not None:  # whoever went away without a word holds a thread and its upload no longer than this
        connection.settimeout(PATIENCE)
    while True:
        try:
            piece = request.stream.read(PIECE)
        except RequestEntityTooLarge as error:
            raise room.too_large() from error
        except (ClientDisconnected, OSError) as error:
            raise BrokeOff from error
        come += len(piece)
        if come > MAX_MEDIA_PATCH_BYTES:
            raise room.too_large()
        if not piece:
            return
        yield piece
