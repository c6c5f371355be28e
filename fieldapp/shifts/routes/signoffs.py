"""Those who shadowed a shift, for its lead."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.core.errors import Invalid
from fieldapp.shifts.routes.base import blueprint
from fieldapp.shifts.services import signoffs
from fieldapp.web.gate import actor, now


@blueprint.get("/<shift_id>/shadows")
def shadows(shift_id: str) -> ResponseReturnValue:
    """Who shadowed, and what was said of each."""
    return _page(shift_id, {}, 200)


def _page(shift_id: str, errors: dict[str, str], status: int) -> ResponseReturnValue:
    page = render_template(
        "shifts/shadows.html", page=signoffs.see(actor(), shift_id, now()), codes=signoffs.CODES, errors=errors
    )
    return page, status


@blueprint.post("/<shift_id>/shadows")
def sign_off(shift_id: str) -> ResponseReturnValue:
    """Sign somebody off, or say what to work on."""
    form = request.form
    person = form.get("person_id", "")
    try:
        signoffs.sign(actor(), shift_id, person, form.get("result", ""), form.getlist("codes"), now())
    except Invalid as error:
        return _page(shift_id, {person: error.fields.get("codes", "")}, error.status)
    flash(gettext("Kept. You may change it."), "ok")
    return redirect(url_for("shifts.shadows", shift_id=shift_id))
