"""A sighting that a partner organisation reports, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import partners
from fieldapp.alerts import words
from fieldapp.alerts.routes import blueprint
from fieldapp.alerts.services import sightings
from fieldapp.core.clock import to_datetime
from fieldapp.core.errors import Invalid
from fieldapp.core.ids import new_id
from fieldapp.shifts.services import partner_forms
from fieldapp.web.gate import actor, for_partners, now


@blueprint.get("/ask/sighting")
@for_partners
def sighting() -> ResponseReturnValue:
    """The form, and what became of the last day's."""
    return _page({"id": new_id()}, {})


@blueprint.post("/ask/sighting")
@for_partners
def report_sighting() -> ResponseReturnValue:
    """Raise it."""
    try:
        sightings.report(actor(), request.form, now())
    except Invalid as error:
        return _page(request.form, error.fields, error), HTTPStatus.BAD_REQUEST
    flash(gettext("Received. The chapter's dispatchers are told now; what becomes of it stands here."), "ok")
    return redirect(url_for("alerts.sighting"), 303)


def _page(values: Mapping[str, str], errors: Mapping[str, str], said: Invalid | None = None) -> str:
    partner, chapter = partners.own(actor())
    clock = to_datetime(now(), chapter.zone)
    return render_template(
        "alerts/sighting.html",
        partner=partner,
        chapter=chapter,
        values=values,
        errors=errors,
        said=said,
        lines=sightings.lately(actor(), now()),
        places=[(one.id, ", ".join(filter(None, (one.name, one.city)))) for one in partner_forms.places_of(chapter)],
        seen=f"{clock.hour:02d}:{clock.minute:02d}",
        what=words.WHAT,
        results=words.RESULTS,
        now=now(),
    )
