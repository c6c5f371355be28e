"""Making a legal box (protocol 8.1), so that there is one to seal to; and opening what was sealed for it."""

from __future__ import annotations

import hmac
import os
import uuid
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import age, keys
from .canonical import b64u, canonical
from .client import Client


@dataclass
class Counsel:
    """A holder: a signed-in person of the legal role, their age identity and the key that signs manifests."""

    client: Client
    identity: age.Identity = field(default_factory=age.Identity.new)
    key: keys.SigningKey = field(default_factory=keys.SigningKey.new)
    holder: str = ""

    def register(self) -> str:
        """Registers the holder, wrapped for the passkey's PRF."""
        made = {"recipient": self.identity.recipient, "sign": self.key.jwk, "wrapped": [self._wrapping()]}
        self.holder = self.client.post("/api/v1/boxes/holder", made)["holder"]
        return self.holder

    def _wrapping(self) -> dict[str, str]:
        salt, nonce, prf_secret = os.urandom(32), os.urandom(12), os.urandom(32)
        output = hmac.digest(prf_secret, salt, "sha256")
        key = HKDF(SHA256(), 32, b"", b"fieldapp/holder-wrap/v1").derive(output)
        d = b64u(self.key.private.private_numbers().private_value.to_bytes(32))
        text = canonical({"identity": str(self.identity), "sign": {**self.key.jwk, "d": d}, "v": 1})
        data = b64u(nonce + AESGCM(key).encrypt(nonce, text.encode(), None))
        return {"method": "prf", "credential": b64u(self.client.passkey.id), "salt": b64u(salt), "data": data}

    def make_box(self, created_at: int) -> tuple[str, age.Identity, age.Identity]:
        """A new box with this holder and a recovery key: its id, its identity, and the recovery key."""
        box, recovery = age.Identity.new(), age.Identity.new()
        name = str(uuid.uuid4())
        chapter = self.client.welcome["chapter"]
        holders: list[dict[str, Any]] = [
            {"holder": self.holder, "recipient": self.identity.recipient, "sign": self.key.jwk},
            {"holder": "recovery", "recipient": recovery.recipient, "sign": None},
        ]
        text = canonical(
            {
                "v": 1,
                "type": "box_manifest",
                "box": name,
                "chapter": chapter,
                "purpose": "legal",
                "version": 1,
                "recipient": box.recipient,
                "holders": sorted(holders, key=lambda one: one["holder"]),
                "previous": None,
                "successor": None,
                "created_at": created_at,
            }
        )
        grants = [
            {"holder": one["holder"], "sealed": b64u(age.encrypt(one["recipient"], str(box).encode()))}
            for one in holders
        ]
        manifest = {"text": text, "sig": self.key.sign(keys.MANIFEST, text)}
        made: dict[str, Any] = self.client.post(
            "/api/v1/boxes", {"chapter": chapter, "manifest": manifest, "grants": grants}
        )
        return str(made["box"]), box, recovery
