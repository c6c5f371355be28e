"""Days off and closures."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.core.errors import Invalid
from fieldapp.shifts.routes import preview
from fieldapp.shifts.routes.base import blueprint
from fieldapp.shifts.services import closures
from fieldapp.web.gate import actor, now


@blueprint.get("/closures")
def all_closures() -> ResponseReturnValue:
    """What is closed, days off, and federal holidays."""
    return _page({"place_id": request.args.get("place", "")}, {}, 200)


def _page(values: Mapping[str, str], errors: dict[str, str], status: int) -> ResponseReturnValue:
    page = closures.page(actor(), now())
    return render_template("shifts/closures.html", page=page, values=values, errors=errors), status


@blueprint.post("/closures")
def add_closure() -> ResponseReturnValue:
    """Close a place for some days, or name a day off."""
    try:
        report = closures.add(actor(), request.form, now(), preview.said())
    except Invalid as error:
        return _page(request.form, error.fields, error.status)
    if not report.done:
        return preview.shown(report, _home(), gettext("Close these days"), gettext("Close and tell them"))
    flash(gettext("Noted. Series make no shifts on these days."), "ok")
    return redirect(_home())


@blueprint.post("/closures/<closure_id>/remove")
def remove_closure(closure_id: str) -> ResponseReturnValue:
    """Take a closure away."""
    report = closures.remove(actor(), closure_id, now(), preview.said())
    if not report.done:
        return preview.shown(report, _home(), gettext("Open these days again"), gettext("Open and tell them"))
    flash(gettext("These days are open again."), "ok")
    return redirect(_home())


@blueprint.post("/closures/holiday")
def work_holiday() -> ResponseReturnValue:
    """Go out on a federal holiday, or keep it."""
    out = request.form.get("out") == "1"
    report = closures.work(actor(), request.form.get("name", ""), out, now(), preview.said())
    if not report.done:
        return preview.shown(report, _home(), gettext("Keep this holiday"), gettext("Keep it and tell them"))
    flash(gettext("Noted: you go out on it.") if out else gettext("Noted: series are suspended on it."), "ok")
    return redirect(_home())


def _home() -> str:
    return url_for("shifts.all_closures")
