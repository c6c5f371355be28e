"""Do these answers obey the form? The same rules, over the same vectors, as static/js/lib/forms/validate.js."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from .catalogue import shared_lists
from .conditions import box_of, hidden_questions, is_answered
from .paths import NOT_LISTED, ODD, YES_NO, Cell, Place, assemble, locate, path_of

Definition = dict[str, Any]
Field = dict[str, Any]

MAX_NOTE = 4000
MAX_ROWS = 50
MAX_INT = 9999
MAX_MONEY = 100_000_000_00
MAX_TIME = 2**53 - 1
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_DATE = re.compile(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})")
#: Spelt out, so that Python and JavaScript agree on what is blank.
_BLANK = re.compile("[ \t\n\r\u00a0]*")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Problem(NamedTuple):
    """One thing wrong: where (a path; empty for the whole) and what (a code, listed in docs/forms.md)."""

    path: str
    code: str


def validate_answers(
    defn: Definition, cells: Iterable[Cell], *, complete: bool = False, amendment: bool = False
) -> list[Problem]:
    """Everything wrong with these `(path, value)` pairs, in the order of the pairs, then what is missing.

    On the server the pairs are the open ones only (`complete=False`): what is sealed cannot be read, so nothing is said
    about it, but an answer that should have been sealed is a problem. With `complete=True` they are all, as on the
    phone before sealing. An `amendment` is a patch: null retracts, and what is not in it is not missing.
    """
    pairs = list(cells)
    answers = assemble(defn, pairs)
    problems: list[Problem] = []
    seen: set[str] = set()
    for path, value in pairs:
        if path in seen:
            problems.append(Problem(path, "repeated_path"))
            continue
        seen.add(path)
        code = _check(defn, path, value, answers, sealed_too=complete, amendment=amendment)
        if code:
            problems.append(Problem(path, code))
    problems += _check_rows(defn, answers)
    return problems if amendment else problems + _check_whole(defn, answers, pairs, complete)


def _check(
    defn: Definition, path: str, value: Any, answers: dict[str, Any], *, sealed_too: bool, amendment: bool
) -> str | None:
    place = locate(defn, path)
    if place is None:
        return "unknown_path"
    if not sealed_too and _box(place, answers):
        return "should_be_sealed"
    if amendment and value is None:
        return None
    if place.field is None:
        return None if _system_ok(place.system or "", value) else "bad_value"
    if not amendment and place.field["id"] in hidden_questions(defn["fields"], answers):
        return "not_asked"
    field = place.column or place.field
    return _CHECKS[field["type"]](field, value)


def _box(place: Place, answers: dict[str, Any]) -> str | None:
    if place.field is None:
        return "legal"
    if place.column is not None:
        return box_of(place.column, answers.get(place.field["id"], {}).get(place.row))
    return box_of(place.field)


def _check_rows(defn: Definition, answers: dict[str, Any]) -> list[Problem]:
    return [
        Problem(path_of(field), "too_many_rows")
        for field in defn["fields"]
        if field["type"] == "rows" and len(answers.get(field["id"], {})) > field.get("max", MAX_ROWS)
    ]


def _check_whole(defn: Definition, answers: dict[str, Any], pairs: list[Cell], complete: bool) -> list[Problem]:
    hidden = hidden_questions(defn["fields"], answers)
    missing = [
        Problem(path_of(field), "missing")
        for field in defn["fields"]
        if field.get("required")
        and field["id"] not in hidden
        and (complete or not field.get("boxes"))
        and not is_answered(answers.get(field["id"]))
    ]
    # Only who sees everything can say that nothing was written.
    said = any(path.startswith("/_/timeline/") for path, _ in pairs) or any(map(is_answered, answers.values()))
    return missing if said or not complete else [*missing, Problem("", "empty")]


def _is_int(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _choice(field: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        return "bad_value"
    return None if value in option_ids(field) or value in ODD else "unknown_option"


def option_ids(field: Field) -> Collection[str]:
    """The answers a choice offers besides the three odd ones."""
    if field["type"] == "ynu":
        return YES_NO
    return [option["id"] for option in field.get("options", ())]


def _many(field: Field, value: Any) -> str | None:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        return "bad_value"
    if len(set(value)) != len(value):
        return "bad_value"
    if any(_choice(field, one) for one in value):
        return "unknown_option"
    alone = {*ODD, *(option["id"] for option in field["options"] if option.get("alone"))}
    return "not_alone" if len(value) > 1 and alone.intersection(value) else None


def _pick(field: Field, value: Any) -> str | None:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        return "bad_value"
    shared = shared_lists().get(field["source"])
    if shared is None or value in ODD or value == NOT_LISTED:
        return None  # a place's own list changes with time: an id that was on it once is as good as ever
    return None if any(item["id"] == value for item in shared) else "unknown_option"


def _whole_number(field: Field, value: Any) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "bad_value"
    high = MAX_MONEY if field["type"] == "money" else MAX_INT
    return None if field.get("min", 0) <= value <= field.get("max", high) else "out_of_range"


def _note(field: Field, value: Any) -> str | None:
    if not isinstance(value, str) or _BLANK.fullmatch(value):
        return "bad_value"
    return None if len(value) <= field.get("max", MAX_NOTE) else "too_long"


def _moment(_field: Field, value: Any) -> str | None:
    return None if _is_moment(value) else "bad_value"


def _is_moment(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"at", "exact"}
        and _is_int(value["at"], 0, MAX_TIME)
        and isinstance(value["exact"], bool)
    )


def _day(_field: Field, value: Any) -> str | None:
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    try:
        return None if found and date(*map(int, found.groups())) else "bad_value"
    except ValueError:
        return "bad_value"


def _flag(_field: Field, value: Any) -> str | None:
    return None if isinstance(value, bool) else "bad_value"


def _pin(_field: Field, value: Any) -> str | None:
    return None if _is_position(value) else "bad_value"


def _is_position(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"lat", "lon", "accuracy"}
        and _is_int(value["lat"], -90_000_000, 90_000_000)
        and _is_int(value["lon"], -180_000_000, 180_000_000)
        and _is_int(value["accuracy"], 0, 1_000_000)
    )


_CHECKS: dict[str, Callable[[Field, Any], str | None]] = {
    "one": _choice,
    "ynu": _choice,
    "band": _choice,
    "many": _many,
    "pick": _pick,
    "int": _whole_number,
    "money": _whole_number,
    "note": _note,
    "time": _moment,
    "date": _day,
    "flag": _flag,
    "pin": _pin,
}


def _system_ok(name: str, value: Any) -> bool:
    if name == "observed_at":
        return _is_moment(value)
    if name == "captured_at":
        return _is_int(value, 0, MAX_TIME)
    if name in ("seq", "order"):
        return _is_int(value, 1, MAX_TIME)
    if name == "session":
        return isinstance(value, str) and _UUID.fullmatch(value) is not None
    if name == "not_before":
        return value is None or isinstance(value, str)
    if name == "position":
        return _is_position(value)
    if name == "paper":
        return (
            isinstance(value, dict)
            and set(value) == {"line", "serial"}
            and _is_int(value["line"], 1, MAX_TIME)
            and (value["serial"] is None or isinstance(value["serial"], str))
        )
    if name == "clock":
        return value is None or (
            isinstance(value, dict)
            and set(value) == {"phone", "server"}
            and all(_is_int(one, 0, MAX_TIME) for one in value.values())
        )
    return (
        isinstance(value, dict)
        and set(value) == {"at", "chip"}
        and _is_int(value["at"], 0, MAX_TIME)
        and isinstance(value["chip"], str)
        and 0 < len(value["chip"]) <= 80
    )
