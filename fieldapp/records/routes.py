"""The door for records."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnsupportedMediaType

from fieldapp.core.protocol import MAX_BATCH_BYTES, VERSION
from fieldapp.records.envelope import read_request
from fieldapp.records.headers import protocol_headers
from fieldapp.records.services.accept import accept
from fieldapp.web.gate import no_csrf, now, public

blueprint = Blueprint("records", __name__)


@blueprint.post("/api/v1/sync")
@public
@no_csrf
def sync() -> ResponseReturnValue:
    """Take 1 to 100 records and answer each (docs/protocol.md 3). The signature is the authority."""
    results = accept(read_request(_json_body()), now())
    answer: Response = jsonify(v=VERSION, results=[one.wire for one in results])
    return protocol_headers(answer, now())


def _json_body() -> bytes:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType()
    request.max_content_length = MAX_BATCH_BYTES
    return request.get_data(cache=False)
