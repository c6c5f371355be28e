"""Every definition that the catalogue holds is fit for a phone, in both languages, and asks nobody who they are."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fieldapp.observations.catalogue import definitions, form_hash, shared_lists
from fieldapp.observations.catalogue.lint import lint

Definition = dict[str, Any]
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "forms.json").read_text("utf-8"))
ICONS = Path(__file__).parents[2] / "node_modules" / "lucide-static" / "icons"


@pytest.mark.parametrize("ref", sorted(definitions()))
def test_a_definition_obeys_its_own_schema(ref: str) -> None:
    assert lint(definitions()[ref], dict(shared_lists())) == []


@pytest.mark.parametrize("ref", sorted(definitions()))
def test_a_released_version_never_changes(ref: str) -> None:
    # A change to a released form is a new file with the next version: records point at these bytes for ever.
    assert form_hash(definitions()[ref]) == VECTORS["form_hashes"][ref]


@pytest.mark.parametrize("ref", sorted(definitions()))
def test_a_form_names_an_icon_that_exists(ref: str) -> None:
    assert (ICONS / f"{definitions()[ref]['icon']}.svg").is_file()


@pytest.mark.parametrize("ref", sorted(definitions()))
def test_a_form_names_other_forms_that_exist(ref: str) -> None:
    known = {defn["id"] for defn in definitions().values()}
    defn = definitions()[ref]
    named = {one["form"] for one in (*defn.get("offers", ()), *defn.get("cases", ()))}
    assert named | {defn["within"]} if "within" in defn else named <= known


def test_the_shared_lists_are_whole_in_both_languages() -> None:
    for items in shared_lists().values():
        ids = [item["id"] for item in items]
        assert len(set(ids)) == len(ids)
        assert all(item["label"]["en"].strip() and item["label"]["es"].strip() for item in items)


def test_a_short_hearing_opens_with_its_twenty_second_version() -> None:
    stars = [field["id"] for field in definitions()["master@1"]["fields"] if field.get("star")]
    assert stars == [
        "lawyer", "present", "language", "interpreter_ok", "dhs_motion", "respondent", "ruling", "outcome",
        "next_hearing", "lawyer_should_read",
    ]  # fmt: skip


FAULTS: dict[str, tuple[Callable[[Definition], Any], str]] = {
    "an open note": (lambda d: field(d, "note").pop("boxes"), "always sealed"),
    "an open time": (lambda d: field(d, "at").pop("boxes"), "always sealed"),
    "a note that is only sometimes sealed": (lambda d: field(d, "note").update(box_when=[]), "without condition"),
    "a label without Spanish": (lambda d: field(d, "kind")["label"].pop("es"), "English and Spanish"),
    "a label with empty Spanish": (lambda d: field(d, "kind")["label"].update(es=" "), "empty or untidy"),
    "an option twice": (lambda d: field(d, "kind")["options"].append(field(d, "kind")["options"][0]), "unique"),
    "an odd answer as an option": (lambda d: field(d, "kind")["options"][0].update(id="unsure"), "odd answers"),
    "a field twice": (lambda d: d["fields"].append(field(d, "count")), "twice"),
    "an unknown type": (lambda d: field(d, "count").update(type="photo"), "unknown type"),
    "an unknown member": (lambda d: field(d, "count").update(colour="red"), "unknown member"),
    "an unknown list": (lambda d: field(d, "tongue").update(source="planets@1"), "unknown list"),
    "a condition on a later question": (
        lambda d: field(d, "kind").update(when=[{"field": "count", "op": "answered"}]),
        "does not come before",
    ),
    "an answer that cannot be given": (
        lambda d: field(d, "then").update(when=[{"field": "kind", "op": "eq", "value": "green"}]),
        "has no answer",
    ),
    "an open question that would tell a sealed answer": (
        lambda d: d["fields"].append({**field(d, "count"), "id": "x", "when": [{"field": "note", "op": "answered"}]}),
        "it would tell",
    ),
    "a name": (lambda d: field(d, "note")["label"].update(en="Full name of the person"), "who somebody is"),
    "an A-number": (lambda d: field(d, "note")["label"].update(en="A-number"), "who somebody is"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_lint_catches(fault: str) -> None:
    spoil, words = FAULTS[fault]
    defn = copy.deepcopy(VECTORS["form"])
    assert lint(defn, dict(shared_lists())) == []
    spoil(defn)
    assert any(words in found for found in lint(defn, dict(shared_lists())))


def field(defn: Definition, wanted: str) -> Any:
    return next(one for one in defn["fields"] if one["id"] == wanted)
