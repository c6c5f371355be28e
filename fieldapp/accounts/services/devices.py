"""Devices and their signing keys: the right to write (DESIGN 2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from fieldapp.accounts.models import Device, DeviceKey, Person
from fieldapp.core.db import db


@dataclass(frozen=True)
class KeyView:
    """What the record's door may know of a key. Times: ms UTC; ``person_id`` is None once the link was dropped."""

    thumbprint: str
    device_id: str
    person_id: str | None
    chapter_id: str
    x: str
    y: str
    registered_at: int
    revoked_at: int | None
    disabled: bool


def find_keys(thumbprints: Iterable[str]) -> dict[str, KeyView]:
    """The known keys of these thumbprints, in one query; a key of a revoked device counts as revoked."""
    query = (
        select(DeviceKey, Device.revoked_at, Person.disabled_at)
        .join(Device, Device.id == DeviceKey.device_id)
        .outerjoin(Person, Person.id == DeviceKey.person_id)
        .where(DeviceKey.thumbprint.in_(set(thumbprints)))
    )
    return {key.thumbprint: _view(key, gone, disabled) for key, gone, disabled in db.session.execute(query)}


def find_key(thumbprint: str) -> KeyView | None:
    """The key of a thumbprint, or None when no device registered it."""
    return find_keys([thumbprint]).get(thumbprint)


def _view(key: DeviceKey, device_revoked_at: int | None, disabled_at: int | None) -> KeyView:
    revoked = [at for at in (key.revoked_at, device_revoked_at) if at is not None]
    return KeyView(
        thumbprint=key.thumbprint,
        device_id=key.device_id,
        person_id=key.person_id,
        chapter_id=key.chapter_id,
        x=key.x,
        y=key.y,
        registered_at=key.registered_at,
        revoked_at=min(revoked) if revoked else None,
        disabled=disabled_at is not None,
    )


def of(person_id: str) -> list[Device]:
    """A person's devices that still may write, the newest first."""
    mine = select(Device).where(Device.person_id == person_id, Device.revoked_at.is_(None))
    return list(db.session.scalars(mine.order_by(Device.created_at.desc(), Device.id)))
