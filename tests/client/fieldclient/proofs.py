"""What a client believes: receipts (protocol 4), checkpoints and leaves (7), manifests (8)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import age, keys
from .canonical import Fault, b64u, parse_canonical, sha256, unb64u

RECEIPT_MEMBERS = {"v", "type", "log", "epoch", "server_key", "id", "digest", "leaf", "received_at", "outcome"}
MEDIA_RECEIPT_MEMBERS = {"v", "type", "log", "epoch", "server_key", "media", "sha256", "size", "received_at"}
CERTIFICATE_MEMBERS = {"v", "type", "key", "not_before", "root"}
MANIFEST_MEMBERS = {
    "v",
    "type",
    "box",
    "chapter",
    "purpose",
    "version",
    "recipient",
    "holders",
    "previous",
    "successor",
    "created_at",
}
OUTCOME = re.compile(r"(stored|quarantined|not_applied/[a-z_]+)\Z")


def leaf_hash(text: str) -> bytes:
    """RFC 6962: SHA-256(0x00, text)."""
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def tree_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1: the root of these leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree_root(leaves[:half]) + tree_root(leaves[half:])).digest()


def _signed_text(signed: Any, members: set[str], kind: str) -> dict[str, Any]:
    """The parsed text of a `{"text", "sig"}` with exactly these members; `bad_shape` for any other."""
    if (
        not isinstance(signed, dict)
        or set(signed) != {"text", "sig"}
        or not all(isinstance(v, str) for v in signed.values())
    ):
        raise Fault("bad_shape", "not text and sig")
    try:
        said = parse_canonical(signed["text"])
    except Fault as fault:
        raise Fault("bad_shape", str(fault)) from fault
    if not isinstance(said, dict) or set(said) != members or said["v"] != 1 or said["type"] != kind:
        raise Fault("bad_shape", f"not a {kind}")
    return said


def server_keys(root: keys.Jwk, certificates: list[Any]) -> dict[str, keys.Jwk]:
    """The keys, by thumbprint, that the root certified. Others are left out."""
    out = {}
    for one in certificates:
        try:
            said = _signed_text(one, CERTIFICATE_MEMBERS, "server_key")
            keys.verify(root, keys.SERVER_KEY, one["text"], one["sig"])
            if said["root"] == keys.thumbprint(root):
                out[keys.thumbprint(said["key"])] = said["key"]
        except Fault:
            continue
    return out


def check_receipt(root: keys.Jwk, certificates: list[Any], record: dict[str, Any], receipt: Any) -> dict[str, Any]:
    """What a receipt proves of the record (`id`, `digest`, `leaf`): its members, or a Fault."""
    said = _signed_text(receipt, RECEIPT_MEMBERS, "receipt")
    if not isinstance(said["outcome"], str) or not OUTCOME.match(said["outcome"]):
        raise Fault("bad_shape", "no outcome of a receipt")
    key = server_keys(root, certificates).get(said["server_key"])
    if key is None:
        raise Fault("unknown_server_key")
    keys.verify(key, keys.RECEIPT, receipt["text"], receipt["sig"])
    if (said["id"], said["digest"]) != (record["id"], record["digest"]):
        raise Fault("not_mine")
    if said["leaf"] != record["leaf"]:
        raise Fault("wrong_leaf")
    return said


def check_media_receipt(
    root: keys.Jwk, certificates: list[Any], media: str, said_of: dict[str, Any], receipt: Any
) -> int:
    """When the server received exactly this item (its id, and `sha256` and `size` of the record's body), or a Fault."""
    said = _signed_text(receipt, MEDIA_RECEIPT_MEMBERS, "media_receipt")
    key = server_keys(root, certificates).get(said["server_key"])
    if key is None:
        raise Fault("unknown_server_key")
    keys.verify(key, keys.MEDIA_RECEIPT, receipt["text"], receipt["sig"])
    if (said["media"], said["sha256"], said["size"]) != (media, said_of["sha256"], said_of["size"]):
        raise Fault("not_mine")
    return int(said["received_at"])


@dataclass(frozen=True)
class Checkpoint:
    """A signed root of the log."""

    origin: str
    size: int
    root: bytes


def check_checkpoint(origin: str, key: str, text: str) -> Checkpoint:
    """A C2SP signed note of our log by our key, or a Fault."""
    parts = re.match(r"([^\n]+)\n(0|[1-9][0-9]*)\n([^\n]+)\n\n((?:\u2014 [^\n ]+ [^\n ]+\n)+)\Z", text)
    if not parts:
        raise Fault("bad_shape")
    found, size, root64, lines = parts.groups()
    try:
        root = base64.b64decode(root64, validate=True)
        signatures = [
            (line.split(" ")[1], base64.b64decode(line.split(" ")[2], validate=True)) for line in lines.splitlines()
        ]
    except binascii.Error as error:
        raise Fault("bad_shape") from error
    if len(root) != 32:
        raise Fault("bad_shape", "root")
    if found != origin:
        raise Fault("other_origin", found)
    raw = unb64u(key)
    key_hash = hashlib.sha256(f"{origin}\n\x01".encode() + raw).digest()[:4]
    ours = [one[4:] for name, one in signatures if name == origin and one[:4] == key_hash]
    if not ours:
        raise Fault("no_signature")
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(ours[0], text[: text.index("\n\n") + 1].encode())
    except InvalidSignature as error:
        raise Fault("bad_signature") from error
    return Checkpoint(origin, int(size), root)


def _manifest(signed: Any) -> dict[str, Any]:
    bare = {name: signed[name] for name in signed if name != "witnesses"} if isinstance(signed, dict) else signed
    said = _signed_text(bare, MANIFEST_MEMBERS, "box_manifest")
    holders = said["holders"]
    if not isinstance(said["version"], int) or said["version"] < 1 or not isinstance(holders, list):
        raise Fault("bad_shape", "version or holders")
    for one in holders:
        if (
            not isinstance(one, dict)
            or set(one) != {"holder", "recipient", "sign"}
            or not isinstance(one["holder"], str)
        ):
            raise Fault("bad_shape", "holder")
        age.recipient_key(one["recipient"])
        if one["sign"] is not None:
            keys.public_key(one["sign"])
    names = [one["holder"] for one in holders]
    if names != sorted(set(names)):
        raise Fault("bad_shape", "holders out of order")
    if said["version"] == 1 and (len(_signers(said)) != 1 or said["previous"] is not None):
        raise Fault("bad_shape", "a first version has one signing holder")
    age.recipient_key(said["recipient"])
    return said


def _signers(said: dict[str, Any]) -> list[keys.Jwk]:
    return [one["sign"] for one in said["holders"] if one["sign"] is not None]


def _signed_by(signers: list[keys.Jwk], signed: dict[str, str], code: str) -> None:
    for jwk in signers:
        try:
            return keys.verify(jwk, keys.MANIFEST, signed["text"], signed["sig"])
        except Fault:
            continue
    raise Fault(code, "signed by nobody who may")


def check_manifest(before: Any, signed: Any) -> dict[str, Any]:
    """The members of a manifest that follows `before` (None: it is the first that this client sees), or a Fault."""
    said = _manifest(signed)
    if before is None:
        if said["version"] != 1:
            raise Fault("broken_chain", "a chain begins with version 1")
        _signed_by(_signers(said), signed, "bad_signature")
        return said
    known = _manifest(before)
    if said["box"] != known["box"]:
        same = all(said[name] == known[name] for name in ("chapter", "purpose"))
        if known["successor"] != said["box"] or said["version"] != 1 or not same:
            raise Fault("not_successor")
        if _signers(said)[0] not in _signers(known):
            raise Fault("not_successor", "made by a stranger")
        _signed_by(_signers(said), signed, "bad_signature")
        return said
    if (said["version"], said["previous"]) != (known["version"] + 1, sha256(before["text"])):
        raise Fault("broken_chain")
    if any(said[name] != known[name] for name in ("chapter", "purpose")):
        raise Fault("broken_chain", "another chapter or purpose")
    if said["recipient"] != known["recipient"]:
        raise Fault("recipient_changed")
    _signed_by(_signers(known), signed, "bad_signature")
    return said


def vouched(first: dict[str, Any], known: list[dict[str, Any]]) -> bool:
    """Whether a holder named in one of these manifests made this first manifest, or is its witness."""
    signers = [jwk for one in known for jwk in _signers(one)]
    signed = [(keys.MANIFEST, first["sig"]), *((keys.WITNESS, sig) for sig in first.get("witnesses", []))]
    for domain, sig in signed:
        for jwk in signers:
            try:
                keys.verify(jwk, domain, first["text"], sig)
            except Fault:
                continue
            return True
    return False


def follow_boxes(pinned: list[Any], offered: list[Any], chapters: list[str]) -> list[Any]:
    """The manifests to go on with, the highest chapter first: what was pinned, each chain followed, and new chains that somebody known
    stands for (all, where none was pinned). `chapters`: nearest first. A Fault where an offered chain is not the pinned one."""
    here = {chapter: ([], []) for chapter in reversed(chapters)}
    for which, signed in (*((0, one) for one in pinned), *((1, one) for one in offered)):
        here.setdefault(_manifest(signed)["chapter"], ([], []))[which].append(signed)
    found: dict[str, list[Any]] = {}
    for chapter, (mine, theirs) in here.items():
        if mine and theirs and [_pair(one) for one in theirs[: len(mine)]] != [_pair(one) for one in mine]:
            raise Fault("broken_chain", "not the manifests that were pinned")
        chain = list(mine)
        for one in theirs[len(mine) :]:
            check_manifest(chain[-1] if chain else None, one)
            chain.append(one)
        known = [_manifest(before[-1]) for before in found.values() if before]
        firsts = [one for one in chain if _manifest(one)["version"] == 1]
        if mine or not pinned or any(vouched(one, known) for one in firsts):
            found[chapter] = chain
    return [one for chain in found.values() for one in chain]


def _pair(signed: dict[str, Any]) -> tuple[str, str]:
    return signed["text"], signed["sig"]


def leaf_of(body: str) -> str:
    """b64u leaf hash of an evidence body, as its receipt names it."""
    return b64u(leaf_hash(body))
