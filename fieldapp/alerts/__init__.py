"""Alerts: raised by phones, told by web push, answered by one person, or climbing until they are."""

from __future__ import annotations

from flask import Flask

from fieldapp.accounts.services import welcome
from fieldapp.alerts import cli, loops, models, records, routes  # noqa: F401 - tables, loops, kinds must be known
from fieldapp.alerts.services.subscriptions import told_at_sign_in


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    welcome.register(told_at_sign_in)
    cli.register(app)
