"""Which media of a record have arrived. Nothing is kept in step: record and media come in either order, and the answer is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from fieldapp.core.db import db
from fieldapp.observations.models import MediaUpload
from fieldapp.records.models import Record, RecordMedia


@dataclass(frozen=True)
class Count:
    """How many items records name, and how many of them are here."""

    here: int
    named: int

    @property
    def complete(self) -> bool:
        """Whether every one has arrived."""
        return self.here == self.named


@dataclass(frozen=True)
class Item:
    """One item that a record's signed body names; ``record`` is that record's digest, ``type`` such as ``image/sealed``."""

    record: str
    sha256: str
    size: int
    type: str
    here: bool

    @property
    def kind(self) -> str:
        """``image``, ``video``, ``audio`` or what a later version says."""
        return self.type.partition("/")[0]


def _is_here() -> ColumnElement[bool]:
    """From any key of the record's chapter."""
    its = (MediaUpload.sha256 == RecordMedia.sha256, MediaUpload.chapter_id == Record.chapter_id)
    return select(MediaUpload.id).where(*its, MediaUpload.received_at.is_not(None)).exists()


def items(records: Sequence[Record]) -> list[Item]:
    """The items of these records, in the order of the records and of their bodies. One query."""
    order = {record.pk: at for at, record in enumerate(records)}
    said = (Record.pk, Record.digest, RecordMedia.sha256, RecordMedia.size, RecordMedia.type, _is_here())
    query = select(*said).join(Record, Record.pk == RecordMedia.record_pk).where(RecordMedia.record_pk.in_(order))
    rows = sorted(db.session.execute(query), key=lambda row: (order[row[0]], row[2]))
    return [Item(*row[1:5], here=bool(row[5])) for row in rows]


def counts(records: Iterable[int]) -> dict[int, Count]:
    """By a record's ``pk``: its items, where it names any. One query."""
    query = (
        select(RecordMedia.record_pk, func.count(), func.count().filter(_is_here()))
        .join(Record, Record.pk == RecordMedia.record_pk)
        .where(RecordMedia.record_pk.in_(list(records)))
        .group_by(RecordMedia.record_pk)
    )
    return {pk: Count(here=here, named=named) for pk, named, here in db.session.execute(query)}
