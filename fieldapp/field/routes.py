"""The field app's page and the snapshot."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from fieldapp.web.gate import public

blueprint = Blueprint("field", __name__)


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """The page that carries the field app."""
    return "Fieldapp"
