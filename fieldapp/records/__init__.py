"""The record, its door, receipts, the log, and the boxes: the heart of trust (docs/protocol.md)."""

from __future__ import annotations

from typing import Any

from flask import Flask

from fieldapp.accounts.services import welcome
from fieldapp.records import installing, models, routes, work  # noqa: F401 - tables and loops must be known
from fieldapp.records.services import trust
from fieldapp.web.gate import now


def told_at_sign_in() -> dict[str, Any]:
    """What the welcome says of this server: how to believe its receipts."""
    return trust.about(now())


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    installing.init_app(app)
    welcome.register(told_at_sign_in)
