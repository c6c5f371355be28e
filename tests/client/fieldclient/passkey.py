"""A passkey in software: ES256, attestation "none", discoverable, always verifies its user (WebAuthn level 3, JSON forms)."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

from .canonical import Fault, b64u, canonical, unb64u
from .keys import ECDSA

PRESENT, VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
FLAGS = PRESENT | VERIFIED | BACKUP_ELIGIBLE | BACKED_UP


@dataclass
class Passkey:
    """One credential of one site."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(32))
    origin: str = ""
    rp_id: str = ""
    user: str = ""

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return canonical({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + bytes(4)

    def register(self, options: dict[str, Any], origin: str) -> dict[str, Any]:
        """A RegistrationResponseJSON for these creation options, of the site at `origin`."""
        self.origin = origin
        if all(one["alg"] != -7 for one in options["pubKeyCredParams"]):
            raise Fault("bad_shape", "no ES256")
        self.rp_id, self.user = options["rp"]["id"], options["user"]["id"]
        numbers = self.private.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        data = self._authenticator_data(FLAGS | ATTESTED) + bytes(16) + len(self.id).to_bytes(2) + self.id + cose
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options["challenge"])
        return self._credential(
            {"clientDataJSON": b64u(client_data), "attestationObject": b64u(attestation), "transports": ["internal"]},
            {"credProps": {"rk": True}},
        )

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        """An AuthenticationResponseJSON for these request options."""
        if options.get("rpId", self.rp_id) != self.rp_id:
            raise Fault("bad_shape", "another site")
        allowed = [one["id"] for one in options.get("allowCredentials", ())]
        if allowed and b64u(self.id) not in allowed:
            raise Fault("bad_shape", "another passkey")
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._authenticator_data(FLAGS)
        sig = self.private.sign(data + hashlib.sha256(client_data).digest(), ECDSA)
        return self._credential(
            {
                "clientDataJSON": b64u(client_data),
                "authenticatorData": b64u(data),
                "signature": b64u(sig),
                "userHandle": b64u(unb64u(self.user)),
            },
            {},
        )

    def _credential(self, response: dict[str, Any], extensions: dict[str, Any]) -> dict[str, Any]:
        name = b64u(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": response,
            "clientExtensionResults": extensions,
        }
