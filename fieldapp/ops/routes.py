"""What a supervisor asks: is the server there, and does its database answer."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from fieldapp.core.db import db
from fieldapp.web.gate import public

blueprint = Blueprint("ops", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """200 when a request can be served; says nothing else."""
    db.session.execute(text("SELECT 1"))
    return jsonify(ok=True)
