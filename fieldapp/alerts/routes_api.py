"""What devices call: the notice door, the notice page, push subscriptions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.alerts.routes import blueprint
from fieldapp.alerts.services import notices, proof, subscriptions
from fieldapp.config import Settings
from fieldapp.core.errors import Invalid
from fieldapp.web.gate import actor, no_csrf, now, public
from fieldapp.web.ratelimit import limiter

SHOWN_MOST = 200  # bytes of what a browser says when it shows a push


def _json() -> Any:
    """The request's JSON; None for what is none, or is nested too deep to be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


@blueprint.post("/api/v1/notice")
@public
@no_csrf
@limiter.limit("600 per minute")  # a whole courthouse may share one address
def notice_door() -> ResponseReturnValue:
    """One notice, for the device key that it was sent to (docs/protocol.md 11)."""
    return jsonify(notices.open_notice(_json(), now()))


@blueprint.get("/notice")
@public
def notice_page() -> ResponseReturnValue:
    """The page that a push opens: the same for everybody, kept by the phone; which notice is in the fragment."""
    response = make_response(render_template("alerts/notice.html"))
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.put("/api/v1/push")
def put_push() -> ResponseReturnValue:
    """Keep this device's push subscription."""
    subscriptions.put(actor(), _json(), _settings().push_hosts, now())
    return jsonify(ok=True)


@blueprint.delete("/api/v1/push")
def delete_push() -> ResponseReturnValue:
    """Push nothing more to this device."""
    body = _json()
    if not isinstance(body, dict) or not isinstance(body.get("device"), str):
        raise Invalid()
    subscriptions.remove(actor(), body["device"], now())
    return jsonify(ok=True)


@blueprint.get("/api/v1/push")
def own_push() -> ResponseReturnValue:
    """What the server knows of the actor's own subscriptions, and when each last said that it shows a push."""
    return jsonify(devices=[asdict(one) for one in proof.own(actor())], now=now())


@blueprint.post("/api/v1/push/test")
@limiter.limit("10 per minute")
def test_push() -> ResponseReturnValue:
    """Send a test to the actor's own device."""
    body = _json()
    if not isinstance(body, dict) or not isinstance(body.get("device"), str):
        raise Invalid()
    proof.test(actor(), body["device"], now())
    return jsonify(ok=True)


@blueprint.post("/api/v1/push/shown")
@public
@no_csrf
@limiter.limit("600 per minute")  # a broadcast shows on many phones behind one address
def push_shown() -> ResponseReturnValue:
    """A browser shows a push (docs/protocol.md 12): the same answer whatever it says."""
    if 0 < (request.content_length or 0) <= SHOWN_MOST:
        proof.shown(_json(), now())
    return jsonify(ok=True)
