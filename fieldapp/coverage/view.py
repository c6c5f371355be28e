"""From the read model to what the page and its polling show."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cached_property
from typing import Any

from flask import current_app, url_for
from flask_babel import get_locale, gettext

from fieldapp.core.clock import to_datetime
from fieldapp.coverage import words
from fieldapp.coverage.services.peek import Peek
from fieldapp.coverage.services.week import Cell, Row, Week, beside, span_of
from fieldapp.coverage.services.windows import Window


def where(endpoint: str, **values: Any) -> str:
    """The address of another domain's page; empty where that page does not exist."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


class Links:
    """Addresses of this page with what is chosen kept, one thing changed."""

    def __init__(self, week: Week, table: bool) -> None:
        self._week = week
        wish = week.wish
        self._kept = {
            "chapter": wish.chapter or None,
            "kind": wish.kind or None,
            "state": wish.state or None,
            "q": wish.words or None,
            "view": "table" if table else None,
        }

    def period(self, kind: str = "", first: date | None = None) -> dict[str, Any]:
        """The arguments of a period: this one, or one of ``kind`` from ``first`` on."""
        span = self._week.span
        kind, first = kind or span.kind, first or span.first
        if kind == "month":
            return {"month": f"{first:%Y-%m}"}
        if kind == "custom":
            return {"from": first.isoformat(), "to": (first + (span.last - span.first)).isoformat()}
        return {kind: first.isoformat()}

    def page(self, endpoint: str = "coverage.index", **change: Any) -> str:
        """The same period and filters with some changed; from page 1."""
        return url_for(endpoint, **{**self.period(), **self._kept, **change})

    def same(self, endpoint: str) -> str:
        """The same page of the same list."""
        return self.page(endpoint, page=self._week.wish.page if self._week.wish.page > 1 else None)

    @cached_property
    def _new(self) -> str:
        return where("shifts.new")

    @cached_property
    def _here(self) -> str:
        found = self.same("coverage.index")
        return found + ("&" if "?" in found else "?")

    def free(self, place_id: str, day: date, half: str) -> str:
        """The form of a shift on a free half day."""
        hours = "start=8:30&end=12:30" if half == "am" else "start=13:00&end=17:00"
        return f"{self._new}?place={place_id}&day={day.isoformat()}&{hours}"

    def cell(self, key: str) -> str:
        """This page with a half day looked at."""
        return f"{self._here}cell={key}#peek"

    def other(self, kind: str) -> str:
        """The day, week or month that holds today where this period does, else its first day."""
        span, today = self._week.span, self._week.today
        day = today if span.first <= today <= span.last else span.first
        return url_for("coverage.index", **{**self.period(kind, span_of(kind, day).first), **self._kept})

    def beside(self, by: int) -> str:
        """The period before (-1) or after (1)."""
        return url_for("coverage.index", **{**self.period("", beside(self._week.span, by)), **self._kept})

    def week_at(self, monday: date, place: str) -> str:
        """One place's week, from its column in a longer period."""
        given: dict[str, Any] = {**self._kept, "week": monday.isoformat(), "q": place, "view": None}
        return url_for("coverage.index", **given)

    def add(self, row: Row, window: Window) -> str:
        """The form of a shift that fills the worst stretch of a window."""
        starts_at, ends_at = window.gap
        zone = row.place.zone
        start, end = to_datetime(starts_at, zone), to_datetime(ends_at, zone)
        given = {"place": row.place.id, "day": window.day.isoformat(), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
        numbers = {"minimum": window.minimum, "seats": window.needed, "course": window.course_id or None}
        return where("shifts.new", **given, **numbers)


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
    """What polling brings: this page's cells, sums, and a mark of what the lists hold, so that rows never move by themselves."""
    risk = [f"{row.place.id}.{window.starts_at}.{window.code}" for row, window in week.risk]
    return {
        "cells": {}
        if week.span.by_weeks
        else {cell.key: _cell(row, cell) for row in week.rows for cell in row.cells.values()},
        "sums": week.sums,
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
    return f"{row.place.id}.{window.day.isoformat()}.{window.half}"


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
    for window in seen.partly:
        text = words.stretches(window, zone)
        found.append({"label": gettext("Only a part"), "state": "gap", "text": text})
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
