"""Observations: the form catalogue, what it says of evidence, how a record reads, and forms on paper."""

from __future__ import annotations

from flask import Flask

from fieldapp.core.actor import ROLES
from fieldapp.core.errors import N_
from fieldapp.observations import desk, models, records, routes, routes_media  # noqa: F401 - tables and views must be known
from fieldapp.observations.services import handed_in
from fieldapp.records import registry
from fieldapp.web import nav


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(desk.blueprint)
    records.register()
    registry.media_taker(handed_in.take)
    nav.register(nav.NavItem("paper.index", N_("Paper"), ROLES, 25))
