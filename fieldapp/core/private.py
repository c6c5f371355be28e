"""A gentle warning, never a refusal: does a short text hold what looks like an A-number, a phone number or somebody's name?

The first two as static/js/lib/forms/gentle.js has them; a name only by its looks: two capitalised words that are no street.
"""

from __future__ import annotations

import re

_A_NUMBER = re.compile(
    r"(?<!\w)A(?:[ -]?(?:no|num|number|file|#|n[°º])\.?:?)?[ #:-]{0,2}\d{2,3}[ .-]?\d{3}[ .-]?\d{3}(?!\d)"
    r"|(?<![\d-])\d{3}-\d{3}-\d{3}(?![\d-])",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-]?)\d{3}[ .-]?\d{4}(?![\d-])|\+\d{1,3}(?:[ .-]?\d{2,4}){2,5}(?!\d)"
)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Mx|Sr|Sra|Srta|Don|Doña|Señora?|Señorita)\.? [A-ZÁÉÍÓÚÑ]\w+")
_PAIR = re.compile(r"\b([A-ZÁÉÍÓÚÑ][\w'’-]+) (?:(?:de|la|del|da|dos|van|von) )*([A-ZÁÉÍÓÚÑ][\w'’-]+)")
_STREETS = (
    "street st avenue ave av boulevard blvd road rd drive dr lane ln place pl plaza square sq park parkway highway bridge station "
    "church school library center centre court courthouse building federal office desk hall market north south east west northeast "
    "northwest southeast southwest new los las san santa el fort lake mount heights hill hills beach city town county village calle "
    "avenida parque iglesia escuela oficina puerta front main legal team case intake manager attorney lawyer coordinator interpreter "
    "worker staff duty hotline line our the at by on near corner and english spanish"
)
_NO_NAME = frozenset(_STREETS.split())


def looks_private(text: str) -> str:
    """``a_number``, ``phone`` or ``name`` for what the text seems to hold; empty for nothing."""
    if _A_NUMBER.search(text):
        return "a_number"
    if _PHONE.search(text):
        return "phone"
    return "name" if _TITLED.search(text) or any(_is_name(*found.groups()) for found in _PAIR.finditer(text)) else ""


def _is_name(first: str, second: str) -> bool:
    return not {first.casefold(), second.casefold()} & _NO_NAME
