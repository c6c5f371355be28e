"""What a browser's profile folder says to whoever has the disk: every file as it is, and what lies in it compressed, cut up or coded.

``found(words, folder)`` looks for words (text or bytes) in each file's bytes and in what these layers unfold, one in another:

- LevelDB tables (blocks of snappy, zstd or nothing, keys put together again) and logs (records put together from their pieces)
- values that IndexedDB compressed by itself (V8's wrapper around snappy)
- bodies of the HTTP cache, Cache Storage and the script cache, coded as they came: gzip, deflate, brotli, zstd
- every value of every SQLite table, however many pages it lies across, and what its write-ahead log holds
- gzip members anywhere

test_seized.py proves each of these on a page of its own that hides a word in every store. Not unfolded: what the operating system encrypts.
"""

from __future__ import annotations

import contextlib
import sqlite3
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import cramjam

from tests.browser.search import disguises

Layer = tuple[str, bytes]
DEPTH = 4
TABLE_MAGIC = struct.pack("<Q", 0xDB4775248B80FB57)
ENTRY_MAGIC = struct.pack("<Q", 0xFCFB6D1BA7725C30)
ENTRY_END = struct.pack("<Q", 0xF4FA6F45970D41D8)
VALUE_SNAPPY = b"\xff\x11\x02"
GZIP = b"\x1f\x8b\x08"
SQLITE = b"SQLite format 3\x00"


def found(words: Iterable[str | bytes], folder: Path) -> dict[str | bytes, list[str]]:
    """Each word that the folder has, and the files and layers where."""
    wanted = {word: disguises(word) for word in words}
    seen: dict[str | bytes, list[str]] = {}
    for name, data in layers(folder):
        for word, forms in wanted.items():
            if any(form in data for form in forms):
                seen.setdefault(word, []).append(name)
    return seen


def layers(folder: Path) -> Iterator[Layer]:
    """Every file's bytes, and all that they unfold to, each with its name. SQLite's tables last: reading may change what lies beside."""
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    bases = []
    for path in files:
        data = path.read_bytes()
        name = str(path.relative_to(folder))
        yield f"{name}: as it is", data
        yield from _named(f"{name}:", unfolded(data, DEPTH))
        if data.startswith(SQLITE):
            bases.append((name, path))
    for name, path in bases:
        values = "\n".join(_rows(path)).encode("latin-1")
        yield f"{name}: sqlite", values
        yield from _named(f"{name}: sqlite,", unfolded(values, DEPTH))


def unfolded(data: bytes, depth: int) -> Iterator[Layer]:
    """What lies in these bytes compressed or cut up, and in that again."""
    if depth == 0:
        return
    for name, unfold in WAYS.items():
        for inner in unfold(data):
            yield name, inner
            yield from _named(f"{name},", unfolded(inner, depth - 1))


def _named(outer: str, inner: Iterable[Layer]) -> Iterator[Layer]:
    return ((f"{outer} {name}", data) for name, data in inner)


def _table(data: bytes) -> Iterator[bytes]:
    """A LevelDB table: every block's keys and values. Its last 48 bytes say where the index lies, and that where the blocks do."""
    if len(data) < 48 or not data.endswith(TABLE_MAGIC):
        return
    _, at = _handle(data, len(data) - 48)
    (where, size), _ = _handle(data, at)
    for _, value in _entries(_block(data, where, size)):
        (where, size), _ = _handle(value, 0)
        yield b"\n".join(part for entry in _entries(_block(data, where, size)) for part in entry)


def _block(data: bytes, where: int, size: int) -> bytes:
    raw, kind = data[where : where + size], data[where + size]
    if kind == 1:
        return bytes(cramjam.snappy.decompress_raw(raw))
    if kind == 2:
        return bytes(cramjam.zstd.decompress(raw))
    assert kind == 0, f"a block of a kind that is not known here: {kind}"
    return raw


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values; a key shares its beginning with the one before."""
    (restarts,) = struct.unpack("<I", block[-4:])
    at, end, key = 0, len(block) - 4 - 4 * restarts, b""
    while at < end:
        shared, at = _varint(block, at)
        own, at = _varint(block, at)
        size, at = _varint(block, at)
        key = key[:shared] + block[at : at + own]
        yield key, block[at + own : at + own + size]
        at += own + size


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    where, at = _varint(data, at)
    size, at = _varint(data, at)
    return (where, size), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _log(data: bytes) -> Iterator[bytes]:
    """A LevelDB log: records are cut where a block of 32 KiB ends. What looks like none is none; an end torn off by a kill is kept."""
    whole, pieces = [], b""
    for start in range(0, len(data), 32_768):
        block = data[start : start + 32_768]
        at = 0
        while at + 7 <= len(block):
            size, kind = struct.unpack_from("<HB", block, at + 4)
            if kind > 4 or (kind == 0 and size):
                return
            if kind == 0:
                break
            pieces = (b"" if kind in {1, 2} else pieces) + block[at + 7 : at + 7 + size]
            if kind in {1, 4}:
                whole.append(pieces)
                pieces = b""
            at += 7 + size
    yield b"\n".join([*whole, pieces])


def _value(data: bytes) -> Iterator[bytes]:
    """Values that IndexedDB compressed before it stored them."""
    for at in _places(VALUE_SNAPPY, data):
        yield from _tried(_snappy, data[at + 3 :])


def _snappy(data: bytes) -> bytes:
    """Snappy's raw form, whose end is not said where something follows: its own elements are walked to find it."""
    size, at = _varint(data, 0)
    done = 0
    while done < size:
        tag = data[at]
        kind, head = tag & 3, tag >> 2
        if kind == 0:
            more = max(0, head - 59)
            length = (int.from_bytes(data[at + 1 : at + 1 + more], "little") if more else head) + 1
            at += 1 + more + length
        else:
            length = (head & 7) + 4 if kind == 1 else head + 1
            at += (2, 3, 5)[kind - 1]
        done += length
    return bytes(cramjam.snappy.decompress_raw(data[:at]))


def _gzip(data: bytes) -> Iterator[bytes]:
    for at in _places(GZIP, data):
        yield from _tried(lambda some: zlib.decompressobj(31).decompress(some), data[at:])


def _entry(data: bytes) -> Iterator[bytes]:
    """The body of an entry of the cache, by every coding that a server may send."""
    if not data.startswith(ENTRY_MAGIC):
        return
    (key,) = struct.unpack_from("<I", data, 12)
    end = data.find(ENTRY_END, 24 + key)
    body = data[24 + key : end if end >= 0 else None]
    for decode in (cramjam.brotli.decompress, cramjam.zstd.decompress, zlib.decompress):
        yield from _tried(lambda some, decode=decode: bytes(decode(some)), body)  # type: ignore[misc]


def _places(mark: bytes, data: bytes) -> Iterator[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def _tried(decode: Callable[[bytes], bytes], data: bytes) -> Iterator[bytes]:
    with contextlib.suppress(Exception):  # most that looks like a coding is none
        made = decode(data)
        if made:
            yield made


def _rows(path: Path) -> Iterator[str]:
    """Every value of a SQLite file, bytes as Latin-1. The profile is a copy: its write-ahead log may be merged."""
    base = sqlite3.connect(path)
    base.text_factory = bytes
    try:
        tables = [row[0].decode() for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in base.execute(f'SELECT * FROM "{table}"'):
                yield from (_latin(value) for value in row)
    finally:
        base.close()


def _latin(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


WAYS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "leveldb table": _table,
    "leveldb log": _log,
    "indexeddb value": _value,
    "gzip": _gzip,
    "cache entry": _entry,
}
