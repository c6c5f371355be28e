"""Links for partners: made, looked at and ended on the desk; fetched by whoever holds one."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import chapters
from fieldapp.core.errors import Invalid
from fieldapp.coverage import policy
from fieldapp.coverage.routes import blueprint
from fieldapp.coverage.services import partners
from fieldapp.web.gate import actor, now, public
from fieldapp.web.ratelimit import limiter

KIND = "application/geo+json"


def _page(status: int = 200, **more: Any) -> ResponseReturnValue:
    shown = {
        "links": partners.links(actor(), now()),
        "chapters": [(c.id, c.name) for c in chapters.tree(actor(), *policy.WATCHERS)],
        "zone": chapters.zone_of(actor().chapter_id),
        "values": request.values,
        "errors": {},
        **more,
    }
    return render_template("coverage/partners.html", **shown), status


@blueprint.get("/partners")
def links() -> ResponseReturnValue:
    """The links that are open, the form for another, and, asked for, exactly what it would give."""
    if "preview" not in request.args:
        return _page()
    try:
        terms = partners.check(actor(), request.args, now())
    except Invalid as error:
        return _page(422, errors=error.fields)
    given = partners.give(terms, now())
    return _page(given=given, cells=list(partners.cells(given)), text=_text(given), terms=terms)


@blueprint.post("/partners")
def link_make() -> ResponseReturnValue:
    """Make a link; it is shown on this answer and never again."""
    try:
        made = partners.make(actor(), request.form, now())
    except Invalid as error:
        return _page(422, errors=error.fields)
    origin = current_app.config["SETTINGS"].origin
    return _page(made=origin + url_for("coverage.shared", token=made.token), label=made.link.label, values={})


@blueprint.post("/partners/<link_id>/end")
def link_end(link_id: str) -> ResponseReturnValue:
    """End a link."""
    partners.end(actor(), link_id, now())
    flash(gettext("The link is ended. Whoever holds it gets nothing any more."), "ok")
    return redirect(url_for("coverage.links"))


@blueprint.get("/shared/<token>.geojson")
@public
@limiter.limit("30 per minute")
def shared(token: str) -> ResponseReturnValue:
    """What a link gives. No other origin's page may read it; a program may."""
    found = partners.by_token(token, now())
    answer: Response = make_response(_text(partners.give(partners.terms_of(found), now())))
    answer.mimetype = KIND
    answer.add_etag()
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Disposition"] = 'inline; filename="coverage.geojson"'
    return answer.make_conditional(request)


def _text(given: dict[str, Any]) -> str:
    return json.dumps(given, separators=(",", ":"))
