"""Handing out what was sealed, to those whose box it is (the review desk's door to it)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.core.errors import Forbidden, NotFound, StepUpNeeded
from fieldapp.records import policy
from fieldapp.records.models import Record, SealedFile


@dataclass(frozen=True)
class Sealed:
    """One age file of a record."""

    box: str
    sha256: str
    data: bytes


def sealed_files(actor: Actor, digest: str, now: int) -> list[Sealed]:
    """The sealed files of the record with this digest, in the order of its body.

    For counsel of the record's chapter, under step-up at ``now`` (ms UTC). Raises NotFound, Forbidden, StepUpNeeded.
    """
    record = db.session.execute(select(Record.pk, Record.chapter_id).where(Record.digest == digest)).first()
    if record is None or record.chapter_id not in actor.chapters:
        raise NotFound()
    if not policy.can_unseal(actor, record.chapter_id):
        raise Forbidden()
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    query = select(SealedFile).where(SealedFile.record_pk == record.pk).order_by(SealedFile.box_id)
    return [Sealed(one.box_id, one.sha256, one.data) for one in db.session.scalars(query)]


def sealed_file(actor: Actor, digest: str, box_id: str, now: int) -> bytes:
    """One of ``sealed_files``: the age file for ``box_id``. Raises as that does."""
    found = next((one for one in sealed_files(actor, digest, now) if one.box == box_id), None)
    if found is None:
        raise NotFound()
    return found.data
