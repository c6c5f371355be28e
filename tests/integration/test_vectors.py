"""The protocol's vectors, run by the server: what tests/js/vectors.test.mjs asks of the phone (docs/protocol.md, tests/vectors)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fieldapp.accounts.models import Chapter
from fieldapp.core import canonical, p256
from fieldapp.core.canonical import CanonicalError, unb64u
from fieldapp.core.db import write
from fieldapp.core.protocol import DOMAIN_RECEIPT, DOMAIN_SERVER_KEY
from fieldapp.records import manifests
from fieldapp.records.crypto import leaf_hash, note_is_signed
from fieldapp.records.envelope import parse
from fieldapp.records.manifests import ManifestFault
from fieldapp.records.models import Epoch
from tests import age
from tests.phone import Phone

HERE = Path(__file__).resolve().parent.parent / "vectors"


def cases(name: str) -> list[Any]:
    """Each case of a file, under its name."""
    return [
        pytest.param(case, id=case["name"]) for case in json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("case", cases("canonical"))
def test_canonical_json(case):
    if "error" in case:
        with pytest.raises(CanonicalError, match=f"^{case['error']}$"):
            canonical.loads(case["text"])
        return
    assert canonical.dumps(canonical.loads(case["text"])) == case["canonical"]
    if case["text"] == case["canonical"]:
        canonical.parse(case["text"])
    else:
        with pytest.raises(CanonicalError, match=r"^not_canonical$"):
            canonical.parse(case["text"])


@pytest.mark.parametrize("case", cases("base64url"))
def test_base64url(case):
    if "error" in case:
        with pytest.raises(CanonicalError, match=case["error"]):
            unb64u(case["text"])
    else:
        assert unb64u(case["text"]).hex() == case["hex"]


def door_of(make, app, clock, case: dict[str, Any]) -> Phone:
    """A server whose only log origin is the case's, where the case's key is registered."""
    chapter = make.keep(
        Chapter(id="chapter-1", path="chapter-1/", name="Vectors", created_at=0, settings={}, hotline="", legal_line="")
    )
    with write() as session:
        session.add(Epoch(id="e1", origin=case["log"], started_at=0))
    phone = Phone(app, clock, make.person(chapter), chapter)
    phone.jwk = case["jwk"]
    phone.key = p256.thumbprint(case["jwk"]["x"], case["jwk"]["y"])
    return phone.register()


def test_the_door_takes_and_refuses_each_record_as_the_vectors_say(make, app, clock):
    all_cases = [param.values[0] for param in cases("records")]
    assert len({(case["log"], case["jwk"]["x"]) for case in all_cases}) == 1
    phone = door_of(make, app, clock, all_cases[0])
    said = {}
    for case in all_cases:
        (result,) = phone.sync(case["envelope"])
        outcome = result["outcome"]
        said[case["name"]] = outcome.removeprefix("refused/") if outcome.startswith("refused/") else "taken"
    assert said == {case["name"]: case.get("error", "taken") for case in all_cases}


@pytest.mark.parametrize("case", [param for param in cases("records") if "error" not in param.values[0]])
def test_what_a_taken_record_holds(case):
    record = parse(case["envelope"])
    size = len(record.text.encode()) + len(record.open_text.encode()) + sum(map(len, record.sealed.values()))
    leaf = leaf_hash(record.text) if record.void_after is None else None
    opened = {}
    for box, secret in case["identities"].items():
        if box in record.sealed:
            opened[box] = json.loads(age.Identity(age.unbech32(secret)).open(record.sealed[box]))
    assert (record.digest, leaf, size, opened) == (case["digest"], case["leaf"], case["size"], case["opened"])


@pytest.mark.parametrize("case", cases("receipts"))
def test_receipts(case):
    root = case["root"]
    keys = {}
    for one in case["certificates"]:
        said = json.loads(one["text"])
        signed = p256.verifies(p256.public_key(root["x"], root["y"]), one["sig"], DOMAIN_SERVER_KEY, one["text"])
        if signed and said["root"] == p256.thumbprint(root["x"], root["y"]):
            keys[p256.thumbprint(said["key"]["x"], said["key"]["y"])] = said["key"]
    assert proves(case["receipt"], case["record"], keys) == case.get("outcome")


def proves(receipt: dict[str, str], record: dict[str, Any], keys: dict[str, Any]) -> str | None:
    """The outcome that a receipt proves of a record, or None."""
    try:
        said = canonical.parse(receipt["text"])
    except CanonicalError:
        return None
    jwk = keys.get(said["server_key"])
    mine = all(said[name] == record[name] for name in ("id", "digest", "leaf"))
    if jwk is None or not mine or said["outcome"].partition("/")[0] not in {"stored", "quarantined", "not_applied"}:
        return None
    good = p256.verifies(p256.public_key(jwk["x"], jwk["y"]), receipt["sig"], DOMAIN_RECEIPT, receipt["text"])
    return str(said["outcome"]) if good else None


@pytest.mark.parametrize(
    "case", [param for param in cases("checkpoints") if param.values[0].get("fault") != "bad_shape"]
)
def test_checkpoints(case):
    key = Ed25519PublicKey.from_public_bytes(unb64u(case["key"]))
    good = note_is_signed(key, case["origin"], case["text"])
    assert good == ("fault" not in case)
    if good:
        assert case["text"].split("\n")[:3] == [case["origin"], str(case["size"]), case["root"]]


@pytest.mark.parametrize("case", cases("manifests"))
def test_manifests(case):
    if "fault" not in case:
        assert follows(case) == case["version"]
        return
    with pytest.raises(ManifestFault):
        follows(case)


def follows(case: dict[str, Any]) -> int:
    """The version of a manifest that follows the one before it. Raises ManifestFault."""
    manifest = manifests.read(case["manifest"]["text"])
    before = manifests.read(case["before"]["text"]) if case["before"] else None
    if before is None or manifest.version == 1:
        manifests.check_first(manifest, case["manifest"]["sig"], before)
    else:
        manifests.check_next(manifest, case["manifest"]["sig"], before)
    return manifest.version
