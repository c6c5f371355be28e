"""A suggested plan: looked at, ticked and sent by a coordinator."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from fieldapp.accounts.services import chapters
from fieldapp.core.actor import COORDINATOR
from fieldapp.core.clock import to_datetime
from fieldapp.coverage.routes import blueprint
from fieldapp.coverage.services import suggesting
from fieldapp.web.gate import actor, now


@blueprint.get("/plan")
def plan() -> ResponseReturnValue:
    """Whom to ask for the shifts that cannot run. Nothing is sent by looking."""
    zone = chapters.zone_of(actor().chapter_id)
    asked = suggesting.wanted(request.args, to_datetime(now(), zone).date())
    found = suggesting.suggest(actor(), asked, now())
    own = [(c.id, c.name) for c in chapters.tree(actor(), COORDINATOR)]
    return render_template("coverage/plan.html", found=found, asked=asked, chapters=own, zone=zone)


@blueprint.post("/plan")
def plan_send() -> ResponseReturnValue:
    """Ask those who were ticked."""
    asked, not_asked = suggesting.send(actor(), request.form.getlist("ask"), now())
    said = ngettext("%(num)s person was asked.", "%(num)s people were asked.", asked)
    if not_asked:
        said += " " + ngettext(
            "%(num)s could not be asked any more: the shift or they have changed since.",
            "%(num)s could not be asked any more: the shifts or they have changed since.",
            not_asked,
        )
    flash(said if asked or not_asked else gettext("Nobody was ticked, so nobody was asked."), "ok" if asked else "")
    keep: dict[str, Any] = {
        name: request.form[name] for name in ("from", "days", "each", "whole", "chapter") if request.form.get(name)
    }
    return redirect(url_for("coverage.plan", **keep))
