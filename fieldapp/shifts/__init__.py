"""The shifts domain."""

from __future__ import annotations

from flask import Flask

from fieldapp.core.actor import ROLES
from fieldapp.core.errors import N_
from fieldapp.shifts import (  # the tables must be known
    models,  # noqa: F401
    moving,  # noqa: F401
    records,
    routes,
    rule_words,
    saying,
    words,
    work,  # noqa: F401 - and the loop
)
from fieldapp.shifts.routes import revoking, signoffs  # noqa: F401 - the second one's pages are the blueprint's
from fieldapp.web import nav


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    records.register()
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(routes.feed.calendar)
    # A page of training's that ends in shifts: training itself must not know them.
    app.add_url_rule("/training/newcomers", endpoint="training.newcomers", view_func=routes.week.newcomers_board)
    address = "/training/certificates/<certificate_id>/revoke"
    app.add_url_rule(address, endpoint="training.revoke_page", view_func=revoking.revoke_page)
    app.add_url_rule(address, endpoint="training.revoke", view_func=revoking.revoke, methods=["POST"])
    app.jinja_env.globals["shift_words"] = words
    app.jinja_env.globals["shift_saying"] = saying
    app.jinja_env.globals["rule_words"] = rule_words
    nav.register(nav.NavItem("shifts.index", N_("Shifts"), ROLES, 20))
    routes.partner_asks.attach(app)
    routes.moves.attach(app)
