"""VAPID tokens (RFC 8292): one for each push service, kept until it is nearly over."""

from __future__ import annotations

import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from fieldapp.core.canonical import b64u
from fieldapp.core.clock import HOUR, SECOND

LASTS = 12 * HOUR  # a push service takes at most 24 h
FRESH = HOUR


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """The application server key as browsers take it: b64u of the uncompressed point."""
    point = serialization.PublicFormat.UncompressedPoint
    return b64u(key.public_key().public_bytes(serialization.Encoding.X962, point))


class Signer:
    """Makes ``Authorization`` headers. A token serves one origin and is made anew an hour before it ends."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str) -> None:
        self._key = key
        self._public = public_key(key)
        self._contact = contact
        self._kept: dict[str, tuple[int, str]] = {}

    def header(self, origin: str, now: int) -> str:
        """The header for a push to ``origin`` at ``now`` (ms UTC)."""
        ends, header = self._kept.get(origin, (0, ""))
        if ends < now + FRESH:
            ends = now + LASTS
            header = f"vapid t={self._token(origin, ends)}, k={self._public}"
            self._kept[origin] = (ends, header)
        return header

    def _token(self, origin: str, ends: int) -> str:
        claims = {"aud": origin, "exp": ends // SECOND, "sub": self._contact}
        parts = [b64u(json.dumps(part).encode()) for part in ({"alg": "ES256", "typ": "JWT"}, claims)]
        signed = self._key.sign(".".join(parts).encode(), ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(signed)
        return ".".join([*parts, b64u(r.to_bytes(32, "big") + s.to_bytes(32, "big"))])
