"""Places as they are looked at: the desk's list, one place, and what the phone keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from fieldapp.accounts.models import Chapter
from fieldapp.core import geo
from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.core.errors import Forbidden, NotFound
from fieldapp.places import policy
from fieldapp.places.models import Place, PlacePick

LISTS = ("judges", "courtrooms")


@dataclass(frozen=True)
class Listed:
    """A place in the list, with its chapter's name, its number there and its position (latitude, longitude) when it has one."""

    place: Place
    chapter: str
    at: geo.Pair | None
    editable: bool
    number: int

    @property
    def phones(self) -> str:
        """The code of the building's rule for phones; empty when nobody wrote it down."""
        return str((self.place.device_rules or {}).get("phones", ""))


def find(actor: Actor) -> list[Listed]:
    """Every place the actor may see, open ones first, then by state, city and name. Two queries. Raises Forbidden."""
    if not policy.can_read_places(actor):
        raise Forbidden()
    query = (
        Place.visible_to(actor)
        .add_columns(Chapter.name)
        .join(Chapter, Chapter.id == Place.chapter_id)
        .order_by(Place.closed_at.is_not(None), Place.state, Place.city, Place.name, Place.id)
    )
    rows = db.session.execute(query).all()
    known = numbers({place.chapter_id for place, _ in rows})
    return [
        Listed(place, chapter, geo.lat_lon(place.geom), policy.can_edit(actor, place), known[place.id])
        for place, chapter in rows
    ]


def get(actor: Actor, place_id: str) -> Place:
    """A place with its lists. Raises NotFound for one the actor may not see, Forbidden for a role without a desk."""
    query = Place.visible_to(actor).where(Place.id == place_id).options(selectinload(Place.picks))
    place = db.session.scalar(query)
    if place is None:
        raise NotFound()
    if not policy.can_read_places(actor):
        raise Forbidden()
    return place


def to_edit(actor: Actor, place_id: str) -> Place:
    """A place that the actor may change. Raises NotFound, Forbidden."""
    place = get(actor, place_id)
    if not policy.can_edit(actor, place):
        raise Forbidden()
    return place


def chapters_to_add(actor: Actor) -> list[Chapter]:
    """The chapters in which the actor may add places, the actor's own first, then by name. Raises Forbidden when there is none."""
    ids = actor.where(*policy.EDITORS)
    if not ids:
        raise Forbidden()
    found = db.session.scalars(select(Chapter).where(Chapter.id.in_(ids)).order_by(Chapter.name)).all()
    return sorted(found, key=lambda chapter: chapter.id != actor.chapter_id)


def picks(place: Place, name: str) -> list[PlacePick]:
    """One list of a place, retired entries last."""
    return sorted(
        (p for p in place.picks if p.list == name), key=lambda p: (p.retired_at is not None, p.label.casefold())
    )


def snapshot(chapter_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Open places of these chapters as a phone keeps them; positions in microdegrees, in a fixed order. Three queries."""
    query = select(Place).where(Place.chapter_id.in_(set(chapter_ids)), Place.closed_at.is_(None))
    places = db.session.scalars(query.options(selectinload(Place.picks)).order_by(Place.id)).all()
    known = numbers({place.chapter_id for place in places})
    return [{"n": known[place.id], **_for_a_phone(place)} for place in places]


def numbers(chapter_ids: Iterable[str]) -> dict[str, int]:
    """The number of each place, by its id: 1, 2, 3 in the order in which a chapter made them; closed ones keep theirs.

    A text message names a place by it ("Alert 3, place 12"): an address would say too much. One query.
    """
    query = select(Place.id, Place.chapter_id).where(Place.chapter_id.in_(set(chapter_ids)))
    made: dict[str, int] = {}
    counts: dict[str, int] = {}
    for place_id, chapter_id in db.session.execute(query.order_by(Place.created_at, Place.id)):
        made[place_id] = counts[chapter_id] = counts.get(chapter_id, 0) + 1
    return made


def _for_a_phone(place: Place) -> dict[str, Any]:
    at = geo.lat_lon(place.geom)
    rules = place.device_rules or {}
    return {
        "id": place.id,
        "chapter": place.chapter_id,
        "kind": place.kind,
        "name": place.name,
        "address": place.address,
        "city": place.city,
        "state": place.state,
        "zone": place.zone,
        "lat": round(at[0] * 1_000_000) if at else None,
        "lon": round(at[1] * 1_000_000) if at else None,
        "exact": place.precision == "exact",
        "phones": rules.get("phones", ""),
        "note": rules.get("note", {"en": "", "es": ""}),
        "meeting": place.meeting_spot,
        **{
            name: [{"id": p.id, "label": p.label} for p in picks(place, name) if p.retired_at is None] for name in LISTS
        },
    }
