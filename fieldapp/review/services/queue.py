"""The legal queue: records of counsel's chapters, newest day first, by filters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from fieldapp.core.actor import LEGAL, Actor
from fieldapp.core.db import db
from fieldapp.observations import catalogue
from fieldapp.observations.services import arrived
from fieldapp.places.models import Place
from fieldapp.records.models import Record, SealedFile

PAGE = 50
# Answers in the canonical text of the open disclosures: [salt,path,value].
NOBODY = ("0", '"not_said"', '"unsure"', '"could_not_hear"')
SEEN_TAKEN = ('"/seen_taken_after","yes"]', '"taking"')


@dataclass(frozen=True)
class Filters:
    """What the queue is narrowed to; empty members narrow nothing. Days are local dates of the place, ``YYYY-MM-DD``."""

    place: str = ""
    form: str = ""
    since: str = ""
    until: str = ""
    marks: frozenset[str] = frozenset()
    quarantine: bool = False
    before: int = 0

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.place or self.form or self.since or self.until or self.marks or self.quarantine)


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    digest: str
    number: int
    form: str
    place: str
    day: date
    part: str
    amended: int
    reasons: list[str]
    should_read: bool
    sealed: bool
    media: arrived.Count | None


@dataclass(frozen=True)
class Queue:
    """A page of the queue, how many there are in all, and what the filters offer."""

    rows: list[Row]
    matching: int
    total: int
    in_quarantine: int
    more_before: int
    places: list[tuple[str, str]] = field(default_factory=list)
    forms: list[tuple[str, str]] = field(default_factory=list)


def find(actor: Actor, wanted: Filters) -> Queue:
    """The page of the queue that ``wanted`` describes. Eight queries, however many records there are."""
    mine = _readable(actor)
    narrowed = _narrow(mine, wanted)
    matching = _count(narrowed)
    page = narrowed.where(Record.pk < wanted.before) if wanted.before else narrowed
    records = list(db.session.scalars(page.order_by(Record.pk.desc()).limit(PAGE + 1)))
    shown = records[:PAGE]
    amended = _amendments([r.digest for r in shown])
    sealed = _sealed([r.digest for r in shown])
    media = arrived.counts(r.pk for r in shown)
    names = _place_names(actor)
    return Queue(
        rows=[_row(r, names, amended.get(r.digest, 0), r.digest in sealed, media.get(r.pk), actor.lang) for r in shown],
        matching=matching,
        total=_count(mine) if wanted.any else matching,
        in_quarantine=_count(mine.where(Record.in_quarantine.is_(True))),
        more_before=shown[-1].pk if len(records) > PAGE else 0,
        places=sorted(names.items(), key=lambda p: p[1]),
        forms=[(catalogue.form_ref(d), d["title"][actor.lang]) for d in catalogue.definitions().values()],
    )


def waiting(actor: Actor) -> int:
    """How many records are in quarantine for this actor: the badge."""
    chapters = actor.where(LEGAL)
    query = select(func.count()).where(Record.chapter_id.in_(chapters), Record.in_quarantine.is_(True))
    return int(db.session.scalar(query) or 0) if chapters else 0


def _readable(actor: Actor) -> Select[Any]:
    """Originals, and amendments in quarantine or whose original its chapter does not have: the others stand under what they amend."""
    original = aliased(Record)
    beneath = select(original.pk).where(original.digest == Record.amends, original.chapter_id == Record.chapter_id)
    return select(Record).where(
        Record.chapter_id.in_(actor.where(LEGAL)),
        or_(Record.amends.is_(None), Record.in_quarantine.is_(True), ~beneath.exists()),
    )


def _narrow(query: Select[Any], wanted: Filters) -> Select[Any]:
    if wanted.place:
        query = query.where(Record.place_id == wanted.place)
    if wanted.form:
        query = query.where(Record.form == wanted.form)
    if wanted.since:
        query = query.where(Record.day >= wanted.since)
    if wanted.until:
        query = query.where(Record.day <= wanted.until)
    if wanted.quarantine:
        query = query.where(Record.in_quarantine.is_(True))
    if "taken" in wanted.marks:
        nobody = [Record.open.like(f'%"/taken",{value}]%') for value in NOBODY]
        somebody = and_(Record.open.like('%"/taken",%'), *(~no for no in nobody))
        query = query.where(or_(somebody, *(Record.open.like(f"%{said}%") for said in SEEN_TAKEN)))
    if "should_read" in wanted.marks:
        query = query.where(Record.open.like('%"/lawyer_should_read",true]%'))
    return query


def _count(query: Select[Any]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(query.subquery())) or 0)


def _amendments(digests: list[str]) -> dict[str, int]:
    if not digests:
        return {}
    found = db.session.execute(
        select(Record.amends, func.count()).where(Record.amends.in_(digests)).group_by(Record.amends)
    )
    return {str(digest): int(count) for digest, count in found}


def _sealed(digests: list[str]) -> set[str]:
    """Which of these have a sealed part, their own or an amendment's."""
    found = select(Record.digest, Record.amends).join(SealedFile, SealedFile.record_pk == Record.pk)
    here = found.where(or_(Record.digest.in_(digests), Record.amends.in_(digests)))
    return {name for row in db.session.execute(here) for name in row if name}


def _place_names(actor: Actor) -> dict[str, str]:
    found = db.session.execute(
        select(Place.id, Place.name).where(Place.chapter_id.in_(actor.where(LEGAL) | actor.above))
    )
    return {str(place): str(name) for place, name in found}


def _row(
    record: Record, names: dict[str, str], amended: int, sealed: bool, media: arrived.Count | None, lang: str
) -> Row:
    definition = catalogue.definition(record.form)
    return Row(
        digest=record.digest,
        number=record.pk,
        form=definition["title"][lang] if definition else (record.form or record.kind),
        place=names.get(record.place_id or "", record.cell or ""),
        day=date.fromisoformat(record.day),
        part=record.part,
        amended=amended,
        reasons=record.reasons if record.in_quarantine else [],
        should_read='"/lawyer_should_read",true]' in record.open,
        sealed=sealed,
        media=media,
    )
