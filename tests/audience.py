"""Thousands of subscribed people in one transaction, and the rows that tell them: for scale tests and figures."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import insert

from fieldapp.accounts.models import Chapter, Device, Membership, Person
from fieldapp.alerts.models import BROADCAST, Alert, PushSubscription
from fieldapp.alerts.services import paging
from fieldapp.core.canonical import b64u
from fieldapp.core.db import write
from fieldapp.core.ids import new_id
from tests.pushservice import POINT


def gather(chapter: Chapter, origin: str, whats: Sequence[str], now: int) -> list[str]:
    """A member with a phone for each of ``whats``, subscribed at ``/p/NUMBER/WHAT`` (tests.pushsink); returns their ids. ``now`` in ms."""
    people = [{"id": new_id(), "field_name": f"Member {n}", "created_at": now} for n in range(len(whats))]
    members = [{"person_id": one["id"], "chapter_id": chapter.id, "role": "volunteer", "since": now} for one in people]
    devices = [{"id": new_id(), "person_id": one["id"], "name": "Phone", "created_at": now} for one in people]
    with write() as session:
        session.execute(insert(Person), [{**one, "user_handle": b64u(secrets.token_bytes(64))} for one in people])
        session.execute(insert(Membership), members)
        session.execute(insert(Device), devices)
        session.execute(
            insert(PushSubscription),
            [
                {
                    "device_id": device["id"],
                    "person_id": device["person_id"],
                    "created_at": now,
                    **_browser(origin, number, what),
                }
                for number, (device, what) in enumerate(zip(devices, whats, strict=True))
            ],
        )
    return [str(one["id"]) for one in people]


def _browser(origin: str, number: int, what: str) -> dict[str, str]:
    endpoint = f"{origin}/p/{number}/{what}"
    public = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*POINT)
    return {
        "endpoint": endpoint,
        "endpoint_hash": sha256(endpoint.encode()).hexdigest(),
        "p256dh": b64u(public),
        "auth": b64u(secrets.token_bytes(16)),
    }


def tell_all(alert: Alert, people: Sequence[str], now: int) -> None:
    """What sending to the whole chapter writes: a notice and a delivery for each, in one transaction that wakes the workers."""
    with write() as session:
        paging.tell_more(session, alert, "news", people, now, BROADCAST)
