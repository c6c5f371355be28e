"""Operations are forgotten: a tombstone stays until ``void_after``; past that nothing could be applied again."""

from __future__ import annotations

from sqlalchemy import delete, select

from fieldapp.core.db import db, write
from fieldapp.records.models import Tombstone

BATCH = 1_000


def forget(now: int) -> int:
    """Remove up to 1,000 tombstones whose ``void_after`` has passed at ``now`` (ms UTC); returns how many."""
    past = select(Tombstone.id, Tombstone.key).where(Tombstone.void_after < now).limit(BATCH)
    names = db.session.execute(past).all()
    if not names:
        return 0
    with write() as session:
        for record_id, key in names:
            session.execute(delete(Tombstone).where(Tombstone.id == record_id, Tombstone.key == key))
    return len(names)
