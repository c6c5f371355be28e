"""What training's codes are called on the desk's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask_babel
from flask_babel import get_locale

from fieldapp.core.errors import N_
from fieldapp.training.models import Course
from fieldapp.training.services.courses import Material
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
MODES = {"in_person": N_("in person"), "online": N_("online")}
LACKS = {"quiz": N_("Quiz not passed"), "first": N_("Nothing to renew")}
GIVEN = {"session": "", "refresher": N_("by a refresher"), "quiz": N_("by the quiz")}
MONTH, WEEK = 30 * 86_400_000, 7 * 86_400_000


def gettext(text: str, **values: Any) -> str:
    """The text in the reader's language."""
    return str(flask_babel.gettext(text, **values))


def name(course: Course) -> str:
    """The course's name in the reader's language."""
    return course.name_es if str(get_locale()) == "es" else course.name_en


def said(text: Mapping[str, str]) -> str:
    """What was written in both languages, in the reader's."""
    return text["es" if str(get_locale()) == "es" else "en"]


def title(material: Material) -> str:
    """A guide's title in the reader's language."""
    return material.titles[1 if str(get_locale()) == "es" else 0]


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """A plain text as it is shown: ("p", lines) for paragraphs, ("list", items) for lines that begin with a dash."""
    made: list[tuple[str, list[str]]] = []
    for part in text.split("\n\n"):
        for line in part.split("\n"):
            kind, shown = ("list", line[2:].strip()) if line.startswith("- ") else ("p", line.strip())
            if not shown:
                continue
            if made and made[-1][0] == kind and (kind == "list" or made[-1][1]):
                made[-1][1].append(shown)
            else:
                made.append((kind, [shown]))
        made.append(("", []))
    return [block for block in made if block[1]]


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
