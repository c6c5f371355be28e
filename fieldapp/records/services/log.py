"""The sequencer: what is accepted and not yet in the log becomes leaves, in one transaction, under one signed checkpoint."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from fieldapp.core.canonical import b64u, unb64u
from fieldapp.core.db import Base, db, write
from fieldapp.records import here, serverkeys, tree
from fieldapp.records.crypto import checkpoint_body, raw_leaf_hash, sign_note
from fieldapp.records.models import BoxManifest, Checkpoint, CustodyAct, Epoch, Leaf, Record
from fieldapp.records.services import epochs

BATCH = 500  # so that nobody waits long for the write gate behind the sequencer
_LOCK = 0x4C4F47  # one sequencer at a time on PostgreSQL; on SQLite the write gate sees to it


@dataclass(frozen=True)
class _Waiting:
    """A text that is to become a leaf, and the row that is told where."""

    kind: str
    row: dict[str, Any]
    hash: bytes


_TABLES: dict[str, tuple[type[Base], Any, tuple[Any, ...]]] = {
    "record": (Record, Record.body, (Record.pk,)),
    "act": (CustodyAct, CustodyAct.text, (CustodyAct.pk,)),
    "manifest": (BoxManifest, BoxManifest.text, (BoxManifest.box_id, BoxManifest.version)),
}


def sequence(now: int, limit: int = BATCH) -> int:
    """Append up to ``limit`` of the texts that wait, and sign a checkpoint at ``now`` (ms UTC). Returns how many; 0: nothing waits,
    or another sequencer was first."""
    epoch = epochs.current(now)
    size = _size(db.session(), epoch.id)
    waiting = _waiting(db.session(), limit)
    if not waiting:
        return 0
    with write() as session:
        _alone(session)
        head = newest(session, epoch.id)
        if (head.size if head else 0) != size:
            return 0
        _append(session, epoch, head, waiting, now)
    epochs.forget_seen()
    return len(waiting)


def anything_waits() -> bool:
    """Whether there is something to sequence."""
    return bool(_waiting(db.session(), 1))


def newest(session: Session, epoch_id: str) -> Checkpoint | None:
    """The newest checkpoint of an epoch."""
    return session.scalar(
        select(Checkpoint).where(Checkpoint.epoch == epoch_id).order_by(Checkpoint.size.desc()).limit(1)
    )


def sign_again(session: Session, epoch: Epoch, head: Checkpoint, now: int) -> None:
    """Sign an older epoch's tree head under a new epoch's origin: its log begins with the same leaves."""
    session.add(_checkpoint(epoch, [unb64u(one) for one in head.frontier], head.size, now))


def _append(session: Session, epoch: Epoch, head: Checkpoint | None, waiting: Sequence[_Waiting], now: int) -> None:
    before = [unb64u(one) for one in head.frontier] if head else []
    start = head.size if head else 0
    frontier, size = tree.append(before, start, [one.hash for one in waiting])
    placed = list(enumerate(waiting, start))
    session.execute(
        insert(Leaf),
        [{"index": index, "epoch": epoch.id, "hash": b64u(one.hash), "kind": one.kind} for index, one in placed],
    )
    for kind, (model, _, keys) in _TABLES.items():
        rows = [{**one.row, "_index": index} for index, one in placed if one.kind == kind]
        if rows:
            here_is = [column == bindparam(f"_{column.key}") for column in keys]
            placing = update(cast(Table, model.__table__)).where(*here_is).values(leaf_index=bindparam("_index"))
            session.connection().execute(placing, rows)
    session.add(_checkpoint(epoch, frontier, size, now))


def _waiting(session: Session, limit: int) -> list[_Waiting]:
    found: list[_Waiting] = []
    for kind, (model, said, keys) in _TABLES.items():
        waits = model.__table__.c.leaf_index.is_(None)
        query = select(said, *keys).where(waits).order_by(*keys).limit(limit - len(found))
        for body, *values in session.execute(query):
            row = {f"_{column.key}": value for column, value in zip(keys, values, strict=True)}
            found.append(_Waiting(kind, row, raw_leaf_hash(body)))
        if len(found) == limit:
            break
    return found


def _checkpoint(epoch: Epoch, frontier: list[bytes], size: int, now: int) -> Checkpoint:
    root = tree.root(frontier)
    key = serverkeys.ready(here.settings().data_dir, now).log
    note = sign_note(key, epoch.origin, checkpoint_body(epoch.origin, size, root))
    return Checkpoint(
        epoch=epoch.id,
        size=size,
        root=base64.b64encode(root).decode("ascii"),
        text=note,
        frontier=[b64u(one) for one in frontier],
        at=now,
    )


def _size(session: Session, epoch_id: str) -> int:
    return (
        session.scalar(
            select(Checkpoint.size).where(Checkpoint.epoch == epoch_id).order_by(Checkpoint.size.desc()).limit(1)
        )
        or 0
    )


def _alone(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
