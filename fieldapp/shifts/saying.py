"""What a message asks and which answers it takes, in words, for the desk's pages. The phone has its own words for the same kinds."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale, ngettext

from fieldapp.core.clock import MINUTE
from fieldapp.core.errors import N_
from fieldapp.shifts.services import waitlist
from fieldapp.shifts.services.messages import Live
from fieldapp.training.words import gettext
from fieldapp.web.i18n import show_day, show_time, zone_name

TITLES = {
    "ask": N_("Can you take this shift?"),
    "seat": N_("A place is free. Do you want it?"),
    "swap": N_("Someone offers you their place"),
    "coming": N_("Are you coming?"),
    "soon": N_("Your shift starts soon"),
    "buddy": N_("Have you heard from them?"),
    "changed": N_("A shift of yours has changed"),
    "training": N_("About your training"),
    "chapter": N_("From your chapter"),
}
# What may be answered, and what the button says; the first one is what most will choose.
BUTTONS: dict[str, tuple[tuple[str, str], ...]] = {
    "ask": (("yes", N_("Take the shift")), ("no", N_("Not this time"))),
    "seat": (("yes", N_("Take the place")), ("no", N_("Let it go"))),
    "swap": (("yes", N_("Take their place")), ("no", N_("Not this time"))),
    "coming": (("yes", N_("I'm coming")), ("no", N_("I cannot come"))),
    "buddy": (("yes", N_("They are out and OK")), ("no", N_("I don't know"))),
}
OK: tuple[tuple[str, str], ...] = (("ok", N_("OK")),)
# What follows, where that is not plain from the buttons.
NOTES = {
    "ask": N_("Not this time? Then nobody asks you again for this shift."),
    "seat": N_("You stand first in line. Let it go and it is offered to the next."),
    "swap": N_("Until someone accepts, they keep it. It is yours when you accept."),
    "coming": N_("If you cannot, your place is free for someone else at once."),
}


KINDS = {
    "immigration_court": N_("Immigration court"),
    "ice_office": N_("ICE office"),
    "courthouse": N_("Courthouse"),
    "neighbourhood": N_("Neighbourhood"),
    "other": N_("Other place"),
    "accompany": N_("Accompaniment"),
    "turnout": N_("Turnout"),
}
WITHOUT = {
    "few": N_("Without you it is short of people and cannot run."),
    "novices": N_("Without you nobody experienced is on it, and it cannot run."),
}


def kind(code: str) -> str:
    """What a kind of place or shift is called."""
    return gettext(KINDS[code])


def ahead(starts_at: int, now: int) -> str:
    """``in 22 h 48 min``: how long until it starts."""
    minutes = max(0, (starts_at - now) // MINUTE)
    if minutes >= 60:
        return gettext("in %(h)s h %(m)s min", h=minutes // 60, m=minutes % 60)
    return gettext("in %(m)s min", m=minutes)


def without(code: str) -> str:
    """What a shift would lack if one gave it back; empty when nothing."""
    return gettext(WITHOUT[code]) if code else ""


def in_line(place: waitlist.Place) -> str:
    """Where one stands in a line."""
    if place.until is not None:
        return gettext("A place is held for you: answer above.")
    if place.ahead == 0:
        return gettext("You are first in line.")
    return str(ngettext("%(num)s person is before you in line.", "%(num)s people are before you in line.", place.ahead))


def title(live: Live) -> str:
    """What it is about."""
    return gettext(TITLES[live.message.kind])


def buttons(live: Live) -> list[tuple[str, str]]:
    """Answers and what their buttons say."""
    return [(say, gettext(label)) for say, label in BUTTONS.get(live.message.kind, OK)]


def text(live: Live) -> str:
    """What was written with it, in the reader's language; else what follows from an answer."""
    said: dict[str, Any] = live.message.detail or {}
    own = said.get(str(get_locale())) or said.get("en")
    note = NOTES.get(live.message.kind)
    return str(own) if own else gettext(note) if note else ""


def until(live: Live, zone: str) -> str:
    """``Tue 24 Nov, 11:00 New York time``: the last moment for an answer; empty where there is none."""
    at = live.message.until
    if at is None:
        return ""
    there = live.place.zone if live.place else zone
    return f"{show_day(at, there)}, {show_time(at, there)} {zone_name(there, at)}"
