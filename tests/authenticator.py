"""A passkey authenticator in software: ES256, no attestation. It answers as a browser would, or wrongly on purpose."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from fieldapp.core.canonical import b64u

PRESENT, VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class Credential:
    """One passkey."""

    id: bytes
    key: ec.EllipticCurvePrivateKey
    rp_id: str
    handle: str
    count: int = 0


@dataclass
class Authenticator:
    """A phone's or a security key's passkeys. Attributes are what it tells; change them to make it lie."""

    origin: str = "http://localhost"
    verified: bool = True
    client_data: dict[str, Any] = field(default_factory=dict)  # laid over what is true
    counts: bool = False
    passkeys: list[Credential] = field(default_factory=list)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """RegistrationResponseJSON for creation options."""
        made = Credential(
            secrets.token_bytes(16), ec.generate_private_key(ec.SECP256R1()), options["rp"]["id"], options["user"]["id"]
        )
        self.passkeys.append(made)
        return self.create_again(options)

    def create_again(self, options: dict[str, Any]) -> dict[str, Any]:
        """RegistrationResponseJSON for the newest passkey, whatever its id was changed to."""
        made = self.passkeys[-1]
        attested = bytes(16) + len(made.id).to_bytes(2, "big") + made.id + self._cose(made)
        data = self._data(made, ATTESTED) + attested
        client = self._client("webauthn.create", options["challenge"])
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            made,
            {
                "clientDataJSON": b64u(client),
                "attestationObject": b64u(attestation),
                "transports": ["internal", "hybrid"],
            },
            {"credProps": {"rk": True}, "prf": {"enabled": True}},
        )

    def get(
        self, options: dict[str, Any], passkey: Credential | None = None, handle: str | None = None
    ) -> dict[str, Any]:
        """AuthenticationResponseJSON for request options, from the newest passkey unless one is named."""
        used = passkey or self.passkeys[-1]
        used.count += 1 if self.counts else 0
        data = self._data(used, 0)
        client = self._client("webauthn.get", options["challenge"])
        signature = used.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        told = {"clientDataJSON": b64u(client), "authenticatorData": b64u(data), "signature": b64u(signature)}
        return self._answer(used, {**told, "userHandle": used.handle if handle is None else handle}, {})

    def _data(self, passkey: Credential, flags: int) -> bytes:
        flags |= PRESENT | BACKUP_ELIGIBLE | BACKED_UP | (VERIFIED if self.verified else 0)
        return hashlib.sha256(passkey.rp_id.encode()).digest() + bytes([flags]) + passkey.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**told, **self.client_data}).encode()

    def _cose(self, passkey: Credential) -> bytes:
        numbers = passkey.key.public_key().public_numbers()
        x, y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, passkey: Credential, response: dict[str, Any], results: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": b64u(passkey.id),
            "rawId": b64u(passkey.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": results,
            "response": response,
        }
