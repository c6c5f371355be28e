"""Epochs: one life of this database each, with a log origin of its own (docs/protocol.md 7)."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.core.clock import MINUTE, SECOND
from fieldapp.core.db import db, write, writing
from fieldapp.core.ids import new_id
from fieldapp.records import here
from fieldapp.records.models import Checkpoint, Epoch

# A request may take as long as this from its ``now`` to its COMMIT: a backup is sure to hold only what was received before that.
LONGEST_REQUEST = 2 * MINUTE


_STANDING = (
    select(Epoch.id, Epoch.origin, Checkpoint.text, Epoch.backed_up_through)
    .outerjoin(Checkpoint, Checkpoint.epoch == Epoch.id)
    .where(Epoch.ended_at.is_(None))
    .order_by(Checkpoint.size.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Standing:
    """Where this database stands: its epoch, log origin, newest checkpoint text, and what is backed up (ms UTC)."""

    epoch: str
    origin: str
    checkpoint: str | None
    backed_up_through: int | None


FRESH = SECOND
_seen: WeakKeyDictionary[Engine, tuple[int, Standing]] = WeakKeyDictionary()


def standing(now: int) -> Standing:
    """Where this database stands, as seen within the last second; a database that never had an epoch begins its first one.

    A second, because every answer of the door says it: another process's checkpoint or backup may be told that much later. An
    epoch changes only by a restore, for which every process is stopped.
    """
    at, known = _seen.get(db.engine, (0, None))
    if known is not None and 0 <= now - at < FRESH and not writing():
        return known
    found = _standing()
    if found is None:
        _begin_first(now)
        found = _standing()
    assert found is not None
    if not writing():  # what an open transaction sees may never be committed
        _seen[db.engine] = (now, found)
    return found


def forget_seen() -> None:
    """Look anew: this process has just changed where the database stands."""
    _seen.pop(db.engine, None)


def current(now: int) -> Epoch:
    """The epoch under way; the first one begins here."""
    return db.session.get_one(Epoch, standing(now).epoch)


def accepts(origin: str, mine: Standing) -> bool:
    """Whether a record that names this log origin is ours: any origin of this host, or any earlier origin of this database.

    Any of this host, because a restore forgets epochs that began after its backup; their records are still evidence.
    """
    if origin == mine.origin or origin.startswith(f"{here.settings().host}/log/"):
        return True
    return db.session.scalar(select(Epoch.id).where(Epoch.origin == origin)) is not None


def begin(now: int) -> Epoch:
    """Begin a new epoch (after a restore). Its log starts with every leaf that this database has; phones offer again what it lacks."""
    from fieldapp.records.services import log

    with write() as session:
        last = session.scalar(select(Epoch).where(Epoch.ended_at.is_(None)))
        head = log.newest(session, last.id) if last else None
        session.execute(update(Epoch).where(Epoch.ended_at.is_(None)).values(ended_at=now))
        fresh = _add(session, now)
        if head is not None:
            log.sign_again(session, fresh, head, now)
    forget_seen()
    return fresh


def backed_up(taken_at: int) -> None:
    """Note that a backup which began at ``taken_at`` (ms UTC) is complete: what was surely received by then may leave the phones."""
    with write() as session:
        through = taken_at - LONGEST_REQUEST
        session.execute(update(Epoch).where(Epoch.ended_at.is_(None)).values(backed_up_through=through))
    forget_seen()


def _standing() -> Standing | None:
    row = db.session.connection().execute(_STANDING).first()
    return Standing(*row) if row else None


def _begin_first(now: int) -> None:
    try:
        with write() as session:
            if session.scalar(select(Epoch.id).where(Epoch.ended_at.is_(None))) is None:
                _add(session, now)
                session.flush()  # an outer transaction (fieldapp init) reads it at once
    except IntegrityError:  # another process began it in the same instant
        db.session.rollback()


def _add(session: Session, now: int) -> Epoch:
    made = new_id(8)
    fresh = Epoch(id=made, origin=f"{here.settings().host}/log/{made}", started_at=now)
    session.add(fresh)
    session.flush()
    return fresh
