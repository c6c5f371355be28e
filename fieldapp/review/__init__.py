"""The legal desk."""

from __future__ import annotations

from flask import Flask

from fieldapp.core.actor import LEGAL
from fieldapp.core.errors import N_
from fieldapp.review import models, records, routes  # noqa: F401 - the tables must be known
from fieldapp.review.services import queue
from fieldapp.web import nav


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    records.register()
    app.register_blueprint(routes.blueprint)
    nav.register(nav.NavItem("review.index", N_("Records"), (LEGAL,), 5))
    nav.register(nav.NavItem("review.family", N_("Family contact"), (LEGAL,), 6, within="/legal/family"))
    nav.register_badge("review.index", queue.waiting)
