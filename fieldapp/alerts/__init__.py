"""Alerts: raised by phones, told by web push, answered by one person, or climbing until they are."""

from __future__ import annotations

from flask import Flask

from fieldapp.accounts.services import welcome
from fieldapp.alerts import (  # noqa: F401 - what registers itself
    cli,
    loops,
    models,
    records,
    routes,
    routes_after,
    routes_api,
    routes_calls,
    routes_copies,
    routes_dispatch,
    routes_quiet,
    routes_reach,
    routes_response,
    routes_rules,
    routes_sightings,
)
from fieldapp.alerts.services import board, nudges, worded  # noqa: F401 - nudges and worded register their jobs
from fieldapp.alerts.services.subscriptions import told_at_sign_in
from fieldapp.core.actor import COORDINATOR, PARTNER
from fieldapp.core.errors import N_
from fieldapp.web import nav


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    app.register_blueprint(routes.blueprint)
    nav.register(nav.NavItem("alerts.index", N_("Alerts"), (COORDINATOR,), 30))
    nav.register(nav.NavItem("alerts.sighting", N_("Report a sighting"), (PARTNER,), 20, "/ask/sighting"))
    nav.register_badge("alerts.index", board.count_open)
    nav.register_bar_end(routes.duty_switch)
    welcome.register(told_at_sign_in)
    cli.register(app)
