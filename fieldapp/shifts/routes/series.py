"""The weekly series."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.core.errors import Invalid
from fieldapp.shifts.routes import preview
from fieldapp.shifts.routes.base import blueprint
from fieldapp.shifts.services import series
from fieldapp.web.gate import actor, now


@blueprint.get("/series")
def all_series() -> ResponseReturnValue:
    """The weekly series, and what suspends them."""
    return render_template("shifts/series.html", lines=series.lines(actor(), now()), errors={}, ending=None)


@blueprint.post("/series/<series_id>/end")
def end_series(series_id: str) -> ResponseReturnValue:
    """End a series after a day."""
    try:
        report = series.end(actor(), series_id, request.form.get("until", ""), now(), preview.said())
    except Invalid as error:
        shown = {"lines": series.lines(actor(), now()), "errors": error.fields, "ending": series_id}
        return render_template("shifts/series.html", **shown), error.status
    if not report.done:
        return preview.shown(
            report, url_for("shifts.all_series"), gettext("End the series"), gettext("End it and tell them")
        )
    flash(gettext("The series ends. Later shifts are cancelled."), "ok")
    return redirect(url_for("shifts.all_series"))
