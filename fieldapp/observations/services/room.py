"""Room for media: the disk's, a person's and a chapter's share. What is refused here stays on the phone and comes again."""

from __future__ import annotations

import threading
import time
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from fieldapp.accounts.models import DeviceKey
from fieldapp.core.db import db
from fieldapp.core.errors import N_, DomainError
from fieldapp.core.files import Store
from fieldapp.observations.models import MediaUpload
from fieldapp.observations.services.tokens import Bearer
from fieldapp.records import here

MB = 1_048_576
STAYS = N_("What was recorded stays on this phone.")
ITSELF = N_("It is tried again by itself.")
FRESH = 15.0  # seconds that a sum is believed; what this process adds meanwhile is added to it
_sums: WeakKeyDictionary[Engine, dict[str, tuple[float, int]]] = WeakKeyDictionary()
_lock = threading.Lock()


class NoRoom(DomainError):
    """Not now: the disk is as full as it may be, or this share of it is used up."""

    status = 507

    def __init__(self, code: str, message: str, retry_after: int) -> None:
        super().__init__(code, message, safe=STAYS, do=N_("Tell your coordinator. It is tried again by itself."))
        self.retry_after = retry_after


def too_large() -> DomainError:
    """The item, or what one request brings of it, is larger than this server takes."""
    return DomainError(
        "too_large", N_("This recording is larger than the server takes."), safe=STAYS, do=ITSELF, status=413
    )


def largest() -> int:
    """The largest item in bytes."""
    return here.settings().media_item_mb * MB


def check(store: Store, bearer: Bearer, more: int, *, shares: bool) -> None:
    """Whether ``more`` bytes may come. ``shares``: ask also for the person's and the chapter's share, and count them there.
    Raises NoRoom (``no_room``, ``quota``)."""
    settings = here.settings()
    if store.free() - more < settings.media_floor_mb * MB:
        raise NoRoom("no_room", N_("The server's disk is full."), 300)
    if not shares:
        return
    # A key whose person was dropped has a share like a person's: nobody gets more by being forgotten.
    whose, of = (bearer.key.person_id, _of_person) if bearer.key.person_id else (bearer.key.thumbprint, _of_key)
    chapter = bearer.chapter_id
    if _used(whose, of) + more > settings.media_person_mb * MB:
        raise NoRoom("quota", N_("Your share of the server's disk is used up."), 3600)
    if _used(chapter, _of_chapter) + more > settings.media_chapter_mb * MB:
        raise NoRoom("quota", N_("Your chapter's share of the server's disk is used up."), 3600)
    for who in (whose, chapter):
        _add(who, more)


def _used(who: str, ask: object) -> int:
    """Bytes in use by a person or a chapter, as known for a quarter of a minute: a share is not exact, a sum over many rows is dear."""
    with _lock:
        known = _sums.setdefault(db.engine, {})
        at, used = known.get(who, (0.0, 0))
    if time.monotonic() - at < FRESH and at:
        return used
    assert callable(ask)
    used = int(db.session.scalar(ask(who)) or 0)
    with _lock:
        if len(known) > 10_000:
            known.clear()
        known[who] = (time.monotonic(), used)
    return used


def _add(who: str, more: int) -> None:
    with _lock:
        at, used = _sums.get(db.engine, {}).get(who, (0.0, 0))
        if at:
            _sums[db.engine][who] = (at, used + more)


_TAKEN = func.sum(func.coalesce(MediaUpload.length, MediaUpload.arrived))


def _of_person(person_id: str) -> object:
    mine = select(DeviceKey.thumbprint).where(DeviceKey.person_id == person_id)
    return select(_TAKEN).where(MediaUpload.key.in_(mine))


def _of_key(thumbprint: str) -> object:
    return select(_TAKEN).where(MediaUpload.key == thumbprint)


def _of_chapter(chapter_id: str) -> object:
    return select(_TAKEN).where(MediaUpload.chapter_id == chapter_id)
