"""The gate: everything needs a signed-in person, except what says by name that it does not (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldapp.core.actor import Actor
from fieldapp.core.clock import Clock
from fieldapp.core.errors import N_, DomainError, Forbidden

F = TypeVar("F", bound=Callable[..., Any])
_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
_SAFE_SITES = {"same-origin", "none", None}


def public(view: F) -> F:
    """Mark a view as open to people who are not signed in."""
    view._public = True  # type: ignore[attr-defined]
    return view


def no_csrf(view: F) -> F:
    """Mark a view that carries no ambient authority (the signature in the body is it): CSRF does not apply."""
    view._no_csrf = True  # type: ignore[attr-defined]
    return view


def for_partners(view: F) -> F:
    """Mark a view as one that people of partner organisations may reach; everything else is for members of a chapter."""
    view._for_partners = True  # type: ignore[attr-defined]
    return view


def now() -> int:
    """The request's time, ms UTC: one and the same for the whole request."""
    if "now" not in g:
        clock: Clock = current_app.extensions["clock"]
        g.now = clock.now()
    return int(g.now)


def actor() -> Actor:
    """The signed-in actor; 401 when there is none."""
    found = maybe_actor()
    if found is None:
        raise NotSignedIn()
    return found


def maybe_actor() -> Actor | None:
    """The signed-in actor, or None."""
    return getattr(current_user, "actor", None) if current_user.is_authenticated else None


class NotSignedIn(DomainError):
    """The request needs a signed-in person."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "sign_in",
            N_("You are not signed in."),
            safe=N_("What is on this phone stays on it."),
            do=N_("Sign in with your passkey."),
        )


def wants_json() -> bool:
    """Whether the client is a program: the API, or a fetch that asks for JSON."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def init_app(app: Flask) -> None:
    """Close the gate in front of every view of ``app``."""

    @app.before_request
    def _gate() -> ResponseReturnValue | None:
        view = app.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint == "static":
            return None
        _refuse_foreign_writes()
        _refuse_nul()
        if getattr(view, "_public", False):
            return None
        if who := maybe_actor():
            if who.partner_id and not getattr(view, "_for_partners", False):
                raise Forbidden("partner", N_("This is for members of the chapter."), N_("Go to your own page."))
            return None
        if wants_json() or request.method != "GET":
            raise NotSignedIn()
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))


def _refuse_nul() -> None:
    """U+0000 is no text, and PostgreSQL cannot keep it: said here once for every path, query and form."""
    if "\x00" in request.path or b"%00" in request.query_string:
        abort(400)
    if request.mimetype in _FORMS and any("\x00" in "".join((name, *values)) for name, values in request.form.lists()):
        abort(400)


def _refuse_foreign_writes() -> None:
    """Fetch metadata: another site may link to us, never write here."""
    if request.method not in {"GET", "HEAD", "OPTIONS"} and request.headers.get("Sec-Fetch-Site") not in _SAFE_SITES:
        abort(403)
