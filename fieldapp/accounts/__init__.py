"""People, chapters, roles, signing in, devices."""

from __future__ import annotations

from flask import Flask, Response, current_app
from flask_login import LoginManager

from fieldapp.accounts import cli, identity, models, policy, routes, work  # noqa: F401 - the tables and the loop must be known
from fieldapp.accounts.services import chapters, sessions
from fieldapp.core.actor import ADMIN
from fieldapp.core.errors import N_
from fieldapp.web import gate, nav


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
    manager = LoginManager(app)
    manager.session_protection = None  # it would hash the address
    manager.user_loader(lambda token: identity.load(token, current_app.extensions["clock"].now()))
    app.register_blueprint(routes.blueprint)
    nav.register_chapter_name(lambda actor: chapters.name_of(actor.chapter_id))
    nav.register(nav.NavItem("accounts.people_page", N_("People"), policy.SEE_PEOPLE, 50, "/people"))
    nav.register(nav.NavItem("accounts.chapters_page", N_("Chapters"), (ADMIN,), 90, "/chapters"))
    cli.init_app(app)
    app.after_request(_keep_seen)


def _keep_seen(response: Response) -> Response:
    """A session's list says when it was used last: to the quarter hour, so that reading stays reading."""
    actor = gate.maybe_actor()
    if actor and actor.session_id and actor.seen_at + sessions.SEEN_EVERY <= gate.now():
        sessions.seen(actor.session_id, gate.now())
    return response
