"""What this domain's views share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from fieldapp.core import canonical
from fieldapp.core.errors import Invalid

blueprint = Blueprint("records", __name__)


def json_object() -> dict[str, Any]:
    """The request's JSON object, by the protocol's strict rules. Raises CanonicalError, Invalid."""
    said = canonical.loads(request.get_data(as_text=True) or "{}")
    if not isinstance(said, dict):
        raise Invalid()
    return said
