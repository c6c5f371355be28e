"""CSV both ways: comma, semicolon or tab, with or without a byte order mark; what a spreadsheet would run as a formula is made text.

A cell that begins with one of ``RISKY`` is written with an apostrophe before it, and read without: what went out comes back the same.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldapp.core.errors import N_, Invalid
from fieldapp.places.importers import decode

MAX_BYTES = 1_000_000
MAX_ROWS = 1_000
MAX_COLUMNS = 100
RISKY = "=+-@\t\r\n＝＋－＠"
GUARD = "'"


@dataclass(frozen=True)
class Reason:
    """Why a row is not taken: a msgid and its values."""

    text: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One row of a file: its line, its cells by column, and what is wrong with its shape."""

    line: int
    cells: dict[str, str]
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A file as it was read; ``unused`` names columns that nothing is taken from."""

    rows: list[Row]
    unused: list[str]

    def to_json(self) -> dict[str, Any]:
        """As kept between the two steps of an import."""
        rows = [[row.line, row.cells, [[one.text, one.values] for one in row.reasons]] for row in self.rows]
        return {"rows": rows, "unused": self.unused}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Table:
        """What ``to_json`` kept."""
        rows = [Row(line, cells, [Reason(*one) for one in reasons]) for line, cells, reasons in kept["rows"]]
        return cls(rows, list(kept["unused"]))


def safe(cell: str) -> str:
    """A cell as a spreadsheet may open it."""
    return GUARD + cell if cell and cell[0] in RISKY + GUARD else cell


def plain(cell: str) -> str:
    """A cell as it was before ``safe``."""
    return cell[1:] if len(cell) > 1 and cell[0] == GUARD and cell[1] in RISKY + GUARD else cell


def write(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A file: UTF-8 with a byte order mark, so that spreadsheets know it; every cell safe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([safe(row.get(name, "")) for name in columns] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def read(data: bytes, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """The rows of a file. Raises Invalid when it cannot be read as a whole: size, encoding, columns."""
    if len(data) > MAX_BYTES:
        raise Invalid(N_("The file is larger than 1 MB. Split it and import the parts."))
    text = decode(data)
    if not text.strip():
        raise Invalid(N_("The file is empty."))
    lines = _lines(text)
    names = [plain(name).strip().lower() for name in lines[0][1][: MAX_COLUMNS + 1]]
    if len(names) > MAX_COLUMNS:
        raise Invalid(N_("The first line has more than 100 columns. Leave out those that are not needed."))
    _check(names, needed)
    rows = [_row(line, cells, names, columns) for line, cells in lines[1:] if any(cell.strip() for cell in cells)]
    if len(rows) > MAX_ROWS:
        raise Invalid(N_("The file has more than 1,000 rows. Split it and import the parts."))
    return Table(rows, [name for name in names if name and name not in columns])


def _lines(text: str) -> list[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    found, start = [], 1
    try:
        for cells in reader:
            found.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(N_("Line %(line)s cannot be read as CSV."), line=start) from error
    return found


def _row(line: int, cells: list[str], names: list[str], columns: Sequence[str]) -> Row:
    if len(cells) != len(names):
        values = {"cells": len(cells), "columns": len(names)}
        return Row(line, {}, [Reason(N_("The row has %(cells)s cells, the header %(columns)s."), values)])
    return Row(line, {name: plain(cell) for name, cell in zip(names, cells, strict=True) if name in columns})


def _check(names: list[str], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        raise Invalid(
            N_("The first line must name the columns; these are missing: %(columns)s."), columns=", ".join(missing)
        )
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise Invalid(N_("A column is named twice: %(columns)s."), columns=", ".join(twice)[:200])
