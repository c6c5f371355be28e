"""Form definitions by their hash: readable for ever (docs/protocol.md 6)."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from fieldapp.core.canonical import dumps
from fieldapp.core.errors import NotFound
from fieldapp.observations import catalogue
from fieldapp.web.gate import public

blueprint = Blueprint("observations", __name__)


@blueprint.get("/api/v1/forms/<digest>")
@public
def form(digest: str) -> ResponseReturnValue:
    """The canonical text of a definition; it says nothing of anybody and never changes."""
    found = catalogue.definition_by_hash(digest)
    if found is None:
        raise NotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(dumps(found), content_type="application/json", headers=headers)
