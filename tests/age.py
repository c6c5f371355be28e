"""age files for the hybrid recipient type ``mlkem768x25519``, sealed and opened on ``cryptography`` alone.

It shares no code with what the product seals with. ``Identity.generate()`` has a ``recipient`` ("age1pq1…"); ``seal(recipient, data)``
makes a file and ``identity.open(file)`` gives the data back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
INFO = b"age-encryption.org/mlkem768x25519"
ENC = 1120  # bytes of the encapsulated key
CHUNK = 64 * 1024
CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class Identity:
    """A hybrid age identity from a seed of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        wide = hashlib.shake_256(seed).digest(96)
        kem, curve = MLKEM768PrivateKey.from_seed_bytes(wide[:64]), X25519PrivateKey.from_private_bytes(wide[64:])
        self._key = MLKEM768X25519PrivateKey(kem, curve)
        public = kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        self.recipient = bech32("age1pq", public)
        self.secret = bech32("age-secret-key-pq-", seed).upper()

    @classmethod
    def generate(cls) -> Identity:
        """A new identity."""
        return cls(secrets.token_bytes(32))

    def open(self, raw: bytes) -> bytes:
        """The data in an age file that was sealed to this identity. Raises when it was not, or was changed."""
        end = raw.index(b"\n---") + 1
        head, line_end = raw[: end + 3], raw.index(b"\n", end)
        lines = raw[:end].split(b"\n-> ")[1].split(b"\n")
        enc, wrapped = unb64(lines[0].split(b" ")[1]), unb64(b"".join(lines[1:]))
        file_key = SUITE.decrypt(enc + wrapped, self._key, INFO)
        assert hmac.compare_digest(_mac(file_key, head), unb64(raw[end + 4 : line_end]))
        body = raw[line_end + 1 :]
        cipher, body, out, number = ChaCha20Poly1305(_hkdf(file_key, body[:16], b"payload")), body[16:], b"", 0
        while True:
            part, body = body[: CHUNK + 16], body[CHUNK + 16 :]
            out += cipher.decrypt(number.to_bytes(11, "big") + bytes([not body]), part, None)
            number += 1
            if not body:
                return out


def seal(recipient: str, data: bytes) -> bytes:
    """An age file of ``data`` for one hybrid recipient."""
    public = unbech32(recipient)
    key = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:-32]), X25519PublicKey.from_public_bytes(public[-32:])
    )
    file_key, nonce = secrets.token_bytes(16), secrets.token_bytes(16)
    sealed = SUITE.encrypt(file_key, key, INFO)
    wrapped = _b64(sealed[ENC:])
    assert len(wrapped) < 64
    head = b"age-encryption.org/v1\n-> mlkem768x25519 " + _b64(sealed[:ENC]) + b"\n" + wrapped + b"\n---"
    cipher, out, number = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload")), b"", 0
    while True:
        part, data = data[:CHUNK], data[CHUNK:]
        out += cipher.encrypt(number.to_bytes(11, "big") + bytes([not data]), part, None)
        number += 1
        if not data:
            return head + b" " + _b64(_mac(file_key, head)) + b"\n" + nonce + out


def bech32(prefix: str, data: bytes) -> str:
    """Bech32 without a length limit, as age uses it."""
    bits = value = 0
    words: list[int] = []
    for byte in data:
        value, bits = value << 8 | byte, bits + 8
        while bits >= 5:
            bits -= 5
            words.append(value >> bits & 31)
    if bits:
        words.append(value << (5 - bits) & 31)
    check = _polymod([*_spread(prefix), *words, 0, 0, 0, 0, 0, 0]) ^ 1
    return prefix + "1" + "".join(CHARSET[w] for w in [*words, *(check >> 5 * (5 - i) & 31 for i in range(6))])


def unbech32(text: str) -> bytes:
    """The bytes of a bech32 text; its checksum is trusted."""
    out, bits, value = bytearray(), 0, 0
    for letter in text[text.rindex("1") + 1 : -6].lower():
        value, bits = value << 5 | CHARSET.index(letter), bits + 5
        if bits >= 8:
            bits -= 8
            out.append(value >> bits & 255)
    return bytes(out)


def _spread(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _polymod(words: list[int]) -> int:
    check = 1
    for word in words:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ word
        for i, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= part if top >> i & 1 else 0
    return check


def unb64(text: bytes) -> bytes:
    """Standard base64 without padding."""
    return base64.b64decode(text + b"=" * (-len(text) % 4))


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.new(_hkdf(file_key, b"", b"header"), head, "sha256").digest()
