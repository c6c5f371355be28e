"""Signed-in browsers for tests: a real session row, the real cookie, the real CSRF token."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fieldapp.accounts.models import Person
from fieldapp.accounts.services import sessions
from fieldapp.core.clock import Clock
from fieldapp.core.db import db

HERE = "https://localhost"
ANEW = {
    "/api/v1/enrol/finish",
    "/api/v1/sign-in/finish",
    "/api/v1/sign-out",
    "/sign-out",
}  # another session, another token


class Page:
    """A browser: ``get``, and ``post`` with the CSRF token as a form or as JSON."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app = app
        self.client = client
        self._csrf = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        """GET a page."""
        return self._open(path, method="GET", **more)

    def post(self, path: str, data: dict[str, Any] | None = None, *, json: Any = None, **more: Any) -> TestResponse:
        """POST a form, or JSON when given."""
        return self.send("POST", path, data, json=json, **more)

    def send(
        self, method: str, path: str, data: dict[str, Any] | None = None, *, json: Any = None, **more: Any
    ) -> TestResponse:
        """Any method with the CSRF token."""
        headers = {"X-CSRFToken": self.csrf(), **more.pop("headers", {})}
        body: dict[str, Any] = {"json": json} if json is not None else {"data": data or {}}
        response = self._open(path, method=method, headers=headers, **body, **more)
        if path in ANEW and response.status_code < 400:
            self._csrf = ""
        return response

    def csrf(self) -> str:
        """The token that the pages of this browser carry."""
        if not self._csrf:
            self._csrf = str(self._open("/api/v1/csrf", method="GET").get_json()["csrf"])
        return self._csrf

    def _open(self, path: str, **more: Any) -> TestResponse:
        """Each request in a context of its own, as on a server; the test sees afterwards what was committed."""
        with self.app.app_context():
            response: TestResponse = self.client.open(path, base_url=HERE, **more)
        db.session.rollback()
        db.session.expire_all()
        return response


class Browser:
    """Calling it signs a person in."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self.app = app
        self.clock = clock

    def __call__(self, person: Person, *, stepped_up: bool = True) -> Page:
        token = sessions.begin(person, self.clock.now(), label="Test", stepped_up=stepped_up)
        client = self.app.test_client()
        with client.session_transaction(base_url=HERE) as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return Page(self.app, client)

    def nobody(self) -> Page:
        """A browser that is not signed in."""
        return Page(self.app, self.app.test_client())
