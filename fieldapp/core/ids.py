"""Identifiers. Randomness comes through one door so that tests may seed it."""

from __future__ import annotations

import hashlib
import secrets
import string

ALPHABET = string.digits + string.ascii_lowercase


def new_id(length: int = 12) -> str:
    """An opaque id minted by the server: 12 characters of [0-9a-z], 62 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_token() -> str:
    """A bearer token of 256 bits, base64url. Only its hash is ever stored."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token: SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()
