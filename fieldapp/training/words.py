"""What training's codes are called on the desk's pages."""

from __future__ import annotations

from typing import Any

import flask_babel
from flask_babel import get_locale

from fieldapp.core.errors import N_
from fieldapp.training.models import Course
from fieldapp.training.services.rosters import Roster
from fieldapp.web.i18n import show_day, show_time, zone_name

GRADES = {
    "trainee": N_("trainee"),
    "shadow": N_("shadow"),
    "watcher": N_("watcher"),
    "lead": N_("lead"),
    "dispatcher": N_("dispatcher"),
}
GRADES_SAY = {
    "trainee": N_("trainee: on the way to a certificate"),
    "shadow": N_("shadow: goes along twice"),
    "watcher": N_("watcher: counts as experienced"),
    "lead": N_("lead: leads a shift"),
    "dispatcher": N_("dispatcher: answers alerts"),
}
HOW = {"code": N_("code"), "hand": N_("by hand")}


def gettext(text: str, **values: Any) -> str:
    """The text in the reader's language."""
    return str(flask_babel.gettext(text, **values))


def name(course: Course) -> str:
    """The course's name in the reader's language."""
    return course.name_es if str(get_locale()) == "es" else course.name_en


def last_day(ends_at: int, zone: str) -> str:
    """The last day on which a certificate holds, such as ``23 Nov 2027``."""
    return show_day(ends_at - 1, zone, "d MMM yyyy")


def hours(starts_at: int, ends_at: int, zone: str) -> str:
    """``18:30 to 20:30``."""
    return gettext("%(start)s to %(end)s", start=show_time(starts_at, zone), end=show_time(ends_at, zone))


def as_text(roster: Roster) -> str:
    """Who came, as text."""
    session = roster.session
    when = f"{show_day(session.starts_at, session.zone)}, {hours(session.starts_at, session.ends_at, session.zone)}"
    lines = [name(roster.course), f"{when} {zone_name(session.zone, session.starts_at)}", ""]
    lines += [
        f"- {row.person.field_name}" for row in sorted(roster.arrived, key=lambda r: r.person.field_name.casefold())
    ]
    return "\n".join(lines)
