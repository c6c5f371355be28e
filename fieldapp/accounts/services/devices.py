"""Devices and their signing keys: the right to write (DESIGN 2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts import policy
from fieldapp.accounts.models import Device, DeviceKey, LoginSession, Person
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import Forbidden, NotFound


@dataclass(frozen=True)
class KeyView:
    """What the record's door may know of a key. Times: ms UTC; ``person_id`` is None once the link was dropped (then
    ``device_id`` is empty)."""

    thumbprint: str
    device_id: str
    person_id: str | None
    chapter_id: str
    x: str
    y: str
    registered_at: int
    used_at: int | None
    revoked_at: int | None
    disabled: bool


# Built once: the record's door asks it with every request.
_KEYS = (
    select(
        DeviceKey.thumbprint,
        DeviceKey.device_id,
        DeviceKey.person_id,
        DeviceKey.chapter_id,
        DeviceKey.x,
        DeviceKey.y,
        DeviceKey.registered_at,
        DeviceKey.used_at,
        DeviceKey.revoked_at,
        Device.revoked_at.label("device_revoked_at"),
        Person.disabled_at,
    )
    .outerjoin(Device, Device.id == DeviceKey.device_id)
    .outerjoin(Person, Person.id == DeviceKey.person_id)
    .where(DeviceKey.thumbprint.in_(bindparam("thumbprints", expanding=True)))
)


def find_keys(thumbprints: Iterable[str]) -> dict[str, KeyView]:
    """The known keys of these thumbprints, in one query; a key of a revoked device counts as revoked."""
    rows = db.session.connection().execute(_KEYS, {"thumbprints": list(set(thumbprints))})
    return {row.thumbprint: _view(row) for row in rows}


def find_key(thumbprint: str) -> KeyView | None:
    """The key of a thumbprint, or None when no device registered it."""
    return find_keys([thumbprint]).get(thumbprint)


def _view(key: Any) -> KeyView:
    revoked = [at for at in (key.revoked_at, key.device_revoked_at) if at is not None]
    return KeyView(
        thumbprint=key.thumbprint,
        device_id=key.device_id or "",
        person_id=key.person_id,
        chapter_id=key.chapter_id,
        x=key.x,
        y=key.y,
        registered_at=key.registered_at,
        used_at=key.used_at,
        revoked_at=min(revoked) if revoked else None,
        disabled=key.disabled_at is not None,
    )


def of(person_id: str) -> list[Device]:
    """A person's devices that still may write, the newest first."""
    mine = select(Device).where(Device.person_id == person_id, Device.revoked_at.is_(None))
    return list(db.session.scalars(mine.order_by(Device.created_at.desc(), Device.id)))


def revoke(actor: Actor, device_id: str, now: int) -> str:
    """Take a device's right to write: what it still sends as evidence goes to quarantine. Returns whose it was.

    One's own, or a person's whom the actor may disable. Raises NotFound, Forbidden.
    """
    device = db.session.get(Device, device_id)
    if device is None:
        raise NotFound()
    person = db.session.get_one(Person, device.person_id)
    if person.id != actor.person_id and not policy.shares_chapter(actor, person):
        raise NotFound()
    if not policy.can_revoke_devices(actor, person):
        raise Forbidden()
    with write() as session:
        _revoke(session, [device_id], now)
    return person.id


def revoke_all(session: Session, person_id: str, now: int) -> None:
    """Revoke every device of a person in the caller's transaction."""
    mine = select(Device.id).where(Device.person_id == person_id, Device.revoked_at.is_(None))
    _revoke(session, list(session.scalars(mine)), now)


def _revoke(session: Session, device_ids: list[str], now: int) -> None:
    """The device and its keys; a session begun on it ends."""
    working = (Device.id.in_(device_ids), Device.revoked_at.is_(None))
    session.execute(update(Device).where(*working).values(revoked_at=now))
    keys = (DeviceKey.device_id.in_(device_ids), DeviceKey.revoked_at.is_(None))
    session.execute(update(DeviceKey).where(*keys).values(revoked_at=now))
    begun = (LoginSession.device_id.in_(device_ids), LoginSession.ended_at.is_(None))
    session.execute(update(LoginSession).where(*begun).values(ended_at=now))
