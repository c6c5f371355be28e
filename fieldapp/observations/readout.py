"""A record and its amendments, merged by path for reading. The same rules as static/js/lib/forms/readout.js.

Nothing is hidden by an amendment: the newest value stands, the earlier ones stay beside it, to be shown struck through.
What each record says of its own making (when it was saved, by which clock) is no answer: an amendment's own replaces nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .catalogue import Definition
from .paths import Cell, Place, locate, path_of

OWN = frozenset({"/_/captured_at", "/_/clock", "/_/not_before", "/_/seq"})


@dataclass(slots=True)
class Version:
    """What one record says about a path: its value, the record's id, and whether it was sealed."""

    value: Any
    record: str
    sealed: bool = False


@dataclass(slots=True)
class Entry:
    """One path: what stands, what stood before (oldest first), and whether the form knows the path at all."""

    path: str
    now: Version
    before: list[Version] = field(default_factory=list)
    known: bool = True

    @property
    def retracted(self) -> bool:
        """The last amendment took the answer back."""
        return self.now.value is None


@dataclass(frozen=True, slots=True)
class Said:
    """What one record discloses: its id, and `(path, value)` pairs from the open and from opened boxes."""

    record: str
    open: Sequence[Cell] = ()
    sealed: Sequence[Cell] = ()


def read_out(defn: Definition | None, records: Iterable[Said]) -> list[Entry]:
    """Entries in the form's order, then the system's, then unknown ones; `records` is the original, then its
    amendments, oldest first. Without a definition every path is unknown."""
    entries: dict[str, Entry] = {}
    for at, said in enumerate(records):
        for cells, sealed in ((said.open, False), (said.sealed, True)):
            for path, value in cells:
                if at > 0 and path in OWN:
                    continue
                version = Version(value, said.record, sealed)
                if path in entries:
                    entries[path].before.append(entries[path].now)
                    entries[path].now = version
                else:
                    entries[path] = Entry(path, version)
    order = _Order(defn)
    for entry in entries.values():
        entry.known = order.place(entry.path) is not None
    return sorted(entries.values(), key=order)


class _Order:
    """Sort key: the form's own order of fields, rows in order of appearance."""

    def __init__(self, defn: Definition | None) -> None:
        self._defn = defn
        fields: list[Mapping[str, Any]] = defn["fields"] if defn else []
        self._fields = {one["id"]: position for position, one in enumerate(fields)}
        self._rows: dict[str, int] = {}

    def place(self, path: str) -> Place | None:
        return locate(self._defn, path) if self._defn else None

    def __call__(self, entry: Entry) -> tuple[int, int, int, int, str]:
        place = self.place(entry.path)
        row = self._rows.setdefault(place.row, len(self._rows)) if place and place.row else -1
        if place is None:
            return (2, 0, row, 0, entry.path)
        if place.field is None:
            return (1, 0, row, 0, entry.path)
        columns = [column["id"] for column in place.field.get("columns", ())]
        column = columns.index(place.column["id"]) if place.column else 0
        return (0, self._fields[place.field["id"]], row, column, path_of(place.field))
