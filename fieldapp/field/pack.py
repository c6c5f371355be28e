"""One answer out of two halves: the public one is the same for a whole chapter, so it is made, written and compressed once.

A gzip stream may be put together from pieces that were compressed apart, as long as each but the last ends in a full flush.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from fieldapp.core.shelf import Shelf

__all__ = ["Piece", "Shelf", "beginning", "whole"]

_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # RFC 1952: deflate, no name, no time
_LEVEL = 6


@dataclass(frozen=True)
class Piece:
    """The beginning of an answer: its text, and the same compressed."""

    text: bytes
    deflated: bytes
    crc: int


def beginning(value: dict[str, Any]) -> Piece:
    """An object's text without its last brace, ready to be continued."""
    text = _text(value)[:-1]
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = squeeze.compress(text) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return Piece(text, deflated, zlib.crc32(text))


def whole(piece: Piece, more: dict[str, Any], *, gzipped: bool) -> bytes:
    """The object that ``piece`` begins, with further members; as a gzip stream where asked."""
    rest = b"," + _text(more)[1:]
    if not gzipped:
        return piece.text + rest
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    ending = squeeze.compress(rest) + squeeze.flush()
    size = (len(piece.text) + len(rest)) & 0xFFFFFFFF
    return _HEADER + piece.deflated + ending + struct.pack("<II", zlib.crc32(rest, piece.crc), size)


def _text(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
