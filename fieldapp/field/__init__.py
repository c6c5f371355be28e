"""The snapshot, and the page that carries the field app."""

from __future__ import annotations

from flask import Flask

from fieldapp.field import routes


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
