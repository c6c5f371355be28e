"""Importing and exporting shifts, people and needs as files: first what a file would do, then all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import cast

from sqlalchemy import delete

from fieldapp.accounts.models import Chapter
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import HOUR
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import N_, DomainError, Forbidden, NotFound, StepUpNeeded
from fieldapp.shifts.models import SheetImport
from fieldapp.shifts.sheets import needs, people, shifts, text
from fieldapp.shifts.sheets.step import Sheet, Step
from fieldapp.shifts.sheets.text import Table

KEPT_FOR = HOUR
_KINDS: Mapping[str, ModuleType] = {"shifts": shifts, "people": people, "needs": needs}
KINDS = tuple(_KINDS)
ORDER = ("bad", "changed", "new", "unchanged")


@dataclass(frozen=True)
class Plan:
    """What importing a file does."""

    steps: list[Step]
    unused: list[str]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged, bad."""
        found = Counter(step.what for step in self.steps)
        return {what: found[what] for what in ORDER}

    @property
    def shown(self) -> list[Step]:
        """The rows that are taken, those that change something first."""
        return sorted((s for s in self.steps if s.what != "bad"), key=lambda s: (ORDER.index(s.what), s.line))

    @property
    def bad(self) -> list[Step]:
        """The rows that are not."""
        return [step for step in self.steps if step.what == "bad"]


def sheet(kind: str) -> Sheet:
    """The kind of file. Raises NotFound."""
    if kind not in _KINDS:
        raise NotFound()
    return cast(Sheet, _KINDS[kind])


def template(kind: str) -> bytes:
    """A file with the columns and one row as an example. Raises NotFound."""
    found = sheet(kind)
    return text.write(found.COLUMNS, found.EXAMPLE)


def export(actor: Actor, chapter_id: str, kind: str, now: int) -> bytes:
    """What is there, as a file that can be imported again. Raises NotFound, Forbidden, StepUpNeeded (people)."""
    found, chapter = sheet(kind), _may(actor, chapter_id, kind, now)
    return text.write(found.COLUMNS, found.export(actor, chapter, now))


def keep(actor: Actor, chapter_id: str, kind: str, filename: str, data: bytes, now: int) -> SheetImport:
    """Check an uploaded file and keep its rows for an hour, for this person alone. Raises NotFound, Forbidden, Invalid."""
    found, chapter = sheet(kind), _may(actor, chapter_id, "", now)
    table = text.read(data, found.COLUMNS, found.NEEDED)
    kept = SheetImport(
        chapter_id=chapter.id,
        person_id=actor.person_id,
        kind=kind,
        filename="".join(char for char in filename if char.isprintable())[-120:],
        rows=table.to_json(),
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    with write() as session:
        session.execute(delete(SheetImport).where(SheetImport.expires_at <= now))
        session.add(kept)
    return kept


def kept(actor: Actor, import_id: str, now: int) -> tuple[SheetImport, Plan]:
    """A checked file of this person, and what it would do as things stand. Raises NotFound (also an hour later)."""
    found = _kept(actor, import_id, now)
    return found, _plan(actor, found, db.session.get_one(Chapter, found.chapter_id), now)


def confirm(actor: Actor, import_id: str, now: int) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Do what was shown, all good rows or none; the kept file goes. Returns counts, and what is shown once (names, tokens).

    Raises NotFound, Forbidden, StepUpNeeded (people), DomainError when a row cannot be taken any more.
    """
    found = _kept(actor, import_id, now)
    chapter = _may(actor, found.chapter_id, found.kind, now)
    with write() as session:
        lock(session, [f"sheet {found.chapter_id}"])  # two imports into one chapter wait for each other
        plan = _plan(actor, found, chapter, now)
        gone = session.execute(delete(SheetImport).where(SheetImport.id == import_id))
        if gone.rowcount != 1:  # type: ignore[attr-defined]
            raise DomainError(
                "imported_already",
                N_("This file was imported a moment ago."),
                safe=N_("What it holds is there, once."),
                do=N_("Go to the list and look."),
            )
        made = sheet(found.kind).apply(actor, chapter, plan.steps, now)
    return plan.counts, made


def _plan(actor: Actor, found: SheetImport, chapter: Chapter, now: int) -> Plan:
    table = Table.from_json(found.rows)
    return Plan(sheet(found.kind).check(actor, chapter, table.rows, now), table.unused)


def _kept(actor: Actor, import_id: str, now: int) -> SheetImport:
    found = db.session.get(SheetImport, import_id)
    if found is None or found.person_id != actor.person_id or found.expires_at <= now:
        raise NotFound()
    _may(actor, found.chapter_id, "", now)
    return found


def _may(actor: Actor, chapter_id: str, kind: str, now: int) -> Chapter:
    chapter = db.session.get(Chapter, chapter_id) if chapter_id in actor.chapters else None
    if chapter is None:
        raise NotFound()
    if not actor.has(chapter_id, COORDINATOR):
        raise Forbidden()
    if kind == "people" and not actor.stepped_up(now):
        raise StepUpNeeded()
    return chapter
