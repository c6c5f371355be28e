"""What one row of a file does, and what every kind of file answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fieldapp.accounts.models import Chapter
from fieldapp.core.actor import Actor
from fieldapp.shifts.sheets.text import Reason, Row


@dataclass(frozen=True)
class Step:
    """``what``: new, changed (``fields`` says which), unchanged, bad (``reasons`` says why). ``target`` is what it changes."""

    line: int
    name: str
    what: str
    values: dict[str, Any] = field(default_factory=dict)
    target: str = ""
    fields: list[str] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


class Sheet(Protocol):
    """One kind of file."""

    COLUMNS: tuple[str, ...]
    NEEDED: tuple[str, ...]
    EXAMPLE: tuple[dict[str, str], ...]

    def export(self, actor: Actor, chapter: Chapter, now: int) -> list[dict[str, str]]:
        """What a file of the chapter holds."""

    def check(self, actor: Actor, chapter: Chapter, rows: Sequence[Row], now: int) -> list[Step]:
        """What each row would do as things stand."""

    def apply(self, actor: Actor, chapter: Chapter, steps: Sequence[Step], now: int) -> list[tuple[str, str]]:
        """Do it, in the caller's transaction; what is shown once afterwards (a name, a token)."""


def bad(row: Row, name: str, reasons: Sequence[Reason]) -> Step:
    """A row that is not taken."""
    shown = "".join(char for char in name[:80] if char.isprintable())
    return Step(row.line, shown, "bad", reasons=list(reasons))
