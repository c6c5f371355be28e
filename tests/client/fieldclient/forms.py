"""Forms (docs/forms.md 6): which questions are asked, and which answer goes where."""

from __future__ import annotations

from typing import Any, TypeAlias

Definition: TypeAlias = dict[str, Any]
Answers: TypeAlias = dict[str, Any]
Cell: TypeAlias = dict[str, Any]

ODD = ("not_said", "could_not_hear", "unsure")


def answered(value: Any) -> bool:
    """Whether a value is an answer: 0 and false are, nothing and what is empty are not."""
    return not (value is None or value == "" or value == [] or value == {})


def _contains(answer: Any, value: Any) -> bool:
    wanted = value if isinstance(value, list) else [value]
    return isinstance(answer, list) and any(one in answer for one in wanted)


def met(condition: dict[str, Any], answers: Answers) -> bool:
    """Whether one condition holds; an unanswered question meets none."""
    answer, op = answers.get(condition["field"]), str(condition["op"])
    value: Any = condition.get("value")
    if not answered(answer):
        return False
    if op == "lt":
        return isinstance(answer, int) and not isinstance(answer, bool) and answer < value
    results: dict[str, bool] = {"answered": True, "eq": answer == value, "ne": answer != value}
    if op in results:
        return results[op]
    return bool(answer in value) if op == "in" else _contains(answer, value)


def asked(definition: Definition, answers: Answers) -> Answers:
    """The answers to questions that are asked. A question that is not asked counts as not answered for the next."""
    left: Answers = {}
    for field in definition["fields"]:
        if all(met(one, left) for one in field.get("when", ())):
            left[field["id"]] = answers.get(field["id"])
    return left


def hidden(definition: Definition, answers: Answers) -> list[str]:
    """Ids of the questions that are not asked."""
    shown = asked(definition, answers)
    return [field["id"] for field in definition["fields"] if field["id"] not in shown]


def path_of(field: dict[str, Any]) -> str:
    """Where a field's answer is kept."""
    return str(field.get("path", f"/{field['id']}"))


def box_of(field: dict[str, Any], row: Answers | None = None) -> str | None:
    """`legal` where the answer is sealed, None where it is open. `row`: the other cells, for a column."""
    if "boxes" not in field:
        return None
    for condition in field.get("box_when", ()):
        if answered((row or {}).get(condition["field"])) and not met(condition, row or {}):
            return None
    return "legal"


def _tidy(field: dict[str, Any], value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    if field["type"] == "many" and isinstance(value, list):
        order = [one["id"] for one in field["options"]] + list(ODD)
        return sorted(value, key=order.index)
    return None if value is False and field["type"] == "flag" else value


def _rows(field: dict[str, Any], table: dict[str, Answers]) -> list[Cell]:
    cells = []
    for row_id, row in table.items():
        for column in field["columns"]:
            value = _tidy(column, row.get(column["id"]))
            if answered(value):
                cells.append(
                    {"path": f"{path_of(field)}/{row_id}/{column['id']}", "value": value, "box": box_of(column, row)}
                )
    return cells


def split(definition: Definition, answers: Answers, system: dict[str, Any]) -> list[Cell]:
    """Answers by field id (and `_timeline`) as cells `{path, value, box}`: the form's order, the timeline, then the system's answers."""
    cells: list[Cell] = []
    shown = asked(definition, answers)
    for field in definition["fields"]:
        value = _tidy(field, shown.get(field["id"]))
        if not answered(value):
            continue
        if field["type"] == "rows":
            cells += _rows(field, value)
        else:
            cells.append({"path": path_of(field), "value": value, "box": box_of(field)})
    for row_id, entry in answers.get("_timeline", {}).items():
        cells.append({"path": f"/_/timeline/{row_id}", "value": entry, "box": "legal"})
    written = {cell["path"] for cell in cells}
    return cells + [
        {"path": f"/_/{name}", "value": value, "box": "legal"}
        for name, value in system.items()
        if f"/_/{name}" not in written
    ]


def patch(definition: Definition, before: Answers, after: Answers) -> list[Cell]:
    """The cells of an amendment: what is changed or new, and null for what is taken back."""
    old = {cell["path"]: cell for cell in split(definition, before, {})}
    new = {cell["path"]: cell for cell in split(definition, after, {})}
    changed = [cell for path, cell in new.items() if path not in old or old[path]["value"] != cell["value"]]
    return changed + [{**cell, "value": None} for path, cell in old.items() if path not in new]
