"""Afterwards: what became of the alerts of a period, with times against targets, and the same as a file."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.accounts.services import chapters
from fieldapp.alerts import words
from fieldapp.alerts.routes import blueprint
from fieldapp.alerts.services import after
from fieldapp.shifts.sheets import text
from fieldapp.web.gate import actor, now


@blueprint.get("/alerts/past")
def past() -> ResponseReturnValue:
    """What ended lately: outcomes, and how long each step took."""
    found = after.period(actor(), request.args.get("days", 0, type=int), now())
    return render_template(
        "alerts/past.html",
        found=found,
        periods=after.PERIODS,
        zone=chapters.zone_of(actor().chapter_id),
        now=now(),
        what=words.WHAT,
        outcomes=words.OUTCOMES,
        steps=words.STEPS,
    )


@blueprint.get("/alerts/past.csv")
def past_file() -> ResponseReturnValue:
    """The same for a spreadsheet: no place, nobody named."""
    found = after.period(actor(), request.args.get("days", 0, type=int), now())
    made = Response(text.write(after.COLUMNS, after.table(found)), mimetype="text/csv")
    made.headers["Content-Disposition"] = 'attachment; filename="alerts.csv"'
    return made
