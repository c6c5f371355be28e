"""age v1 files (age-encryption.org/v1) with one stanza: `mlkem768x25519` (protocol 2.4)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import bech32
from .canonical import Fault

RECIPIENT, IDENTITY = "age1pq", "AGE-SECRET-KEY-PQ-"
STANZA = "mlkem768x25519"
INFO = b"age-encryption.org/mlkem768x25519"
SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
MLKEM_KEY, ENC, CHUNK = 1184, 1120, 65536


@dataclass(frozen=True)
class Identity:
    """A hybrid age key pair, known by its 32-byte seed."""

    seed: bytes

    @classmethod
    def new(cls) -> Identity:
        """A fresh one."""
        return cls(os.urandom(32))

    @classmethod
    def parse(cls, text: str) -> Identity:
        """From `AGE-SECRET-KEY-PQ-1…`."""
        seed = bech32.decode(IDENTITY, text)
        if len(seed) != 32:
            raise Fault("bad_shape", "an identity is 32 bytes")
        return cls(seed)

    def _keys(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        long = hashlib.shake_256(self.seed).digest(96)
        return MLKEM768PrivateKey.from_seed_bytes(long[:64]), X25519PrivateKey.from_private_bytes(long[64:])

    @property
    def recipient(self) -> str:
        """`age1pq1…`: the ML-KEM-768 key, then the X25519 key."""
        mlkem, x25519 = self._keys()
        return bech32.encode(RECIPIENT, mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw())

    def __str__(self) -> str:
        return bech32.encode(IDENTITY.lower(), self.seed).upper()

    def open_stanza(self, enc: bytes, body: bytes) -> bytes:
        """The file key, or `bad_shape` where it is not for this identity."""
        try:
            return SUITE.decrypt(enc + body, MLKEM768X25519PrivateKey(*self._keys()), INFO)
        except (InvalidTag, ValueError) as error:
            raise Fault("bad_shape", "not for this identity") from error


def recipient_key(text: object) -> MLKEM768X25519PublicKey:
    """The key of an `age1pq1…` recipient; `bad_shape` for any other."""
    data = bech32.decode(RECIPIENT, text) if isinstance(text, str) and text == text.lower() else b""
    if len(data) != MLKEM_KEY + 32:
        raise Fault("bad_shape", "not a hybrid recipient")
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(data[:MLKEM_KEY])
    except ValueError as error:
        raise Fault("bad_shape", "not a hybrid recipient") from error
    return MLKEM768X25519PublicKey(mlkem, X25519PublicKey.from_public_bytes(data[MLKEM_KEY:]))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).rstrip(b"=").decode("ascii")


def _unb64(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise Fault("bad_shape", "not base64") from error
    if _b64(data) != text:
        raise Fault("bad_shape", "not canonical base64")
    return data


def _derived(key: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _mac(file_key: bytes, header: str) -> bytes:
    return hmac.digest(_derived(file_key, None, b"header"), header.encode("ascii"), "sha256")


def _nonce(counter: int, last: bool) -> bytes:
    return counter.to_bytes(11) + bytes([last])


def encrypt(recipient: str, plaintext: bytes) -> bytes:
    """An age file for one hybrid recipient."""
    file_key = os.urandom(16)
    sealed = SUITE.encrypt(file_key, recipient_key(recipient), INFO)
    header = f"age-encryption.org/v1\n-> {STANZA} {_b64(sealed[:ENC])}\n{_b64(sealed[ENC:])}\n---"
    nonce = os.urandom(16)
    aead = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    chunks = [plaintext[i : i + CHUNK] for i in range(0, len(plaintext), CHUNK)] or [b""]
    payload = b"".join(aead.encrypt(_nonce(i, i == len(chunks) - 1), one, None) for i, one in enumerate(chunks))
    return f"{header} {_b64(_mac(file_key, header))}\n".encode("ascii") + nonce + payload


def decrypt(identity: Identity, file: bytes) -> bytes:
    """The plaintext of a file that `encrypt` (or another age) wrote for this identity and nobody else; else `bad_shape`."""
    cut = file.find(b"\n--- ")
    end = file.find(b"\n", cut + 1)
    lines = file[:cut].decode("ascii", "replace").split("\n")
    if cut < 0 or end < 0 or len(lines) != 3 or lines[0] != "age-encryption.org/v1":
        raise Fault("bad_shape", "not an age file with one short stanza")
    words = lines[1].split(" ")
    if words[:2] != ["->", STANZA] or len(words) != 3:
        raise Fault("bad_shape", "not a hybrid stanza")
    enc, body = _unb64(words[2]), _unb64(lines[2])
    if len(enc) != ENC or len(body) != 32:
        raise Fault("bad_shape", "lengths of the stanza")
    file_key = identity.open_stanza(enc, body)
    header = file[: cut + 4].decode("ascii")
    if not hmac.compare_digest(_mac(file_key, header), _unb64(file[cut + 5 : end].decode("ascii", "replace"))):
        raise Fault("bad_shape", "header MAC")
    nonce, payload = file[end + 1 : end + 17], file[end + 17 :]
    aead = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    chunks = [payload[i : i + CHUNK + 16] for i in range(0, len(payload), CHUNK + 16)]
    try:
        return b"".join(aead.decrypt(_nonce(i, i == len(chunks) - 1), one, None) for i, one in enumerate(chunks))
    except InvalidTag as error:
        raise Fault("bad_shape", "payload") from error
