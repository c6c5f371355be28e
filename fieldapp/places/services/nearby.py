"""Places near a city or a ZIP code: the chapter's own, and those of the file of public places that comes with this software.

There is no map service to ask. A ZIP code or a city is found where some place is known there: the same ZIP, its first three digits
(one postal region), or the city's name.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.core import geo
from fieldapp.core.db import db
from fieldapp.places.importers import Good, Parsed, read
from fieldapp.places.models import Place

FILE = (
    Path(__file__).resolve().parents[3] / "data" / "places" / "us_immigration_courts_and_ice_offices.csv"
)  # CC0: docs/licences.md
NEAR = 120.0  # km
MOST = 12
_EARTH = 6371.0  # km
_ZIP = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True)
class Known:
    """A place that may be taken. ``place_id`` is set for one that the chapter or one above it has already."""

    key: str
    name: str
    kind: str
    city: str
    state: str
    zone: str
    km: float
    place_id: str = ""


@dataclass(frozen=True)
class Spot:
    """Where something is: what a search looks at."""

    zip: str
    city: str
    at: geo.Pair


def near(chapter: Chapter, asked: str) -> list[Known]:
    """At most twelve places within 120 km of a city or ZIP code, the nearest first; none where it is not known. One query."""
    own = _own(chapter)
    spots = [*(_spots()), *(Spot("", place.city, at) for place, at in own)]
    here = locate(asked, spots)
    if here is None:
        return []
    there = {str(place.source_id) for place, _ in own if place.source_id}
    found = [_of(place, at, here) for place, at in own]
    found += [_of_row(row, here) for row in shipped().values() if row.source_id not in there]
    return sorted((one for one in found if one.km <= NEAR), key=lambda one: (one.km, one.name))[:MOST]


def rows_of(keys: Collection[str]) -> Parsed:
    """The file's rows under these keys, as an import takes them."""
    return Parsed(good=[row for key, row in shipped().items() if key in keys])


def locate(asked: str, spots: Iterable[Spot]) -> geo.Pair | None:
    """The middle of the places in this ZIP code, else in its postal region, else in this city; None where none is known."""
    known = list(spots)
    if code := _ZIP.search(asked):
        for digits in (5, 3):
            if found := [spot.at for spot in known if spot.zip and spot.zip[:digits] == code[0][:digits]]:
                return _middle(found)
    city = asked.split(",", maxsplit=1)[0].strip().casefold()
    found = [spot.at for spot in known if city and spot.city.casefold() == city]
    return _middle(found) if found else None


@lru_cache(maxsize=1)
def shipped() -> dict[str, Good]:
    """The rows of the file that comes with this software, by their ids; none where it is not there."""
    return {row.source_id: row for row in read(FILE.read_bytes(), FILE.name).good} if FILE.exists() else {}


@lru_cache(maxsize=1)
def _spots() -> tuple[Spot, ...]:
    if not FILE.exists():
        return ()
    zips = {line["id"]: line["zip"] for line in csv.DictReader(io.StringIO(FILE.read_text(encoding="utf-8-sig")))}
    return tuple(Spot(zips.get(key, ""), row.city, (row.lat, row.lon)) for key, row in shipped().items())


def _own(chapter: Chapter) -> list[tuple[Place, geo.Pair]]:
    above = [step for step in chapter.path.split("/") if step]
    query = select(Place).where(Place.chapter_id.in_(above), Place.closed_at.is_(None))
    places = db.session.scalars(query.order_by(Place.name, Place.id).limit(2000))
    return [(place, at) for place in places if (at := geo.lat_lon(place.geom))]


def _of(place: Place, at: geo.Pair, here: geo.Pair) -> Known:
    about = (place.name, place.kind, place.city, place.state, place.zone)
    return Known(f"place:{place.id}", *about, km=_km(here, at), place_id=place.id)


def _of_row(row: Good, here: geo.Pair) -> Known:
    about = (row.name, row.kind, row.city, row.state, row.zone)
    return Known(row.source_id, *about, km=_km(here, (row.lat, row.lon)))


def _middle(pairs: list[geo.Pair]) -> geo.Pair:
    return sum(lat for lat, _ in pairs) / len(pairs), sum(lon for _, lon in pairs) / len(pairs)


def _km(one: geo.Pair, other: geo.Pair) -> float:
    """The great circle's length."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(half))
