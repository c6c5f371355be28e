"""What a phone fetches to show who has been trained."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from fieldapp.training.routes.base import api
from fieldapp.training.services import shown
from fieldapp.web.gate import actor, now


@api.get("/certificate")
def certificate() -> ResponseReturnValue:
    """One's own certificate, signed, good for three days (docs/protocol.md 15)."""
    return jsonify(shown.certificate(actor(), now()))
