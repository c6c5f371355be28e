"""Make static/js/lib/protocol.js from fieldapp/core/protocol.py: ``python -m tools.protocol_js``. A test fails when it is stale."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from fieldapp.core import protocol

TOP = Path(__file__).resolve().parent.parent
SOURCE = TOP / "fieldapp" / "core" / "protocol.py"
TARGET = TOP / "static" / "js" / "lib" / "protocol.js"
HEAD = "// The protocol's constants (docs/protocol.md). Made by tools/protocol_js.py from fieldapp/core/protocol.py: change them there.\n"
_LINE = re.compile(r"^(?:#: (?P<note>.*)|(?P<name>[A-Z][A-Z0-9_]*): Final = .*)$", re.MULTILINE)


def render() -> str:
    """The JavaScript text of every constant, in the order in which Python has them."""
    lines: list[str] = [HEAD]
    note = ""
    for found in _LINE.finditer(SOURCE.read_text(encoding="utf-8")):
        if found["note"]:
            note = found["note"]
            continue
        lines += ([f"/** {note} */"] if note else []) + [
            f"export const {found['name']} = {_value(getattr(protocol, found['name']))};"
        ]
        note = ""
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        rows = (
            "  " + name + ": { " + ", ".join(f"{k}: {json.dumps(v)}" for k, v in row.items()) + " },\n"
            for name, row in value.items()
        )
        return "{\n" + "".join(rows) + "}"
    if isinstance(value, list):
        return _list(value)
    return json.dumps(value)


def _list(words: list[str]) -> str:
    text = json.dumps(words)
    if len(text) <= 90:
        return text
    rows, row = [], ""
    for word in words:
        item = json.dumps(word) + ","
        if len(row) + len(item) > 116:
            rows.append(row)
            row = ""
        row += " " + item if row else item
    return "[\n" + "".join(f"  {one}\n" for one in [*rows, row]) + "]"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
