"""Who cannot be reached by push right now."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from fieldapp.accounts.services import chapters
from fieldapp.alerts.routes import blueprint
from fieldapp.alerts.services import unreached
from fieldapp.web.gate import actor, now


@blueprint.get("/alerts/reach")
def reach() -> ResponseReturnValue:
    """The people who answer alerts and cannot be reached, longest first."""
    zone = chapters.zone_of(actor().chapter_id)
    return render_template("alerts/reach.html", seen=unreached.overview(actor(), now()), zone=zone)
