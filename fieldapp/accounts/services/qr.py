"""A QR code as the path of an SVG: the template draws it, so that no markup passes unescaped."""

from __future__ import annotations

from dataclasses import dataclass

import segno


@dataclass(frozen=True)
class Qr:
    """``size`` modules wide; ``path`` is the dark ones, as runs along the rows."""

    size: int
    path: str


def draw(text: str) -> Qr:
    """The QR of a text, with a quiet zone of four modules."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=4))
    runs = [run for y, row in enumerate(rows) for run in _runs(bytes(row), y)]
    return Qr(len(rows), "".join(runs))


def _runs(row: bytes, y: int) -> list[str]:
    runs, x = [], 0
    while x < len(row):
        start = x
        while x < len(row) and row[x]:
            x += 1
        if x > start:
            runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
        x += 1
    return runs
