"""Checking in by oneself."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.core.errors import DomainError
from fieldapp.training.routes.base import blueprint
from fieldapp.training.services import checkin, courses
from fieldapp.web.gate import actor, now
from fieldapp.web.ratelimit import limiter


@blueprint.get("/here")
def here() -> ResponseReturnValue:
    """The page that the QR leads to: it sends the code by itself; or type it."""
    return render_template("training/here.html", error=None, session=None)


@blueprint.post("/here")
@limiter.limit("20 per minute")
def arrive() -> ResponseReturnValue:
    """Check oneself in."""
    try:
        found = checkin.arrive(actor(), request.form.get("code", ""), now())
    except DomainError as error:
        return render_template("training/here.html", error=error, session=None), error.status
    return render_template(
        "training/here.html", error=None, session=found, course=courses.find(actor(), found.course_id)
    )
