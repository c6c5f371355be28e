"""A series' rule, read back in words; what kinds of shifts are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from babel import Locale
from babel.dates import get_day_names
from babel.lists import format_list
from flask_babel import get_locale, ngettext

from fieldapp.core.errors import N_, Invalid
from fieldapp.shifts import words
from fieldapp.shifts.models import Rota
from fieldapp.shifts.services import repeat, rotas
from fieldapp.shifts.services.recurrence import Rule
from fieldapp.training.words import gettext
from fieldapp.web.i18n import show_day

KINDS = {
    "observe": N_("Observing"),
    "accompany": N_("Accompaniment"),
    "turnout": N_("Turnout"),
}
KIND_SAYS = {
    "observe": N_("Watch and write down what happens."),
    "accompany": N_("Go with somebody. Who they are is never written down: there is no field for it anywhere."),
    "turnout": N_("Be there, many of you, as members of the public."),
}
KIND_ICONS = {"observe": "eye", "accompany": "users", "turnout": "megaphone"}
NTH = {
    "1": N_("first %(day)s"),
    "2": N_("second %(day)s"),
    "3": N_("third %(day)s"),
    "4": N_("fourth %(day)s"),
    "-1": N_("last %(day)s"),
}
OWN = {"mam": "Mam", "quc": "Kʼicheʼ"}
WHICH = {"1": N_("First"), "2": N_("Second"), "3": N_("Third"), "4": N_("Fourth"), "-1": N_("Last")}

BULK = {
    "cancel": N_("Cancel them"),
    "change": N_("Change people needed, seats or hours"),
    "confirm": N_("Confirm everyone"),
    "lead": N_("Set a lead where there is none"),
    "copy": N_("Copy to another week"),
    "text": N_("Rosters as text"),
}

ROTAS = {
    "attorney": N_("Attorney on call"),
    "interpreter": N_("Interpreter"),
    "dispatcher": N_("Dispatcher"),
    "jail": N_("Jail support"),
}
ROTA_FOR = {
    "attorney": N_("Held by the chapter's legal partners."),
    "interpreter": N_("Held by whoever said they speak the language."),
    "dispatcher": N_("Held by dispatchers and coordinators."),
    "jail": N_("Held by anybody of the chapter."),
}


def language(code: str) -> str:
    """A language's name in the reader's language."""
    name = Locale.parse(str(get_locale() or "en")).languages.get(code) or OWN.get(code, code)
    return str(name)[:1].upper() + str(name)[1:]


def rota(one: Rota) -> str:
    """``Interpreter, Spanish``."""
    name = gettext(ROTAS[one.kind])
    return f"{name}, {language(one.language)}" if one.language else name


def languages() -> list[tuple[str, str]]:
    """The languages that can be said, by their names."""
    return sorted(((code, language(code)) for code in rotas.LANGUAGES), key=lambda pair: pair[1].casefold())


def bulk_actions() -> list[tuple[str, str]]:
    """What can be done to many shifts."""
    return [(key, gettext(name)) for key, name in BULK.items()]


def rule(one: Rule) -> str:
    """``Every 2 weeks on Tuesday and Thursday, until 5 Mar 2027``."""
    said = _monthly(one) if one.freq == "MONTHLY" else _weekly(one)
    if one.count:
        said = gettext("%(rule)s, %(times)s", rule=said, times=ngettext("%(num)s time", "%(num)s times", one.count))
    if one.until:
        said = gettext("%(rule)s, until %(day)s", rule=said, day=_day(one.until))
    if one.left_out:
        said = gettext("%(rule)s; not on %(days)s", rule=said, days=_list(_day(day) for day in one.left_out))
    if one.added:
        said = gettext("%(rule)s; also on %(days)s", rule=said, days=_list(_day(day) for day in one.added))
    return said


def form(values: Mapping[str, str]) -> str:
    """The rule that a form's values say, in words; empty while they say none."""
    try:
        return rule(repeat.read(values, date.fromisoformat(str(values.get("day", "")))))
    except (Invalid, ValueError):
        return ""


def reason(text: str) -> str:
    """Why something is off: a holiday by its name here, a coordinator's own words as they are."""
    return words.holiday(text) if text in words.HOLIDAYS else gettext(text) if text else ""


def weekdays() -> list[tuple[str, str]]:
    """Monday to Sunday, for the form's boxes."""
    return [(str(day), gettext(name)) for day, name in enumerate(words.DAYS)]


def _weekly(one: Rule) -> str:
    if len(one.days) == 7 and one.interval == 1:
        return gettext("Every day")
    days = _list(_name(day) for _, day in one.days)
    if one.interval == 1:
        return gettext("Every %(days)s", days=days)
    return gettext("Every %(n)s weeks on %(days)s", n=one.interval, days=days)


def _monthly(one: Rule) -> str:
    days = _list(gettext(NTH[str(nth)], day=_name(day)) for nth, day in one.days)
    if one.interval == 1:
        return gettext("Every month on the %(days)s", days=days)
    return gettext("Every %(n)s months on the %(days)s", n=one.interval, days=days)


def _name(weekday: int) -> str:
    return str(get_day_names("wide", locale=str(get_locale() or "en"))[weekday])


def _day(day: date) -> str:
    return show_day(day, style="d MMM yyyy")


def _list(parts: Iterable[str]) -> str:
    return format_list(list(parts), locale=str(get_locale() or "en"))
