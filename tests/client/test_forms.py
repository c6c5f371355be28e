"""The vectors of forms (tests/vectors/forms.json), with the definitions and lists that a server sends in its snapshot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Server
from .fieldclient import forms, validate
from .fieldclient.canonical import canonical, parse, sha256
from .fieldclient.client import Client

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "forms.json").read_text())


def cases(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", VECTORS[name], ids=[case["name"] for case in VECTORS[name]])


@pytest.fixture(scope="module")
def reader(server: Server) -> Client:
    """Somebody with a snapshot."""
    return server.newcomer("Reader")


@pytest.fixture(scope="module")
def public(reader: Client) -> dict[str, Any]:
    """The public part of a snapshot."""
    found: dict[str, Any] = reader.snapshot["public"]
    return found


@pytest.fixture(scope="module")
def definitions(reader: Client, public: dict[str, Any]) -> dict[str, forms.Definition]:
    """Every form by `id@version`: the newest from the snapshot, earlier ones by their hash, and the vectors' own."""
    known = {f"{one['id']}@{one['version']}": one for one in [*public["forms"], VECTORS["form"]]}
    earlier = {name: digest for name, digest in VECTORS["form_hashes"].items() if name not in known}
    asked = {name: reader.call("GET", f"/api/v1/forms/{digest}", session=False) for name, digest in earlier.items()}
    return {**known, **{name: parse(answer.text) for name, answer in asked.items()}}


def test_every_form_has_the_hash_that_the_vectors_say(definitions: dict[str, forms.Definition]) -> None:
    hashes = {name: sha256(canonical(one)) for name, one in definitions.items()}
    assert hashes == {name: VECTORS["form_hashes"][name] for name in definitions}


def test_the_snapshot_says_the_hash_of_each_of_its_forms(public: dict[str, Any]) -> None:
    assert public["form_hashes"] == {f"{one['id']}@{one['version']}": sha256(canonical(one)) for one in public["forms"]}


@cases("conditions")
def test_a_condition_holds_or_not(case: dict[str, Any]) -> None:
    assert forms.met(case["condition"], case["answers"]) is case["result"]


@cases("hidden")
def test_a_question_is_asked_or_not(case: dict[str, Any], definitions: dict[str, forms.Definition]) -> None:
    assert forms.hidden(definitions[case["form"]], case["answers"]) == case["hidden"]


@cases("splitting")
def test_each_answer_goes_where_the_form_says(case: dict[str, Any], definitions: dict[str, forms.Definition]) -> None:
    assert forms.split(definitions[case["form"]], case["answers"], case["system"]) == case["cells"]


@cases("patching")
def test_an_amendment_says_what_changed(case: dict[str, Any], definitions: dict[str, forms.Definition]) -> None:
    assert forms.patch(definitions[case["form"]], case["before"], case["after"]) == case["cells"]


@cases("validation")
def test_what_is_wrong_is_named(
    case: dict[str, Any], definitions: dict[str, forms.Definition], public: dict[str, Any]
) -> None:
    kind = {"complete": case["complete"], "amendment": case["amendment"]}
    found = validate.problems(definitions[case["form"]], case["cells"], public["lists"], **kind)
    assert sorted(found, key=str) == sorted(case["problems"], key=str)
