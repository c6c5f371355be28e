"""The Merkle tree as a compact range: all that appending needs (RFC 6962 section 2.1). Pure; hashes are raw bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from fieldapp.records.crypto import node_hash

EMPTY_ROOT = hashlib.sha256(b"").digest()


def append(frontier: list[bytes], size: int, leaves: Iterable[bytes]) -> tuple[list[bytes], int]:
    """The frontier and size after appending leaf hashes.

    The frontier holds the roots of the full subtrees that ``size`` leaves fall into, largest first: one for each bit set in ``size``.
    """
    grown = list(frontier)
    for leaf in leaves:
        grown.append(leaf)
        for _ in range(_trailing_ones(size)):
            right = grown.pop()
            grown.append(node_hash(grown.pop(), right))
        size += 1
    return grown, size


def root(frontier: list[bytes]) -> bytes:
    """The root over a frontier: smaller subtrees are joined from the right."""
    if not frontier:
        return EMPTY_ROOT
    made = frontier[-1]
    for left in reversed(frontier[:-1]):
        made = node_hash(left, made)
    return made


def _trailing_ones(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1
