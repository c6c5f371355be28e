"""One's own quiet hours: when messages wait. Alerts never do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import chapters
from fieldapp.alerts.routes import blueprint
from fieldapp.alerts.services import choices, nudges
from fieldapp.core.errors import Invalid
from fieldapp.shifts.services.plan import minutes
from fieldapp.web.gate import actor, now


@blueprint.get("/me/quiet-hours")
def quiet_page() -> ResponseReturnValue:
    """The form."""
    return _page(None, {}), 200


@blueprint.post("/me/quiet-hours")
def quiet() -> ResponseReturnValue:
    """Keep them."""
    form = request.form
    start, end = minutes(form.get("start", "")), minutes(form.get("end", ""))
    try:
        nudges.choose_hours(actor(), start, end, form.get("urgent") == "yes")
        choices.choose(actor(), {name: form.get(f"ask-{name}") == "yes" for name in choices.NAMES})
    except Invalid as error:
        return _page(form, error.fields), error.status
    flash(gettext("Kept. Messages wait until then; alerts never do."), "ok")
    return redirect(url_for("alerts.quiet_page"))


@blueprint.get("/api/v1/quiet-hours")
def quiet_api() -> ResponseReturnValue:
    """For the phone."""
    return _as_json(nudges.hours_of(actor().person_id), choices.of(actor().person_id))


@blueprint.put("/api/v1/quiet-hours")
def quiet_api_put() -> ResponseReturnValue:
    """For the phone: keep them."""
    body = request.get_json(silent=True)
    said = body if isinstance(body, dict) else {}
    start, end = minutes(str(said.get("start", ""))), minutes(str(said.get("end", "")))
    kept = nudges.choose_hours(actor(), start, end, said.get("urgent") is True)
    asks = said.get("asks")
    if not isinstance(asks, dict):  # an app from before there were choices
        return _as_json(kept, choices.of(actor().person_id))
    return _as_json(kept, choices.choose(actor(), {name: asks.get(name) is True for name in choices.NAMES}))


def _as_json(hours: nudges.Hours, chosen: choices.Choices) -> ResponseReturnValue:
    return jsonify(start=_clock(hours.start), end=_clock(hours.end), urgent=hours.urgent, asks=asdict(chosen))


def _page(values: Mapping[str, str] | None, errors: dict[str, str]) -> str:
    kept = nudges.hours_of(actor().person_id)
    own = {"start": _clock(kept.start), "end": _clock(kept.end), "urgent": "yes" if kept.urgent else ""}
    own |= {f"ask-{name}": "yes" for name, wanted in asdict(choices.of(actor().person_id)).items() if wanted}
    zone = chapters.zone_of(actor().chapter_id)
    return render_template("alerts/quiet.html", values=values or own, errors=errors, zone=zone, now=now())


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
