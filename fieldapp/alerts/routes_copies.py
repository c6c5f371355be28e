"""The signed copies of what was sent, for phones that check a message."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from fieldapp.alerts.routes import blueprint
from fieldapp.alerts.services.copies import recent
from fieldapp.web.gate import actor, now


@blueprint.get("/api/v1/broadcasts")
def copies() -> ResponseReturnValue:
    """What the actor may have been sent, each with the server's signature (docs/protocol.md 16)."""
    return jsonify(copies=recent(actor(), now()), now=now())
