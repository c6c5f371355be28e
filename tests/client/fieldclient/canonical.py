"""Encodings (protocol 1): strict JSON, canonical JSON, b64u, SHA-256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import Any, NoReturn

import rfc8785

LARGEST = 2**53 - 1
DEEPEST = 32
LONE = re.compile("[\x00\ud800-\udfff]")
B64U = re.compile(r"[A-Za-z0-9_-]*\Z")


class Fault(ValueError):
    """Something is not as the protocol says; `code` is its name there."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(f"{code}: {about}" if about else code)
        self.code = code


def b64u(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """The bytes of a b64u text; padding, white space, other alphabets and stray bits are `bad_string`."""
    if not B64U.match(text) or len(text) % 4 == 1:
        raise Fault("bad_string", "not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise Fault("bad_string", "not base64url") from error
    if b64u(data) != text:
        raise Fault("bad_string", "stray bits")
    return data


def sha256(data: bytes | str) -> str:
    """b64u(SHA-256(data))."""
    return b64u(hashlib.sha256(data.encode() if isinstance(data, str) else data).digest())


def _number(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST:
        raise Fault("bad_number", text[:20])
    return int(text)


def _fraction(text: str) -> NoReturn:
    raise Fault("bad_number", text[:20])


def _word(text: str) -> NoReturn:
    raise Fault("bad_shape", text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise Fault("duplicate_key")
    return out


def check_value(value: Any, depth: int = 0) -> None:
    """Raise `bad_number`, `bad_string` or `bad_shape` (deeper than 32) for a value that canonical JSON cannot hold."""
    if isinstance(value, str):
        if LONE.search(value):
            raise Fault("bad_string")
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, (int, float)):
        if isinstance(value, float) or abs(value) > LARGEST:
            raise Fault("bad_number")
    elif isinstance(value, (list, dict)):
        if depth >= DEEPEST:
            raise Fault("bad_shape", "too deep")
        for key in value if isinstance(value, dict) else ():
            check_value(key, depth + 1)
        for one in value.values() if isinstance(value, dict) else value:
            check_value(one, depth + 1)
    else:
        raise Fault("bad_shape", type(value).__name__)


def parse(text: str) -> Any:
    """A JSON text as a value: no fractions, no key twice, nothing deeper than 32."""
    try:
        value = json.loads(
            text, parse_int=_number, parse_float=_fraction, parse_constant=_word, object_pairs_hook=_object
        )
    except Fault:
        raise
    except (ValueError, RecursionError) as error:
        raise Fault("bad_shape", "not JSON") from error
    check_value(value)
    return value


def canonical(value: Any) -> str:
    """The canonical JSON text of a value (RFC 8785)."""
    check_value(value)
    return rfc8785.dumps(value).decode()


def parse_canonical(text: str) -> Any:
    """A text that must be its own canonical form: otherwise `not_canonical`."""
    value = parse(text)
    if canonical(value) != text:
        raise Fault("not_canonical")
    return value
