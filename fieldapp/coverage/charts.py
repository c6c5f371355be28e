"""Columns of a chart as rectangles and words; the template draws them as SVG, with a table of the same numbers beside it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 250
LEFT, RIGHT, TOP, BOTTOM = 62, 4, 14, 30
LABELS = 6  # words under the columns, at most


@dataclass(frozen=True)
class Bar:
    """A part of a column; ``kind`` is its pattern."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Label:
    """Words at a point."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Chart:
    """What is drawn."""

    bars: list[Bar]
    ticks: list[Label]
    names: list[Label]
    gaps: list[Label]  # columns whose numbers are not given
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def steps(most: int) -> list[int]:
    """Zero and up to four round numbers, the last of them not below ``most``."""
    unit = 1
    while unit * 4 < most:
        unit = {1: 2, 2: 5, 5: 10}[int(str(unit)[0])] * 10 ** (len(str(unit)) - 1)
    return [unit * n for n in range(max(-(-most // unit), 1) + 1)]


def columns(names: Sequence[str], parts: Sequence[Sequence[tuple[str, int]] | None]) -> Chart:
    """A column for each name, its parts (pattern and number) from the bottom up; None where the numbers are not given."""
    scale = steps(max((sum(n for _, n in column) for column in parts if column), default=0))
    high = HEIGHT - TOP - BOTTOM
    each = (WIDTH - LEFT - RIGHT) / max(len(names), 1)
    wide = min(each * 0.72, 56)
    bars: list[Bar] = []
    gaps: list[Label] = []
    for number, column in enumerate(parts):
        x = LEFT + each * number + (each - wide) / 2
        floor = float(HEIGHT - BOTTOM)
        if column is None:
            gaps.append(Label("?", round(x + wide / 2, 1), floor - 6))
            continue
        for kind, value in column:
            if value:
                tall = value / scale[-1] * high
                floor -= tall
                bars.append(Bar(kind, round(x, 1), round(floor, 1), round(wide, 1), round(tall, 1)))
    every = -(-len(names) // LABELS)
    under = [
        Label(name, round(LEFT + each * (n + 0.5), 1), HEIGHT - 8) for n, name in enumerate(names) if n % every == 0
    ]
    ticks = [Label(str(n), LEFT - 8, round(HEIGHT - BOTTOM - n / scale[-1] * high, 1)) for n in scale]
    return Chart(bars, ticks, under, gaps)


def share(part: int, whole: int) -> int | None:
    """Whole percent; None of nothing. Never 100 or 0 by rounding alone."""
    if not whole:
        return None
    found = round(part * 100 / whole)
    return 99 if found == 100 and part < whole else 1 if found == 0 and part else found
