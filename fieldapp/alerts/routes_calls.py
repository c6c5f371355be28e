"""A hotline call typed in at the desk; two alerts that are one, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.alerts import words
from fieldapp.alerts.routes import blueprint
from fieldapp.alerts.routes_response import _then
from fieldapp.alerts.services import calls, duplicates
from fieldapp.alerts.services.calls import Alike
from fieldapp.alerts.services.duplicates import Near, NotMerged
from fieldapp.alerts.services.raising import Closed
from fieldapp.core.clock import to_datetime
from fieldapp.core.errors import DomainError, Invalid
from fieldapp.core.ids import new_id
from fieldapp.web.gate import actor, now


@blueprint.get("/alerts/new")
def new() -> ResponseReturnValue:
    """The form for a call."""
    return _page({"id": new_id(), "mine": "yes"})


@blueprint.post("/alerts/new")
def take_call() -> ResponseReturnValue:
    """Raise it; or ask first whether it is one that is known."""
    form = request.form
    try:
        alert = calls.take(actor(), form, now())
    except Alike as error:
        return _page(form, said=error, found=error.found), HTTPStatus.CONFLICT
    except Invalid as error:
        return _page(form, error.fields, said=error), HTTPStatus.BAD_REQUEST
    except (NotMerged, Closed) as error:
        return _page(form, said=error), HTTPStatus.CONFLICT
    flash(gettext("Alert %(n)s stands on the board.", n=alert.number), "ok")
    return redirect(url_for("alerts.one", alert_id=alert.id), 303)


@blueprint.post("/alerts/<alert_id>/merge")
def merge(alert_id: str) -> ResponseReturnValue:
    """It is the same as another one (``into``)."""
    into = request.form.get("into", "")
    return _then(into, lambda who, at: duplicates.merge(who, alert_id, into, at), gettext("Told with it from now on."))


@blueprint.post("/alerts/<alert_id>/split")
def split(alert_id: str) -> ResponseReturnValue:
    """It was another one after all."""
    done = gettext("Told by itself again, at once.")
    return _then(alert_id, lambda who, at: duplicates.split(who, alert_id, at), done)


def _page(
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    said: DomainError | None = None,
    found: Sequence[Near] = (),
) -> str:
    own = calls.chapters_of(actor())
    home = next((one for one in own if one.id == actor().chapter_id), own[0])
    clock = to_datetime(now(), home.zone)
    return render_template(
        "alerts/new.html",
        values=values,
        errors=errors or {},
        said=said,
        found=found,
        chapters=[(one.id, one.name) for one in own],
        home=home,
        places=[(one.id, ", ".join(filter(None, (one.name, one.city)))) for one in calls.places(actor())],
        seen=f"{clock.hour:02d}:{clock.minute:02d}",
        what=words.WHAT,
        now=now(),
        zone=home.zone,
    )
