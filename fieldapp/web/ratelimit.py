"""Limits by signed-in person, by device key, or by a keyed hash of the address that lives in memory only (DESIGN 10)."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Flask, current_app, request
from flask_limiter import Limiter

from fieldapp.web.gate import maybe_actor

_KEY = secrets.token_bytes(32)  # a new one with every process: nothing can be looked up afterwards


def who() -> str:
    """Who is counted: the person, else a keyed hash of the address."""
    found = maybe_actor()
    if found:
        return f"person:{found.person_id}"
    return "address:" + hmac.new(_KEY, (request.remote_addr or "").encode(), hashlib.sha256).hexdigest()[:24]


limiter = Limiter(key_func=who, storage_uri="memory://", default_limits=["1200 per minute"], headers_enabled=False)


@limiter.request_filter
def _switched_off() -> bool:
    """Asked for every request, because one limiter serves every application of this process."""
    return not current_app.config["RATELIMIT_ENABLED"]


def init_app(app: Flask) -> None:
    """Attach the limiter."""
    app.config.setdefault("RATELIMIT_ENABLED", True)
    limiter.init_app(app)
