"""Signing in, one's own page, people, chapters."""

from __future__ import annotations

from tests.access.rows import EVERYONE, SIGNED_IN, Row

ROWS = [
    Row("accounts.sign_in", may=EVERYONE),
    Row("accounts.csrf", may=EVERYONE),
    Row("accounts.me", may=SIGNED_IN),
]
