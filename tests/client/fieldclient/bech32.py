"""Bech32 (BIP 173 checksum, without its limit of 90 characters): how age writes recipients and identities."""

from __future__ import annotations

from .canonical import Fault

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, one in enumerate(GENERATOR):
            check ^= one if top >> i & 1 else 0
    return check


def _spread(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _regroup(data: list[int], width: int, to: int) -> tuple[list[int], int, int]:
    out, held, bits = [], 0, 0
    for value in data:
        held, bits = held << width | value, bits + width
        while bits >= to:
            bits -= to
            out.append(held >> bits & (1 << to) - 1)
        held &= (1 << bits) - 1
    return out, held, bits


def encode(prefix: str, data: bytes) -> str:
    """The lower case text of these bytes."""
    values, held, bits = _regroup(list(data), 8, 5)
    if bits:
        values.append(held << 5 - bits & 31)
    check = _polymod(_spread(prefix) + values + [0] * 6) ^ 1
    return prefix + "1" + "".join(LETTERS[v] for v in values + [check >> 5 * (5 - i) & 31 for i in range(6)])


def decode(prefix: str, text: str) -> bytes:
    """The bytes of a text with this prefix, all of one case; `bad_shape` for any other."""
    if text not in (text.lower(), text.upper()):
        raise Fault("bad_shape", "mixed case")
    found, _, tail = text.lower().rpartition("1")
    if found != prefix.lower() or len(tail) < 6 or not set(tail) <= set(LETTERS):
        raise Fault("bad_shape", f"not a {prefix} text")
    values = [LETTERS.index(c) for c in tail]
    if _polymod(_spread(found) + values) != 1:
        raise Fault("bad_shape", "checksum")
    data, held, bits = _regroup(values[:-6], 5, 8)
    if bits >= 5 or held:
        raise Fault("bad_shape", "padding")
    return bytes(data)
