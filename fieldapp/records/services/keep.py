"""The write transaction of the door: evidence in bulk, operations one by one, receipts beside them (DESIGN 2.1 to 2.4)."""

from __future__ import annotations

import json
import logging
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    any_,
    bindparam,
    column,
    delete,
    func,
    select,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fieldapp.accounts.services import device_keys
from fieldapp.core.clock import round_up
from fieldapp.core.columns import Json
from fieldapp.core.db import db, gave_way
from fieldapp.core.protocol import NOT_APPLIED_CODES, RECEIVED_AT_STEP_MS
from fieldapp.records.crypto import leaf_hash
from fieldapp.records.models import Record, RecordMedia, SealedFile, Tombstone
from fieldapp.records.receipts import Signed, Signer
from fieldapp.records.registry import NotApplied
from fieldapp.records.services.arrivals import Arrived

log = logging.getLogger(__name__)
# Built once: these are asked with every request.
_ITS = (Tombstone.id == bindparam("of_id"), Tombstone.key == bindparam("of_key"))
_SAY = update(Tombstone).where(*_ITS).values(receipt=bindparam("text"), receipt_sig=bindparam("signature"))
_TAKE_BACK = delete(Tombstone).where(*_ITS)
Name = tuple[str, str]  # id and key


def _among(dialect: str, which: Any, name: str) -> ColumnElement[bool]:
    """Whether a column is one of the values; on PostgreSQL as one array, for a statement that stays the same however many there are."""
    if dialect == "postgresql":
        return cast(ColumnElement[bool], which == any_(bindparam(name, type_=ARRAY(String(), dimensions=1))))
    return cast(ColumnElement[bool], which.in_(bindparam(name, expanding=True)))


@cache
def _kept(dialect: str) -> Any:
    return union_all(
        *(
            select(table.id, table.key, table.digest, table.receipt, table.receipt_sig).where(
                _among(dialect, table.id, "ids")
            )
            for table in (Record, Tombstone)
        )
    )


@cache
def _waiting(dialect: str) -> Any:
    said = (Record.pk, Record.amends, Record.key, Record.chapter_id, Record.reasons, Record.flags, Record.body)
    return select(*said).where(_among(dialect, Record.amends, "digests"), Record.in_quarantine)


@dataclass(frozen=True)
class Kept:
    """What the server has under a name: the digest, the first receipt, and whether it is new with this request."""

    digest: str
    receipt: Signed
    outcome: str = "duplicate"


def find_kept(names: Iterable[Name]) -> dict[Name, Kept]:
    """What is stored already under these names, evidence or tombstone."""
    asked = set(names)
    connection = db.session.connection()
    ids = list({record_id for record_id, _ in asked})
    rows = connection.execute(_kept(connection.dialect.name), {"ids": ids})
    found = {(row[0], row[1]): Kept(row[2], Signed(row[3], row[4])) for row in rows}
    return {name: kept for name, kept in found.items() if name in asked}


def keep(
    session: Session, arrived: Sequence[Arrived], signer: Signer, now: int, *, careful: bool = False
) -> dict[Name, Kept]:
    """Store and apply what arrived, in the caller's transaction. What is not in the answer was not stored.

    ``careful`` gives every piece of evidence a savepoint of its own: for the second try, after a bulk step failed.
    """
    evidence = [one for one in arrived if one.kind.evidence]
    if waiting := {one.record.key for one in arrived if one.key.used_at is None}:
        device_keys.mark_used(session, waiting, now)
    kept: dict[Name, Kept] = {}
    for group in [[one] for one in evidence] if careful else [evidence] if evidence else []:
        try:
            with session.begin_nested() if careful else session.no_autoflush:
                kept |= _keep_evidence(session, group, signer, now)
        except DBAPIError as error:
            if not careful or gave_way(error):
                raise
            log.exception("a record could not be stored")
    operations = [one for one in arrived if not one.kind.evidence]
    _prepare(session, [one for one in operations if not one.code])
    for one in operations:
        kept |= _keep_operation(session, one, signer, now)
    lost = {one.name for one in arrived} - set(kept)
    return {**(find_kept(lost) if lost else {}), **kept}


def _prepare(session: Session, operations: Sequence[Arrived]) -> None:
    """Have each domain lock what its operations need, before the first is applied."""
    for prepare in {one.kind.prepare: None for one in operations if one.kind.prepare}:
        assert prepare is not None
        prepare(session, [(one.record, one.key) for one in operations if one.kind.prepare is prepare])


def _keep_evidence(session: Session, evidence: Sequence[Arrived], signer: Signer, now: int) -> dict[Name, Kept]:
    received_at = round_up(now, RECEIVED_AT_STEP_MS)
    made: dict[Name, tuple[Arrived, Kept]] = {}
    rows = []
    # In one order everywhere, so that two batches cannot wait for each other.
    for one in sorted(evidence, key=lambda each: each.name):
        outcome = "quarantined" if one.reasons else "stored"
        receipt = signer.receipt(one.record.id, one.record.digest, leaf_hash(one.record.text), received_at, outcome)
        made[one.name] = (one, Kept(one.record.digest, receipt, outcome))
        rows.append(_row(one, receipt, received_at))
    stored = _insert(session, Record.__table__, rows, "id", "key", "pk")
    pks = {(record_id, key): pk for record_id, key, pk in stored}
    files = [
        {
            "record_pk": pk,
            "box_id": said["box"],
            "sha256": said["sha256"],
            "data": made[name][0].record.sealed[said["box"]],
        }
        for name, pk in pks.items()
        for said in made[name][0].record.body["files"]
    ]
    if files:
        _insert(session, SealedFile.__table__, files)
    media = [{"record_pk": pk, **said} for name, pk in pks.items() for said in made[name][0].record.body["media"]]
    if media:
        _insert(session, RecordMedia.__table__, media)
    fresh = [made[name][0] for name in pks]
    _let_in_amendments(session, fresh)
    for one in fresh:
        _apply_evidence(session, one, now)
    return {name: made[name][1] for name in pks}


def _row(one: Arrived, receipt: Signed, received_at: int) -> dict[str, Any]:
    body = one.record.body
    day, part = body["day_part"].split("/")
    return {
        "id": one.record.id,
        "key": one.record.key,
        "digest": one.record.digest,
        "kind": one.record.kind,
        "chapter_id": one.chapter_id,
        "form": body["form"],
        "shift_id": body.get("shift"),
        "place_id": body.get("place"),
        "cell": body.get("cell"),
        "day": day,
        "part": part,
        "purpose": body["purpose"],
        "retention": body["retention"],
        "amends": one.record.amends,
        "body": one.record.text,
        "sig": one.record.sig,
        "open": one.record.open_text,
        "received_at": received_at,
        "receipt": receipt.text,
        "receipt_sig": receipt.sig,
        "reasons": one.reasons,
        "flags": one.flags,
        "in_quarantine": bool(one.reasons),
        "leaf_index": None,
    }


def _let_in_amendments(session: Session, fresh: Sequence[Arrived]) -> None:
    """Evidence drains in shuffled order: an amendment that came before what it amends waited in quarantine for just that."""
    named: dict[str | None, Arrived] = {one.record.digest: one for one in fresh if one.record.kind == "observation"}
    if not named:
        return
    connection = session.connection()
    waiting = connection.execute(_waiting(connection.dialect.name), {"digests": list(named)}).all()
    for pk, amends, key, chapter_id, reasons, flags, body in waiting:
        one = named[amends]
        if chapter_id != one.chapter_id or json.loads(body)["amends"]["id"] != one.record.id:
            continue
        left = [reason for reason in reasons if reason != "unknown_amended"]
        seen = flags if key == one.record.key else [*flags, "other_key"]
        session.execute(
            update(Record).where(Record.pk == pk).values(reasons=left, flags=seen, in_quarantine=bool(left))
        )


def _apply_evidence(session: Session, one: Arrived, now: int) -> None:
    """What a domain does with new evidence beside its storing; it is stored whatever happens here."""
    if one.kind.apply is None:
        return
    try:
        with session.begin_nested():
            one.kind.apply(one.record, one.key, now)
    except Exception as error:
        if gave_way(error):
            raise
        log.exception("applying a stored %s failed", one.kind.name)


def _keep_operation(session: Session, one: Arrived, signer: Signer, now: int) -> dict[Name, Kept]:
    """Apply an operation once: whoever writes its tombstone first applies it."""
    name = {"of_id": one.record.id, "of_key": one.record.key}
    if one.code:
        kept = _answer(one, signer, now, f"not_applied/{one.code}")
        return {one.name: kept} if _begin(session, one, kept.receipt) else {}
    if not _begin(session, one, Signed("", "")):
        return {}
    try:
        outcome = _apply_operation(session, one, now)
    except Exception as error:
        if gave_way(error):
            raise
        log.exception("applying a %s failed", one.kind.name)
        session.connection().execute(_TAKE_BACK, name)
        return {}
    kept = _answer(one, signer, now, outcome)
    session.connection().execute(_SAY, {**name, "text": kept.receipt.text, "signature": kept.receipt.sig})
    return {one.name: kept}


def _answer(one: Arrived, signer: Signer, now: int, outcome: str) -> Kept:
    return Kept(one.record.digest, signer.receipt(one.record.id, one.record.digest, None, now, outcome), outcome)


def _begin(session: Session, one: Arrived, receipt: Signed) -> bool:
    """Write the operation's tombstone; whether it was not there yet."""
    row = {
        "id": one.record.id,
        "key": one.record.key,
        "digest": one.record.digest,
        "receipt": receipt.text,
        "receipt_sig": receipt.sig,
        "void_after": one.record.void_after,
    }
    return bool(_insert(session, Tombstone.__table__, [row], "id"))


def _apply_operation(session: Session, one: Arrived, now: int) -> str:
    if one.kind.apply is None:
        return "stored"
    try:
        with session.begin_nested():
            one.kind.apply(one.record, one.key, now)
    except NotApplied as reason:
        if reason.code not in NOT_APPLIED_CODES:
            log.error("a %s was not applied for a reason that the protocol has no word for", one.kind.name)
        return f"not_applied/{reason.code if reason.code in NOT_APPLIED_CODES else 'invalid'}"
    return "stored"


@cache
def _inserting(dialect: str, table: Table, packed: tuple[str, ...], wanted: tuple[str, ...]) -> Any:
    """``packed`` names columns: on PostgreSQL many rows come as one JSON text, for a statement of one length, prepared once.
    Thousands of parameters in a statement of 60 kB took the driver and the database longer than the rows themselves.
    """
    made: Any
    if packed:
        # As plain text: a cast to VARCHAR(n) would cut what is too long without a word; the column itself refuses it.
        types = {name: _plain(table.c[name].type) for name in packed}
        rows = func.json_to_recordset(type_coerce(bindparam("rows"), Text).cast(postgresql.JSON)).table_valued(
            *(column(name, kind) for name, kind in types.items()), name="given"
        )
        rows = rows.render_derived(with_types=True)
        binary = {name for name in packed if isinstance(table.c[name].type, LargeBinary)}
        values = (func.decode(rows.c[name], "base64") if name in binary else rows.c[name] for name in packed)
        made = postgresql.insert(table).from_select(list(packed), select(*values)).on_conflict_do_nothing()
    else:
        made = (postgresql if dialect == "postgresql" else sqlite).insert(table).on_conflict_do_nothing()
    return made.returning(*(table.c[name] for name in wanted)) if wanted else made


def _plain(kind: Any) -> Any:
    return kind if isinstance(kind, Integer | Boolean) else Text()


def _insert(session: Session, table: Any, rows: list[dict[str, Any]], *wanted: str) -> list[Any]:
    """Insert what is not there yet; answers the wanted columns of what was inserted."""
    connection = session.connection()
    packed = tuple(rows[0]) if len(rows) > 1 and connection.dialect.name == "postgresql" else ()
    statement = _inserting(connection.dialect.name, table, packed, wanted)
    values: Any = rows
    if packed:
        texts = {name: table.c[name].type for name in packed if isinstance(table.c[name].type, Json)}
        told = [{**row, **{n: kind.process_bind_param(row[n], None) for n, kind in texts.items()}} for row in rows]
        values = {"rows": json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=_base64)}
    done = connection.execute(statement, values)
    return list(done.all()) if wanted else []


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
