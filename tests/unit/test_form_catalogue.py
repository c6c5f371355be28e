"""Every definition that the catalogue holds is fit for a phone, in both languages, and asks nobody who they are."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fieldapp.observations.catalogue import current_forms, definitions, form_hash, form_ref, shared_lists
from fieldapp.observations.catalogue.lint import lint
from fieldapp.observations.conditions import holds

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


HEADER = ["lawyer", "present", "language", "interpreter_ok", "dhs_motion", "respondent", "ruling", "outcome"]
#: The 20-second version of each form, in its order.
STARS = {
    "session@2": ["type", "admitted", "cases_called", "without_lawyer", "in_absentia"],
    "master@1": [*HEADER, "next_hearing", "lawyer_should_read"],
    "master@2": [*HEADER, "next_hearing", "lawyer_should_read"],
    "individual@1": [*HEADER, "next_hearing", "open", "decision", "length", "lawyer_should_read"],
    "bond@1": [
        "lawyer", "asked", "asked_amount", "dhs_asked", "dhs_asked_amount", "bond_set", "bond_set_amount", "decision",
        "no_jurisdiction_reason", "dhs_stay_or_appeal",
    ],
    "ice_courthouse@1": ["zone", "how_many", "masked", "id_shown", "doing", "taken", "child", "hotline_called"],
    "bail@1": [
        "charge_group", "bail_asked", "bail_asked_amount", "bail_defence", "bail_defence_amount", "bail_set",
        "bail_set_amount", "ice_hold_mentioned", "result",
    ],
    "salute@1": ["doing", "how_many", "position", "where", "still_there", "saw_or_told"],
}  # fmt: skip
#: What is under More, without narratives: field by field as the programmes record it.
MORE = {
    "individual@1": {
        "witnesses": "int", "experts": "int", "evidence_excluded": "ynu", "cross_examination": "band",
        "credibility": "one", "relief_decided": "many", "delivered": "one", "language_unlisted": "note",
        "case_order": "int", "exact_time": "time",
    },
    "bond@1": {
        "arrested_at": "one", "detained": "band", "years_in_us": "band", "burden_discussed": "ynu",
        "ability_to_pay_asked": "ynu", "issues": "many", "equities": "many", "conditions": "many", "minutes": "band",
        "case_order": "int", "exact_time": "time",
    },
    "bail@1": {
        "courtroom": "pick", "courtroom_unlisted": "note", "judge": "pick", "judge_unlisted": "note",
        "interpreter": "ynu", "length": "band", "felony": "ynu", "reasons_given": "many",
        "ability_to_pay_asked": "ynu", "lawyer": "one", "perceived_age": "band", "perceived_gender": "one",
        "perceived_race": "many", "exact_time": "time",
    },
}  # fmt: skip


@pytest.mark.parametrize("ref", STARS)
def test_a_form_opens_with_its_twenty_second_version(ref: str) -> None:
    assert [one["id"] for one in definitions()[ref]["fields"] if one.get("star")] == STARS[ref]


@pytest.mark.parametrize("ref", MORE)
def test_everything_else_is_under_more(ref: str) -> None:
    fields = [one for one in definitions()[ref]["fields"] if not one.get("star") and "narrative" not in one]
    assert {one["id"]: one["type"] for one in fields} == MORE[ref]


@pytest.mark.parametrize("ref", [form_ref(one) for one in current_forms()])
def test_what_was_seen_told_and_thought_are_three_locked_boxes(ref: str) -> None:
    told = [(one["narrative"], one["boxes"]) for one in definitions()[ref]["fields"] if "narrative" in one]
    assert told == [("saw", ["legal"]), ("told", ["legal"]), ("think", ["legal"])]
    before = definitions()[ref]["before_notes"]["en"]
    for words in ("only what you saw or heard officials do", "A judge and the government's lawyer", "the legal line"):
        assert words in before


@pytest.mark.parametrize("ref", [form_ref(one) for one in current_forms()])
def test_every_form_has_the_timeline(ref: str) -> None:
    chips = {"agents_enter", "person_stopped", "person_taken", "lawyer_arrives", "children_present", "agents_leave"}
    assert chips <= {chip["id"] for chip in definitions()[ref]["chips"]}


@pytest.mark.parametrize("ref", [form_ref(one) for one in current_forms() if one["version"] > 1])
def test_a_newer_version_keeps_what_the_ids_of_the_one_before_mean(ref: str) -> None:
    newer = definitions()[ref]
    older = definitions()[f"{newer['id']}@{newer['version'] - 1}"]
    now = {one["id"]: one for one in newer["fields"]}
    for was in older["fields"]:
        still = now[was["id"]]
        assert [still.get(name) for name in ("type", "boxes", "path")] == [
            was.get(name) for name in ("type", "boxes", "path")
        ]
        assert {one["id"] for one in was.get("options", ())} <= {one["id"] for one in still.get("options", ())}


CASES = {
    "master": ["master"],
    "individual": ["individual"],
    "bond": ["bond"],
    "mixed": ["master", "individual", "bond"],
    "juvenile": [],
}


@pytest.mark.parametrize("kind", CASES)
def test_a_session_holds_cases_of_its_kind_and_a_juvenile_one_none(kind: str) -> None:
    cases = next(one for one in current_forms() if one["id"] == "session")["cases"]
    assert [one["form"] for one in cases if all(holds(when, {"type": kind}) for when in one["when"])] == CASES[kind]


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
    "a note that the next case takes over": (lambda d: field(d, "note").update(carry=True), "only an open choice"),
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
