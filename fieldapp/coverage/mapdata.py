"""The map's data: every place of a period in few bytes, the same for everyone with the same reach, made once while nothing changes."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from sqlalchemy import select

from fieldapp.core import geo
from fieldapp.core.db import db
from fieldapp.core.shelf import Shelf
from fieldapp.coverage import words
from fieldapp.coverage.services.week import Row, Week
from fieldapp.places.models import Place


@dataclass(frozen=True)
class Packed:
    """An answer, and the same compressed."""

    tag: str
    text: bytes
    gzipped: bytes


_SHELF: Shelf[Packed] = Shelf(room=12)


def packed(week: Week) -> Packed:
    """The map's data under a tag of all that it was made from."""
    alerts = [(alert.id, alert.place_id, alert.what) for alert in week.alerts]
    wish = (week.wish.kind, week.wish.state, week.wish.words)
    known = json.dumps([str(get_locale()), week.tag, wish, alerts])
    tag = hashlib.sha256(known.encode()).hexdigest()[:24]
    return _SHELF.get(tag, lambda: _pack(tag, week))


def _pack(tag: str, week: Week) -> Packed:
    text = _text(week).encode()
    return Packed(tag, text, gzip.compress(text, 5, mtime=0))


def _text(week: Week) -> str:
    """``places``: id, latitude and longitude (degrees times 100,000), name, index of the city, state, people missing, state in words
    (index), the cell that it opens (day and half; a Monday and "week"), and the alert's id where one is open. ``areas``: index of the
    place, corners one after the other (as differences to the one before).

    As JSON. What a row says in every language is kept with it: after a change thousands of rows are those of before.
    """
    cities: dict[str, int] = {}
    said: dict[str, int] = {}
    spoken: dict[Any, int] = {}
    rows = [row for row in [*week.found, *week.idle] if row.place.lat is not None and row.place.lon is not None]
    places = []
    for row in rows:
        head, state, cell, looks = row.pin
        if looks not in spoken:  # thousands of places say a few things
            spoken[looks] = said.setdefault(words.pin_state(row), len(said))
        city = cities.setdefault(row.place.city, len(cities))
        places.append(f"[{head},{city},{state},{spoken[looks]},{cell}]")
    rest = _json({"cities": list(cities), "words": list(said), "areas": _areas(rows)})
    return f'{{"v":1,"places":[{",".join(places)}],{rest[1:]}'


def _json(thing: Any) -> str:
    return json.dumps(thing, separators=(",", ":"), ensure_ascii=False)


def _areas(rows: list[Row]) -> list[list[Any]]:
    """Neighbourhoods of the places that are drawn. One query."""
    index = {row.place.id: number for number, row in enumerate(rows)}
    homes = {row.place.chapter_id for row in rows}
    query = select(Place.id, Place.area).where(Place.chapter_id.in_(homes), Place.area.is_not(None))
    found = []
    for place_id, area in db.session.execute(query):
        if place_id not in index:
            continue
        flat: list[int] = []
        before = (0, 0)
        for lat, lon in geo.corners_of(area):
            corner = (round(lat * 100_000), round(lon * 100_000))
            flat += [corner[0] - before[0], corner[1] - before[1]]
            before = corner
        found.append([index[place_id], flat])
    return found
