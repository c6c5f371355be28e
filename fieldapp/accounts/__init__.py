"""People, chapters, roles, signing in, devices."""

from __future__ import annotations

from flask import Flask, current_app
from flask_login import LoginManager

from fieldapp.accounts import identity, models, routes  # noqa: F401 - the tables must be known


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    manager = LoginManager(app)
    manager.session_protection = None  # it would hash the address
    manager.user_loader(lambda token: identity.load(token, current_app.extensions["clock"].now()))
    app.register_blueprint(routes.blueprint)
