"""What is checked before the write transaction opens: keys, signatures, chapters, boxes, clocks, and the domains' own checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, literal, select, union_all

from fieldapp.accounts.models import Chapter, Membership
from fieldapp.accounts.services.devices import KeyView, find_keys
from fieldapp.core import p256
from fieldapp.core.actor import LEGAL
from fieldapp.core.clock import DAY, HOUR, to_datetime
from fieldapp.core.db import db
from fieldapp.core.protocol import DOMAIN_RECORD, VOID_AFTER_MAX_MS
from fieldapp.records import registry
from fieldapp.records.envelope import Refused, parse
from fieldapp.records.models import Box, Record
from fieldapp.records.registry import Kind, ParsedRecord
from fieldapp.records.services.epochs import Standing, accepts

EASTMOST = 14 * HOUR  # no wall clock on earth is further ahead of UTC
OLDEST = 366 * DAY  # evidence never expires in an outbox, but nobody writes a year late
# Built once: asked with every request that holds an operation, and with every one that holds a sealed file.
_BELONGING = union_all(
    select(Membership.person_id, Membership.chapter_id, literal("")).where(
        Membership.person_id.in_(bindparam("people", expanding=True))
    ),
    select(literal(""), Chapter.id, Chapter.path).where(Chapter.id.in_(bindparam("chapters", expanding=True))),
)
_FITTING = (
    select(Chapter.id, Box.id)
    .join(Box, Chapter.path.contains(Box.chapter_id + "/"))
    .where(
        Chapter.id.in_(bindparam("chapters", expanding=True)),
        Box.id.in_(bindparam("boxes", expanding=True)),
        Box.purpose == LEGAL,
    )
)


@dataclass
class Arrived:
    """A record with a good signature of a known key, on its way in."""

    record: ParsedRecord
    key: KeyView
    kind: Kind
    chapter_id: str
    reasons: list[str] = field(default_factory=list)  # evidence: why in quarantine
    flags: list[str] = field(default_factory=list)
    code: str | None = None  # operation: why it is not applied, as far as that is known before the transaction

    @property
    def name(self) -> tuple[str, str]:
        """What is unique: id and key."""
        return self.record.id, self.record.key


def sift(envelopes: Sequence[Any], mine: Standing) -> list[Arrived | Refused]:
    """Each envelope as a record that may come in, or why not. One query for all keys."""
    read = [_read(envelope) for envelope in envelopes]
    keys = find_keys({one.key for one in read if isinstance(one, ParsedRecord)})
    return [one if isinstance(one, Refused) else _signed(one, keys.get(one.key), mine) for one in read]


def examine(arrived: Sequence[Arrived], now: int) -> None:
    """Find out, in few queries, what keeps evidence in quarantine or an operation from being applied. Times: ms UTC."""
    _chapters(arrived)
    for one in arrived:
        _key_and_clock(one, now)
    evidence = [one for one in arrived if one.kind.evidence]
    _foresee([one for one in arrived if not one.kind.evidence], now)
    for one in arrived:
        if one.kind.ahead and one.code is None:
            one.kind.ahead(one.record, one.key, now)
    if evidence:
        _boxes(evidence)
        _amended(evidence)
        _ask_domains(evidence, now)


def _read(envelope: Any) -> ParsedRecord | Refused:
    try:
        return parse(envelope)
    except Refused as refused:
        return refused


def _signed(record: ParsedRecord, key: KeyView | None, mine: Standing) -> Arrived | Refused:
    if not accepts(record.body["log"], mine):
        return Refused("unknown_log", record.id, record.digest)
    if key is None:
        return Refused("unknown_key", record.id, record.digest)
    if not p256.verifies(p256.public_key(key.x, key.y), record.sig, DOMAIN_RECORD, record.text):
        return Refused("bad_signature", record.id, record.digest)
    kind = registry.find(record.kind)
    assert kind is not None
    return Arrived(record, key, kind, record.chapter_id)


def _chapters(arrived: Sequence[Arrived]) -> None:
    """A key writes evidence in its own chapter, in the pods below, and wherever its person belongs; it acts only where its
    person still belongs: who left a chapter raises no alert there any more."""
    strange = [one for one in arrived if one.chapter_id != one.key.chapter_id or not one.kind.evidence]
    if not strange:
        return
    asked = {
        "people": list({one.key.person_id for one in strange if one.key.person_id}),
        "chapters": list({one.chapter_id for one in strange}),
    }
    home: dict[str, set[str]] = {}
    paths: dict[str, str] = {}
    for person_id, chapter_id, path in db.session.connection().execute(_BELONGING, asked):
        if person_id:
            home.setdefault(person_id, set()).add(chapter_id)
        else:
            paths[chapter_id] = path
    for one in strange:
        may = set(home.get(one.key.person_id or "", ()))
        if one.kind.evidence:
            may.add(one.key.chapter_id)
        if not may & set(paths.get(one.chapter_id, "").split("/")):
            one.reasons.append("wrong_chapter")
            one.code = "wrong_chapter"
            one.chapter_id = one.key.chapter_id


def writes_in(key: KeyView, chapter_id: str) -> bool:
    """Whether a key writes evidence in this chapter: its own, a pod below, or where its person belongs."""
    if chapter_id == key.chapter_id:
        return True
    asked = {"people": [key.person_id] if key.person_id else [], "chapters": [chapter_id]}
    may, path = {key.chapter_id}, ""
    for person_id, found, its_path in db.session.connection().execute(_BELONGING, asked):
        if person_id:
            may.add(found)
        else:
            path = its_path
    return bool(may & set(path.split("/")))


def _key_and_clock(one: Arrived, now: int) -> None:
    if one.key.disabled:
        one.reasons.append("disabled")
        one.code = "disabled"
    if one.key.revoked_at is not None and one.key.revoked_at <= now:
        one.reasons.append("key_revoked")
        one.code = "key_revoked"
    void_after = one.record.void_after
    if void_after is not None and not now <= void_after <= now + VOID_AFTER_MAX_MS:
        one.code = "void"
    day = date.fromisoformat(one.record.body["day_part"][:10])
    latest, earliest = to_datetime(now + EASTMOST).date(), to_datetime(now - OLDEST).date()
    if not earliest <= day <= latest:
        one.reasons.append("wrong_clock")


def _foresee(operations: Sequence[Arrived], now: int) -> None:
    """An operation that comes alone may be answered by what stands now; where there are more, one may make room for another."""
    if len(operations) == 1 and operations[0].code is None and operations[0].kind.foresee:
        operations[0].code = operations[0].kind.foresee(operations[0].record, operations[0].key, now)


def _boxes(evidence: Sequence[Arrived]) -> None:
    """Sealed to boxes of the chapter or of one above it, as an age file that such a box can open."""
    sealed = [one for one in evidence if one.record.sealed]
    if not sealed:
        return
    asked = {
        "chapters": list({one.chapter_id for one in sealed}),
        "boxes": list({box for one in sealed for box in one.record.sealed}),
    }
    fits = {(chapter_id, box) for chapter_id, box in db.session.connection().execute(_FITTING, asked)}
    for one in sealed:
        if any((one.chapter_id, box) not in fits for box in one.record.sealed):
            one.reasons.append("unknown_box")
        if not all(is_hybrid_age(data) for data in one.record.sealed.values()):
            one.reasons.append("box_mismatch")


def is_hybrid_age(data: bytes) -> bool:
    """Whether these bytes begin like an age file whose recipients are all ``mlkem768x25519`` (grease stanzas aside)."""
    end = data.find(b"\n--- ")
    if not data.startswith(b"age-encryption.org/v1\n-> ") or end < 0:
        return False
    stanzas = data[:end].split(b"\n-> ")[1:]
    types = {stanza.split(b" ", 1)[0] for stanza in stanzas}
    return {name for name in types if not name.endswith(b"-grease")} == {b"mlkem768x25519"}


def _amended(evidence: Sequence[Arrived]) -> None:
    """An amendment names an observation of its own chapter; one by another key is flagged."""
    amendments = [one for one in evidence if one.record.amends]
    if not amendments:
        return
    asked = {one.record.amends for one in amendments}
    query = select(Record.digest, Record.id, Record.key, Record.chapter_id).where(
        Record.digest.in_(asked), Record.kind == "observation"
    )
    known: dict[str | None, tuple[str, str, str]] = {
        one[0]: (one[1], one[2], one[3]) for one in db.session.execute(query)
    }
    for one in evidence:
        if one.record.kind == "observation" and one.record.digest in asked:
            known[one.record.digest] = (one.record.id, one.record.key, one.chapter_id)
    for one in amendments:
        record_id, key, chapter_id = known.get(one.record.amends, (None, None, None))
        if chapter_id != one.chapter_id or record_id != one.record.body["amends"]["id"]:
            one.reasons.append("unknown_amended")
        elif key != one.record.key:
            one.flags.append("other_key")


def _ask_domains(evidence: Sequence[Arrived], now: int) -> None:
    for check in registry.examiners():
        _ask(evidence, check, now)
    by_kind: dict[str, list[Arrived]] = {}
    for one in evidence:
        by_kind.setdefault(one.kind.name, []).append(one)
    for same in by_kind.values():
        if same[0].kind.check_many:
            _ask(same, same[0].kind.check_many, now)
        if same[0].kind.check:
            for one in same:
                _add(one, same[0].kind.check(one.record, one.key, now))


def _ask(evidence: Sequence[Arrived], check: registry.CheckMany, now: int) -> None:
    found = check([(one.record, one.key) for one in evidence], now)
    for one, reasons in zip(evidence, found, strict=True):
        _add(one, reasons)


def _add(one: Arrived, reasons: Sequence[str]) -> None:
    one.reasons.extend(reason for reason in reasons if reason not in one.reasons)
