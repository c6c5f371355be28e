"""Requests (protocol 3.2 and 9): JSON both ways, the session cookie, the CSRF token, one shape of error."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import requests

from .canonical import canonical


class Refused(Exception):
    """An error of a request as a whole: the server's own words, and the status."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status} {error['code']}: {error['message']}")
        self.status, self.code, self.error = status, error["code"], error


@dataclass
class Wire:
    """The way to one server, with at most one session."""

    base: str
    http: requests.Session = field(default_factory=requests.Session)
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, *, session: bool = True
    ) -> requests.Response:
        """One request; raises Refused for an error. Cookies are kept by hand: a `Secure` one goes over loopback too."""
        sent = dict(headers or {})
        if session and self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if session and self.csrf and method != "GET":
            sent["X-CSRFToken"] = self.csrf
        data = None
        if body is not None:
            sent["Content-Type"], data = "application/json", canonical(body).encode()
        answer = self.http.request(method, self.base + path, data=data, headers=sent, timeout=60, allow_redirects=False)
        self.http.cookies.clear()
        if session:
            self._keep_cookies(answer)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.json()["error"])
        return answer

    def _keep_cookies(self, answer: requests.Response) -> None:
        for line in answer.raw.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0" or not morsel.value:
                    del self.cookies[name]

    def post(self, path: str, body: Any) -> Any:
        """A POST with the session; the answer's JSON."""
        if not self.csrf:
            self.csrf = self.call("GET", "/api/v1/csrf").json()["csrf"]
        return self.call("POST", path, body).json()
