"""A word that a phone sealed to this installation: the phone itself cannot read it again, nor tell one from another."""

from __future__ import annotations

import io
from typing import Any

from fieldapp.accounts.services.words import NotAWord
from fieldapp.core import canonical
from fieldapp.core.age import AgeError, opened
from fieldapp.core.canonical import CanonicalError, unb64u
from fieldapp.records import here, serverkeys

LONGEST = 8_192


def word(sealed: Any) -> str:
    """What was typed. Raises NotAWord for what is no such file."""
    if not isinstance(sealed, str) or len(sealed) > LONGEST:
        raise NotAWord()
    try:
        plain = b"".join(opened(io.BytesIO(unb64u(sealed)), serverkeys.hand_in(here.settings().data_dir)))
        told = canonical.loads(plain.decode().rstrip(" "))
    except (AgeError, CanonicalError, ValueError) as error:
        raise NotAWord() from error
    if not isinstance(told, dict) or not isinstance(told.get("word"), str):
        raise NotAWord()
    return str(told["word"])[:200]
