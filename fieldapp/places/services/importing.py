"""Importing a file of places: first what it would do, then doing it. By (chapter, source id), so that doing it twice changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fieldapp.accounts.services.chapters import touch
from fieldapp.core import geo
from fieldapp.core.actor import Actor
from fieldapp.core.clock import HOUR
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import N_, DomainError, Forbidden, NotFound
from fieldapp.places import policy
from fieldapp.places.importers import Good, Parsed, read
from fieldapp.places.models import Place, PlaceImport

KEPT_FOR = HOUR
ORDER = {"changed": 0, "new": 1, "unchanged": 2}
PLAIN = ("kind", "name", "address", "city", "state", "zone")


@dataclass(frozen=True)
class Step:
    """What importing one row does: ``new``, ``changed`` (with (field, before, after)) or ``unchanged``."""

    row: Good
    what: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """What importing a file does."""

    steps: list[Step]
    parsed: Parsed

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged, bad."""
        found = Counter(step.what for step in self.steps)
        return {what: found[what] for what in ("new", "changed", "unchanged")} | {"bad": len(self.parsed.bad)}

    @property
    def shown(self) -> list[Step]:
        """The steps in the order in which a person wants to look at them."""
        return sorted(self.steps, key=lambda step: (ORDER[step.what], step.row.line))


def keep(actor: Actor, chapter_id: str, filename: str, data: bytes, now: int) -> PlaceImport:
    """Check an uploaded file and keep its rows for an hour, for this person alone. Raises NotFound, Forbidden, Invalid."""
    _may(actor, chapter_id)
    parsed = read(data, filename)
    shown = "".join(c for c in filename if c.isprintable())[-120:]
    kept = PlaceImport(
        chapter_id=chapter_id,
        person_id=actor.person_id,
        filename=shown,
        rows=parsed.to_json(),
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    with write() as session:
        session.execute(delete(PlaceImport).where(PlaceImport.expires_at <= now))
        session.add(kept)
    return kept


def kept(actor: Actor, import_id: str, now: int) -> tuple[PlaceImport, Plan]:
    """A checked file of this person, and what it would do as things stand. Raises NotFound (also an hour later)."""
    found = _kept(actor, import_id, now)
    return found, plan(found.chapter_id, Parsed.from_json(found.rows))


def confirm(actor: Actor, import_id: str, now: int) -> dict[str, int]:
    """Do what was shown: the good rows go in, the kept file goes away. Raises NotFound when it was done or has expired."""
    found = _kept(actor, import_id, now)
    chapter_id, parsed = found.chapter_id, Parsed.from_json(found.rows)
    with write() as session:
        counts = _apply(session, chapter_id, parsed, now)
        gone = session.execute(delete(PlaceImport).where(PlaceImport.id == import_id))
        if gone.rowcount != 1:  # type: ignore[attr-defined]
            raise DomainError(
                "imported_already",
                N_("This file was imported a moment ago."),
                safe=N_("Its places are there, once."),
                do=N_("Go to the list of places."),
            )
    return counts


def run(chapter_id: str, filename: str, data: bytes, now: int, *, dry_run: bool = False) -> Plan:
    """Import a file at once (command line, demo); with ``dry_run`` only say what it would do. Raises Invalid."""
    parsed = read(data, filename)
    found = plan(chapter_id, parsed)
    if not dry_run:
        with write() as session:
            _apply(session, chapter_id, parsed, now)
    return found


def take(session: Session, chapter_id: str, parsed: Parsed, now: int) -> dict[str, int]:
    """Import rows that were checked before, in the caller's transaction; rules are the caller's."""
    return _apply(session, chapter_id, parsed, now)


def plan(chapter_id: str, parsed: Parsed) -> Plan:
    """Compare the good rows with the chapter's places. One query."""
    there = _there(db.session(), chapter_id)
    return Plan([_step(row, there.get(row.source_id)) for row in parsed.good], parsed)


def _may(actor: Actor, chapter_id: str) -> None:
    if chapter_id not in actor.chapters | actor.above:
        raise NotFound()
    if not policy.can_add(actor, chapter_id):
        raise Forbidden()


def _kept(actor: Actor, import_id: str, now: int) -> PlaceImport:
    found = db.session.get(PlaceImport, import_id)
    if found is None or found.person_id != actor.person_id or found.expires_at <= now:
        raise NotFound()
    _may(actor, found.chapter_id)
    return found


def _there(session: Session, chapter_id: str) -> dict[str, Place]:
    query = select(Place).where(Place.chapter_id == chapter_id, Place.source_id.is_not(None))
    return {str(place.source_id): place for place in session.scalars(query)}


def _apply(session: Session, chapter_id: str, parsed: Parsed, now: int) -> dict[str, int]:
    lock(session, [f"import {chapter_id}"])  # two imports into one chapter wait for each other
    touch(session, chapter_id)
    there = _there(session, chapter_id)
    steps = [_step(row, there.get(row.source_id)) for row in parsed.good]
    for step in steps:
        place = there.get(step.row.source_id)
        if place is None:
            session.add(_new(chapter_id, step.row, now))
        elif step.what == "changed":
            _update(place, step.row)
    session.flush()
    return Plan(steps, parsed).counts


def _step(row: Good, place: Place | None) -> Step:
    if place is None:
        return Step(row, "new")
    before = {name: str(getattr(place, name)) for name in PLAIN}
    after = {name: str(getattr(row, name)) for name in PLAIN}
    if _moves(row, place):
        before |= {
            "position": _position(place),
            "precision": place.precision,
            "area": _area(geo.corners_of(place.area)),
        }
        after |= {"position": _shown(row.lat, row.lon), "precision": row.precision, "area": _area(row.corners)}
    fields = [(name, before[name], after[name]) for name in after if before[name] != after[name]]
    return Step(row, "changed" if fields else "unchanged", fields)


def _moves(row: Good, place: Place) -> bool:
    """A centre of a ZIP area never replaces a position that somebody set exactly."""
    return not (row.precision != "exact" and place.precision == "exact" and place.geom is not None)


def _position(place: Place) -> str:
    at = geo.lat_lon(place.geom)
    return _shown(*at) if at else ""


def _shown(lat: float, lon: float) -> str:
    return f"{lat:.6f}, {lon:.6f}"


def _area(corners: list[geo.Pair]) -> str:
    return "; ".join(f"{lat:.6f}, {lon:.6f}" for lat, lon in corners)


def _shape(row: Good) -> dict[str, Any]:
    area = geo.polygon(row.corners) if row.corners else None
    return {"geom": geo.point(row.lat, row.lon), "area": area, "precision": row.precision}


def _new(chapter_id: str, row: Good, now: int) -> Place:
    plain = {name: getattr(row, name) for name in PLAIN}
    return Place(
        chapter_id=chapter_id, source_id=row.source_id, created_at=now, device_rules={}, **plain, **_shape(row)
    )


def _update(place: Place, row: Good) -> None:
    for name in PLAIN:
        setattr(place, name, getattr(row, name))
    if _moves(row, place):
        for name, value in _shape(row).items():
            setattr(place, name, value)
    place.version += 1
