"""The dispatch box: reading keys of devices, boxes of a day, what is sealed about an alert (docs/protocol.md 8.2, 11.1)."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from fieldapp.alerts.models import DispatchGrant
from fieldapp.alerts.routes import blueprint
from fieldapp.alerts.services import details, dispatch
from fieldapp.core.canonical import b64u
from fieldapp.web.gate import actor, no_csrf, now, public
from fieldapp.web.ratelimit import limiter

KEY_MOST = 8 * 1024  # bytes of a request with one public key


def _json() -> Any:
    """The request's JSON; None for what is none, or is nested too deep to be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


@blueprint.put("/api/v1/dispatch/reader")
def put_reader() -> ResponseReturnValue:
    """Keep this device's public reading key."""
    request.max_content_length = KEY_MOST
    dispatch.read_with(actor(), _json(), now())
    return jsonify(ok=True)


@blueprint.get("/api/v1/dispatch")
def dispatch_duties() -> ResponseReturnValue:
    """What a coordinator's browser has to do for the day's box."""
    found = dispatch.duties(actor(), now())
    return jsonify(
        chapter=found.chapter,
        due=found.due,
        readers=_readers(found.readers),
        boxes=[
            {
                "id": one.box.id,
                "chapter": one.box.chapter_id,
                "manifest": {"text": one.box.text, "sig": one.box.sig},
                "own": [_grant(grant) for grant in one.own],
                "missing": _readers(one.missing),
            }
            for one in found.boxes
        ],
    )


@blueprint.post("/api/v1/dispatch/boxes")
def make_dispatch_box() -> ResponseReturnValue:
    """Today's box of a chapter, and its key sealed to those who may need it."""
    return jsonify(box=dispatch.make(actor(), _json(), now())), 201


@blueprint.post("/api/v1/dispatch/boxes/<box_id>/grants")
def grant_dispatch_box(box_id: str) -> ResponseReturnValue:
    """A box's key, sealed to more devices."""
    dispatch.grant(actor(), box_id, _json(), now())
    return jsonify(box=box_id), 201


@blueprint.post("/api/v1/notice/details")
@public
@no_csrf
@limiter.limit("600 per minute")  # a whole courthouse may share one address
def notice_details() -> ResponseReturnValue:
    """What is sealed about an alert, for the device key that was told of it; to the raiser's, the box to seal to."""
    return jsonify(details.answer(_json(), now()))


@blueprint.get("/alerts/<alert_id>/details")
def alert_details(alert_id: str) -> ResponseReturnValue:
    """What is sealed about an alert, for coordinators signed in."""
    return jsonify(details.shown(details.for_desk(actor(), alert_id, now())))


def _readers(found: list[dispatch.Reader]) -> list[dict[str, str]]:
    return [{"device": device, "recipient": recipient} for device, recipient in found]


def _grant(one: DispatchGrant) -> dict[str, str]:
    return {"device": one.device_id, "sealed": b64u(one.sealed)}
