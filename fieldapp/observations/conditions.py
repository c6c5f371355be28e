"""When a question is asked, and which answers go into a box. The same rules as static/js/lib/forms/conditions.js."""

from collections.abc import Mapping
from typing import Any

Field = dict[str, Any]
Answers = Mapping[str, Any]


def is_answered(value: Any) -> bool:
    """Nothing, empty text and an empty choice or table are no answer; 0 and False are one."""
    return value is not None and value not in ("", [], {})


def holds(condition: Mapping[str, Any], answers: Answers) -> bool:
    """One condition `{field, op, value}`. A question that is not answered meets no condition, not even `ne`."""
    given, wanted, op = answers.get(condition["field"]), condition.get("value"), condition["op"]
    if not is_answered(given):
        return False
    if op == "answered":
        return True
    if op == "eq":
        return bool(given == wanted)
    if op == "ne":
        return bool(given != wanted)
    if op == "in":
        return given in (wanted or [])
    if op == "has":
        chosen = given if isinstance(given, list) else [given]
        return any(one in chosen for one in (wanted if isinstance(wanted, list) else [wanted]))
    if op == "lt":
        return isinstance(given, int) and not isinstance(given, bool) and given < int(wanted or 0)
    raise ValueError(f"unknown op {op}")


def is_asked(field: Field, answers: Answers) -> bool:
    """All conditions of the field's `when` hold (no `when`: always)."""
    return all(holds(condition, answers) for condition in field.get("when", ()))


def hidden_questions(fields: list[Field], answers: Answers) -> set[str]:
    """Ids of the fields that are not asked, given these answers. A hidden question's own answer counts for nothing,
    so what depends on it is hidden too; `when` only ever looks back, so one pass in order is enough."""
    seen = dict(answers)
    hidden = set()
    for field in fields:
        if "when" in field and not is_asked(field, seen):
            hidden.add(field["id"])
            seen.pop(field["id"], None)
    return hidden


def box_of(field: Field, row: Answers | None = None) -> str | None:
    """The box that an answer of this field or column goes into; None is open.

    `row` is the other cells of its row: a `box_when` that they cannot decide counts as met, so doubt locks.
    """
    boxes: list[str] = field.get("boxes", [])
    if not boxes:
        return None
    cells = row or {}
    for condition in field.get("box_when", ()):
        if is_answered(cells.get(condition["field"])) and not holds(condition, cells):
            return None
    # Dispatch boxes come later; until then what is meant for both goes to legal alone.
    return "legal" if "legal" in boxes else boxes[0]
