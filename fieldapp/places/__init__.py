"""Places: courthouses, offices, neighbourhoods; what the building allows, its judges and courtrooms; files of places."""

from __future__ import annotations

from flask import Flask

from fieldapp.core.errors import N_
from fieldapp.places import cli, models, policy, records, routes, words  # noqa: F401 - tables and checks must be known
from fieldapp.web.nav import NavItem, register


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    app.jinja_env.globals["place_words"] = words
    cli.init_app(app)
    register(NavItem("places.index", N_("Places"), policy.READERS, 60))
