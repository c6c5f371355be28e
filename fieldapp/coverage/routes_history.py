"""The desk's page of what was."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.accounts.services import chapters
from fieldapp.core.clock import to_datetime
from fieldapp.coverage import charts, policy
from fieldapp.coverage.routes import blueprint
from fieldapp.coverage.services import counting, history
from fieldapp.web.gate import actor, now


@blueprint.get("/history")
def past() -> ResponseReturnValue:
    """Seats, shifts, who came and how early, for a period."""
    asked = request.args.get
    zone = chapters.zone_of(actor().chapter_id)
    span = history.span(asked("span", ""), asked("from", ""), asked("until", ""), to_datetime(now(), zone).date())
    found = history.read(actor(), span, asked("chapter", ""), asked("place", ""))
    return render_template(
        "coverage/history.html",
        found=found,
        charts=charts,
        chapters=[(c.id, c.name) for c in chapters.tree(actor(), *policy.WATCHERS)],
        counted=counting.through(),
        small=history.SMALL,
        zone=zone,
    )
