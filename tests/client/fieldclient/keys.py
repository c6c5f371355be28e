"""P-256 keys: thumbprints, and signatures over a domain line and a text (protocol 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from .canonical import Fault, b64u, canonical, sha256, unb64u

RECORD = "fieldapp/record/v1"
RECEIPT = "fieldapp/receipt/v1"
SERVER_KEY = "fieldapp/server-key/v1"
DEVICE_KEY = "fieldapp/device-key/v1"
NOTICE = "fieldapp/notice/v1"
MANIFEST = "fieldapp/box-manifest/v1"
WITNESS = "fieldapp/box-witness/v1"
MEDIA = "fieldapp/media/v1"
MEDIA_RECEIPT = "fieldapp/media-receipt/v1"

Jwk: TypeAlias = dict[str, Any]
ECDSA = ec.ECDSA(hashes.SHA256())


def thumbprint(jwk: Jwk) -> str:
    """RFC 7638, over exactly the four members of a P-256 key."""
    return sha256(canonical({name: jwk[name] for name in ("crv", "kty", "x", "y")}))


def public_key(jwk: Any) -> ec.EllipticCurvePublicKey:
    """The key that a JWK says; `bad_shape` for what is not a point of P-256."""
    try:
        if jwk["crv"] != "P-256" or jwk["kty"] != "EC":
            raise Fault("bad_shape", "not a P-256 key")
        x, y = (int.from_bytes(unb64u(jwk[name])) for name in ("x", "y"))
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except (KeyError, TypeError, ValueError) as error:
        raise Fault("bad_shape", "not a P-256 key") from error


def verify(jwk: Jwk, domain: str, text: str, sig: Any) -> None:
    """Raise `bad_signature` unless `sig` (b64u of r and s) signs the domain line and the text."""
    try:
        raw = unb64u(sig)
        if len(raw) != 64:
            raise Fault("bad_signature", "not 64 bytes")
        der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        public_key(jwk).verify(der, f"{domain}\n{text}".encode(), ECDSA)
    except (InvalidSignature, TypeError, ValueError) as error:
        raise Fault("bad_signature") from error


@dataclass(frozen=True)
class SigningKey:
    """A private P-256 key of this client: a device key, or a holder's."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls) -> SigningKey:
        """A fresh key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    def jwk(self) -> Jwk:
        """Its public half."""
        numbers = self.private.public_key().public_numbers()
        return {"crv": "P-256", "kty": "EC", "x": b64u(numbers.x.to_bytes(32)), "y": b64u(numbers.y.to_bytes(32))}

    @property
    def thumbprint(self) -> str:
        """What records name it by."""
        return thumbprint(self.jwk)

    def sign(self, domain: str, text: str) -> str:
        """b64u of r and s over the domain line, one LF and the text."""
        r, s = decode_dss_signature(self.private.sign(f"{domain}\n{text}".encode(), ECDSA))
        return b64u(r.to_bytes(32) + s.to_bytes(32))
