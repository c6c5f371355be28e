"""Taking media in: begin, append, finish, receipt (docs/protocol.md 13). What is answered is on the disk and committed.

The file is the writer's alone while it is locked; the row says how much of it counts. What lies beyond (a process that was killed between
the two) is cut off by the next append. So two appends at once never mix: one has the lock, or finds the other's offset.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from fieldapp.accounts.services import device_keys
from fieldapp.core import p256
from fieldapp.core.canonical import b64u, trusted
from fieldapp.core.clock import round_up
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Later
from fieldapp.core.files import Busy, Incoming, Store
from fieldapp.core.protocol import DOMAIN_MEDIA_RECEIPT, RECEIVED_AT_STEP_MS, VERSION
from fieldapp.observations.models import MediaUpload
from fieldapp.observations.services import room
from fieldapp.observations.services.tokens import Bearer
from fieldapp.records import here, serverkeys
from fieldapp.records.receipts import Signed
from fieldapp.records.services import epochs

_TABLE: Any = MediaUpload.__table__
_FIND = select(
    _TABLE.c.key, _TABLE.c.length, _TABLE.c.arrived, _TABLE.c.sha256, _TABLE.c.received_at, _TABLE.c.receipt,
    _TABLE.c.receipt_sig,
).where(_TABLE.c.id == bindparam("media"))  # fmt: skip


class BrokeOff(Exception):
    """The connection ended in the middle of a body."""


@dataclass(frozen=True)
class Checksum:
    """What the sender says of one request's bytes: ``sha1`` or ``sha256``, and the digest. ``whole``: it is of the whole item, SHA-256."""

    name: str
    digest: bytes
    whole: bool = False


@dataclass(frozen=True)
class Standing:
    """Where an upload stands: bytes that are safe here, all of them where known, and the receipt once complete."""

    media: str
    key: str
    length: int | None
    arrived: int
    sha256: str | None = None
    received_at: int | None = None
    receipt: Signed | None = None
    noted: int = 0  # what the row says of ``arrived``

    @property
    def complete(self) -> bool:
        """Whether all of it is here under its digest."""
        return self.received_at is not None


class WrongOffset(DomainError):
    """The bytes do not go on where the server stands (``wrong_offset``), or somebody else is appending (``busy``)."""

    def __init__(self, code: str, offset: int | None = None) -> None:
        super().__init__(code, N_("The recording goes on at another place."), safe=room.STAYS, do=room.ITSELF)
        self.offset = offset


def _unknown() -> DomainError:
    return DomainError(
        "unknown_media", N_("The server does not have this recording."), safe=room.STAYS, do=room.ITSELF, status=404
    )


def _bad_length() -> DomainError:
    return DomainError("length", N_("The recording's length does not fit."), safe=room.STAYS, do=room.ITSELF)


def _changed() -> DomainError:
    said = N_("Something was changed on the way.")
    return DomainError("checksum", said, safe=room.STAYS, do=room.ITSELF, status=460)


def store() -> Store:
    """Where this installation's media lie."""
    return Store(here.settings().media_dir)


def create(
    bearer: Bearer, length: int | None, body: Iterable[bytes] | None, size: int, checksum: Checksum | None, now: int
) -> Standing:
    """Begin an upload, or say where it stands when it began before (its body is not taken then). ``length`` is None while it is not known;
    ``body`` are its first bytes, ``size`` of them as far as known. Raises DomainError (``unknown_media`` where the id is another key's)."""
    if length is not None and length > room.largest():
        raise room.too_large()
    known = _found(bearer)
    if known is not None:
        return known
    files = store()
    room.check(files, bearer, length if length is not None else size, shares=True)
    fresh = Standing(bearer.media, bearer.key.thumbprint, length, 0)
    if body is None:
        return _begun(bearer, fresh, now)
    try:
        with files.writing(bearer.media) as file:
            known = _found(bearer)
            if known is not None:
                return known
            stands = _begun(bearer, _take(file, fresh, body, checksum, now), now)
            if stands.complete:
                files.forget(bearer.media)
            return stands
    except Busy as error:
        raise WrongOffset("busy") from error


def append(
    bearer: Bearer,
    offset: int,
    length: int | None,
    body: Iterable[bytes],
    size: int,
    checksum: Checksum | None,
    now: int,
) -> Standing:
    """Add bytes at ``offset``; ``length`` may be told with any of them. Durable when this returns. Raises DomainError (``unknown_media``,
    ``wrong_offset``, ``busy``, ``length``, ``checksum``, ``too_large``, ``no_room``, ``quota``)."""
    files = store()
    had = _known(bearer)
    _check(had, offset, length, size)
    if had.complete:
        return had
    room.check(files, bearer, size, shares=had.length is None)
    try:
        with files.writing(bearer.media) as file:
            had = _known(bearer)
            if had.complete:  # another append finished it between our look and our lock
                files.forget(bearer.media)
                raise WrongOffset("wrong_offset", had.arrived)
            _check(had, offset, length, size)
            stands = _take(file, replace(had, length=length if had.length is None else had.length), body, checksum, now)
            _note(bearer, had, stands, now)
            if stands.complete:
                files.forget(bearer.media)
            return stands
    except Busy as error:
        raise WrongOffset("busy") from error


def standing(bearer: Bearer) -> Standing:
    """Where the upload stands. Raises DomainError (``unknown_media``)."""
    return _known(bearer)


def receipt(bearer: Bearer) -> Signed:
    """The receipt of a complete upload. Raises DomainError (``unknown_media``, ``incomplete``)."""
    found = _known(bearer)
    if found.receipt is None or not found.complete:
        raise DomainError("incomplete", N_("Not all of it has arrived yet."), safe=room.STAYS, do=room.ITSELF)
    return found.receipt


def _known(bearer: Bearer) -> Standing:
    found = _found(bearer)
    if found is None:
        raise _unknown()
    return found


def _found(bearer: Bearer) -> Standing | None:
    """The upload as rows and disk together have it. What the disk lost (a restore) has not arrived: it is asked for again."""
    db.session.rollback()  # as it is now, not as it was when this request began
    row = db.session.connection().execute(_FIND, {"media": bearer.media}).first()
    if row is None:
        return None
    if row.key != bearer.key.thumbprint:
        raise _unknown()
    files = store()
    signed = Signed(row.receipt, row.receipt_sig) if row.receipt and row.receipt_sig else None
    here_now = files.size(row.sha256) if row.sha256 and row.received_at is not None else None
    if here_now is not None:
        said = (row.arrived, row.sha256, row.received_at, signed, row.arrived)
        return Standing(bearer.media, row.key, row.length, *said)
    arrived = min(row.arrived, files.arrived(bearer.media))
    return Standing(bearer.media, row.key, row.length, arrived, row.sha256, None, signed, row.arrived)


def _check(stands: Standing, offset: int, length: int | None, size: int) -> None:
    if offset != stands.arrived:
        raise WrongOffset("wrong_offset", stands.arrived)
    total = stands.length if stands.length is not None else length
    if length is not None and length != total:
        raise _bad_length()
    if max(total or 0, offset + size) > room.largest():
        raise room.too_large()
    if total is not None and offset + size > total:
        raise _bad_length()


def _take(file: Incoming, stands: Standing, body: Iterable[bytes], checksum: Checksum | None, now: int) -> Standing:
    """Write what comes, in constant memory; where that leaves it. Of a body whose checksum differs nothing is taken."""
    file.cut(stands.arrived)
    try:
        came, whole = _write(file, stands, body, checksum)
    except BaseException:
        file.cut(stands.arrived)
        raise
    file.sync()
    had, stands = stands.arrived, replace(stands, arrived=stands.arrived + came)
    if stands.length != stands.arrived:
        return stands
    sha256 = whole if came == stands.arrived else file.digest()
    if checksum and checksum.whole and sha256 != b64u(checksum.digest):
        file.cut(had)
        raise _changed()
    return _finished(file, stands, sha256, now)


def _write(file: Incoming, stands: Standing, body: Iterable[bytes], checksum: Checksum | None) -> tuple[int, str]:
    """How many bytes came, and their SHA-256. Raises DomainError (``length``, ``too_large``, ``checksum``)."""
    sha256, told = hashlib.sha256(), None
    if checksum and not checksum.whole:
        told = sha256 if checksum.name == "sha256" else hashlib.new(checksum.name, usedforsecurity=False)
    most = (room.largest() if stands.length is None else stands.length) - stands.arrived
    came, broke = 0, False
    try:
        for piece in body:
            came += len(piece)
            if came > most:
                raise room.too_large() if stands.length is None else _bad_length()
            file.write(piece)
            sha256.update(piece)
            if told is not None and told is not sha256:
                told.update(piece)
    except BrokeOff:
        broke = True  # what came is as good as what comes in a request of its own
    if checksum and told and (broke or told.digest() != checksum.digest):
        raise _changed()
    return came, b64u(sha256.digest())


def _finished(file: Incoming, stands: Standing, sha256: str, now: int) -> Standing:
    """Keep the file under its digest, and sign that it is here; a receipt that was made before stays, byte for byte."""
    file.keep(sha256)
    received_at = round_up(now, RECEIVED_AT_STEP_MS)
    signed = stands.receipt if stands.sha256 == sha256 else None
    return replace(
        stands,
        sha256=sha256,
        received_at=received_at,
        receipt=signed or _sign(stands.media, sha256, stands.arrived, received_at, now),
    )


def _sign(media: str, sha256: str, size: int, received_at: int, now: int) -> Signed:
    mine = epochs.standing(now)
    ring = serverkeys.ready(here.settings().data_dir, now)
    said = {
        "epoch": mine.epoch,
        "log": mine.origin,
        "media": media,
        "received_at": received_at,
        "server_key": ring.receipt_thumbprint,
        "sha256": sha256,
        "size": size,
        "type": "media_receipt",
        "v": VERSION,
    }
    text = trusted(said)
    return Signed(text, p256.sign(ring.receipt, DOMAIN_MEDIA_RECEIPT, text))


def _begun(bearer: Bearer, stands: Standing, now: int) -> Standing:
    """Write the row; where another process wrote it in the same instant, that one stands."""
    at = round_up(now, RECEIVED_AT_STEP_MS)
    row = {"id": bearer.media, "key": bearer.key.thumbprint, "chapter_id": bearer.chapter_id, "started_at": at}
    try:
        with write() as session:
            session.execute(insert(_TABLE), {**row, "flags": list(bearer.flags), "touched_at": at, **_values(stands)})
            if bearer.key.used_at is None:
                device_keys.mark_used(session, {bearer.key.thumbprint}, now)
    except IntegrityError:
        return _known(bearer)
    except OperationalError as error:
        raise Later() from error
    return stands


def _note(bearer: Bearer, had: Standing, stands: Standing, now: int) -> None:
    """Say in the row what is safe on the disk now. Raises WrongOffset where another machine said something else meanwhile."""
    its = (_TABLE.c.id == bearer.media, _TABLE.c.arrived == had.noted)
    at = round_up(now, RECEIVED_AT_STEP_MS)
    try:
        with write() as session:
            done = session.execute(update(_TABLE).where(*its).values(**_values(stands), touched_at=at))
    except OperationalError as error:
        raise Later() from error
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise WrongOffset("wrong_offset")


def _values(stands: Standing) -> dict[str, Any]:
    signed = stands.receipt
    return {
        "length": stands.length,
        "arrived": stands.arrived,
        "sha256": stands.sha256,
        "received_at": stands.received_at,
        "receipt": signed.text if signed else None,
        "receipt_sig": signed.sig if signed else None,
    }
