"""The vectors of tests/vectors, run by the second client.

Of forms.json this client runs what decides what is written, where it goes and whether it will be taken; wording (labels, read-outs, gentle
warnings) is the screens' own.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from .fieldclient import age, checks, keys, proofs, records
from .fieldclient.canonical import Fault, b64u, canonical, parse, parse_canonical, sha256, unb64u

VECTORS = Path(__file__).parent.parent / "vectors"


def cases(name: str, *, good: bool) -> pytest.MarkDecorator:
    """Parametrises a test with the cases that come out, or with those that are an error or a fault."""
    found = json.loads((VECTORS / f"{name}.json").read_text())
    chosen = [case for case in found if ("error" in case or "fault" in case) != good]
    return pytest.mark.parametrize("case", chosen, ids=[case["name"] for case in chosen])


def fault_of(call: Any, *arguments: Any) -> str:
    with pytest.raises(Fault) as caught:
        call(*arguments)
    return caught.value.code


@cases("canonical", good=True)
def test_a_text_has_its_canonical_form(case: dict[str, Any]) -> None:
    assert canonical(parse(case["text"])) == case["canonical"]
    assert canonical(parse_canonical(case["canonical"])) == case["canonical"]


@cases("canonical", good=False)
def test_a_text_without_a_canonical_form_is_refused_by_name(case: dict[str, Any]) -> None:
    assert fault_of(parse, case["text"]) == case["error"]


@cases("base64url", good=True)
def test_base64url_goes_both_ways(case: dict[str, Any]) -> None:
    assert unb64u(case["text"]).hex() == case["hex"]
    assert b64u(bytes.fromhex(case["hex"])) == case["text"]


@cases("base64url", good=False)
def test_what_is_not_base64url_is_refused(case: dict[str, Any]) -> None:
    assert fault_of(unb64u, case["text"]) == case["error"]


@cases("records", good=True)
def test_a_record_has_its_digest_leaf_and_size_and_its_boxes_open(case: dict[str, Any]) -> None:
    envelope = case["envelope"]
    body = checks.check_envelope(envelope, case["log"], case["jwk"])
    proof = records.Record(envelope, body).proof
    assert (proof["digest"], proof["leaf"], records.size_of(envelope)) == (case["digest"], case["leaf"], case["size"])
    opened = {
        box: records.unseal(age.Identity.parse(case["identities"][box]), unb64u(file))
        for box, file in envelope["sealed"].items()
    }
    assert opened == case["opened"]
    every = [*envelope["open"], *(one for disclosures in opened.values() for one in disclosures)]
    assert {records.commitment(one) for one in every} <= set(body["commitments"])
    assert len(body["commitments"]) == len(records.commitments(every))


@cases("records", good=True)
def test_a_record_written_again_by_this_client_says_the_same(case: dict[str, Any]) -> None:
    key = keys.SigningKey.new()
    ours = {"id", "key", "commitments", "files", "open"}
    members = {name: value for name, value in json.loads(case["envelope"]["body"]).items() if name not in ours}
    identities = {box: age.Identity.parse(text) for box, text in case["identities"].items()}
    boxes = {box: (identities[box].recipient, disclosures) for box, disclosures in case["opened"].items()}
    again = records.build(key, members, case["envelope"]["open"], boxes)
    body = checks.check_envelope(again.envelope, case["log"], key.jwk)
    assert {name: value for name, value in body.items() if name not in ours} == members
    assert {
        box: records.unseal(identities[box], unb64u(file)) for box, file in again.envelope["sealed"].items()
    } == case["opened"]
    assert records.size_of(again.envelope) == case["size"]


@cases("records", good=False)
def test_a_record_that_no_server_takes_is_refused_by_name(case: dict[str, Any]) -> None:
    assert fault_of(checks.check_envelope, case["envelope"], case["log"], case["jwk"]) == case["error"]


@cases("receipts", good=True)
def test_a_receipt_proves_its_outcome(case: dict[str, Any]) -> None:
    assert (
        proofs.check_receipt(case["root"], case["certificates"], case["record"], case["receipt"])["outcome"]
        == case["outcome"]
    )


@cases("receipts", good=False)
def test_a_receipt_that_proves_nothing_is_not_accepted(case: dict[str, Any]) -> None:
    assert (
        fault_of(proofs.check_receipt, case["root"], case["certificates"], case["record"], case["receipt"])
        == case["fault"]
    )


@cases("manifests", good=True)
def test_a_manifest_follows_the_one_before(case: dict[str, Any]) -> None:
    assert proofs.check_manifest(case["before"], case["manifest"])["version"] == case["version"]


@cases("manifests", good=False)
def test_a_manifest_that_does_not_follow_is_not_used(case: dict[str, Any]) -> None:
    assert fault_of(proofs.check_manifest, case["before"], case["manifest"]) == case["fault"]


@pytest.mark.parametrize("case", json.loads((VECTORS / "witnesses.json").read_text()), ids=lambda case: case["name"])
def test_a_box_that_waits_is_vouched_for_by_a_holder_of_a_known_one_alone(case: dict[str, Any]) -> None:
    known = [json.loads(one["text"]) for one in case["known"]]
    assert proofs.vouched(case["manifest"], known) is case["vouched"]


@cases("checkpoints", good=True)
def test_a_checkpoint_says_size_and_root(case: dict[str, Any]) -> None:
    found = proofs.check_checkpoint(case["origin"], case["key"], case["text"])
    assert (found.size, base64.b64encode(found.root).decode()) == (case["size"], case["root"])


@cases("checkpoints", good=False)
def test_a_checkpoint_that_is_not_ours_is_a_fault(case: dict[str, Any]) -> None:
    assert fault_of(proofs.check_checkpoint, case["origin"], case["key"], case["text"]) == case["fault"]


def test_an_age_file_of_several_chunks_opens_for_its_identity_alone() -> None:
    mine, other = age.Identity.new(), age.Identity.new()
    text = sha256("long").encode() * 4000
    file = age.encrypt(mine.recipient, text)
    assert age.decrypt(age.Identity.parse(str(mine)), file) == text
    assert fault_of(age.decrypt, other, file) == "bad_shape"
    assert fault_of(age.decrypt, mine, file[:-20]) == "bad_shape"
