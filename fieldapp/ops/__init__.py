"""Serving, demo, backup, restore."""

from __future__ import annotations

from flask import Flask

from fieldapp.ops import cli, routes


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    cli.register(app)
