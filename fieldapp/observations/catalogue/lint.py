"""Is a definition fit to be released? Run by the tests on every file of the catalogue; docs/forms.md is its prose."""

import re
from collections.abc import Iterator
from typing import Any

Definition = dict[str, Any]
Field = dict[str, Any]

TYPES = {"one", "many", "ynu", "band", "pick", "int", "money", "note", "time", "date", "flag", "pin", "rows"}
#: Never open, whoever writes the definition: free text, exact times and positions.
ALWAYS_LEGAL = {"note", "time", "date", "pin"}
#: What the next case may take over from the one before: what a room repeats, never what a note says or a count.
CARRIED = {"one", "ynu", "band", "pick"}
IN_A_ROW = {"one", "ynu", "band", "pick", "int", "money", "note"}
OPS = {"eq", "ne", "in", "has", "answered", "lt"}
ODD = {"not_said", "could_not_hear", "unsure", "not_listed"}
PLACE_LISTS = {"judges", "courtrooms"}
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")

_TOP = {"id", "version", "title", "icon", "about", "before_notes", "purpose", "position", "read_once", "fields"}
_TOP_MORE = {"within", "offers", "cases", "chips", "series"}
_FIELD = {"id", "type", "label"}
_FIELD_MORE = {
    *(
        "ask",
        "help",
        "placeholder",
        "star",
        "stage",
        "when",
        "required",
        "chain",
        "with",
        "path",
        "boxes",
        "box_when",
        "carry",
    ),
    *("options", "common", "source", "min", "max", "columns", "narrative"),
}
#: Words a label must not have: a form never asks who somebody is.
_NEVER = re.compile(
    r"\b(a-?number|alien number|full name|last name|surname|date of birth|immigration status|home address|"
    r"número a|nombre completo|apellido|fecha de nacimiento|estatus migratorio|domicilio)\b",
    re.IGNORECASE,
)


def lint(defn: Definition, lists: dict[str, Any]) -> list[str]:
    """Every fault of a definition, in plain words; none means that it may be released."""
    return list(_lint(defn, lists))


def _lint(defn: Definition, lists: dict[str, Any]) -> Iterator[str]:
    yield from _members(defn, _TOP, _TOP | _TOP_MORE, "definition")
    if defn["position"] not in ("place", "cell"):
        yield "position is place or cell"
    if defn["read_once"] not in ("text", "always"):
        yield "read_once is text or always"
    for text in (defn["title"], defn["about"], defn["before_notes"], *defn["purpose"].values()):
        yield from _text(text, "definition")
    for option in defn.get("chips", ()):
        yield from _option(option, "chips")
    yield from _fields(defn["fields"], lists)
    by_id = {field["id"]: field for field in defn["fields"]}
    for offer in (*defn.get("offers", ()), *defn.get("cases", ())):
        yield from _conditions(offer["when"], by_id, f"offer {offer['form']}")


def _fields(fields: list[Field], lists: dict[str, Any]) -> Iterator[str]:
    before: dict[str, Field] = {}
    for field in fields:
        name = field.get("id", "?")
        if name in before:
            yield f"{name}: twice"
        yield from _field(field, lists)
        yield from _conditions(field.get("when", []), before, name)
        for condition in field.get("when", ()):
            sealed = before.get(condition["field"], {}).get("boxes")
            if sealed and not field.get("boxes"):
                yield f"{name}: open, but asked because of a sealed answer, which it would tell"
        if "with" in field and field["with"] not in before:
            yield f"{name}: with {field['with']}, which does not come before it"
        before[name] = field


def _field(field: Field, lists: dict[str, Any]) -> Iterator[str]:
    name, kind = field.get("id", "?"), field.get("type", "")
    yield from _members(field, _FIELD, _FIELD | _FIELD_MORE, name)
    if not _ID.fullmatch(name):
        yield f"{name}: not an id"
    if kind not in TYPES:
        yield f"{name}: unknown type {kind}"
    for member in ("label", "ask", "help", "placeholder"):
        if member in field:
            yield from _text(field[member], name)
    if kind in ALWAYS_LEGAL and "legal" not in field.get("boxes", ()):
        yield f"{name}: a {kind} is always sealed to legal"
    if kind in ALWAYS_LEGAL and "box_when" in field:
        yield f"{name}: a {kind} is sealed without condition"
    if not set(field.get("boxes", ())) <= {"legal", "dispatch"}:
        yield f"{name}: unknown box"
    if "box_when" in field and not field.get("boxes"):
        yield f"{name}: box_when without boxes"
    if "carry" in field and (field.get("boxes") or kind not in CARRIED):
        yield f"{name}: only an open choice is carried over to the next case"
    yield from _choices(field, lists)
    if kind == "rows":
        yield from _columns(field, lists)


def _choices(field: Field, lists: dict[str, Any]) -> Iterator[str]:
    name, kind, options = field["id"], field["type"], field.get("options", [])
    ids = [option["id"] for option in options]
    if kind in ("one", "many", "band") and len(options) < 2:
        yield f"{name}: a choice has options"
    if kind == "ynu" and options and ids != ["yes", "no", "could_not_tell"]:
        yield f"{name}: a ynu's options are yes, no, could_not_tell, or left out"
    if kind not in ("one", "many", "band", "ynu") and options:
        yield f"{name}: a {kind} has no options"
    if len(set(ids)) != len(ids) or ODD.intersection(ids):
        yield f"{name}: option ids are unique, and the odd answers are not among them"
    for option in options:
        yield from _option(option, name)
    if kind in ("int", "money") and not all(isinstance(one, int) for one in field.get("common", ())):
        yield f"{name}: common numbers are whole"
    if kind == "pick":
        source = field.get("source")
        if source not in PLACE_LISTS and source not in lists:
            yield f"{name}: unknown list {source}"
        if set(field.get("common", ())) - {item["id"] for item in lists.get(str(source), ())}:
            yield f"{name}: common names what the list does not have"


def _columns(field: Field, lists: dict[str, Any]) -> Iterator[str]:
    columns = {column["id"]: column for column in field.get("columns", ())}
    if not columns or len(columns) != len(field["columns"]):
        yield f"{field['id']}: columns are named, each once"
    for column in columns.values():
        if "carry" in column:
            yield f"{field['id']}: a row is not carried over"
        if column["type"] not in IN_A_ROW:
            yield f"{field['id']}: no {column['type']} in a row"
        yield from _field(column, lists)
        yield from _conditions(column.get("box_when", []), columns, column["id"])


def _conditions(conditions: list[dict[str, Any]], fields: dict[str, Field], name: str) -> Iterator[str]:
    for condition in conditions:
        op, value, target = condition.get("op"), condition.get("value"), fields.get(condition.get("field", ""))
        if target is None:
            yield f"{name}: asks about {condition.get('field')}, which does not come before it"
            continue
        if op not in OPS or (op == "has") != (target["type"] == "many" and op != "answered"):
            yield f"{name}: op {op} on {target['type']}"
        if op == "lt":
            if not isinstance(value, int):
                yield f"{name}: lt a whole number"
        elif op != "answered" and target["type"] != "pick":
            offered = {option["id"] for option in target.get("options", ())} | ODD | {"yes", "no", "could_not_tell"}
            if set(value if isinstance(value, list) else [value]) - offered:
                yield f"{name}: {condition['field']} has no answer {value}"


def _members(thing: dict[str, Any], needed: set[str], allowed: set[str], name: str) -> Iterator[str]:
    yield from (f"{name}: no {member}" for member in sorted(needed - set(thing)))
    yield from (f"{name}: unknown member {member}" for member in sorted(set(thing) - allowed))


def _option(option: dict[str, Any], name: str) -> Iterator[str]:
    yield from _members(option, {"id", "label"}, {"id", "label", "short", "alone"}, name)
    if not _ID.fullmatch(option["id"]):
        yield f"{name}: {option['id']} is not an id"
    yield from _text(option["label"], name)
    if "short" in option:
        yield from _text(option["short"], name)


def _text(text: Any, name: str) -> Iterator[str]:
    if not isinstance(text, dict) or set(text) != {"en", "es"}:
        yield f"{name}: a text has English and Spanish"
        return
    for lang, words in text.items():
        if not words or words != words.strip() or "|" in words:
            yield f"{name}: {lang} is empty or untidy"
        if _NEVER.search(words):
            yield f"{name}: asks who somebody is ({words})"
