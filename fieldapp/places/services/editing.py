"""Places made, changed, put on the map, closed. Each change counts for the phones of the chapter and its pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.accounts.services.chapters import touch
from fieldapp.core import geo
from fieldapp.core.actor import Actor
from fieldapp.core.db import write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid, NotFound
from fieldapp.places import policy
from fieldapp.places.models import Place
from fieldapp.places.services.listing import to_edit

KINDS = ("immigration_court", "ice_office", "courthouse", "neighbourhood", "other")
PHONES = ("", "allowed", "off_in_courtroom", "locker", "not_allowed")
LENGTHS = {"name": 160, "address": 300, "city": 80, "state": 40, "meeting_spot": 500, "note_en": 500, "note_es": 500}
MAX_AREA_TEXT = 20_000


def create(actor: Actor, chapter_id: str, values: Mapping[str, str], now: int) -> Place:
    """Add a place; ``values`` as for ``edit``, with ``lat`` and ``lon`` or ``area``. Raises NotFound, Forbidden, Invalid."""
    if chapter_id not in actor.chapters:
        raise NotFound()
    if not policy.can_add(actor, chapter_id):
        raise Forbidden()
    wrong: dict[str, str] = {}
    known = _details(values, wrong)
    shape = _shape(values, known.get("zone", ""), wrong)
    _refuse(wrong)
    place = Place(chapter_id=chapter_id, created_at=now, precision="exact", version=1, **known, **shape)
    with write() as session:
        session.add(place)
        session.flush()
        touch(session, chapter_id)
    return place


def edit(actor: Actor, place_id: str, values: Mapping[str, str], version: int) -> Place:
    """Change name, kind, address, city, state, zone, phones, notes, meeting spot. Raises NotFound, Forbidden, Invalid, or when
    somebody else changed the place since ``version`` was shown."""
    place = to_edit(actor, place_id)
    wrong: dict[str, str] = {}
    known = _details(values, wrong)
    at = geo.lat_lon(place.geom)
    if at and "zone" in known:
        try:
            geo.check(*at, known["zone"])
        except geo.GeoError:
            wrong["zone"] = N_("The place on the map is not in that time zone.")
    _refuse(wrong)
    return _change(place_id, version, known)


def put(actor: Actor, place_id: str, values: Mapping[str, str], version: int) -> Place:
    """Set where the place is: ``lat`` and ``lon`` as degrees, ``area`` as lines of "lat, lon" (empty: no area). Raises as ``edit``."""
    place = to_edit(actor, place_id)
    wrong: dict[str, str] = {}
    shape = _shape(values, place.zone, wrong)
    _refuse(wrong)
    return _change(place_id, version, {**shape, "precision": "exact"})


def close(actor: Actor, place_id: str, now: int) -> Place:
    """Close a place: it leaves the phones and the map; what was observed there stays. Closing twice is one close."""
    place = to_edit(actor, place_id)
    return place if place.closed_at else _change(place_id, None, {"closed_at": now})


def reopen(actor: Actor, place_id: str) -> Place:
    """Open a closed place again."""
    to_edit(actor, place_id)
    return _change(place_id, None, {"closed_at": None})


def _change(place_id: str, version: int | None, values: Mapping[str, Any]) -> Place:
    with write() as session:
        place = locked(session, place_id)
        if version is not None and place.version != version:
            raise DomainError(
                "changed_meanwhile",
                N_("Somebody else changed this place while you had it open."),
                safe=N_("Nothing of theirs was overwritten."),
                do=N_("Load the page again, look at what changed, and enter yours once more."),
            )
        for name, value in values.items():
            setattr(place, name, value)
        place.version += 1
        session.flush()
        touch(session, place.chapter_id)
    return place


def locked(session: Session, place_id: str) -> Place:
    """The place as it is now, held until the transaction ends."""
    return session.get_one(Place, place_id, with_for_update=True, populate_existing=True)


def _details(values: Mapping[str, str], wrong: dict[str, str]) -> dict[str, Any]:
    clean = {
        name: _clean(values.get(name, ""), lines=name in {"meeting_spot", "note_en", "note_es"}) for name in LENGTHS
    }
    for name, value in clean.items():
        if len(value) > LENGTHS[name]:
            wrong[name] = N_("This is too long.")
    if not clean["name"]:
        wrong["name"] = N_("A place needs a name.")
    kind, zone, phones = values.get("kind", ""), values.get("zone", "").strip(), values.get("phones", "")
    if kind not in KINDS:
        wrong["kind"] = N_("Choose a kind from the list.")
    if zone not in geo.zones():
        wrong["zone"] = N_("Choose a time zone such as America/New_York.")
    if phones not in PHONES:
        wrong["phones"] = N_("Choose a rule from the list.")
    rules = {"phones": phones, "note": {"en": clean.pop("note_en"), "es": clean.pop("note_es")}}
    return {**clean, "kind": kind, "zone": zone, "device_rules": rules}


def _clean(value: str, *, lines: bool) -> str:
    """Without control characters and needless blanks; notes keep their lines."""
    parts = value.splitlines() if lines else [value]
    kept = (" ".join("".join(c if c.isprintable() else " " for c in part).split()) for part in parts)
    return "\n".join(kept).strip()


def _shape(values: Mapping[str, str], zone: str, wrong: dict[str, str]) -> dict[str, Any]:
    """The columns geom and area. An area without a point gets one inside; without both there is no position."""
    corners = _corners(values.get("area", ""), wrong)
    lat, lon = values.get("lat", "").strip(), values.get("lon", "").strip()
    if wrong.get("area"):
        return {}
    within = geo.inside(corners) if corners else None
    at = _point(lat, lon, wrong) if lat or lon else within
    try:
        if at:
            geo.check(*at, zone if zone in geo.zones() else "")
    except geo.GeoError as error:
        wrong["lat"] = str(error)
    return {"geom": geo.point(*at) if at else None, "area": geo.polygon(corners) if corners else None}


def _point(lat: str, lon: str, wrong: dict[str, str]) -> geo.Pair | None:
    try:
        return geo.degrees(lat), geo.degrees(lon)
    except geo.GeoError as error:
        wrong["lat"] = str(error)
        return None


def _corners(text: str, wrong: dict[str, str]) -> list[geo.Pair]:
    """Corners from lines of "lat, lon"; empty for no area."""
    lines = [line for line in text[:MAX_AREA_TEXT].splitlines() if line.strip()]
    if not lines:
        return []
    try:
        if len(text) > MAX_AREA_TEXT:
            raise geo.GeoError(N_("An area may have 200 corners at most."))
        return geo.outline([_corner(line) for line in lines])
    except geo.GeoError as error:
        wrong["area"] = str(error)
        return []


def _corner(line: str) -> geo.Pair:
    parts = line.replace(";", ",").split(",")
    if len(parts) != 2:
        raise geo.GeoError(N_("Write one corner a line: latitude, longitude."))
    return geo.degrees(parts[0]), geo.degrees(parts[1])


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        raise Invalid(fields=wrong)
