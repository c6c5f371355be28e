"""Canonical JSON (RFC 8785) with the protocol's limits, and base64url (RFC 4648 section 5)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

import rfc8785

MAX_INTEGER = 2**53 - 1
DEEPEST = 32
_ENCODE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_B64U = re.compile(r"\A[A-Za-z0-9_-]*\Z")
_SURROGATE = re.compile("[\ud800-\udfff\x00]")


class CanonicalError(ValueError):
    """A text or value that the protocol has no form for; ``code`` names why (docs/protocol.md 1)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def b64u(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """The bytes of a base64url text without padding; raises CanonicalError("bad_string") for any other spelling."""
    if not isinstance(text, str) or not _B64U.match(text) or len(text) % 4 == 1:
        raise CanonicalError("bad_string")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise CanonicalError("bad_string") from error
    if b64u(data) != text:
        raise CanonicalError("bad_string")
    return data


def dumps(value: Any) -> str:
    """The canonical JSON text of ``value``. Raises CanonicalError for floats, big integers, U+0000, lone surrogates."""
    check(value)
    return trusted(value)


def parse(text: str) -> Any:
    """The value of a text that must be canonical already. Raises CanonicalError; ``not_canonical`` for any other spelling."""
    value = loads(text)
    if trusted(value) != text:
        raise CanonicalError("not_canonical")
    return value


def trusted(value: Any) -> str:
    """The canonical text of a value that was checked or that we made: the C encoder where it agrees with RFC 8785.

    They differ only in the order of keys beyond U+D7FF (code points against UTF-16 units), so ASCII is always the same.
    """
    text = _ENCODE(value)
    return text if text.isascii() else rfc8785.dumps(value).decode("utf-8")


def loads(text: str) -> Any:
    """Parse JSON, refusing duplicate keys and what ``check`` refuses. Raises CanonicalError."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_no_duplicates,
            parse_float=_no_float,
            parse_constant=_no_float,
            parse_int=_small_int,
        )
    except CanonicalError:
        raise
    except (ValueError, RecursionError) as error:
        raise CanonicalError("bad_shape") from error
    if not _harmless(text):
        check(value)
    return value


def _harmless(text: str) -> bool:
    """Whether a parsed text can hold nothing that ``check`` refuses, seen at once: no escape, no odd character, not deep.

    Numbers and keys were looked at while parsing.
    """
    return text.isascii() and "\\u" not in text and text.count("[") + text.count("{") <= DEEPEST


def check(value: Any, depth: int = 0) -> None:
    """Raise CanonicalError when ``value`` holds what the protocol has no form for. At most 32 levels deep."""
    if depth > DEEPEST:
        raise CanonicalError("bad_shape")
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise CanonicalError("bad_string")
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise CanonicalError("bad_number")
    elif isinstance(value, list | tuple):
        for item in value:
            check(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise CanonicalError("bad_shape")
            check(key, depth + 1)
            check(item, depth + 1)
    else:
        raise CanonicalError("bad_number" if isinstance(value, float) else "bad_shape")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise CanonicalError("duplicate_key")
    return made


def _no_float(_: str) -> Any:
    raise CanonicalError("bad_number")


def _small_int(text: str) -> int:
    if len(text) > 17:
        raise CanonicalError("bad_number")
    number = int(text)
    if abs(number) > MAX_INTEGER:
        raise CanonicalError("bad_number")
    return number
