"""The one door in."""

from __future__ import annotations

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnsupportedMediaType

from fieldapp.core.protocol import MAX_BATCH_BYTES, VERSION
from fieldapp.records.envelope import read_request
from fieldapp.records.headers import protocol_headers
from fieldapp.records.routes import limits
from fieldapp.records.routes.base import blueprint
from fieldapp.web.gate import no_csrf, now, public
from fieldapp.web.ratelimit import limiter


@blueprint.post("/api/v1/sync")
@public
@no_csrf
@limiter.exempt  # limits.arrive counts: an alert is taken from an address that sent too much
def sync() -> ResponseReturnValue:
    """Take 1 to 100 records and answer each (docs/protocol.md 3). The signature is the authority."""
    crowded = limits.arrive()
    results = limits.take(read_request(_body()), now(), crowded=crowded)
    answer: Response = jsonify(v=VERSION, results=[one.wire for one in results])
    return protocol_headers(answer, now())


def _body() -> bytes:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType()
    request.max_content_length = MAX_BATCH_BYTES
    return request.get_data(cache=False)
