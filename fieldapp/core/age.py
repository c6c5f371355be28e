"""age files (age-encryption.org/v1) for the hybrid recipient type ``mlkem768x25519``: an identity is made, and files are opened piece by
piece, so that memory stays flat whatever their size. Nothing that is read here is trusted before its tag was checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION_LINE = b"age-encryption.org/v1\n"
STANZA = "mlkem768x25519"
ARMOR_BEGIN, ARMOR_END = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_INFO = b"age-encryption.org/mlkem768x25519"
_ENC = 1120  # bytes of the encapsulated key
_BODY = 32  # the file key, sealed
_CHUNK = 64 * 1024
_SEALED = _CHUNK + 16
_MAX_LINE = 4096
_MAX_LINES = 256
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_PUBLIC, _SECRET = "age1pq", "age-secret-key-pq-"


class Source(Protocol):
    """Anything with bytes to read."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""


class AgeError(Exception):
    """It cannot be opened: ``not_age``, ``other_recipient``, or ``damaged`` (changed, or cut short)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Identity:
    """The private half of a hybrid recipient, from its seed of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        wide = hashlib.shake_256(seed).digest(96)
        kem, curve = MLKEM768PrivateKey.from_seed_bytes(wide[:64]), X25519PrivateKey.from_private_bytes(wide[64:])
        self.key = MLKEM768X25519PrivateKey(kem, curve)
        public = kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        self.recipient = _bech32(_PUBLIC, public)
        self.text = _bech32(_SECRET, seed).upper()

    @classmethod
    def generate(cls) -> Identity:
        """A new one."""
        return cls(secrets.token_bytes(32))

    @classmethod
    def from_text(cls, text: str) -> Identity:
        """From ``AGE-SECRET-KEY-PQ-1…``. Raises ValueError when it is none, or was mistyped."""
        seed = _unbech32(_SECRET, text.strip().lower())
        if len(seed) != 32:
            raise ValueError("not an age identity of the hybrid kind")
        return cls(seed)


def opened(source: Source, identities: Sequence[Identity]) -> Iterator[bytes]:
    """The plaintext of an age file (binary or armored) that was sealed to one of ``identities``, in pieces of at most 64 KiB.

    Raises AgeError: at once when it is no such file, later where a piece was changed or is missing. What came before is unchanged.
    """
    buffered = Buffered(source)
    if buffered.peek(len(ARMOR_BEGIN)) == ARMOR_BEGIN:
        buffered = Buffered(_Dearmored(buffered))
    file_key = _file_key(buffered, identities)
    cipher = ChaCha20Poly1305(_hkdf(file_key, _exactly(buffered, 16), b"payload"))
    return _pieces(buffered, cipher)


def _pieces(source: Buffered, cipher: ChaCha20Poly1305) -> Iterator[bytes]:
    piece, number = source.read(_SEALED), 0
    while True:
        coming = source.read(_SEALED)
        nonce = number.to_bytes(11, "big") + bytes([not coming])
        try:
            plain = cipher.decrypt(nonce, piece, None)
        except (InvalidTag, ValueError) as error:
            raise AgeError("damaged") from error
        if plain:
            yield plain
        elif number or coming:
            raise AgeError("damaged")  # only a file without any content ends in an empty piece
        if not coming:
            return
        piece, number = coming, number + 1


def _file_key(source: Buffered, identities: Sequence[Identity]) -> bytes:
    """Reads the header; the file key that one of the identities opens, after the header's own check."""
    if source.read(len(VERSION_LINE)) != VERSION_LINE:
        raise AgeError("not_age")
    head, stanzas, mac = VERSION_LINE, [], b""
    for _ in range(_MAX_LINES):
        line = source.line()
        if line.startswith(b"--- "):
            head, mac = head + b"---", line[4:]
            break
        head += line + b"\n"
        if line.startswith(b"-> "):
            stanzas.append((line[3:].split(b" "), b""))
        elif stanzas:
            stanzas[-1] = (stanzas[-1][0], stanzas[-1][1] + line)
        else:
            raise AgeError("not_age")
    for (name, *arguments), body in stanzas:
        if name != STANZA.encode() or len(arguments) != 1:
            continue
        for identity in identities:
            file_key = _unsealed(_unb64(arguments[0]), _unb64(body), identity)
            if file_key is None:
                continue
            if not hmac.compare_digest(_mac(file_key, head), _unb64(mac)):
                raise AgeError("damaged")
            return file_key
    raise AgeError("other_recipient" if mac else "damaged")


def _unsealed(enc: bytes, body: bytes, identity: Identity) -> bytes | None:
    if len(enc) != _ENC or len(body) != _BODY:
        return None
    try:
        return bytes(_SUITE.decrypt(enc + body, identity.key, _INFO))
    except (InvalidTag, ValueError):
        return None


class Buffered:
    """Reads exactly as much as is asked for, as far as there is any; can look ahead, and reads lines."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._ahead = b""

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay to be read."""
        while len(self._ahead) < size and (got := self._source.read(_CHUNK)):
            self._ahead += got
        return self._ahead[:size]

    def read(self, size: int, /) -> bytes:
        """``size`` bytes; fewer only at the end."""
        found = self.peek(size)
        self._ahead = self._ahead[size:]
        return found

    def line(self, longest: int = _MAX_LINE) -> bytes:
        """The bytes up to the next LF, without it. Raises AgeError ``damaged`` when none comes within ``longest``."""
        end = self.peek(longest + 1).find(b"\n")
        if end < 0:
            raise AgeError("damaged")
        return self.read(end + 1)[:-1]


class _Dearmored:
    """An armored file's bytes: standard base64 in lines of 64 letters between two marks."""

    def __init__(self, source: Buffered) -> None:
        self._source = source
        self._source.line()
        self._over = False

    def read(self, _size: int, /) -> bytes:
        """What the next lines hold, whatever was asked; nothing after the end mark."""
        made = bytearray()
        while not self._over and len(made) < _CHUNK:
            line = self._source.line(len(ARMOR_END) + 64).rstrip(b"\r")
            if line == ARMOR_END:
                self._over = True
                break
            try:
                made += base64.b64decode(line, validate=True)
            except binascii.Error as error:
                raise AgeError("damaged") from error
            if not line:
                raise AgeError("damaged")
        return bytes(made)


def _exactly(source: Buffered, size: int) -> bytes:
    found = source.read(size)
    if len(found) != size:
        raise AgeError("damaged")
    return found


def _unb64(text: bytes) -> bytes:
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.new(_hkdf(file_key, b"", b"header"), head, "sha256").digest()


def _bech32(prefix: str, data: bytes) -> str:
    bits = value = 0
    words: list[int] = []
    for byte in data:
        value, bits = (value << 8 | byte) & 0xFFFFF, bits + 8
        while bits >= 5:
            bits -= 5
            words.append(value >> bits & 31)
    if bits:
        words.append(value << (5 - bits) & 31)
    check = _polymod([*_spread(prefix), *words, 0, 0, 0, 0, 0, 0]) ^ 1
    return f"{prefix}1" + "".join(_LETTERS[w] for w in [*words, *(check >> 5 * (5 - i) & 31 for i in range(6))])


def _unbech32(prefix: str, text: str) -> bytes:
    head, one, tail = text.rpartition("1")
    if head != prefix or not one or any(letter not in _LETTERS for letter in tail):
        raise ValueError("not an age key")
    words = [_LETTERS.index(letter) for letter in tail]
    if _polymod([*_spread(prefix), *words]) != 1:
        raise ValueError("an age key with a typing error")
    made, bits, value = bytearray(), 0, 0
    for word in words[:-6]:
        value, bits = (value << 5 | word) & 0xFFFFF, bits + 5
        if bits >= 8:
            bits -= 8
            made.append(value >> bits & 255)
    return bytes(made)


def _spread(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _polymod(words: list[int]) -> int:
    check = 1
    for word in words:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ word
        for i, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= part if top >> i & 1 else 0
    return check
