"""Push subscriptions: one per device, for the last person signed in there."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Device
from fieldapp.accounts.services.devices import find_key
from fieldapp.alerts.models import Delivery, PushSubscription
from fieldapp.alerts.push import endpoint as endpoints
from fieldapp.core.actor import Actor
from fieldapp.core.canonical import CanonicalError, unb64u
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, Invalid, NotFound
from fieldapp.records import here, serverkeys


def told_at_sign_in() -> dict[str, Any]:
    """What the welcome says for web push: the application server key."""
    return {"vapid": serverkeys.ring(here.settings().data_dir).vapid_public}


def put(actor: Actor, body: Any, hosts: Iterable[str], now: int) -> str:
    """Keep the subscription of the actor's own device (docs/protocol.md 9); returns its id.

    Raises Invalid for an address or keys that cannot be used, NotFound for a device or key that is not the actor's.
    """
    device_id, thumbprint, said = _read(body)
    endpoint, p256dh, auth = _checked(said, hosts)
    device = own_device(actor, device_id)
    key = find_key(thumbprint)
    if key is None or key.device_id != device.id or key.person_id != actor.person_id or key.revoked_at is not None:
        raise NotFound()
    values = {"person_id": actor.person_id, "endpoint": endpoint, "endpoint_hash": _hash(endpoint)}
    with write() as session:
        _end_others(session, device.id, (values["endpoint_hash"], p256dh, auth), now)
        kept = session.scalars(select(PushSubscription).where(PushSubscription.device_id == device.id)).first()
        if kept is None:
            kept = PushSubscription(device_id=device.id, created_at=now)
            session.add(kept)
        elif kept.person_id != actor.person_id:
            _drop_waiting(session, kept.id)
        for name, value in {**values, "p256dh": p256dh, "auth": auth, "ended_at": None}.items():
            setattr(kept, name, value)
        session.flush()
    return kept.id


def remove(actor: Actor, device_id: str, now: int) -> None:
    """The actor's own device wants no more pushes. Raises NotFound."""
    device = own_device(actor, device_id)
    with write() as session:
        for kept in session.scalars(select(PushSubscription).where(PushSubscription.device_id == device.id)):
            kept.ended_at = kept.ended_at or now
            _drop_waiting(session, kept.id)


def own_device(actor: Actor, device_id: str) -> Device:
    """The actor's device, still in use. Raises NotFound."""
    device = db.session.get(Device, device_id)
    if device is None or device.person_id != actor.person_id or device.revoked_at is not None:
        raise NotFound()
    return device


def _read(body: Any) -> tuple[str, str, Any]:
    if not isinstance(body, dict) or not all(isinstance(body.get(name), str) for name in ("device", "key")):
        raise Invalid()
    return body["device"], body["key"], body.get("subscription")


def _checked(said: Any, hosts: Iterable[str]) -> tuple[str, str, str]:
    keys = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(keys, dict) or not isinstance(said.get("endpoint"), str):
        raise Invalid(fields={"subscription": N_("This is no push subscription.")})
    if not endpoints.allowed(said["endpoint"], hosts):
        raise Invalid(fields={"endpoint": N_("This push service is not on the list of known ones.")})
    p256dh, auth = _key(keys.get("p256dh"), 65), _key(keys.get("auth"), 16)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64u(p256dh))
    except ValueError as error:
        raise Invalid(fields={"p256dh": N_("This is no push subscription.")}) from error
    return said["endpoint"], p256dh, auth


def _key(value: object, size: int) -> str:
    """A key of ``size`` bytes as b64u without padding; browsers may send padding."""
    text = value.rstrip("=") if isinstance(value, str) else ""
    try:
        if len(unb64u(text)) == size:
            return text
    except CanonicalError:
        pass
    raise Invalid(fields={"subscription": N_("This is no push subscription.")})


def _hash(endpoint: str) -> str:
    return sha256(endpoint.encode()).hexdigest()


def _end_others(session: Session, device_id: str, browser: tuple[str, str, str], now: int) -> None:
    """The same browser under an earlier sign-in: what was meant for that person is not shown to this one.

    The same browser is the same address (its hash) with the same keys. Who has only learned the address cannot have the keys: they end
    nothing, and what is sent to that address for them is nothing that the browser there can open.
    """
    endpoint_hash, p256dh, auth = browser
    others = select(PushSubscription).where(
        PushSubscription.endpoint_hash == endpoint_hash,
        PushSubscription.p256dh == p256dh,
        PushSubscription.auth == auth,
        PushSubscription.device_id != device_id,
    )
    for other in session.scalars(others):
        other.ended_at = other.ended_at or now
        _drop_waiting(session, other.id)


def _drop_waiting(session: Session, subscription_id: str) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.subscription_id == subscription_id, Delivery.state == "waiting")
        .values(state="ended"),
        execution_options={"synchronize_session": False},
    )
