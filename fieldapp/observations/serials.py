"""The number of a printed sheet: seven characters by chance and one that checks them, such as `K7M2-9QX4`.

The 31 characters leave out what is misread (0 and O, 1, I and L). 31 is a prime, and each place counts with a weight of its own,
so one wrong character, or two that changed places, are always found. The same rules as static/js/lib/serial.js.
"""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
_DROPPED = str.maketrans("", "", " -\t\u2010\u2011\u2013")


def check_character(start: str) -> str:
    """The last character of a serial, from the seven before it."""
    total = sum((place + 1) * ALPHABET.index(one) for place, one in enumerate(start))
    return ALPHABET[total % len(ALPHABET)]


def mint() -> str:
    """A new serial: 34 bits of chance, so that nobody guesses another chapter's."""
    start = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return start + check_character(start)


def normal(typed: object) -> str | None:
    """What somebody typed as it is stored; None when it is no serial."""
    if not isinstance(typed, str) or len(typed) > 4 * LENGTH:
        return None
    text = typed.translate(_DROPPED).upper()
    if len(text) != LENGTH or any(one not in ALPHABET for one in text):
        return None
    return text if check_character(text[:-1]) == text[-1] else None


def shown(serial: str) -> str:
    """As it is printed: two groups of four."""
    return f"{serial[:4]}-{serial[4:]}"
