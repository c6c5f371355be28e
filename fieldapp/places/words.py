"""What codes of places are called on the screen: English msgids."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from fieldapp.core.errors import N_

KINDS = {
    "immigration_court": N_("Immigration court"),
    "ice_office": N_("ICE office"),
    "courthouse": N_("Courthouse"),
    "neighbourhood": N_("Neighbourhood"),
    "other": N_("Other place"),
}
PHONES = {
    "": N_("Not known yet"),
    "allowed": N_("Phones are allowed"),
    "off_in_courtroom": N_("Phones off in the courtroom"),
    "locker": N_("Phones go into a locker"),
    "not_allowed": N_("Phones are not allowed in"),
}
SHORT_PHONES = {
    "": N_("not known"),
    "allowed": N_("allowed"),
    "off_in_courtroom": N_("off in court"),
    "locker": N_("locker"),
    "not_allowed": N_("not allowed"),
}
LISTS = {"judges": N_("Judges"), "courtrooms": N_("Courtrooms")}
CHANGED = {
    "kind": N_("kind"),
    "name": N_("name"),
    "address": N_("address"),
    "city": N_("city"),
    "state": N_("state"),
    "zone": N_("time zone"),
    "position": N_("position"),
    "precision": N_("precision"),
    "area": N_("area"),
}
EXACT = N_("exact")
ZIP = N_("centre of its ZIP area")


def options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """The choices of a select: code and word, in the language of the request."""
    return [(code, gettext(text)) for code, text in words.items()]
