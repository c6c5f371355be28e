"""Answers and their paths: `/outcome`, `/vehicles/k3J9aQ2x/make`, `/_/observed_at`.

The same rules as static/js/lib/forms/definition.js.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

Definition = dict[str, Any]
Field = dict[str, Any]
Cell = tuple[str, Any]

ODD = ("not_said", "could_not_hear", "unsure")
YES_NO = ("yes", "no", "could_not_tell")
NOT_LISTED = "not_listed"
ROW_ID = re.compile(r"[A-Za-z0-9_-]{6,22}")
#: Paths that belong to every form and not to one field; all of them are legal's (docs/protocol.md 2.4).
SYSTEM = ("observed_at", "captured_at", "clock", "not_before", "seq", "order", "session", "position", "paper")


class Place(NamedTuple):
    """Where a path points: a field, a cell of one (then `row` and `column`), or something of the system (`system`)."""

    field: Field | None = None
    row: str | None = None
    column: Field | None = None
    system: str | None = None


def path_of(field: Field) -> str:
    """Where a field's answer is kept: `/id`, unless the definition says another path."""
    return str(field.get("path", f"/{field['id']}"))


def locate(defn: Definition, path: str) -> Place | None:
    """What a path of this form points at; None where the form knows no such path."""
    for field in defn["fields"]:
        if path == path_of(field) and field["type"] != "rows":
            return Place(field=field)
    start, *parts = path.split("/")
    if start:
        return None
    if len(parts) >= 2 and parts[0] == "_":
        return _locate_system(parts[1:])
    if len(parts) == 3 and ROW_ID.fullmatch(parts[1]):
        field, column = _named(defn["fields"], parts[0]), None
        if field and field["type"] == "rows":
            column = _named(field["columns"], parts[2])
        return Place(field=field, row=parts[1], column=column) if column else None
    return None


def _locate_system(parts: list[str]) -> Place | None:
    if len(parts) == 2 and parts[0] == "timeline" and ROW_ID.fullmatch(parts[1]):
        return Place(row=parts[1], system="timeline")
    return Place(system=parts[0]) if len(parts) == 1 and parts[0] in SYSTEM else None


def _named(fields: list[Field], wanted: str) -> Field | None:
    return next((field for field in fields if field["id"] == wanted), None)


def assemble(defn: Definition, cells: Iterable[Cell]) -> dict[str, Any]:
    """Answers by field id, tables as `{row id: {column id: value}}`; unknown paths, system paths and nulls left out."""
    answers: dict[str, Any] = {}
    for path, value in cells:
        place = locate(defn, path)
        if place is None or place.field is None or value is None:
            continue
        if place.column is not None and place.row is not None:
            answers.setdefault(place.field["id"], {}).setdefault(place.row, {})[place.column["id"]] = value
        else:
            answers[place.field["id"]] = value
    return answers
