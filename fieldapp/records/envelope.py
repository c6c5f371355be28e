"""From what was sent to a checked record: the envelope refuses shape, size, digest, disclosures and files (docs/protocol.md 2).

Nothing here asks the database; keys and signatures are ``services.accept``'s.
"""

from __future__ import annotations

import json
from typing import Any

from fieldapp.core import canonical
from fieldapp.core.canonical import CanonicalError, unb64u
from fieldapp.core.errors import N_, DomainError
from fieldapp.core.p256 import sha256
from fieldapp.core.protocol import MAX_BATCH_RECORDS, MAX_PATH_CHARS, MAX_RECORD_BYTES, VERSION
from fieldapp.records import body as bodies
from fieldapp.records.registry import ParsedRecord

MEMBERS = {"body", "digest", "sig", "open", "sealed"}
KEPT = N_("Every record stays on this phone.")


class Refused(Exception):
    """A record that the envelope refuses. ``id`` and ``digest`` are the sender's where they could be read."""

    def __init__(self, code: str, record_id: str | None = None, digest: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.id = record_id
        self.digest = digest


class Twice(dict[str, Any]):
    """A JSON object that has a key twice somewhere: kept, so that only its own record is refused."""


def read_request(raw: bytes) -> list[Any]:
    """The envelopes of a sync request, unchecked. Raises DomainError (``bad_json``, ``bad_shape``, ``too_many``)."""
    twice: list[Twice] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        twice.append(Twice(made))
        return twice[-1]

    try:
        said = json.loads(raw.decode("utf-8"), object_pairs_hook=keep, parse_int=_integer, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _bad("bad_json", N_("The request is not JSON.")) from error
    shaped = isinstance(said, dict) and not isinstance(said, Twice) and set(said) == {"v", "records"}
    if (
        not shaped
        or said["v"] != VERSION
        or said["v"] is True
        or not isinstance(said["records"], list)
        or not said["records"]
    ):
        raise _bad("bad_shape", N_("The request is not a batch of records."))
    if len(said["records"]) > MAX_BATCH_RECORDS:
        raise _bad("too_many", N_("There are too many records in one request."), status=413)
    if not twice:
        return list(said["records"])
    return [Twice(one) if isinstance(one, dict) and _any_twice(one) else one for one in said["records"]]


def parse(envelope: Any) -> ParsedRecord:
    """A checked record. Raises Refused with the first code that fits, in the order of docs/protocol.md 3.1."""
    digest = _digest_said(envelope)
    record_id = None
    try:
        _shape(envelope)
        text, disclosures, sealed = envelope["body"], envelope["open"], _files(envelope["sealed"])
        open_text, lines = _open_text(disclosures)
        if len(_utf8(text)) + len(open_text.encode()) + sum(map(len, sealed.values())) > MAX_RECORD_BYTES:
            raise CanonicalError("too_large")
        body = canonical.parse(text)
        record_id = bodies.id_of(body)
        bodies.check(body)
        if sha256(text) != digest:
            raise CanonicalError("digest_mismatch")
        opened = _opened(disclosures, lines, body)
        _match_files(body["files"], sealed)
    except CanonicalError as error:
        raise Refused(error.code, record_id, digest) from error
    return ParsedRecord(body, text, digest, envelope["sig"], open_text, opened, sealed)


def _shape(envelope: Any) -> None:
    if not isinstance(envelope, dict):
        raise CanonicalError("bad_shape")
    if isinstance(envelope, Twice):
        raise CanonicalError("duplicate_key")
    if set(envelope) - MEMBERS:
        raise CanonicalError("unknown_member")
    texts = all(isinstance(envelope.get(name), str) for name in ("body", "digest", "sig"))
    if not texts or not isinstance(envelope.get("open"), list) or not isinstance(envelope.get("sealed"), dict):
        raise CanonicalError("bad_shape")


def _files(sealed: dict[str, Any]) -> dict[str, bytes]:
    if not all(bodies.ID.match(box) and isinstance(text, str) for box, text in sealed.items()):
        raise CanonicalError("bad_shape")
    return {box: unb64u(text) for box, text in sealed.items()}


def _open_text(disclosures: list[Any]) -> tuple[str, list[str]]:
    """The canonical array of the disclosures, and each one's own canonical text."""
    lines = [canonical.dumps(one) for one in disclosures]
    return "[" + ",".join(lines) + "]", lines


def _opened(disclosures: list[Any], lines: list[str], body: dict[str, Any]) -> dict[str, Any]:
    """Path to value of every open disclosure, each matched to its commitment."""
    if len(disclosures) != body["open"]:
        raise CanonicalError("disclosure_mismatch")
    for one in disclosures:
        if not isinstance(one, list) or len(one) != 3 or not _is_salt(one[0]) or not _is_pointer(one[1]):
            raise CanonicalError("bad_shape")
    committed = set(body["commitments"])
    opened = {path: value for _, path, value in disclosures}
    salts = {salt for salt, _, _ in disclosures}
    once = len(opened) == len(salts) == len(disclosures)
    if not once or not all(sha256(line) in committed for line in lines):
        raise CanonicalError("disclosure_mismatch")
    return opened


def _match_files(said: list[dict[str, Any]], sealed: dict[str, bytes]) -> None:
    if [one["box"] for one in said] != sorted(sealed):
        raise CanonicalError("file_mismatch")
    for one in said:
        data = sealed[one["box"]]
        if one["size"] != len(data) or one["sha256"] != sha256(data):
            raise CanonicalError("file_mismatch")


def _is_salt(value: Any) -> bool:
    return isinstance(value, str) and bodies.SALT.match(value) is not None


def _is_pointer(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_PATH_CHARS and bool(bodies.POINTER.match(value))


def _digest_said(envelope: Any) -> str:
    said = envelope.get("digest") if isinstance(envelope, dict) else None
    return said if isinstance(said, str) and bodies.HASH.match(said) else ""


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise CanonicalError("bad_string") from error


def _any_twice(value: Any) -> bool:
    """Whether an object somewhere inside has a key twice; not by recursion, because JSON may be nested deeper than our stack."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Twice):
            return True
        inner = one.values() if isinstance(one, dict) else one
        waiting.extend(each for each in inner if isinstance(each, dict | list))
    return False


def _integer(text: str) -> int | float:
    """A number too long to be one of ours becomes a float, which its own record is refused for."""
    return int(text) if len(text) <= 17 else float("inf")


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _bad(code: str, message: str, status: int = 400) -> DomainError:
    return DomainError(code, message, safe=KEPT, do=N_("Update the app, then send again."), status=status)
