"""One record for counsel: its open part in words, its versions, what the server signed, and what it was sealed into."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from fieldapp.accounts.services import devices
from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.core.errors import NotFound
from fieldapp.observations import catalogue, labels, readout
from fieldapp.observations.services import arrived
from fieldapp.places.models import Place, PlacePick
from fieldapp.records.models import CustodyAct, Record, SealedFile
from fieldapp.review import policy
from fieldapp.review.models import QuarantineDecision

UNKNOWN = {"not_said", "could_not_hear", "unsure", "could_not_tell"}


@dataclass(frozen=True)
class Answer:
    """One answered question in words; ``was`` are its earlier versions, oldest first; ``unknown`` shows it grey."""

    question: str
    answer: str
    was: list[str]
    unknown: bool
    long: bool


@dataclass(frozen=True)
class Reading:
    """All of a record that the server itself can read."""

    record: Record
    title: str
    place: Place | None
    day: date
    answers: list[Answer]
    amendments: list[Record]
    boxes: list[str]
    acts: list[CustodyAct]
    decisions: list[QuarantineDecision]
    definition: dict[str, Any] | None
    media: list[arrived.Item]

    @property
    def media_here(self) -> int:
        """How many of its photos, films and sounds have arrived."""
        return sum(one.here for one in self.media)

    @property
    def zone(self) -> str:
        """IANA zone of its place; UTC where it names none."""
        return self.place.zone if self.place else "UTC"

    def day_of(self, version: Record) -> date:
        """The local day that one version names."""
        return date.fromisoformat(version.day)

    @property
    def versions(self) -> list[Record]:
        """The original, then its amendments, oldest first. One in quarantine changes nothing until a person lets it in: it may
        come from a phone that was taken away from its owner."""
        return [self.record, *(one for one in self.amendments if not one.in_quarantine)]


def find(actor: Actor, digest: str) -> Record:
    """The record with this digest; raises NotFound where it is not there or not for this actor."""
    record = db.session.scalar(select(Record).where(Record.digest == digest))
    if record is None or not policy.can_read(actor, record):
        raise NotFound
    return record


def read(actor: Actor, digest: str, lang: str) -> Reading:
    """One record in words of ``lang``, with its amendments: those of its own chapter. Raises NotFound."""
    record = find(actor, digest)
    own = (Record.amends == digest, Record.chapter_id == record.chapter_id)
    amendments = list(db.session.scalars(select(Record).where(*own).order_by(Record.pk)))
    versions = [record, *(one for one in amendments if not one.in_quarantine)]
    place = db.session.get(Place, record.place_id) if record.place_id else None
    definition = _definition(record)
    return Reading(
        record=record,
        title=definition["title"][lang] if definition else (record.form or record.kind),
        place=place,
        day=date.fromisoformat(record.day),
        answers=_answers(versions, definition, lang, place),
        amendments=amendments,
        boxes=_boxes([r.pk for r in versions]),
        acts=list(
            db.session.scalars(select(CustodyAct).where(CustodyAct.record_digest == digest).order_by(CustodyAct.pk))
        ),
        decisions=list(
            db.session.scalars(
                select(QuarantineDecision)
                .where(QuarantineDecision.record_pk == record.pk)
                .order_by(QuarantineDecision.at)
            )
        ),
        definition=definition,
        media=arrived.items(versions),
    )


def envelopes(reading: Reading) -> list[dict[str, Any]]:
    """Each version as it was sent and receipted, for the check on counsel's own computer (docs/protocol.md 2 and 4)."""
    files: dict[int, list[str]] = {}
    for pk, box in db.session.execute(
        select(SealedFile.record_pk, SealedFile.box_id).where(
            SealedFile.record_pk.in_([r.pk for r in reading.versions])
        )
    ):
        files.setdefault(pk, []).append(box)
    known = devices.find_keys({r.key for r in reading.versions})
    keys = {name: {"crv": "P-256", "kty": "EC", "x": key.x, "y": key.y} for name, key in known.items()}
    return [
        {
            "body": r.body,
            "digest": r.digest,
            "sig": r.sig,
            "open": json.loads(r.open),
            "boxes": sorted(files.get(r.pk, [])),
            "jwk": keys.get(r.key),
            "receipt": {"text": r.receipt, "sig": r.receipt_sig},
            "leaf_index": r.leaf_index,
            "flags": r.flags,
        }
        for r in reading.versions
    ]


def _definition(record: Record) -> dict[str, Any] | None:
    digest = json.loads(record.body).get("form_hash")
    found = catalogue.definition_by_hash(digest) if digest else None
    return dict(found) if found else None


def _boxes(pks: list[int]) -> list[str]:
    return sorted(set(db.session.scalars(select(SealedFile.box_id).where(SealedFile.record_pk.in_(pks)))))


def _answers(versions: list[Record], definition: dict[str, Any] | None, lang: str, place: Place | None) -> list[Answer]:
    said = [readout.Said(r.digest, open=[(path, value) for _, path, value in json.loads(r.open)]) for r in versions]
    known = lists(place)
    zone = place.zone if place else "UTC"
    found = []
    for entry in readout.read_out(definition, said):
        words = [
            labels.labels(definition or {"fields": []}, lang, entry.path, version.value, lists=known, zone=zone)
            for version in (*entry.before, entry.now)
        ]
        value = entry.now.value
        found.append(
            Answer(
                question=words[-1].question,
                answer=words[-1].answer,
                was=[w.answer for w in words[:-1]],
                unknown=isinstance(value, str) and value in UNKNOWN,
                long=bool(entry.before) or len(words[-1].answer) > 28,
            )
        )
    return found


def lists(place: Place | None) -> dict[str, list[dict[str, Any]]]:
    """The place's own lists, retired entries too: an old record stays readable."""
    found: dict[str, list[dict[str, Any]]] = {}
    if place:
        for pick in db.session.scalars(select(PlacePick).where(PlacePick.place_id == place.id)):
            found.setdefault(pick.list, []).append({"id": pick.id, "label": {"en": pick.label, "es": pick.label}})
    return found
