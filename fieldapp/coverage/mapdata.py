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
    text = json.dumps(data(week), separators=(",", ":"), ensure_ascii=False).encode()
    return Packed(tag, text, gzip.compress(text, 6, mtime=0))


def data(week: Week) -> dict[str, Any]:
    """``places``: id, latitude and longitude (degrees times 100,000), name, index of the city, state, people missing, state in words
    (index), the cell that it opens (day and half; a Monday and "week"), and the alert's id where one is open. ``areas``: index of the
    place, corners one after the other (as differences to the one before)."""
    cities: dict[str, int] = {}
    said: dict[str, int] = {}
    spoken: dict[Any, int] = {}
    rows = [row for row in [*week.found, *week.idle] if row.at]
    places = [_place(row, cities, said, spoken) for row in rows]
    return {"v": 1, "places": places, "cities": list(cities), "words": list(said), "areas": _areas(rows)}


def _place(row: Row, cities: dict[str, int], said: dict[str, int], spoken: dict[Any, int]) -> list[Any]:
    lat, lon = row.at or (0.0, 0.0)
    worst = row.worst
    glyph = "none" if worst is None else {"gap": "gap", "wait": "wait"}.get(worst.glyph, "ok")
    looks = row.alerts[0].what if row.alerts else (worst.code, worst.open, worst.glyph) if worst else None
    if looks not in spoken:  # thousands of places say a few things
        spoken[looks] = said.setdefault(words.pin_state(row), len(said))
    found: list[Any] = [
        row.place.id,
        round(lat * 100_000),
        round(lon * 100_000),
        row.place.name,
        cities.setdefault(row.place.city, len(cities)),
        "alert" if row.alerts else glyph,
        worst.open if worst and glyph == "gap" else 0,
        spoken[looks],
        "" if worst is None else f"{worst.day}.{worst.half}",
    ]
    return [*found, row.alerts[0].id] if row.alerts else found


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
