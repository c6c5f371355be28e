"""The desk's page of coverage."""

from __future__ import annotations

import re
from datetime import date

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.accounts.services import chapters
from fieldapp.core.clock import to_datetime
from fieldapp.core.errors import NotFound
from fieldapp.coverage import mapdata, policy, view
from fieldapp.coverage.services import peek, week
from fieldapp.web.gate import actor, now

blueprint = Blueprint("coverage", __name__, url_prefix="/coverage")
_MONTH = re.compile(r"\A(\d{4})-(\d{2})\Z")


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _span(zone: str) -> week.Span:
    """The period asked for: ``from`` and ``to``, ``day``, ``month`` (2026-11) or ``week``; else this week on the chapter's clocks."""
    asked = request.args.get
    today = to_datetime(now(), zone).date()
    if (first := _date(asked("from", ""))) is not None:
        return week.span_of("custom", first, _date(asked("to", "")) or first)
    if (day := _date(asked("day", ""))) is not None:
        return week.span_of("day", day)
    if _MONTH.match(asked("month", "")) and (first := _date(asked("month", "") + "-01")) is not None:
        return week.span_of("month", first)
    return week.span_of("week", _date(asked("week", "")) or today)


def _wish() -> week.Wish:
    asked = request.args.get
    state = asked("state", "")
    return week.Wish(
        asked("chapter", ""),
        asked("kind", ""),
        state if state in week.STATES else "",
        asked("q", "")[:80],
        request.args.get("page", default=1, type=int),
    )


def _week(*, as_table: bool = False) -> week.Week:
    zone = chapters.get(actor(), actor().chapter_id).zone
    return week.read(actor(), _span(zone), zone, now(), _wish(), as_table=as_table)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The period as map, grid and list of what cannot run; or as one table."""
    table = request.args.get("view") == "table"
    found = _week(as_table=table)
    live = view.live(found)
    cell = request.args.get("cell", "") or view.first(found)
    return render_template(
        "coverage/index.html",
        week=found,
        live=live,
        etag=f'"{view.mark(live)}"',
        table=table,
        chapters=[(c.id, c.name) for c in chapters.tree(actor(), *policy.WATCHERS)],
        chosen=view.facts(_peek(cell)) if cell else None,
        cell=cell,
        moment=now(),
        where=view.where,
        to=view.Links(found, table),
    )


def _peek(key: str) -> peek.Peek:
    place_id, _, rest = key.partition(".")
    day, _, half = rest.partition(".")
    try:
        return peek.look(actor(), place_id, date.fromisoformat(day), half)
    except (ValueError, OverflowError):
        raise NotFound() from None


@blueprint.get("/live")
def live() -> ResponseReturnValue:
    """What polling brings; 304 while nothing changed."""
    found = view.live(_week(as_table=request.args.get("view") == "table"))
    answer: Response = jsonify(found)
    answer.set_etag(view.mark(found))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@blueprint.get("/map")
def map_data() -> ResponseReturnValue:
    """Every place of the period as the map draws it; 304 while nothing changed. Gzipped where the browser takes it."""
    found = _week()
    packed = mapdata.packed(found)
    squeezed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = Response(packed.gzipped if squeezed else packed.text, mimetype="application/json")
    if squeezed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding, Cookie"
    answer.set_etag(packed.tag, weak=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@blueprint.get("/peek/<key>")
def look(key: str) -> ResponseReturnValue:
    """One half day at one place, as facts that the page writes under the grid."""
    return jsonify(view.facts(_peek(key)))
