"""Records (protocol 2): disclosures, commitments with decoys, sealed files, the signed body in its envelope."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from . import age, keys
from .canonical import b64u, canonical, parse, sha256, unb64u
from .proofs import leaf_of

EVIDENCE = {"observation", "amendment"}
Disclosure: TypeAlias = list[Any]


def disclose(path: str, value: Any) -> Disclosure:
    """One answer, with fresh salt."""
    return [b64u(os.urandom(16)), path, value]


def commitment(disclosure: Disclosure) -> str:
    """What the body says of a disclosure."""
    return sha256(canonical(disclosure))


def commitments(disclosures: Iterable[Disclosure]) -> list[str]:
    """One for each disclosure and decoys up to the next multiple of 16 (at least one), sorted."""
    out = [commitment(one) for one in disclosures]
    out += [b64u(os.urandom(32)) for _ in range(16 - len(out) % 16)]
    return sorted(out)


def padded(text: str) -> bytes:
    """The text, then spaces up to a power of two of at least 1,024 bytes."""
    data = text.encode()
    size = 1024
    while size < len(data):
        size *= 2
    return data.ljust(size, b" ")


def seal(recipient: str, disclosures: list[Disclosure]) -> bytes:
    """The age file of one box."""
    return age.encrypt(recipient, padded(canonical(disclosures)))


def unseal(identity: age.Identity, file: bytes) -> list[Disclosure]:
    """The disclosures in a sealed file."""
    opened = parse(age.decrypt(identity, file).decode())
    assert isinstance(opened, list)
    return opened


def size_of(envelope: dict[str, Any]) -> int:
    """Bytes of the body, of canonical `open` and of every age file."""
    files = sum(len(unb64u(one)) for one in envelope["sealed"].values())
    return len(envelope["body"].encode()) + len(canonical(envelope["open"]).encode()) + files


@dataclass(frozen=True)
class Record:
    """A finished record: what is kept until its receipt is there."""

    envelope: dict[str, Any]
    body: dict[str, Any]

    @property
    def proof(self) -> dict[str, Any]:
        """What its receipt must say of it."""
        leaf = leaf_of(self.envelope["body"]) if self.body["kind"] in EVIDENCE else None
        return {"id": self.body["id"], "digest": self.envelope["digest"], "leaf": leaf}

    @property
    def amended_by(self) -> dict[str, str]:
        """How an amendment names it."""
        return {"digest": self.envelope["digest"], "id": self.body["id"]}


def build(
    key: keys.SigningKey,
    members: dict[str, Any],
    opened: list[Disclosure] | None = None,
    boxes: dict[str, tuple[str, list[Disclosure]]] | None = None,
) -> Record:
    """A signed record. `members` are those of the body that say what it is about; `boxes` holds (recipient, disclosures) by box id."""
    opened, boxes = opened or [], {box: one for box, one in (boxes or {}).items() if one[1]}
    sealed = {box: seal(recipient, disclosures) for box, (recipient, disclosures) in boxes.items()}
    every = [*opened, *(one for _, disclosures in boxes.values() for one in disclosures)]
    body = {
        "v": 1,
        "id": str(uuid.uuid4()),
        "key": key.thumbprint,
        "form": None,
        "form_hash": None,
        "lang": "en",
        "purpose": "monitoring",
        "retention": "default",
        "files": [{"box": box, "sha256": sha256(file), "size": len(file)} for box, file in sorted(sealed.items())],
        "media": [],
        "commitments": commitments(every),
        "open": len(opened),
        **members,
    }
    text = canonical(body)
    envelope = {
        "body": text,
        "digest": sha256(text),
        "sig": key.sign(keys.RECORD, text),
        "open": opened,
        "sealed": {box: b64u(file) for box, file in sealed.items()},
    }
    return Record(envelope, body)
