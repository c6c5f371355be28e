"""Box manifests: who can open a box, signed and chained from version to version (docs/protocol.md 8). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fieldapp.core import canonical, p256
from fieldapp.core.canonical import CanonicalError
from fieldapp.core.protocol import BOX_PURPOSES, DOMAIN_BOX_MANIFEST, VERSION
from fieldapp.records.body import HASH, ID

INTAKE = "intake"  # the purpose of the box for what a family is to be told
RECOVERY = "recovery"  # the id of the recovery key's line; it signs nothing
HYBRID = re.compile(r"\Aage1pq1[02-9ac-hj-np-z]{1900,2100}\Z")  # 1,216 bytes of public key as bech32
MEMBERS = {
    "box",
    "chapter",
    "created_at",
    "holders",
    "previous",
    "purpose",
    "recipient",
    "successor",
    "type",
    "v",
    "version",
}
MAX_CHARS = 262_144


class ManifestFault(Exception):
    """A manifest that may not be used; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Manifest:
    """A manifest that was read. ``holders`` maps a holder's id to (recipient, signing JWK or None)."""

    text: str
    said: dict[str, Any]

    @property
    def box(self) -> str:
        """Id of the box."""
        return str(self.said["box"])

    @property
    def version(self) -> int:
        """1, 2, …"""
        return int(self.said["version"])

    @property
    def holders(self) -> dict[str, tuple[str, p256.Jwk | None]]:
        """Holder id to age recipient and signing key; the recovery key signs nothing."""
        return {one["holder"]: (one["recipient"], one["sign"]) for one in self.said["holders"]}


def read(text: Any) -> Manifest:
    """A manifest's text, checked by itself. Raises ManifestFault("bad_shape")."""
    try:
        if not isinstance(text, str) or len(text) > MAX_CHARS:
            raise CanonicalError("bad_shape")
        said = canonical.parse(text)
        _shape(said)
    except CanonicalError as error:
        raise ManifestFault("bad_shape") from error
    return Manifest(text, said)


def check_first(manifest: Manifest, sig: str, replaces: Manifest | None = None) -> str:
    """The holder who signed version 1: its only signing one, and, where it replaces a box, named there too. Raises ManifestFault."""
    signing = {holder: jwk for holder, (_, jwk) in manifest.holders.items() if jwk}
    if manifest.version != 1 or len(signing) != 1:
        raise ManifestFault("bad_shape")
    holder, jwk = next(iter(signing.items()))
    _signed(manifest, sig, {holder: jwk})
    if replaces is not None:
        same = all(replaces.said[name] == manifest.said[name] for name in ("chapter", "purpose"))
        if not same or replaces.said["successor"] != manifest.box or replaces.holders.get(holder, ("", None))[1] != jwk:
            raise ManifestFault("not_successor")
    return holder


def check_next(manifest: Manifest, sig: str, before: Manifest) -> str:
    """The holder, named in the version before, who signed this one. Raises ManifestFault."""
    if any(manifest.said[name] != before.said[name] for name in ("box", "chapter", "purpose")):
        raise ManifestFault("other_box")
    if manifest.said["recipient"] != before.said["recipient"]:
        raise ManifestFault("recipient_changed")
    if manifest.version != before.version + 1 or manifest.said["previous"] != p256.sha256(before.text):
        raise ManifestFault("broken_chain")
    if before.said["successor"] is not None:
        raise ManifestFault("retired")
    return _signed(manifest, sig, {holder: jwk for holder, (_, jwk) in before.holders.items() if jwk})


def _signed(manifest: Manifest, sig: str, keys: dict[str, p256.Jwk]) -> str:
    for holder, jwk in keys.items():
        if p256.verifies(p256.public_key(jwk["x"], jwk["y"]), sig, DOMAIN_BOX_MANIFEST, manifest.text):
            return holder
    raise ManifestFault("bad_signature")


def _shape(said: Any) -> None:
    if not isinstance(said, dict) or said.keys() != MEMBERS:
        raise CanonicalError("bad_shape")
    fixed = (
        type(said["v"]) is int
        and said["v"] == VERSION
        and said["type"] == "box_manifest"
        and isinstance(said["purpose"], str)
        and said["purpose"] in BOX_PURPOSES
    )
    names = all(isinstance(said[name], str) and ID.match(said[name]) for name in ("box", "chapter"))
    counts = all(type(said[name]) is int and said[name] > 0 for name in ("version", "created_at"))
    if not fixed or not names or not counts or not is_recipient(said["recipient"]):
        raise CanonicalError("bad_shape")
    first = said["version"] == 1
    previous, successor = said["previous"], said["successor"]
    linked = previous is None if first else isinstance(previous, str) and bool(HASH.match(previous))
    follows = successor is None or (
        isinstance(successor, str) and bool(ID.match(successor)) and successor != said["box"]
    )
    if not linked or not follows or not isinstance(said["holders"], list) or not said["holders"]:
        raise CanonicalError("bad_shape")
    for one in said["holders"]:
        _holder(one)
    ids = [one["holder"] for one in said["holders"]]
    if ids != sorted(set(ids)):
        raise CanonicalError("bad_shape")


def _holder(one: Any) -> None:
    if not isinstance(one, dict) or one.keys() != {"holder", "recipient", "sign"}:
        raise CanonicalError("bad_shape")
    if not isinstance(one["holder"], str) or not ID.match(one["holder"]) or not is_recipient(one["recipient"]):
        raise CanonicalError("bad_shape")
    if one["sign"] is not None:
        check_jwk(one["sign"])


def check_jwk(value: Any) -> p256.Jwk:
    """A public P-256 JWK with exactly its four members. Raises CanonicalError("bad_shape")."""
    if not isinstance(value, dict) or value.keys() != {"crv", "kty", "x", "y"}:
        raise CanonicalError("bad_shape")
    p256.coordinates(value)
    return dict(value)


def is_recipient(value: Any) -> bool:
    """Whether this is a hybrid post-quantum age recipient."""
    return isinstance(value, str) and bool(HYBRID.match(value))
