"""From the read model to what the page and its polling show."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import current_app, url_for
from flask_babel import get_locale, gettext

from fieldapp.coverage import words
from fieldapp.coverage.services.peek import Peek
from fieldapp.coverage.services.week import Cell, Row, Week
from fieldapp.coverage.services.windows import Window


def where(endpoint: str, **values: Any) -> str:
    """The address of another domain's page; empty where that page does not exist."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def pins(week: Week) -> list[dict[str, Any]]:
    """The map's pins: every place with a position."""
    return [_pin(row) for row in [*week.rows, *week.idle] if row.at]


def _pin(row: Row) -> dict[str, Any]:
    lat, lon = row.at or (0.0, 0.0)
    worst = row.worst
    glyph = (
        "alert"
        if row.alerts
        else {"gap": "gap", "wait": "wait", None: "none"}.get(worst.glyph if worst else None, "ok")
    )
    return {
        "id": row.place.id,
        "lat": lat,
        "lon": lon,
        "state": glyph,
        "missing": worst.open if worst and glyph == "gap" else 0,
        "name": row.place.name,
        "city": row.place.city,
        "says": words.pin(row),
        "href": _pin_href(row),
        "cell": _key(row, worst),
    }


def _pin_href(row: Row) -> str:
    if row.alerts:
        return where("alerts.one", alert_id=row.alerts[0].id)
    return url_for("places.page", place_id=row.place.id)


def _key(row: Row, worst: Window | None) -> str:
    return row.cells[worst.day, worst.half].key if worst else ""


def _cell(row: Row, cell: Cell) -> dict[str, Any]:
    return {
        "look": cell.look,
        "have": cell.confirmed,
        "needed": cell.needed,
        "claimed": cell.claimed,
        "open": cell.open,
        "says": words.sentence(row, cell, cell.worst.day),
    }


def live(week: Week) -> dict[str, Any]:
    """What polling brings: cells, pins, sums, and a mark of what the lists hold, so that rows never move by themselves."""
    risk = [f"{row.place.id}.{window.starts_at}.{window.code}" for row, window in week.risk]
    return {
        "cells": {cell.key: _cell(row, cell) for row in week.rows for cell in row.cells.values()},
        "pins": pins(week),
        "sums": {name: week.count(name) for name in ("confirmed", "claimed", "open", "needed")},
        "lists": mark([risk, [alert.id for alert in week.alerts]]),
        "urgent": bool(week.alerts),
    }


def mark(thing: Any) -> str:
    """A short digest, for ETags; the language is part of it."""
    text = json.dumps([str(get_locale()), thing], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def first(week: Week) -> str:
    """The cell that is looked at when nobody chose one: the first that cannot run; empty when all can."""
    if not week.risk:
        return ""
    row, window = week.risk[0]
    return row.cells[window.day, window.half].key


def facts(seen: Peek) -> dict[str, object]:
    """A peek as a title and facts: label, text, address."""
    found: list[dict[str, str]] = []
    zone = seen.place.zone
    for one in seen.shifts:
        hours = words.hours(one.shift.starts_at, one.shift.ends_at, zone)
        link = where("shifts.page", shift_id=one.shift.id)
        found += [
            {"label": gettext("On it"), "state": one.standing.glyph, "text": words.on_it(one.standing, one.names)},
            {"label": gettext("Needs"), "text": words.needs(one.shift)},
            {"label": gettext("Roster"), "text": hours, "href": link},
        ]
    if seen.before:
        found.append({"label": gettext("Came a week before"), "text": ", ".join(seen.before)})
    if not seen.shifts:
        add = where("shifts.new", place=seen.place.id, day=seen.day.isoformat())
        found.append({"label": gettext("Nobody can take it yet"), "text": gettext("Add a shift"), "href": add})
    weekly = url_for("coverage.needs_page", place_id=seen.place.id)
    found.append({"label": gettext("Every week"), "text": gettext("What this place needs"), "href": weekly})
    title = gettext(
        "%(place)s: %(day)s, %(half)s", place=seen.place.name, day=words.day(seen.day), half=words.half(seen.half)
    )
    return {"title": title, "facts": found}
