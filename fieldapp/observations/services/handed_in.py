"""Sealed media of a rescue file (docs/protocol.md 14) go the way of an upload. All of an item or nothing: a phone goes on where the server
stands, so what stands here must be the item's own beginning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fieldapp.core.canonical import CanonicalError, unb64u
from fieldapp.core.db import db
from fieldapp.core.errors import DomainError, Later
from fieldapp.observations.services import tokens, uploads
from fieldapp.observations.services.uploads import Checksum, Standing, WrongOffset
from fieldapp.records import body as bodies

WAITS = {"no_room", "quota"}


def take(said: dict[str, Any], size: int, pieces: Iterator[bytes], now: int) -> str:
    """Take the item that ``said`` (its line in the file) names; ``now`` is ms UTC. Idempotent: what is here whole is left alone.

    Answers ``stored``, ``duplicate``, ``conflict`` (here whole with another digest), ``later`` (somebody is sending it), ``later/no_room``,
    ``later/quota``, or ``refused/<code>`` with a code of docs/protocol.md 13. Raises Later, and what ``pieces`` raises; then nothing of
    it is taken.
    """
    sha256 = said.get("sha256")
    if size == 0 or not isinstance(sha256, str) or not bodies.HASH.match(sha256):
        return "refused/bad_request"
    try:
        whole = Checksum("sha256", unb64u(sha256), whole=True)
        return _take(tokens.carried(said.get("token"), said.get("media"), now), whole, sha256, size, pieces, now)
    except CanonicalError:
        return "refused/bad_request"
    except WrongOffset:
        return "later"
    except Later:
        raise
    except DomainError as error:
        return f"later/{error.code}" if error.code in WAITS else f"refused/{error.code}"


def _take(bearer: tokens.Bearer, whole: Checksum, sha256: str, size: int, pieces: Iterator[bytes], now: int) -> str:
    had = _standing(bearer)
    if had is None:
        stands = uploads.create(bearer, size, _from(0, pieces), size, whole, now)
        return "stored" if stands.complete else "later"  # began at the phone in this instant
    if had.complete:
        return "duplicate" if had.sha256 == sha256 else "conflict"
    if had.arrived > size or had.length not in {None, size}:
        return "refused/length"
    uploads.append(bearer, had.arrived, size, _from(had.arrived, pieces), size - had.arrived, whole, now)
    return "stored"


def _standing(bearer: tokens.Bearer) -> Standing | None:
    try:
        return uploads.standing(bearer)
    except DomainError as error:
        if error.code != "unknown_media":
            raise
        return None


def _from(start: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What comes after ``start`` bytes. A film takes minutes: no transaction stays open to read beside it."""
    db.session.rollback()
    for piece in pieces:  # not `yield from`: whoever stops early leaves the rest to be passed over
        if start < len(piece):
            yield piece[start:]
        start = max(0, start - len(piece))
