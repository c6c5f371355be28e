"""What travels as headers beside every sync and snapshot answer (docs/protocol.md 3): server time and where the log stands."""

from __future__ import annotations

from flask import Response

from fieldapp.core import protocol
from fieldapp.core.canonical import b64u
from fieldapp.records.services import epochs


def protocol_headers(response: Response, now: int) -> Response:
    """Add the protocol's headers to an answer given at ``now`` (ms UTC)."""
    standing = epochs.standing(now)
    response.headers[protocol.HEADER_TIME] = str(now)
    response.headers[protocol.HEADER_EPOCH] = standing.epoch
    if standing.checkpoint:
        response.headers[protocol.HEADER_CHECKPOINT] = b64u(standing.checkpoint.encode())
    if standing.backed_up_through is not None:
        response.headers[protocol.HEADER_BACKED_UP_THROUGH] = str(standing.backed_up_through)
    return response
