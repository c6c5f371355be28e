"""The installation's VAPID key and its tokens (RFC 8292), one for each push service, kept until they are nearly over."""

from __future__ import annotations

import json
import os
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from fieldapp.core.canonical import b64u
from fieldapp.core.clock import HOUR, SECOND

LASTS = 12 * HOUR  # a push service takes at most 24 h
FRESH = HOUR


def key_path(data_dir: Path) -> Path:
    """Where the private key is kept, as PEM."""
    return data_dir / "keys" / "vapid.pem"


def load(data_dir: Path) -> ec.EllipticCurvePrivateKey:
    """The private key; made on first use, readable by nobody else. Two processes that make it at once keep one."""
    path = key_path(data_dir)
    if not path.exists():
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise TypeError(f"{path.name} is not a P-256 key")
    return key


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


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(pem)
    try:
        os.link(fresh, path)  # fails when another process was first: its key is the key
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
