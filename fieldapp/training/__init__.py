"""The training domain."""

from __future__ import annotations

from flask import Flask

from fieldapp.core.actor import ROLES
from fieldapp.core.errors import N_
from fieldapp.training import models, routes, words, work  # noqa: F401 - the tables and the worker's loop must be known
from fieldapp.training.services import conduct
from fieldapp.web import nav


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(routes.api)
    app.jinja_env.globals["training_words"] = words
    nav.register(nav.NavItem("training.index", N_("Training"), ROLES, 40))
    nav.register_badge("training.index", conduct.waiting)
