"""The desk's page of coverage."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.accounts.services import chapters
from fieldapp.core.clock import to_datetime
from fieldapp.core.errors import NotFound
from fieldapp.coverage import policy, view
from fieldapp.coverage.services import peek, week
from fieldapp.web.gate import actor, now

blueprint = Blueprint("coverage", __name__, url_prefix="/coverage")


def _monday(zone: str) -> date:
    """The Monday of the week asked for, else of this week on the chapter's clocks."""
    try:
        asked = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        asked = date.min
    if not 2000 <= asked.year <= 2200:
        asked = to_datetime(now(), zone).date()
    return asked - timedelta(days=asked.weekday())


def _week() -> week.Week:
    zone = chapters.get(actor(), actor().chapter_id).zone
    return week.read(actor(), _monday(zone), zone, now(), request.args.get("chapter", ""))


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The week as map, grid and list of what cannot run; or as one table."""
    found = _week()
    live = view.live(found)
    cell = request.args.get("cell", "") or view.first(found)
    return render_template(
        "coverage/index.html",
        week=found,
        live=live,
        etag=f'"{view.mark(live)}"',
        table=request.args.get("view") == "table",
        chapters=[(c.id, c.name) for c in chapters.tree(actor(), *policy.WATCHERS)],
        chosen=view.facts(_peek(cell)) if cell else None,
        cell=cell,
        moment=now(),
        where=view.where,
    )


def _peek(key: str) -> peek.Peek:
    place_id, _, rest = key.partition(".")
    day, _, half = rest.partition(".")
    try:
        return peek.look(actor(), place_id, date.fromisoformat(day), half)
    except ValueError:
        raise NotFound() from None


@blueprint.get("/live")
def live() -> ResponseReturnValue:
    """What polling brings; 304 while nothing changed."""
    found = view.live(_week())
    answer: Response = jsonify(found)
    answer.set_etag(view.mark(found))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@blueprint.get("/peek/<key>")
def look(key: str) -> ResponseReturnValue:
    """One half day at one place, as facts that the page writes under the grid."""
    return jsonify(view.facts(_peek(key)))
