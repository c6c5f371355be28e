"""The order of refusals (protocol 3.1), so that this client can say beforehand what a server would answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from . import keys
from .canonical import Fault, canonical, check_value, parse_canonical, sha256, unb64u
from .records import EVIDENCE, commitment, size_of

LARGEST_RECORD = 65_536
ENVELOPE = {"body": str, "digest": str, "sig": str, "open": list, "sealed": dict}
WITH_SHIFT = {"claim", "release", "check_in", "quiet", "check_out", "after"}
KINDS = EVIDENCE | WITH_SHIFT | {"alert", "alert_cancel", "acknowledge"}

Check = Callable[[Any], bool]


def _text(pattern: str) -> Check:
    compiled = re.compile(rf"(?:{pattern})\Z")
    return lambda value: isinstance(value, str) and bool(compiled.match(value))


def _int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _null_or(check: Check) -> Check:
    return lambda value: value is None or check(value)


ID = _text("[A-Za-z0-9_-]{1,40}")
UUID4 = _text("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def _hash(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(unb64u(value)) == 32
    except Fault:
        return False


def _day_part(value: Any) -> bool:
    if not _text(r"\d{4}-\d\d-\d\d/(morning|afternoon|evening|night)")(value):
        return False
    try:
        return bool(dt.date.fromisoformat(value[:10]))
    except ValueError:
        return False


def _files(value: Any) -> bool:
    if not isinstance(value, list) or not all(
        isinstance(one, dict) and set(one) == {"box", "sha256", "size"} for one in value
    ):
        return False
    boxes = [one["box"] for one in value]
    return all(ID(one["box"]) and _hash(one["sha256"]) and _int(one["size"]) for one in value) and boxes == sorted(
        set(boxes)
    )


def _media(value: Any) -> bool:
    if not isinstance(value, list) or len(value) > 50:
        return False
    if not all(isinstance(one, dict) and set(one) == {"sha256", "size", "type"} for one in value):
        return False
    digests = [one["sha256"] for one in value]
    kind = _text("[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}")
    good = all(_hash(one["sha256"]) and _int(one["size"]) and one["size"] >= 0 and kind(one["type"]) for one in value)
    return good and digests == sorted(set(digests))


def _commitments(value: Any) -> bool:
    good = isinstance(value, list) and all(_hash(one) for one in value)
    return good and value == sorted(set(value)) and len(value) > 0 and len(value) % 16 == 0


def _amends(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"digest", "id"} and _hash(value["digest"]) and UUID4(value["id"])


def _cell(value: Any) -> bool:
    if not _text("(0|-?[1-9][0-9]*),(0|-?[1-9][0-9]*)")(value):
        return False
    lat, lon = value.split(",")
    return abs(int(lat)) <= 9_000 and abs(int(lon)) <= 18_000


ALWAYS: dict[str, Check] = {
    "v": _int,
    "log": lambda value: isinstance(value, str) and 0 < len(value) <= 200,
    "id": UUID4,
    "kind": lambda value: isinstance(value, str),
    "chapter": ID,
    "key": _hash,
    "form": _null_or(_text(r"[a-z0-9_-]{1,40}@[1-9][0-9]*")),
    "form_hash": _null_or(_hash),
    "app": lambda value: isinstance(value, str) and 0 < len(value) <= 40,
    "lang": _text("en|es"),
    "purpose": _text("monitoring|counsel"),
    "retention": _text("[a-z0-9_-]{1,30}"),
    "day_part": _day_part,
    "files": _files,
    "media": _media,
    "commitments": _commitments,
    "open": _int,
}
OPTIONAL: dict[str, Check] = {"shift": ID, "place": ID, "cell": _cell, "amends": _amends, "void_after": _int}


def _members(body: Any) -> None:
    if not isinstance(body, dict):
        raise Fault("bad_shape", "not an object")
    if not _int(body.get("v")):
        raise Fault("bad_shape", "v")
    if body["v"] != 1:
        raise Fault("unknown_version")
    if not isinstance(body.get("kind"), str):
        raise Fault("bad_shape", "kind")
    if body["kind"] not in KINDS:
        raise Fault("unknown_kind")
    if not set(body) <= {*ALWAYS, *OPTIONAL}:
        raise Fault("unknown_member")
    for name, check in {**ALWAYS, **{name: OPTIONAL[name] for name in OPTIONAL if name in body}}.items():
        if name not in body or not check(body[name]):
            raise Fault("bad_shape", name)
    _rules(body)


def _rules(body: dict[str, Any]) -> None:
    kind, evidence = body["kind"], body["kind"] in EVIDENCE
    rules = {
        "void_after": ("void_after" in body) != evidence,
        "form": (body["form"] is not None and body["form_hash"] is not None)
        if evidence
        else body["form"] is body["form_hash"] is None,
        "files": evidence or not body["files"],
        "amends": ("amends" in body) == (kind == "amendment"),
        "shift": "shift" in body or kind not in WITH_SHIFT,
        "place": not ("place" in body and "cell" in body),
        "open": 0 <= body["open"] < len(body["commitments"]),
    }
    for name, holds in rules.items():
        if not holds:
            raise Fault("bad_shape", name)


def _disclosures(body: dict[str, Any], opened: list[Any]) -> None:
    for one in opened:
        salted = isinstance(one, list) and len(one) == 3 and isinstance(one[0], str) and isinstance(one[1], str)
        if not salted or not re.match(r"(/([^~/]|~[01])*)+\Z", one[1]) or len(one[1]) > 200:
            raise Fault("bad_shape", "not [salt, path, value]")
        try:
            if len(unb64u(one[0])) != 16:
                raise Fault("bad_shape", "salt")
        except Fault as fault:
            raise Fault("bad_shape", "salt") from fault
    known = set(body["commitments"])
    alone = all(len({one[i] for one in opened}) == len(opened) for i in (0, 1))
    if len(opened) != body["open"] or not alone or not all(commitment(one) in known for one in opened):
        raise Fault("disclosure_mismatch")


def check_envelope(envelope: Any, log: str, jwk: keys.Jwk) -> dict[str, Any]:
    """The body of an envelope that a server with this log takes from this key; else a Fault with the code of `refused`."""
    if not isinstance(envelope, dict) or not set(ENVELOPE) <= set(envelope):
        raise Fault("bad_shape", "envelope")
    if set(envelope) != set(ENVELOPE):
        raise Fault("unknown_member")
    if not all(isinstance(envelope[name], kind) for name, kind in ENVELOPE.items()):
        raise Fault("bad_shape", "envelope")
    for one in envelope["open"]:
        check_value(one)
    try:
        files = {box: unb64u(file) for box, file in envelope["sealed"].items()}
    except (Fault, TypeError) as error:
        raise Fault("bad_shape", "sealed") from error
    if size_of(envelope) > LARGEST_RECORD:
        raise Fault("too_large")
    body: dict[str, Any] = parse_canonical(envelope["body"])
    _members(body)
    if envelope["digest"] != sha256(envelope["body"]):
        raise Fault("digest_mismatch")
    _disclosures(body, envelope["open"])
    if canonical(body["files"]) != canonical(
        [{"box": box, "sha256": sha256(file), "size": len(file)} for box, file in sorted(files.items())]
    ):
        raise Fault("file_mismatch")
    if body["log"] != log:
        raise Fault("unknown_log")
    if body["key"] != keys.thumbprint(jwk):
        raise Fault("unknown_key")
    keys.verify(jwk, keys.RECORD, envelope["body"], envelope["sig"])
    return body
