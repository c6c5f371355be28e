"""What can be wrong with the answers of a record (docs/forms.md 6.4)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from .forms import ODD, Answers, Cell, Definition, answered, asked, box_of, path_of

ITEM = re.compile(r"[A-Za-z0-9_-]+\Z")
ROW = re.compile(r"[A-Za-z0-9_-]{6,22}\Z")
SESSION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
OF_A_PLACE = ("judges", "courtrooms")
Lists = dict[str, list[dict[str, Any]]]
Problem = dict[str, str]


def _int(value: Any, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _members(value: Any, **checks: Callable[[Any], bool]) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == set(checks)
        and all(check(value[name]) for name, check in checks.items())
    )


def _position(value: Any) -> bool:
    return _members(value, lat=lambda n: _int(n, -90_000_000), lon=lambda n: _int(n, -180_000_000), accuracy=_int)


SYSTEM: dict[str, Callable[[Any], bool]] = {
    "observed_at": lambda value: _members(value, at=_int, exact=lambda one: isinstance(one, bool)),
    "captured_at": _int,
    "clock": lambda value: value is None or _members(value, phone=_int, server=_int),
    "not_before": lambda value: value is None or isinstance(value, str),
    "seq": lambda value: _int(value, 1),
    "order": _int,
    "session": lambda value: isinstance(value, str) and bool(SESSION.match(value)),
    "position": _position,
    "paper": lambda value: _members(
        value, line=lambda n: _int(n, 1), serial=lambda text: text is None or isinstance(text, str)
    ),
}


def _entry(value: Any) -> bool:
    return _members(value, at=_int, chip=lambda text: isinstance(text, str) and bool(text.strip()))


def _choices(field: dict[str, Any]) -> dict[str, bool]:
    if field["type"] == "ynu":
        options = {"yes": False, "no": False, "could_not_tell": False}
    else:
        options = {one["id"]: one.get("alone", False) for one in field["options"]}
    return {**options, **dict.fromkeys(ODD, True)}


def _many(field: dict[str, Any], value: Any) -> str | None:
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(one, str) for one in value)
        or len(set(value)) < len(value)
    ):
        return "bad_value"
    choices = _choices(field)
    if not set(value) <= set(choices):
        return "unknown_option"
    return "not_alone" if len(value) > 1 and any(choices[one] for one in value) else None


def _pick(field: dict[str, Any], value: Any, lists: Lists) -> str | None:
    if not isinstance(value, str) or not ITEM.match(value):
        return "bad_value"
    known = {one["id"] for one in lists.get(field["source"], ())} | {"not_listed", *ODD}
    return None if field["source"] in OF_A_PLACE or value in known else "unknown_option"


def _date(value: Any) -> bool:
    try:
        return bool(re.match(r"\d{4}-\d\d-\d\d\Z", value) and dt.date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _number(field: dict[str, Any], value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return "bad_value"
    least, most = (0, 10_000_000_000) if field["type"] == "money" else (field.get("min", 0), field.get("max", 9999))
    return None if least <= value <= most else "out_of_range"


def wrong(field: dict[str, Any], value: Any, lists: Lists) -> str | None:
    """The code of what is wrong with a value of a field, or None."""
    kind = field["type"]
    if kind in ("one", "band", "ynu"):
        return "bad_value" if not isinstance(value, str) else None if value in _choices(field) else "unknown_option"
    if kind == "many":
        return _many(field, value)
    if kind == "pick":
        return _pick(field, value, lists)
    if kind in ("int", "money"):
        return _number(field, value)
    if kind == "note" and isinstance(value, str) and value.strip():
        return "too_long" if len(value) > field.get("max", 4000) else None
    fits: dict[str, Callable[[Any], bool]] = {
        "time": SYSTEM["observed_at"],
        "date": _date,
        "pin": _position,
        "flag": lambda one: isinstance(one, bool),
    }
    return None if kind in fits and fits[kind](value) else "bad_value"


class _Record:
    """The cells of one record, looked up in its form."""

    def __init__(self, definition: Definition, cells: list[Cell], lists: Lists) -> None:
        self.definition, self.lists = definition, lists
        self.fields = {path_of(field): field for field in definition["fields"] if field["type"] != "rows"}
        self.tables = {path_of(field): field for field in definition["fields"] if field["type"] == "rows"}
        self.answers: Answers = {}
        self.rows: dict[tuple[str, str], Answers] = {}
        for cell in cells:
            parts = cell["path"].rsplit("/", 2)
            if cell["path"] in self.fields:
                self.answers[self.fields[cell["path"]]["id"]] = cell["value"]
            elif len(parts) == 3 and parts[0] in self.tables and ROW.match(parts[1]):
                self.rows.setdefault((parts[0], parts[1]), {})[parts[2]] = cell["value"]
                self.answers.setdefault(self.tables[parts[0]]["id"], {})[parts[1]] = True

    def column(self, path: str) -> tuple[dict[str, Any], Answers] | None:
        parts = path.rsplit("/", 2)
        row = self.rows.get((parts[0], parts[1])) if len(parts) == 3 else None
        if row is None:
            return None
        return next(((one, row) for one in self.tables[parts[0]]["columns"] if one["id"] == parts[2]), None)

    def problem(self, cell: Cell, complete: bool, amendment: bool) -> str | None:
        path, value = cell["path"], cell["value"]
        field, row = self.fields.get(path), None
        if found := self.column(path):
            field, row = found
        if field is None:
            return self._system(path, value, complete)
        code = None if amendment and value is None else wrong(field, value, self.lists)
        sealed = path.startswith("/_/") or box_of(field, row) is not None
        return code or ("should_be_sealed" if sealed and not complete else None)

    def _system(self, path: str, value: Any, complete: bool) -> str | None:
        if re.match(r"/_/timeline/[A-Za-z0-9_-]{6,22}\Z", path):
            check: Callable[[Any], bool] = _entry
        elif path.startswith("/_/") and path[3:] in SYSTEM:
            check = SYSTEM[path[3:]]
        else:
            return "unknown_path"
        return "bad_value" if not check(value) else None if complete else "should_be_sealed"


def _whole(record: _Record, cells: list[Cell], complete: bool) -> list[Problem]:
    shown = asked(record.definition, record.answers)
    out = []
    for field in record.definition["fields"]:
        known, sealed = field["id"] in shown, "boxes" in field
        if not known and answered(record.answers.get(field["id"])):
            out.append({"path": path_of(field), "code": "not_asked"})
        if field.get("required") and known and not answered(shown[field["id"]]) and (complete or not sealed):
            out.append({"path": path_of(field), "code": "missing"})
    return out + ([{"path": "", "code": "empty"}] if complete and not cells else [])


def problems(
    definition: Definition, cells: list[Cell], lists: Lists, *, complete: bool, amendment: bool
) -> list[Problem]:
    """What is wrong with these cells. `complete`: sealed ones are among them (the phone); else the open part (the server)."""
    record, seen = _Record(definition, cells, lists), set()
    out: list[Problem] = []
    for cell in cells:
        code = "repeated_path" if cell["path"] in seen else record.problem(cell, complete, amendment)
        seen.add(cell["path"])
        if code:
            out.append({"path": cell["path"], "code": code})
    for path, field in record.tables.items():
        if sum(table == path for table, _ in record.rows) > field.get("max", 10**6):
            out.append({"path": path, "code": "too_many_rows"})
    return out if amendment else out + _whole(record, cells, complete)
