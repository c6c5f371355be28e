"""Coverage: where nobody is, as a map, a week and a table."""

from __future__ import annotations

from flask import Flask

from fieldapp.core.errors import N_
from fieldapp.coverage import (  # noqa: F401 - tables and pages must be known
    models,
    policy,
    routes,
    routes_basemap,
    routes_history,
    routes_needs,
    routes_partners,
    routes_plan,
    words,
)
from fieldapp.coverage.pod_routes import attach as attach_pods
from fieldapp.coverage.services import counting  # noqa: F401 - the worker must know its job
from fieldapp.web.nav import NavItem, register


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    app.jinja_env.globals["coverage_words"] = words
    app.jinja_env.globals["basemap"] = routes_basemap.address
    register(NavItem("coverage.index", N_("Coverage"), policy.WATCHERS, 10))
    attach_pods(app)
