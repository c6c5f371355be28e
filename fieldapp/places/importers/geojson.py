"""Places from GeoJSON (RFC 7946): points, and polygons for neighbourhoods; properties are named as the CSV's columns."""

from __future__ import annotations

import json
from typing import Any

from fieldapp.core import geo
from fieldapp.core.errors import N_, Invalid
from fieldapp.places.importers.row import Bad, Good, Parsed, Reason, check

WGS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326")
BROKEN = N_("The file is not GeoJSON: a FeatureCollection is expected.")


def read(text: str) -> Parsed:
    """The features of a GeoJSON text. Raises Invalid when the file as a whole cannot be used."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(BROKEN) from None
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list) or whole.get("type") != "FeatureCollection":
        raise Invalid(BROKEN)
    _check_system(whole.get("crs"))
    parsed = Parsed(unit="feature")
    for number, feature in enumerate(features, start=1):
        row = _feature(number, feature)
        if isinstance(row, Bad):
            parsed.bad.append(row)
        else:
            parsed.good.append(row)
    return parsed


def _check_system(crs: Any) -> None:
    """RFC 7946 knows WGS84 only; older files may name their system."""
    if crs is None:
        return
    named = crs.get("properties") if isinstance(crs, dict) else None
    name = named.get("name") if isinstance(named, dict) else None
    if name not in WGS84:
        raise Invalid(N_("The file's coordinates are not WGS84. Convert it to EPSG:4326 and choose it again."))


def _feature(number: int, feature: Any) -> Good | Bad:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return Bad(number, "", [Reason(N_("The feature has no properties."))])
    raw = {str(name).lower(): _plain(value) for name, value in properties.items()}
    if not raw.get("id") and isinstance(feature.get("id"), str | int):
        raw["id"] = str(feature["id"])
    raw.pop("lat", None)
    raw.pop("lon", None)
    corners: list[geo.Pair] | None = None
    if geometry is not None:
        try:
            corners = _geometry(geometry, raw)
        except geo.GeoError as error:
            return Bad(number, _shown(raw), [Reason(str(error))])
    return check(number, raw, corners)


def _geometry(geometry: Any, raw: dict[str, str]) -> list[geo.Pair] | None:
    """A point goes into ``raw`` as lat and lon; a polygon's corners are given back."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "Point":
        lat, lon = _pair(coordinates)
        raw["lat"], raw["lon"] = repr(lat), repr(lon)
        return None
    if kind != "Polygon":
        raise geo.GeoError(N_("Only points and polygons are taken."))
    if not isinstance(coordinates, list) or len(coordinates) != 1 or not isinstance(coordinates[0], list):
        raise geo.GeoError(N_("An area has one outline and no holes."))
    if len(coordinates[0]) > geo.MAX_CORNERS + 1:
        raise geo.GeoError(N_("An area may have 200 corners at most."))
    raw.setdefault("kind", "neighbourhood")
    return [_pair(one) for one in coordinates[0]]


def _pair(value: Any) -> geo.Pair:
    """Latitude, longitude of a GeoJSON position (which has longitude first)."""
    if not isinstance(value, list) or len(value) not in {2, 3}:
        raise geo.GeoError(geo.NOT_DEGREES)
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in value[:2]):
        raise geo.GeoError(geo.NOT_DEGREES)
    if any(abs(one) > 1e9 for one in value[:2]):
        raise geo.GeoError(geo.NOT_DEGREES)
    return geo.degrees(value[1]), geo.degrees(value[0])


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _shown(raw: dict[str, str]) -> str:
    return "".join(c for c in (raw.get("name") or raw.get("id") or "")[:80] if c.isprintable())
