"""A form on paper: what is printed of a definition. Any form and version works; nothing here is known of one form alone.

Two layouts. A form that is one case of a session goes as *many*: the questions of the 20-second version down the page, a column of boxes
for each case. Any other goes as *one*: one observation to a sheet. *More* is on the back of both. The key beside an answer
is the one that the page for typing in takes it by (static/js/field/paper/keys.js).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fieldapp.observations.catalogue import shared_lists

Definition = dict[str, Any]
Field = dict[str, Any]

#: Keys of the answers, in order; the three that every question also takes are "-", "/" and "?".
KEYS = "123456789abcdefghijk"
CASES = 6  # to a sheet
ROWS_OF_MANY = 62  # what two panels hold
COMMON = {"yes": {"en": "Yes", "es": "Sí"}, "no": {"en": "No", "es": "No"}}
UNTOLD = {"en": "Could not tell", "es": "No se pudo saber"}
LINES = 30  # of a narrative: as many as there is room for are seen
IN_HEAD = ("courtrooms", "judges")  # lists of the place: written once, at the head of the sheet


@dataclass(frozen=True)
class Choice:
    """One answer to tick; ``key`` is what is pressed to type it in."""

    key: str
    label: str


@dataclass(frozen=True)
class Asked:
    """One question as it is printed. ``kind``: tick, many, write, flag, lines, table. ``follows``: it hangs on one before it.
    ``main``: what was seen and heard."""

    id: str
    label: str
    ask: str
    kind: str
    choices: tuple[Choice, ...] = ()
    other: bool = False
    follows: bool = False
    sealed: bool = False
    lines: int = 0
    columns: tuple[str, ...] = ()
    main: bool = False

    @property
    def rows(self) -> int:
        """Rows that it takes where cases stand side by side."""
        return max(1, len(self.choices) + (1 if self.other else 0))


@dataclass(frozen=True)
class Blank:
    """A form in one language, ready to be drawn."""

    title: str
    warning: str
    many: bool
    court: bool  # courtroom and judge stand in the head
    panels: tuple[tuple[Asked, ...], ...]  # of many
    first: tuple[Asked, ...]  # of one
    notes: tuple[Asked, ...]
    more: tuple[Asked, ...]
    cases: int = CASES


def of(defn: Definition, lang: str) -> Blank:
    """The blank of a definition in ``lang`` (en or es)."""
    every = defn["fields"]
    fields = [field for field in every if field["type"] != "pin" and field.get("source") not in IN_HEAD]
    stars = tuple(_asked(field, lang) for field in fields if field.get("star"))
    many = "within" in defn and sum(one.rows for one in stars) <= ROWS_OF_MANY
    timed = tuple(_asked(field, lang) for field in fields if field["type"] == "time" and not field.get("star"))
    rest = [f for f in fields if not f.get("star") and not f.get("narrative") and not _beside(f, every)]
    first = (*timed[:1], *stars) if many else stars
    taken = {one.id for one in first}
    return Blank(
        title=defn["title"][lang],
        warning=defn["before_notes"][lang],
        many=many,
        court="within" in defn or any(field.get("source") in IN_HEAD for field in every),
        panels=_panels(first) if many else (),
        first=first,
        notes=tuple(_asked(field, lang) for field in fields if field.get("narrative")),
        more=tuple(_asked(field, lang) for field in rest if field["id"] not in taken),
    )


def _beside(field: Field, fields: list[Field]) -> bool:
    """A line for what is not in a list: on paper it is written beside the list itself."""
    looked = [condition for condition in field.get("when", ()) if condition.get("value") == "not_listed"]
    return field["type"] == "note" and bool(looked) and any(f["id"] == looked[0]["field"] for f in fields)


def _asked(field: Field, lang: str) -> Asked:
    kind = field["type"]
    return Asked(
        id=field["id"],
        label=field["label"][lang],
        ask=(field.get("ask") or field["label"])[lang],
        kind=_KINDS.get(kind, "write"),
        choices=_choices(field, lang),
        other=kind == "pick",
        follows="when" in field or "with" in field,
        sealed=bool(field.get("boxes")) and not field.get("box_when"),
        lines=LINES if "narrative" in field else 1 if kind == "note" else 0,
        main=field.get("narrative") == "saw",
        columns=tuple(column["label"][lang] for column in field.get("columns", ())),
    )


_KINDS = {"one": "tick", "ynu": "tick", "band": "tick", "pick": "tick", "many": "many", "flag": "flag"} | {
    "note": "lines",
    "rows": "table",
}


def _choices(field: Field, lang: str) -> tuple[Choice, ...]:
    if field["type"] == "ynu":
        labels = [COMMON["yes"][lang], COMMON["no"][lang], UNTOLD[lang]]
    elif field["type"] == "pick":
        known = {item["id"]: item["label"] for item in shared_lists().get(field.get("source", ""), ())}
        labels = [str(known[one][lang]) for one in field.get("common", ()) if one in known]
    elif field["type"] in ("one", "many", "band"):
        labels = [option["label"][lang] for option in field["options"]]
    else:
        labels = []
    return tuple(Choice(key, label) for key, label in zip(KEYS, labels, strict=False))


def _panels(stars: tuple[Asked, ...]) -> tuple[tuple[Asked, ...], ...]:
    """Two columns of about the same height, in the order of the form."""
    half = sum(one.rows for one in stars) / 2
    best, height = 0, 0.0
    off = half
    for place, one in enumerate(stars, 1):
        height += one.rows
        if abs(height - half) < off:
            best, off = place, abs(height - half)
    return (stars[:best], stars[best:])
