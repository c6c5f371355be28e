"""The log's cryptography: RFC 6962 hashing and C2SP signed notes. (P-256 is ``core.p256``.)"""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fieldapp.core.canonical import b64u


def raw_leaf_hash(text: str) -> bytes:
    """SHA-256(0x00 ‖ text), RFC 6962 section 2.1."""
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def leaf_hash(text: str) -> str:
    """``raw_leaf_hash`` as b64u, as receipts carry it."""
    return b64u(raw_leaf_hash(text))


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def checkpoint_body(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint that its signature covers (C2SP tlog-checkpoint)."""
    return f"{origin}\n{size}\n{_std(root)}\n"


def sign_note(key: Ed25519PrivateKey, name: str, body: str) -> str:
    """``body`` as a C2SP signed note with one Ed25519 signature by ``name``."""
    signature = _std(_key_hash(name, key.public_key()) + key.sign(body.encode()))
    return f"{body}\n— {name} {signature}\n"


def note_is_signed(key: Ed25519PublicKey, name: str, note: str) -> bool:
    """Whether a note carries a good signature of this key under ``name``."""
    body, _, lines = note.partition("\n\n")
    for line in lines.splitlines():
        parts = line.split(" ")
        if len(parts) == 3 and parts[:2] == ["—", name]:
            raw = base64.b64decode(parts[2])
            if raw[:4] == _key_hash(name, key) and _good(key, raw[4:], (body + "\n").encode()):
                return True
    return False


def _good(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _key_hash(name: str, key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + key.public_bytes_raw()).digest()[:4]


def _std(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
