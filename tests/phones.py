"""A person's phone: its device row, its real P-256 key, its push subscription, and what it signs."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from fieldapp.accounts.models import Chapter, Device, DeviceKey, Person
from fieldapp.alerts.services import raising, subscriptions
from fieldapp.core.actor import Actor
from fieldapp.core.canonical import b64u, dumps
from fieldapp.core.ids import new_id
from tests.factories import Factory
from tests.pushservice import Browser, PushService


@dataclass
class Phone:
    """``phone.raise_alert()``, ``phone.subscribe(service)``, ``phone.asks(notice=id)``."""

    make: Factory
    person: Person
    chapter: Chapter
    device: Device
    private: ec.EllipticCurvePrivateKey
    thumbprint: str
    browser: Browser | None = None

    def subscribe(self, service: PushService) -> Browser:
        """Subscribe to push through the service that a signed-in page uses."""
        self.browser = service.subscribe()
        actor = Actor(self.person.id, self.person.field_name, "en", self.chapter.id)
        body = {"device": self.device.id, "key": self.thumbprint, "subscription": self.browser.subscription}
        subscriptions.put(actor, body, (service.origin,), self.make.clock.now())
        return self.browser

    def raise_alert(self, what: str = "ice_here", **more: Any) -> Any:
        """Raise an alert as the record's door does."""
        now = self.make.clock.now()
        values = {"record_id": str(uuid.uuid4()), "raised_at": now, **more}
        return raising.raise_alert(
            raising.Report(
                key=self.thumbprint, chapter_id=self.chapter.id, person_id=self.person.id, what=what, **values
            ),
            now,
        )

    def sign(self, domain: str, text: str) -> str:
        """A signature as the protocol has it."""
        der = self.private.sign(f"{domain}\n{text}".encode(), ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(der)
        return b64u(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def asks(self, **about: Any) -> dict[str, str]:
        """A request at the notice door."""
        said = {"key": self.thumbprint, "nonce": b64u(secrets.token_bytes(16)), "type": "notice", "v": 1, **about}
        text = dumps({name: value for name, value in said.items() if value is not None})
        return {"text": text, "sig": self.sign("fieldapp/notice/v1", text)}


def phone_of(make: Factory, person: Person, chapter: Chapter) -> Phone:
    """A registered phone of a person."""
    now = make.clock.now()
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_numbers()
    x, y = (b64u(n.to_bytes(32, "big")) for n in (point.x, point.y))
    jwk = json.dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y}, separators=(",", ":"))
    thumbprint = b64u(sha256(jwk.encode()).digest())
    device = make.keep(Device(id=new_id(), person_id=person.id, name="Phone", created_at=now))
    make.keep(
        DeviceKey(
            thumbprint=thumbprint,
            device_id=device.id,
            person_id=person.id,
            chapter_id=chapter.id,
            x=x,
            y=y,
            registered_at=now,
        )
    )
    return Phone(make, person, chapter, device, private, thumbprint)
