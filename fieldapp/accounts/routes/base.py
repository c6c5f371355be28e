"""What the routes share: the blueprint, and how a request is read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, request

from fieldapp.accounts.services.passkeys import Rp
from fieldapp.core.canonical import CanonicalError, loads
from fieldapp.core.errors import N_, DomainError

blueprint = Blueprint("accounts", __name__)
# In this order: Chromium calls itself Safari, Edge calls itself Chrome.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def rp() -> Rp:
    """The relying party of this installation."""
    settings = current_app.config["SETTINGS"]
    return Rp(settings.host, settings.origin)


def body() -> dict[str, Any]:
    """The JSON object of the request. Raises DomainError 415, CanonicalError (400)."""
    if not request.is_json:
        raise DomainError("unsupported_media_type", N_("This kind of content is not taken here."), status=415)
    try:
        found = loads(request.get_data().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CanonicalError("bad_shape") from error
    if not isinstance(found, dict):
        raise CanonicalError("bad_shape")
    return found


def label() -> str:
    """How a session is called in its person's list: families of browser and system, no versions."""
    agent = request.headers.get("User-Agent", "")
    words = [next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(word for word in words if word)


def local(path: str | None, otherwise: str) -> str:
    """A path of ours to go on to, never another site's."""
    usable = (
        bool(path) and str(path).startswith("/") and not str(path).startswith(("//", "/\\")) and str(path).isprintable()
    )
    return str(path) if usable else otherwise
