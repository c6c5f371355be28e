"""Names that people choose: one line, printable, short; a field name is nobody's address or number."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from fieldapp.accounts.models import Membership, Person
from fieldapp.core.db import db
from fieldapp.core.errors import N_, Invalid

LONGEST = 40
_DIGITS = re.compile(r"(?:\d[\s().-]*){7}")


def line(text: object, longest: int = LONGEST, field: str = "name") -> str:
    """A name on one line without blanks around it. Raises Invalid, naming ``field``."""
    found = " ".join(text.split()) if isinstance(text, str) else ""
    if not found or len(found) > longest or not found.isprintable():
        raise Invalid(fields={field: N_("Give it a short name, on one line.")})
    return found


def field_name(text: object) -> str:
    """A field name. Raises Invalid: empty, long, or an e-mail address or phone number (we keep neither)."""
    found = line(text, field="field_name")
    if "@" in found or _DIGITS.search(found):
        raise Invalid(
            fields={"field_name": N_("Not an e-mail address or a phone number, please: any name that is not your own.")}
        )
    return found


def refuse_taken(name: str, chapter_id: str) -> None:
    """Two people of one chapter with one name would be mixed up on a roster. Raises Invalid."""
    same = (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.chapter_id == chapter_id, func.lower(Person.field_name) == name.lower())
        .limit(1)
    )
    if db.session.scalar(same):
        raise Invalid(fields={"field_name": N_("Somebody in your chapter has this name. Choose another one.")})
