"""A phone with push: what tests.phone has, and a subscription, alerts, answers and requests at the notice door."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from fieldapp.accounts.models import Chapter, Device, DeviceKey, Person
from fieldapp.alerts.models import Alert
from fieldapp.alerts.services import subscriptions
from fieldapp.core import p256
from fieldapp.core.actor import Actor
from fieldapp.core.canonical import b64u, dumps
from fieldapp.core.db import db, write
from tests import phone
from tests.factories import Factory
from tests.phone import Phone as InnerPhone
from tests.pushservice import Browser, PushService


@dataclass
class Phone:
    """``phone.raise_alert()``, ``phone.subscribe(service)``, ``phone.asks(notice=id)``."""

    make: Factory
    person: Person
    chapter: Chapter
    inner: phone.Phone
    browser: Browser | None = None

    @property
    def thumbprint(self) -> str:
        """The key's name."""
        return self.inner.key

    @property
    def device(self) -> Device:
        """The device's row."""
        return db.session.get_one(Device, self.inner.device_id)

    def subscribe(self, service: PushService) -> Browser:
        """Subscribe to push through the service that a signed-in page uses."""
        self.browser = service.subscribe()
        actor = Actor(self.person.id, self.person.field_name, "en", self.chapter.id)
        body = {"device": self.inner.device_id, "key": self.thumbprint, "subscription": self.browser.subscription}
        subscriptions.put(actor, body, (service.origin,), self.make.clock.now())
        return self.browser

    def raise_alert(
        self, what: str = "ice_here", *, raised_at: int | None = None, position: Any = None, **members: Any
    ) -> Alert:
        """Raise an alert through the record's door; ``members`` are place, shift or cell."""
        said = {"/what": what, "/raised_at": raised_at if raised_at is not None else self.make.clock.now()}
        envelope = self.inner.operation("alert", open=said | ({"/position": position} if position else {}), **members)
        (result,) = self.inner.sync(envelope)
        assert result["outcome"] == "stored", result
        return db.session.scalars(db.select(Alert).where(Alert.record_id == result["id"])).one()

    def answer(self, notice_id: str, answer: str = "got_it") -> str:
        """Answer a notice through the record's door; returns the outcome."""
        said = {"/notice": notice_id, "/answer": answer}
        return str(self.inner.sync(self.inner.operation("acknowledge", open=said))[0]["outcome"])

    def take_back(self, record_id: str) -> str:
        """Take an alert back; returns the outcome."""
        return str(self.inner.sync(self.inner.operation("alert_cancel", open={"/alert": record_id}))[0]["outcome"])

    def sign(self, domain: str, text: str) -> str:
        """A signature as the protocol has it."""
        return p256.sign(self.inner.private, domain, text)

    def asks(self, **about: Any) -> dict[str, str]:
        """A request at the notice door."""
        said = {"key": self.thumbprint, "nonce": b64u(secrets.token_bytes(16)), "type": "notice", "v": 1, **about}
        text = dumps({name: value for name, value in said.items() if value is not None})
        return {"text": text, "sig": self.sign("fieldapp/notice/v1", text)}


def phone_of(make: Factory, person: Person, chapter: Chapter) -> Phone:
    """A registered phone of a person."""
    return Phone(make, person, chapter, make.phone(person, chapter))


def with_next_key(phone: Phone) -> Phone:
    """The same phone after its key was rotated."""
    inner = InnerPhone(phone.inner.app, phone.inner.clock, phone.person, phone.chapter)
    inner.device_id = phone.inner.device_id
    with write() as session:
        session.add(
            DeviceKey(
                thumbprint=inner.key,
                device_id=inner.device_id,
                person_id=phone.person.id,
                chapter_id=phone.chapter.id,
                x=inner.jwk["x"],
                y=inner.jwk["y"],
                registered_at=inner.clock.now(),
            )
        )
    return Phone(phone.make, phone.person, phone.chapter, inner)
