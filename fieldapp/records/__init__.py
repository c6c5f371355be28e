"""The record, its door, receipts, the log, and the boxes: the heart of trust (docs/protocol.md)."""

from __future__ import annotations

from flask import Flask

from fieldapp.records import installing, models, routes, work  # noqa: F401 - tables and loops must be known


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    installing.init_app(app)
