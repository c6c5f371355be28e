"""Registering a device and its signing keys ahead of use, under a passkey session (DESIGN 2.5, docs/protocol.md 9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Device, DeviceKey, LoginSession
from fieldapp.accounts.services import names
from fieldapp.core import p256
from fieldapp.core.actor import Actor
from fieldapp.core.canonical import CanonicalError, dumps, unb64u
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, NotFound
from fieldapp.core.ids import new_id

DOMAIN = "fieldapp/device-key/v1"
WAITING = 32  # keys of one device that no record came with yet
DEVICES = 20  # of one person at a time
WITNESS = 16 * 1024
_USED = (
    update(DeviceKey)
    .where(DeviceKey.thumbprint.in_(bindparam("thumbprints", expanding=True)), DeviceKey.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
AGE = b"age-encryption.org/v1\n"


@dataclass(frozen=True)
class Offered:
    """A key whose owner proved to hold it."""

    thumbprint: str
    x: str
    y: str
    witness: bytes | None


def register(actor: Actor, device_id: object, name: object, keys: object, now: int) -> tuple[str, list[str]]:
    """Register keys, on a new device when none is named; returns the device's id and the thumbprints, in the order given.

    The same key again is welcome (a lost answer, which may have named the device too, or the witness that comes later). A key that
    waited longest without a record makes room for a new one. Raises CanonicalError, DomainError (bad_proof, key_taken, too_many),
    NotFound for a device that is not the actor's or was revoked.
    """
    offered = _offered(actor, keys)
    known = _known([key.thumbprint for key in offered])
    device = _own(actor, device_id) or _answered_before(actor, known)
    named = device.name if device else names.line(name or "Phone")
    for found in known.values():
        unlinked = found.device_id is None and found.revoked_at is None  # forgotten whose it was: the proof is all
        if not unlinked and (device is None or found.device_id != device.id or found.revoked_at is not None):
            raise _taken()
    fresh = [key for key in offered if key.thumbprint not in known]
    if device is None:
        _refuse_too_many(actor)
    try:
        with write() as session:
            device_id = device.id if device else _add(session, actor, named, now)
            _make_room(session, device_id, len(fresh), {key.thumbprint for key in offered})
            _keep(session, actor, device_id, fresh, now)
            _add_witnesses(session, [key for key in offered if key.thumbprint in known])
            session.execute(update(LoginSession).where(LoginSession.id == actor.session_id).values(device_id=device_id))
    except IntegrityError as error:  # registered elsewhere at the same instant
        raise _taken() from error
    return device_id, [key.thumbprint for key in offered]


def mark_used(session: Session, thumbprints: set[str], now: int) -> None:
    """Records came with these keys: they wait no longer. Call it in the transaction that keeps the records."""
    session.connection().execute(_USED, {"thumbprints": sorted(thumbprints), "now": now})


def _offered(actor: Actor, keys: object) -> list[Offered]:
    if not isinstance(keys, list) or not 1 <= len(keys) <= WAITING:
        raise CanonicalError("bad_shape")
    offered = [_read(actor, key) for key in keys]
    if len({key.thumbprint for key in offered}) != len(offered):
        raise CanonicalError("bad_shape")
    return offered


def _read(actor: Actor, key: Any) -> Offered:
    if not isinstance(key, dict) or not isinstance(key.get("proof"), str):
        raise CanonicalError("bad_shape")
    x, y = p256.coordinates(key.get("jwk"))
    thumbprint = p256.thumbprint(x, y)
    text = dumps({"key": thumbprint, "person": actor.person_id, "v": 1})
    if not p256.verifies(p256.public_key(x, y), key["proof"], DOMAIN, text):
        raise DomainError(
            "bad_proof",
            N_("A key came without proof that this phone holds it."),
            safe=N_("Nothing was changed."),
            do=N_("Sign in again. If it stays, update the app."),
            status=400,
        )
    return Offered(thumbprint, x, y, _witness(key.get("witness")))


def _witness(text: object) -> bytes | None:
    if text is None:
        return None
    if not isinstance(text, str) or len(text) > WITNESS * 4 // 3 + 4:
        raise CanonicalError("bad_shape")
    sealed = unb64u(text)
    if not sealed.startswith(AGE):
        raise CanonicalError("bad_shape")
    return sealed


def _own(actor: Actor, device_id: object) -> Device | None:
    if device_id is None:
        return None
    if not isinstance(device_id, str) or len(device_id) > 40:
        raise CanonicalError("bad_shape")
    device = db.session.get(Device, device_id)
    if device is None or device.person_id != actor.person_id or device.revoked_at is not None:
        raise NotFound()
    return device


def _known(thumbprints: list[str]) -> dict[str, DeviceKey]:
    found = db.session.scalars(select(DeviceKey).where(DeviceKey.thumbprint.in_(thumbprints)))
    return {key.thumbprint: key for key in found}


def _answered_before(actor: Actor, known: dict[str, DeviceKey]) -> Device | None:
    """The device that an answer named which the phone never got: all these keys are on it, and it is the actor's."""
    ids = {key.device_id for key in known.values() if key.device_id}
    device = db.session.get(Device, ids.pop()) if len(ids) == 1 else None
    return device if device and device.person_id == actor.person_id and device.revoked_at is None else None


def _refuse_too_many(actor: Actor) -> None:
    mine = (Device.person_id == actor.person_id, Device.revoked_at.is_(None))
    if (db.session.scalar(select(func.count()).select_from(Device).where(*mine)) or 0) >= DEVICES:
        raise DomainError(
            "too_many",
            N_("You have twenty devices, which is the most."),
            safe=N_("Nothing was changed."),
            do=N_("Remove one that you no longer use, on your own page."),
        )


def _make_room(session: Session, device_id: str, more: int, offered: set[str]) -> None:
    """Forget the keys that waited longest. No record came with them, and a phone that signed out has deleted them long ago.

    Were one still in use, its record would be told ``unknown_key`` and the phone would register it again: nothing is lost.
    """
    waiting = (DeviceKey.device_id == device_id, DeviceKey.used_at.is_(None), DeviceKey.revoked_at.is_(None))
    oldest_last = (
        select(DeviceKey.thumbprint).where(*waiting).order_by(DeviceKey.registered_at.desc(), DeviceKey.thumbprint)
    )
    beyond = [one for one in session.scalars(oldest_last) if one not in offered][max(0, WAITING - len(offered)) :]
    if more and beyond:
        session.execute(delete(DeviceKey).where(DeviceKey.thumbprint.in_(beyond)))


def _add(session: Session, actor: Actor, name: str, now: int) -> str:
    device = Device(id=new_id(), person_id=actor.person_id, name=name, created_at=now)
    session.add(device)
    session.flush()
    return device.id


def _keep(session: Session, actor: Actor, device_id: str, keys: list[Offered], now: int) -> None:
    session.add_all(
        DeviceKey(
            thumbprint=key.thumbprint,
            device_id=device_id,
            person_id=actor.person_id,
            chapter_id=actor.chapter_id,
            x=key.x,
            y=key.y,
            witness=key.witness,
            registered_at=now,
        )
        for key in keys
    )


def _add_witnesses(session: Session, keys: list[Offered]) -> None:
    """A witness may come later, once: what was sealed first stays."""
    for key in keys:
        if key.witness is not None:
            without = (DeviceKey.thumbprint == key.thumbprint, DeviceKey.witness.is_(None))
            session.execute(update(DeviceKey).where(*without).values(witness=key.witness))


def _taken() -> DomainError:
    return DomainError(
        "key_taken",
        N_("That key is registered already."),
        safe=N_("What is on this phone stays on it."),
        do=N_("The app makes a new key by itself."),
    )
