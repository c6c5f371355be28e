"""Observations: the form catalogue, what it says of evidence, and how a record reads."""

from __future__ import annotations

from flask import Flask

from fieldapp.observations import records, routes


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    records.register()
