"""A PMTiles archive of version 3 with vector tiles in it, written byte by byte: what an installation names as its basemap."""

from __future__ import annotations

import gzip
import json
import struct
from dataclasses import dataclass
from typing import Any

Corners = list[tuple[int, int]]  # in the tile's own 4096 steps
NEW_YORK = (8, 75, 96)  # zoom, x, y of the tile with New York in it
MAP = {
    "earth": [("Polygon", {"kind": "earth"}, [(0, 0), (4096, 0), (4096, 4096), (0, 4096)])],
    "water": [("Polygon", {"kind": "ocean"}, [(1700, 900), (2300, 900), (2600, 4096), (1500, 4096)])],
    "landuse": [("Polygon", {"kind": "park"}, [(700, 300), (1500, 300), (1500, 1200), (700, 1200)])],
    "roads": [
        ("LineString", {"kind": "highway"}, [(0, 700), (1500, 1000), (4096, 500)]),
        ("LineString", {"kind": "major_road"}, [(1300, 0), (1500, 1000), (1200, 2500)]),
    ],
    "boundaries": [("LineString", {"kind": "region", "kind_detail": "4"}, [(1550, 0), (1650, 1400), (1400, 4096)])],
}


@dataclass(frozen=True)
class Archive:
    """The file's bytes, and where its one tile lies in them."""

    content: bytes
    first: int
    last: int

    @property
    def range(self) -> str:
        """How a browser asks for the tile (RFC 9110)."""
        return f"bytes={self.first}-{self.last}"


def archive(*, attribution: str = "", kind: int = 1, packed: int = 2) -> Archive:
    """One tile of MAP, with the bounds of that tile; ``kind`` and ``packed`` as the header has them."""
    zoom, x, y = NEW_YORK
    data = gzip.compress(_tile(), mtime=0)
    said: dict[str, Any] = {"vector_layers": [{"id": name, "fields": {}} for name in MAP]}
    if attribution:
        said["attribution"] = attribution
    metadata = gzip.compress(json.dumps(said).encode(), mtime=0)
    directory = gzip.compress(b"".join(map(_varint, (1, _number(zoom, x, y), 1, len(data), 1))), mtime=0)
    start = 127 + len(directory) + len(metadata)
    sizes = (127, len(directory), 127 + len(directory), len(metadata), start, 0, start, len(data), 1, 1, 1)
    bounds = [round(degrees * 1e7) for degrees in (-74.53, 39.9, -73.12, 41.0)]
    head = b"PMTiles\x03" + struct.pack("<11Q", *sizes) + bytes((1, packed, packed, kind, zoom, zoom))
    head += struct.pack("<4i", *bounds) + bytes((zoom,)) + struct.pack("<2i", -740000000, 407000000)
    return Archive(head + directory + metadata + data, start, start + len(data) - 1)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def _field(number: int, content: bytes | int) -> bytes:
    """One field of a protocol buffer: a number, or bytes with their length."""
    if isinstance(content, int):
        return _varint(number << 3) + _varint(content)
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(zoom: int, x: int, y: int) -> int:
    """A tile's number: all smaller zooms, then along the Hilbert curve."""
    found, side = ((1 << 2 * zoom) - 1) // 3, 1 << zoom
    while side > 1:
        side >>= 1
        right, down = int(x & side > 0), int(y & side > 0)
        found += side * side * (3 * right ^ down)
        if not down:
            if right:
                x, y = side - 1 - x & side - 1, side - 1 - y & side - 1
            x, y = y, x
    return found


def _tile() -> bytes:
    return b"".join(_field(3, _layer(name, features)) for name, features in MAP.items())


def _layer(name: str, features: list[tuple[str, dict[str, str], Corners]]) -> bytes:
    keys = sorted({key for _, tags, _ in features for key in tags})
    values = sorted({value for _, tags, _ in features for value in tags.values()})
    out = _field(15, 2) + _field(1, name.encode())
    for shape, tags, corners in features:
        pairs = b"".join(_varint(keys.index(k)) + _varint(values.index(v)) for k, v in tags.items())
        out += _field(
            2, _field(2, pairs) + _field(3, 3 if shape == "Polygon" else 2) + _field(4, _path(shape, corners))
        )
    out += b"".join(_field(3, key.encode()) for key in keys)
    return out + b"".join(_field(4, _field(1, value.encode())) for value in values) + _field(5, 4096)


def _path(shape: str, corners: Corners) -> bytes:
    """Move to the first corner, lines to the others, and for an area the way back."""
    numbers, (x, y) = [1 << 3 | 1], (0, 0)
    for at, (to_x, to_y) in enumerate(corners):
        if at == 1:
            numbers.append((len(corners) - 1) << 3 | 2)
        numbers += [(d << 1) ^ (d >> 31) for d in (to_x - x, to_y - y)]
        x, y = to_x, to_y
    return b"".join(map(_varint, [*numbers, 1 << 3 | 7] if shape == "Polygon" else numbers))
