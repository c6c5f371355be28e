"""Alerts: raised by phones, told by web push, answered by one person, or climbing until they are."""

from __future__ import annotations

from flask import Flask

from fieldapp.alerts import cli, loops, models, routes  # noqa: F401 - the tables and loops must be known


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    cli.register(app)
