"""Conditions, validation, boxes, words and reading of forms: the vectors that JavaScript runs too."""

import json
from pathlib import Path
from typing import Any

import pytest

from fieldapp.observations import readout
from fieldapp.observations.catalogue import (
    current_forms,
    definition,
    definition_by_hash,
    definitions,
    for_phones,
    form_hash,
    form_ref,
)
from fieldapp.observations.conditions import box_of, hidden_questions, holds
from fieldapp.observations.labels import labels
from fieldapp.observations.paths import locate
from fieldapp.observations.validate import validate_answers

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "forms.json").read_text("utf-8"))


def form(ref: str) -> dict[str, Any]:
    if ref == "every@1":
        return VECTORS["form"]
    found = definition(ref)
    assert found
    return found


def cases(part: str) -> Any:
    return pytest.mark.parametrize("case", VECTORS[part], ids=lambda case: case["name"])


@cases("conditions")
def test_a_condition_holds_or_not(case: dict[str, Any]) -> None:
    assert holds(case["condition"], case["answers"]) is case["result"]


@cases("hidden")
def test_questions_that_are_not_asked(case: dict[str, Any]) -> None:
    fields = form(case["form"])["fields"]
    relevant = [field["id"] for field in fields if field["id"] in hidden_questions(fields, case["answers"])]
    assert relevant == case["hidden"]


@cases("validation")
def test_answers_are_checked(case: dict[str, Any]) -> None:
    cells = [(cell["path"], cell["value"]) for cell in case["cells"]]
    found = validate_answers(form(case["form"]), cells, complete=case["complete"], amendment=case["amendment"])
    assert [problem._asdict() for problem in found] == case["problems"]


@cases("splitting")
def test_every_cell_goes_into_its_box(case: dict[str, Any]) -> None:
    defn = form(case["form"])
    for cell in case["cells"]:
        place = locate(defn, cell["path"])
        assert place
        if place.field is None:
            assert cell["box"] == "legal"
        elif place.column is None:
            assert box_of(place.field) == cell["box"]
        else:
            assert box_of(place.column, case["answers"][place.field["id"]][place.row]) == cell["box"]


@cases("splitting")
def test_the_open_part_of_what_a_phone_splits_is_never_a_leak(case: dict[str, Any]) -> None:
    cells = [(cell["path"], cell["value"]) for cell in case["cells"] if cell["box"] is None]
    assert not [one for one in validate_answers(form(case["form"]), cells) if one.code != "missing"]


@cases("labels")
def test_an_answer_reads_as_words(case: dict[str, Any]) -> None:
    said = labels(
        form(case["form"]), case["lang"], case["path"], case["value"], lists=VECTORS["lists"], zone=case["zone"]
    )
    assert said == (case["question"], case["answer"])


@cases("readout")
def test_a_record_and_its_amendments_read_as_one(case: dict[str, Any]) -> None:
    records = [
        readout.Said(one["record"], [tuple(c) for c in one.get("open", [])], [tuple(c) for c in one.get("sealed", [])])
        for one in case["records"]
    ]
    found = readout.read_out(form(case["form"]) if case["form"] else None, records)
    plain = [
        {"path": one.path, "now": as_dict(one.now), "before": [as_dict(old) for old in one.before], "known": one.known}
        for one in found
    ]
    assert plain == case["entries"]


def as_dict(version: readout.Version) -> dict[str, Any]:
    return {"value": version.value, "record": version.record, "sealed": version.sealed}


def test_a_retracted_answer_says_so() -> None:
    entry = readout.read_out(
        VECTORS["form"], [readout.Said("a", [("/count", 3)]), readout.Said("b", [("/count", None)])]
    )
    assert entry[0].retracted


def test_a_form_is_found_by_its_hash_and_by_its_reference() -> None:
    for ref, defn in definitions().items():
        assert form_hash(defn) == VECTORS["form_hashes"][ref]
        assert definition_by_hash(form_hash(defn)) is defn
        assert definition(ref) is defn
    assert definition_by_hash("nonsense") is None
    assert definition("master@999") is None
    assert definition(None) is None


def test_each_form_is_offered_once_in_its_newest_version() -> None:
    offered = ["session", "master", "individual", "bond", "ice_courthouse", "salute", "bail"]
    assert [defn["id"] for defn in current_forms()] == offered
    assert all(
        defn["version"] == max(d["version"] for d in definitions().values() if d["id"] == defn["id"])
        for defn in current_forms()
    )


def test_phones_get_forms_hashes_and_the_lists_that_they_name() -> None:
    sent = for_phones()
    assert set(sent["lists"]) == {"countries@1", "languages@1"}
    assert sent["form_hashes"] == {form_ref(defn): form_hash(defn) for defn in sent["forms"]}


ODD_VALUES = [None, True, 0, -1, 2**60, 1.5, "", "x", [], [None], [[]], {}, {"at": {}}, "\ud800"]
ODD_PATHS = ["", "/", "//", "/kind", "/acts", "/rows/abcdefgh/count", "/_/", "/_/clock", "/_/timeline/abcdefgh"]


@pytest.mark.parametrize("value", ODD_VALUES)
@pytest.mark.parametrize("path", ODD_PATHS)
def test_no_answer_however_odd_breaks_the_checks(path: str, value: Any) -> None:
    for complete in (True, False):
        validate_answers(VECTORS["form"], [(path, value)], complete=complete)
    labels(VECTORS["form"], "en", path, value)
    readout.read_out(VECTORS["form"], [readout.Said("a", [(path, value)])])
