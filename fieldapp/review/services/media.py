"""Handing out sealed media, to those who may have the sealed files of the record that names them."""

from __future__ import annotations

from pathlib import Path

from fieldapp.core.actor import Actor
from fieldapp.core.errors import Forbidden, NotFound, StepUpNeeded
from fieldapp.observations.services import arrived, uploads
from fieldapp.records import policy
from fieldapp.review.services import reading


def ciphertext(actor: Actor, digest: str, sha256: str, now: int) -> Path:
    """Where the sealed item lies, as it arrived. For counsel of the record's chapter, under step-up at ``now`` (ms UTC).

    Raises NotFound (also where it has not arrived, or the disk lost it), Forbidden, StepUpNeeded.
    """
    record = reading.find(actor, digest)
    if not policy.can_unseal(actor, record.chapter_id):
        raise Forbidden()
    if not any(one.sha256 == sha256 and one.here for one in arrived.items([record])):
        raise NotFound()
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    path = uploads.store().path(sha256)
    if not path.is_file():
        raise NotFound()
    return path
