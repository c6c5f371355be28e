"""Fieldapp: court watch and ICE watch, offline first."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from fieldapp.config import Settings, from_environment
from fieldapp.core import clock as clocks
from fieldapp.core import db as database
from fieldapp.web import again, assets, errors, gate, headers, i18n, nav, ratelimit

# Left to right: a domain imports only from its left (DESIGN 6).
DOMAINS = (
    "accounts",
    "records",
    "places",
    "training",
    "shifts",
    "observations",
    "alerts",
    "coverage",
    "review",
    "guides",
    "field",
    "ops",
)
TOP = Path(__file__).resolve().parent.parent
csrf = CSRFProtect()


def create_app(settings: Settings | None = None, clock: clocks.Clock | None = None) -> Flask:
    """config → extensions → gate → blueprints → CLI. Raises ConfigError for unsafe settings."""
    settings = settings or from_environment()
    app = Flask("fieldapp", root_path=str(TOP), static_folder="static", template_folder="templates")
    _configure(app, settings)
    # The address only, for limits in memory: host and scheme are the public address's, whatever a header says.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    app.extensions["clock"] = clock or clocks.Clock()
    database.db.init_app(app)
    with app.app_context():
        database.prepare(database.db.engine)
    Migrate(app, database.db, directory=str(TOP / "migrations"), render_as_batch=False)
    for part in (assets, nav, i18n, ratelimit):
        part.init_app(app)
    csrf.init_app(app)
    gate.init_app(app)
    errors.init_app(app)
    again.init_app(app)
    headers.init_app(app)
    for name in DOMAINS:
        import_module(f"fieldapp.{name}").init_app(app)
    for view in app.view_functions.values():
        if getattr(view, "_no_csrf", False):
            csrf.exempt(view)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    prefix = "__Host-"  # browsers take it on https and, as a trustworthy origin, on http://localhost
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.database_url),
        SESSION_COOKIE_NAME=f"{prefix}fieldapp",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(TOP / "build" / "translations"),
        TESTING=settings.testing,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
