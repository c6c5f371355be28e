"""ECDSA P-256 keys and signatures as the protocol writes them (docs/protocol.md 1): x and y as base64url, r‖s in 64 bytes."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from fieldapp.core.canonical import CanonicalError, b64u, dumps, unb64u

Jwk = dict[str, str]
_SIZE = 32
_ECDSA = ec.ECDSA(hashes.SHA256())


def sha256(data: bytes | str) -> str:
    """SHA-256 of bytes or of a text's UTF-8, b64u."""
    return b64u(hashlib.sha256(data.encode() if isinstance(data, str) else data).digest())


def thumbprint(x: str, y: str) -> str:
    """The RFC 7638 thumbprint of a public key."""
    return sha256(dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y}))


def thumbprint_of(key: ec.EllipticCurvePublicKey) -> str:
    """The RFC 7638 thumbprint of a loaded key."""
    jwk = jwk_of(key)
    return thumbprint(jwk["x"], jwk["y"])


def jwk_of(key: ec.EllipticCurvePublicKey) -> Jwk:
    """The public members of a key as a JSON Web Key."""
    point = key.public_numbers()
    x, y = (b64u(part.to_bytes(_SIZE, "big")) for part in (point.x, point.y))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def coordinates(jwk: Any) -> tuple[str, str]:
    """x and y of a JSON Web Key. Raises CanonicalError when it is not a P-256 public key, or carries a private one."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
        raise CanonicalError("bad_shape")
    x, y = jwk.get("x"), jwk.get("y")
    if not isinstance(x, str) or not isinstance(y, str):
        raise CanonicalError("bad_shape")
    public_key(x, y)
    return x, y


@lru_cache(maxsize=4096)
def public_key(x: str, y: str) -> ec.EllipticCurvePublicKey:
    """The key of these coordinates; kept, as a phone comes again. Raises CanonicalError when they are no point of the curve."""
    numbers = [unb64u(part) for part in (x, y)]
    if any(len(part) != _SIZE for part in numbers):
        raise CanonicalError("bad_shape")
    point = [int.from_bytes(part, "big") for part in numbers]
    try:
        return ec.EllipticCurvePublicNumbers(point[0], point[1], ec.SECP256R1()).public_key()
    except ValueError as error:
        raise CanonicalError("bad_shape") from error


def verifies(key: ec.EllipticCurvePublicKey, sig: str, domain: str, text: str) -> bool:
    """Whether ``sig`` (base64url of r‖s) is the key's over the domain line and the text."""
    try:
        raw = unb64u(sig)
    except CanonicalError:
        return False
    if len(raw) != 2 * _SIZE:
        return False
    der = encode_dss_signature(int.from_bytes(raw[:_SIZE], "big"), int.from_bytes(raw[_SIZE:], "big"))
    try:
        key.verify(der, f"{domain}\n{text}".encode(), _ECDSA)
    except InvalidSignature:
        return False
    return True


def sign(key: ec.EllipticCurvePrivateKey, domain: str, text: str) -> str:
    """The signature over the domain line and the text: base64url of r‖s."""
    r, s = decode_dss_signature(key.sign(f"{domain}\n{text}".encode(), _ECDSA))
    return b64u(r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big"))
