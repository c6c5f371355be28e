"""Every error in one shape: JSON for programs, a page for people; never a stack trace, never a 500 without words."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.exceptions import HTTPException

from fieldapp.core.canonical import CanonicalError
from fieldapp.core.db import db
from fieldapp.core.errors import N_, DomainError, NotFound
from fieldapp.web.gate import wants_json

log = logging.getLogger(__name__)

PLAIN = {
    400: ("bad_request", N_("The request could not be read.")),
    403: ("forbidden", N_("You may not do this.")),
    404: ("not_found", N_("There is nothing here.")),
    405: ("method_not_allowed", N_("This address does not take that kind of request.")),
    413: ("too_large", N_("That is too large.")),
    415: ("unsupported_media_type", N_("This kind of content is not taken here.")),
    429: ("slow_down", N_("Too many requests in a short time.")),
    500: ("fault", N_("Something went wrong on the server.")),
}
SAFE = N_("Nothing was changed.")
DO = {
    404: N_("Go back, or start again from Today."),
    429: N_("Wait a minute, then try again."),
    500: N_("Try again in a minute. If it stays, tell your admin the time."),
}


def shape(code: str, message: str, safe: str, do: str, **more: Any) -> dict[str, Any]:
    """The one shape of every error."""
    return {"error": {"code": code, "message": message, "safe": safe, "do": do, **more}}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(ObjectDeletedError, lambda _: _domain(NotFound()))  # gone since it was looked at
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(CanonicalError, lambda e: answer(400, e.code, gettext(PLAIN[400][1]), gettext(SAFE), ""))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def answer(status: int, code: str, message: str, safe: str, do: str, **more: Any) -> Response:
    """An error as the client can read it."""
    body = shape(code, message, safe, do, **more)
    if wants_json():
        response = jsonify(body)
    else:
        template = "errors/step_up.html" if code == "step_up" else "errors/error.html"
        response = make_response(render_template(template, **body, status=status, back=request.referrer))
    response.status_code = status
    return response


def _domain(error: DomainError) -> Response:
    db.session.rollback()
    message, safe, do = (
        gettext(text, **error.values) if text else "" for text in (error.message, error.safe, error.do)
    )
    more: dict[str, Any] = {}
    if getattr(error, "fields", None):
        more["fields"] = {name: gettext(text) for name, text in error.fields.items()}  # type: ignore[attr-defined]
    response = answer(error.status, error.code, message, safe, do, **more)
    if retry_after := getattr(error, "retry_after", None):  # Later, and limits by device key
        response.headers["Retry-After"] = str(retry_after)
    return response


def _csrf(_: CSRFError) -> Response:
    return answer(
        400,
        "csrf",
        gettext(N_("This page was open for too long, or in another sign-in.")),
        gettext(SAFE),
        gettext(N_("Load the page again and repeat the last step.")),
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status in {301, 302, 303, 304, 307, 308}:
        return error.get_response()  # type: ignore[return-value]
    code, message = PLAIN.get(status, PLAIN[400])
    response = answer(
        status, code, gettext(message), gettext(SAFE), gettext(DO.get(status, "")) if status in DO else ""
    )
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "Content-Range"}:
            response.headers[name] = value
    return response


def _fault(error: Exception) -> Response:
    db.session.rollback()
    log.error("unhandled %s at endpoint %s", type(error).__name__, request.endpoint, exc_info=error)
    code, message = PLAIN[500]
    return answer(500, code, gettext(message), gettext(SAFE), gettext(DO[500]))
