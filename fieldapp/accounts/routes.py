"""Pages and endpoints of signing in and of people."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from fieldapp.web.gate import actor, public

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The sign-in page: a passkey, by autofill or by a button."""
    return render_template("accounts/sign_in.html")


@blueprint.get("/api/v1/csrf")
@public
def csrf() -> ResponseReturnValue:
    """The CSRF token of this browser's session (docs/protocol.md 9)."""
    return jsonify(csrf=generate_csrf())


@blueprint.get("/me")
def me() -> ResponseReturnValue:
    """The signed-in person's own page: passkeys, sessions, language."""
    return render_template("accounts/me.html", actor=actor())
