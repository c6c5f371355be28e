"""The ways in, through the real endpoints: enrol with an invite, sign in, prove oneself once more."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import invites
from fieldapp.core.clock import Clock
from fieldapp.core.db import write
from tests.authenticator import Authenticator
from tests.people import Page


def invite(chapter: Chapter, clock: Clock, *roles: str, **more: Any) -> str:
    """The token of a new invite into a chapter."""
    with write() as session:
        return invites.make(session, chapter.id, roles or ("volunteer",), clock.now(), **more).token


def enrol(page: Page, token: str, device: Authenticator, name: str = "Finch", lang: str = "en") -> TestResponse:
    """Enrol with a passkey of ``device``; the answer of the last step, or of the first when that is refused."""
    begun = page.post("/api/v1/enrol/begin", json={"token": token, "field_name": name, "lang": lang})
    if begun.status_code != 200:
        return begun
    told = begun.get_json()
    credential = device.create(told["options"])
    return page.post(
        "/api/v1/enrol/finish",
        json={"ceremony": told["ceremony"], "credential": credential, "passkey_name": "My phone"},
    )


def sign_in(page: Page, device: Authenticator, **more: Any) -> TestResponse:
    """Sign in with the newest passkey of ``device``."""
    return ceremony(page, "sign-in", device, **more)


def step_up(page: Page, device: Authenticator, **more: Any) -> TestResponse:
    """Prove oneself once more."""
    return ceremony(page, "step-up", device, **more)


def ceremony(page: Page, name: str, device: Authenticator, **more: Any) -> TestResponse:
    """Begin and finish an authentication ceremony."""
    told = page.post(f"/api/v1/{name}/begin", json={}).get_json()
    credential = device.get(told["options"], **more)
    return page.post(f"/api/v1/{name}/finish", json={"ceremony": told["ceremony"], "credential": credential})
