"""What coverage says in words: English msgids and whole sentences."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import flask_babel

from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.core.errors import N_
from fieldapp.coverage.services.asked import Spot
from fieldapp.coverage.services.week import Cell, Row
from fieldapp.coverage.services.windows import GAPS, Part, Window
from fieldapp.places.models import Place
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services.standing import Standing
from fieldapp.web.i18n import show_day, show_time

CODES = {
    "unplanned": N_("No shift"),
    "none": N_("No one"),
    "few": N_("Too few"),
    "novices": N_("Nobody experienced"),
    "claimed": N_("Claimed only"),
    "open": N_("Runs, places open"),
}
HALVES = {"am": N_("morning"), "pm": N_("afternoon")}
KINDS = {
    "immigration_court": N_("Court"),
    "ice_office": N_("ICE office"),
    "courthouse": N_("Courthouse"),
    "neighbourhood": N_("Neighbourhood"),
    "other": N_("Other place"),
}
WITHIN = {
    "immigration_court": N_("court"),
    "ice_office": N_("ICE office"),
    "courthouse": N_("courthouse"),
    "neighbourhood": N_("neighbourhood"),
    "other": N_("other place"),
}
ALERTS = {
    "ice_here": N_("ICE is here"),
    "being_taken": N_("Someone is being taken"),
    "need_help": N_("I need help"),
}


def gettext(text: str, **values: Any) -> str:
    """The text in the reader's language."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int) -> str:
    """The text for a number, in the reader's language."""
    return str(flask_babel.ngettext(one, many, num))


def word(window: Window) -> str:
    """The state of a window in two or three words."""
    if window.code == "full":
        return gettext("Runs, some claimed") if window.claimed else gettext("All confirmed")
    return gettext(CODES[window.code])


def title(place: Place | Spot) -> str:
    """A place's name without what its kind says already."""
    for end in (" Immigration Court", " ICE Field Office", " Field Office"):
        if place.name.endswith(end) and len(place.name) > len(end):
            return place.name.removesuffix(end).rstrip(" -–,")
    return place.name


def brief(place: Place | Spot) -> str:
    """A short name with the kind: Batavia, court."""
    short = title(place)
    return short if short == place.name else f"{short}, {gettext(WITHIN[place.kind])}"


def half(key: str) -> str:
    """Morning or afternoon."""
    return gettext(HALVES[key])


@lru_cache(maxsize=512)
def _short_day(lang: str, value: date) -> str:
    return show_day(value, style="EEE d")


def free(value: date, key: str) -> str:
    """A free half day, for those who do not see it."""
    shown = _short_day(str(flask_babel.get_locale()), value)
    return gettext("no shift, %(day)s, %(half)s: add one", day=shown, half=half(key))


def sentence(row: Row, cell: Cell, day: date) -> str:
    """A cell for those who do not see it; it begins with what is written in the cell."""
    return gettext(
        "%(have)s/%(needed)s, %(place)s, %(day)s, %(half)s: %(have)s confirmed, %(claimed)s claimed, %(open)s open, %(needed)s needed",
        have=cell.confirmed,
        needed=cell.needed,
        place=row.place.name,
        day=_short_day(str(flask_babel.get_locale()), day),
        half=half(cell.worst.half),
        claimed=cell.claimed,
        open=cell.open,
    )


def pin_state(row: Row) -> str:
    """A pin's state for those who do not see it; the map says the place's name before it."""
    if row.alerts:
        return gettext("open alert, %(what)s", what=gettext(ALERTS[row.alerts[0].what]))
    if row.worst is None:
        return gettext("no shift ahead")
    if row.worst.glyph == "gap" and row.worst.open:
        short = ngettext("%(num)s person missing", "%(num)s people missing", row.worst.open)
        return gettext("worst window, %(short)s", short=short)
    return gettext("worst window, %(short)s", short=word(row.worst).lower())


def part(stretch: Part) -> str:
    """What is wrong with a stretch of a window."""
    if stretch.code in ("unplanned", "none"):
        return gettext("nobody")
    return gettext(CODES[stretch.code]).lower()


def stretches(window: Window, zone: str) -> str:
    """The hours of a window that are worse than the others: 08:30–10:00 nobody. Empty where all are the same."""
    return ", ".join(
        gettext("%(hours)s %(what)s", hours=hours(one.starts_at, one.ends_at, zone), what=part(one))
        for one in window.parts
        if one.code in GAPS
    )


def until(starts_at: int, now: int) -> str:
    """How long until a moment: hours and minutes, days from three on."""
    left = max(starts_at - now, 0)
    hours, minutes = left // HOUR, left % HOUR // MINUTE
    if hours >= 72:
        return gettext("in %(days)s days", days=hours // 24)
    return gettext("in %(hours)s h %(minutes)s min", hours=hours, minutes=minutes)


def short(window: Window) -> str:
    """What is missing at a window, for the list of those that cannot run."""
    live = window.confirmed + window.claimed
    if window.code == "unplanned":
        return ngettext("no shift yet, %(num)s needed", "no shift yet, %(num)s needed", window.needed)
    if window.code == "none":
        return gettext("no one of %(needed)s", needed=window.needed)
    if window.code == "novices":
        return gettext("%(live)s of %(needed)s, nobody experienced", live=live, needed=window.needed)
    return gettext("%(live)s of %(needed)s", live=live, needed=window.needed)


def hours(starts_at: int, ends_at: int, zone: str) -> str:
    """From and to on the place's clocks."""
    return f"{show_time(starts_at, zone)}–{show_time(ends_at, zone)}"


def day(value: date) -> str:
    """A short day, such as Tue 24."""
    return show_day(value, style="EEE d")


def on(text: str, style: str) -> str:
    """A local date that is kept as text, such as 2026-11-24."""
    return show_day(date.fromisoformat(text), style=style)


def on_it(stand: Standing, names: list[tuple[str, str]] | None) -> str:
    """Who is on a shift: names with what they said, or the numbers alone."""
    if not stand.confirmed and not stand.claimed:
        return gettext("No one")
    if names is None:
        return gettext("%(sure)s confirmed, %(claimed)s claimed", sure=stand.confirmed, claimed=stand.claimed)
    return ", ".join(
        name if state == "confirmed" else gettext("%(name)s (claimed)", name=name) for name, state in names
    )


def needs(shift: Shift) -> str:
    """What a shift needs to run, and at best."""
    return gettext("%(seats)s, at least %(minimum)s, one of them experienced", seats=shift.seats, minimum=shift.minimum)
