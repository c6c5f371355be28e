"""Devices: registered by the phone, revoked by a person."""

from __future__ import annotations

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.routes.base import blueprint, body
from fieldapp.accounts.services import device_keys, devices
from fieldapp.web.gate import actor, now


@blueprint.post("/api/v1/device")
def device() -> ResponseReturnValue:
    """Register keys ahead of use (docs/protocol.md 9)."""
    asked = body()
    made, keys = device_keys.register(actor(), asked.get("device"), asked.get("name"), asked.get("keys"), now())
    return jsonify(device=made, keys=keys)


@blueprint.post("/devices/<device_id>/revoke")
def device_revoke(device_id: str) -> ResponseReturnValue:
    """Take a device's right to write."""
    whose = devices.revoke(actor(), device_id, now())
    flash(gettext("That device may not write any more. What it still sends waits for a person to look at it."), "ok")
    if whose == actor().person_id:
        return redirect(url_for("accounts.me"))
    return redirect(request.referrer or url_for("accounts.me"))
