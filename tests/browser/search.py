"""Looks for words in all that an installation keeps: every value of every table, and every file's bytes."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from fieldapp.core.db import Base, db


def disguises(word: str | bytes) -> set[bytes]:
    """The word's bytes as they may stand in a file: plain, UTF-16 (IndexedDB has its keys with the high byte first), hexadecimal, and
    base64 at each of its three offsets."""
    plain = word.encode() if isinstance(word, str) else word
    found = {plain, plain.hex().encode()} | (
        {word.encode("utf-16-le"), word.encode("utf-16-be")} if isinstance(word, str) else set()
    )
    for offset, first in enumerate((0, 2, 3)):  # characters that what stands before has a part in
        coded = base64.b64encode(bytes(offset) + plain)[first : (offset + len(plain)) * 8 // 6]
        found |= {coded, coded.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def in_files(word: str, *folders: Path) -> list[str]:
    """Names of the files that hold the word in any disguise."""
    wanted = disguises(word)
    return [path.name for path in _files(folders) if _holds(path, wanted)]


def _files(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _holds(path: Path, wanted: set[bytes]) -> bool:
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # a temporary file that is gone
        return False
    return any(one in data for one in wanted)


def in_tables(word: str) -> list[str]:
    """Names of the columns that hold the word, asked through the database itself: it knows what it compressed."""
    wanted = disguises(word)
    return [
        f"{table.name}.{column}"
        for table in Base.metadata.sorted_tables
        for row in db.session.execute(select(table)).mappings()
        for column, value in row.items()
        if any(one in _bytes(value) for one in wanted)
    ]


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
