"""The guides domain."""

from __future__ import annotations

from flask import Flask

from fieldapp.core.errors import N_
from fieldapp.guides import models, policy, routes  # noqa: F401 - the tables must be known
from fieldapp.guides.services import materials, publishing  # noqa: F401 - training asks the first one
from fieldapp.web import nav


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    nav.register(nav.NavItem("guides.desk", N_("Guides"), policy.EDITORS, 45, within="/guides/edit"))
    nav.register_badge("guides.desk", publishing.waiting)
