"""English and Spanish: the person's choice, else the browser's; dates in a place's own zone, always saying which."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from flask import Flask, request, session
from flask_babel import Babel, get_locale

from fieldapp.core.clock import to_datetime
from fieldapp.web.gate import maybe_actor

LANGUAGES = ("en", "es")
babel = Babel()


def choose() -> str:
    """The language of this request."""
    asked = request.args.get("lang") or session.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    actor = maybe_actor()
    if actor and actor.lang in LANGUAGES:
        return actor.lang
    return request.accept_languages.best_match(LANGUAGES) or "en"


def _locale() -> str:
    return str(get_locale() or "en")


def zone_name(zone: str, at: int | None = None) -> str:
    """A readable name of a zone at a moment, such as ``New York (EST)``."""
    moment = to_datetime(at, zone) if at is not None else datetime.now(ZoneInfo(zone))
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{city} ({get_timezone_name(moment, width='short', locale='en_US')})"


def show_day(value: int | date, zone: str = "UTC", style: str = "EEE d MMM") -> str:
    """A local day, such as ``Mon 23 Nov``; ``value`` is ms UTC or a date."""
    day = value if isinstance(value, date) else to_datetime(value, zone).date()
    locale = _locale()
    if locale.startswith("es"):  # lunes 23 de noviembre de 2026; short months stand as they are
        style = style.replace("MMMM yyyy", "MMMM 'de' yyyy").replace("d MMMM", "d 'de' MMMM")
    return format_date(day, style, locale=locale)


def show_time(value: int, zone: str, style: str = "HH:mm") -> str:
    """A local wall-clock time, such as ``13:05``; ``style`` as CLDR has it, such as ``H:mm:ss``."""
    return format_time(to_datetime(value, zone), style, locale=_locale(), tzinfo=ZoneInfo(zone))


def show_moment(value: int, zone: str) -> str:
    """A local day and time."""
    return f"{show_day(value, zone)}, {show_time(value, zone)}"


def init_app(app: Flask) -> None:
    """Attach Babel and the filters."""
    babel.init_app(app, locale_selector=choose)
    app.jinja_env.filters.update(day=show_day, clock=show_time, moment=show_moment)
    app.jinja_env.globals.update(zone_name=zone_name, locale=_locale)
