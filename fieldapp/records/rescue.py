"""What a rescue file holds (docs/protocol.md 14): for each entry a line that says what comes, then its bytes. Pure; memory stays flat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fieldapp.core.age import AgeError, Buffered
from fieldapp.core.protocol import MAX_BATCH_BYTES

MAGIC = b"fieldapp-rescue/1\n"
RECORD, MEDIA, END = "record", "media", "end"
MOST = 50_000  # entries; a phone with years of unsent records has fewer, and each one leaves a line in memory
_MAX_LINE = 2048
_PIECE = 64 * 1024


class RescueError(Exception):
    """Not what a phone writes: ``not_rescue`` or ``damaged``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Entry:
    """One thing in a rescue file. ``said`` is its line; ``pieces`` are its bytes, to be read before the next entry is asked for."""

    kind: str
    said: dict[str, Any]
    size: int
    pieces: Iterator[bytes]


class Plain:
    """Pieces of plaintext as something to read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _size: int, /) -> bytes:
        """The next piece, whatever was asked."""
        return next(self._pieces, b"")


def entries(pieces: Iterator[bytes]) -> Iterator[Entry]:
    """The entries of a rescue file's plaintext, in its order, without the last, which says that nothing is missing.

    Raises RescueError; what came before it is whole. AgeError of ``pieces`` passes.
    """
    source = Buffered(Plain(pieces))
    if source.read(len(MAGIC)) != MAGIC:
        raise RescueError("not_rescue")
    count = 0
    while True:
        kind, said, size = _line(source)
        if kind == END:
            if said.get("entries") != count or source.peek(1):
                raise RescueError("damaged")
            return
        count += 1
        if count > MOST:
            raise RescueError("damaged")
        rest = _take(source, size)
        yield Entry(kind, said, size, rest)
        for _ in rest:  # what was not asked for is passed over
            pass


def _line(source: Buffered) -> tuple[str, dict[str, Any], int]:
    try:
        said = json.loads(source.line(_MAX_LINE))
    except AgeError as error:
        raise RescueError("damaged") from error
    except (ValueError, RecursionError) as error:
        raise RescueError("damaged") from error
    if not isinstance(said, dict):
        raise RescueError("damaged")
    kind, size = said.get("type"), said.get("size", 0)
    if kind not in {RECORD, MEDIA, END} or isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise RescueError("damaged")
    if kind == RECORD and size > MAX_BATCH_BYTES:
        raise RescueError("damaged")
    return str(kind), said, size


def _take(source: Buffered, size: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = source.read(min(left, _PIECE))
        if not piece:
            raise RescueError("damaged")
        left -= len(piece)
        yield piece
