"""The members of a record's body: what each may hold (docs/protocol.md 2.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from fieldapp.core.canonical import CanonicalError
from fieldapp.core.protocol import (
    COMMITMENT_MULTIPLE,
    DAY_PARTS,
    EVIDENCE_KINDS,
    LANGS,
    MAX_APP_CHARS,
    MAX_MEDIA,
    PURPOSES,
    SEALED_KINDS,
    SHIFT_KINDS,
    VERSION,
)
from fieldapp.records import registry

ID = re.compile(r"\A[A-Za-z0-9_-]{1,40}\Z")
HASH = re.compile(r"\A[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")  # b64u of 32 bytes, no stray bits
_HASHES = re.compile(r"\A(?:[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])*\Z")
SALT = re.compile(r"\A[A-Za-z0-9_-]{21}[AQgw]\Z")  # b64u of 16 bytes
POINTER = re.compile(r"\A(?:/(?:[^~/]|~[01])*)+\Z")
UUID4 = re.compile(r"\A[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")
_KIND = re.compile(r"\A[a-z_]{1,20}\Z")
_FORM = re.compile(r"\A[a-z0-9_-]{1,40}@[1-9][0-9]{0,8}\Z")
_RETENTION = re.compile(r"\A[a-z0-9_-]{1,30}\Z")
_CELL = re.compile(r"\A(-?[0-9]{1,4}),(-?[0-9]{1,5})\Z")
_DAY_PART = re.compile(rf"\A([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})/({'|'.join(DAY_PARTS)})\Z")
_TYPE = re.compile(r"\A[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}\Z")


def id_of(body: Any) -> str | None:
    """The record's id where it can be read."""
    said = body.get("id") if isinstance(body, dict) else None
    return said if isinstance(said, str) and UUID4.match(said) else None


def check(body: Any) -> None:
    """Raise CanonicalError when a parsed body is not a body: ``bad_shape``, ``unknown_version``, ``unknown_kind``, ``unknown_member``."""
    if not isinstance(body, dict) or type(body.get("v")) is not int:
        raise CanonicalError("bad_shape")
    if body["v"] != VERSION:
        raise CanonicalError("unknown_version")
    kind = body.get("kind")
    if not isinstance(kind, str) or not _KIND.match(kind):
        raise CanonicalError("bad_shape")
    if registry.find(kind) is None:
        raise CanonicalError("unknown_kind")
    if not body.keys() <= _ALL.keys():
        raise CanonicalError("unknown_member")
    if not body.keys() >= _REQUIRED.keys() or not all(_ALL[name](value) for name, value in body.items()):
        raise CanonicalError("bad_shape")
    if not _together(body, kind):
        raise CanonicalError("bad_shape")


def _together(body: dict[str, Any], kind: str) -> bool:
    """What members must hold of each other."""
    if "place" in body and "cell" in body:
        return False
    commitments = body["commitments"]
    if len(commitments) % COMMITMENT_MULTIPLE or body["open"] >= len(commitments):
        return False
    if (body["form"] is None) != (body["form_hash"] is None):
        return False
    if kind in EVIDENCE_KINDS:
        return body["form"] is not None and "void_after" not in body and ("amends" in body) == (kind == "amendment")
    files = len(body["files"]) <= (1 if kind in SEALED_KINDS else 0)
    bare = body["form"] is None and files and not body["media"] and "amends" not in body
    return bare and "void_after" in body and ("shift" in body or kind not in SHIFT_KINDS)


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.match(value) is not None


def _count(value: Any) -> bool:
    return type(value) is int and value >= 0


def is_log(value: Any) -> bool:
    """Whether this may be the name of a log."""
    return isinstance(value, str) and 1 <= len(value) <= 200


def _app(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= MAX_APP_CHARS


def _day_part(value: Any) -> bool:
    found = _DAY_PART.match(value) if isinstance(value, str) else None
    if not found:
        return False
    try:
        date.fromisoformat(found[1])
    except ValueError:
        return False
    return True


def _cell(value: Any) -> bool:
    found = _CELL.match(value) if isinstance(value, str) else None
    if not found:
        return False
    lat, lon = int(found[1]), int(found[2])
    return abs(lat) <= 9_000 and abs(lon) <= 18_000 and value == f"{lat},{lon}"


def _amends(value: Any) -> bool:
    return (
        isinstance(value, dict) and value.keys() == {"digest", "id"} and _hash(value["digest"]) and _uuid(value["id"])
    )


def _files(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    for one in value:
        if not isinstance(one, dict) or one.keys() != {"box", "sha256", "size"}:
            return False
        if not _id(one["box"]) or not _hash(one["sha256"]) or not _count(one["size"]):
            return False
    boxes = [one["box"] for one in value]
    return boxes == sorted(set(boxes))


def _media(value: Any) -> bool:
    """A type is any of that spelling: writers choose from MEDIA_TYPES, and one that a later version adds is evidence, too."""
    if not isinstance(value, list) or len(value) > MAX_MEDIA:
        return False
    for one in value:
        if not isinstance(one, dict) or one.keys() != {"sha256", "size", "type"}:
            return False
        if not _hash(one["sha256"]) or not _count(one["size"]) or not _type(one["type"]):
            return False
    digests = [one["sha256"] for one in value]
    return digests == sorted(set(digests))


def _commitments(value: Any) -> bool:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and len(one) == 43 for one in value):
        return False
    return _HASHES.match("".join(value)) is not None and value == sorted(set(value))


_id = _matches(ID)
_hash = _matches(HASH)
_uuid = _matches(UUID4)
_form = _matches(_FORM)
_type = _matches(_TYPE)
_REQUIRED: dict[str, Callable[[Any], bool]] = {
    "v": _count,
    "log": is_log,
    "id": _uuid,
    "kind": _matches(_KIND),
    "chapter": _id,
    "key": _hash,
    "form": lambda value: value is None or _form(value),
    "form_hash": lambda value: value is None or _hash(value),
    "app": _app,
    "lang": lambda value: isinstance(value, str) and value in LANGS,
    "purpose": lambda value: isinstance(value, str) and value in PURPOSES,
    "retention": _matches(_RETENTION),
    "day_part": _day_part,
    "files": _files,
    "media": _media,
    "commitments": _commitments,
    "open": _count,
}
_ALL: dict[str, Callable[[Any], bool]] = {
    **_REQUIRED,
    "shift": _id,
    "place": _id,
    "cell": _cell,
    "amends": _amends,
    "void_after": _count,
}
