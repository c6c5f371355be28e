"""Places from CSV: comma, semicolon or tab; columns by name, in any order."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from fieldapp.core.errors import N_, Invalid
from fieldapp.places.importers.row import NEEDED, OPTIONAL, Bad, Parsed, Reason, check

csv.field_size_limit(2_100_000)  # the whole file at most: a huge field is a reason in its row, not the end of the file


def read(text: str) -> Parsed:
    """The rows of a CSV text. Raises Invalid when the header cannot be used."""
    lines = _lines(text)
    _, header = next(lines, (1, []))
    names = [name.strip().lower() for name in header]
    _check_header(names)
    parsed = Parsed(unused=[name for name in names if name and name not in NEEDED + OPTIONAL])
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            values = {"cells": len(cells), "columns": len(names)}
            reason = Reason(N_("The row has %(cells)s cells, the header %(columns)s."), values)
            shown = "".join(c for c in (cells[0] if cells else "")[:80] if c.isprintable())
            parsed.bad.append(Bad(line, shown, [reason]))
            continue
        row = check(line, dict(zip(names, cells, strict=True)))
        if isinstance(row, Bad):
            parsed.bad.append(row)
        else:
            parsed.good.append(row)
    return parsed


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins. A quotation mark that never closes ends at the file's end: one row."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    for cells in reader:
        yield start, cells
        start = reader.line_num + 1


def _check_header(names: list[str]) -> None:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise Invalid(
            N_("The first line must name the columns; these are missing: %(columns)s."), columns=", ".join(missing)
        )
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise Invalid(N_("A column is named twice: %(columns)s."), columns=", ".join(twice)[:200])
