"""Points and areas: WGS84 degrees in, checked, geometry columns out. Latitude always comes first here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry import Point, Polygon
from shapely.validation import explain_validity

from fieldapp.core.errors import N_

Pair = tuple[float, float]
SRID = 4326
MAX_CORNERS = 200
MAX_SPAN = 3.0  # degrees; a neighbourhood that is wider than this is a mistake
FAR = 4.0  # hours between a zone's clock and the sun; the widest real ones are nearer 3
NOT_DEGREES = N_("The coordinates are not degrees of WGS84 (latitude −90 to 90, longitude −180 to 180).")
SWAPPED = N_("Latitude and longitude look swapped.")


class GeoError(ValueError):
    """A geometry that cannot be used; the message is a msgid."""


@cache
def zones() -> frozenset[str]:
    """Every IANA zone of a place: an area and a city, never an abbreviation or an offset."""
    return frozenset(
        name
        for name in available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix", "right"))
    )


def degrees(text: object) -> float:
    """A number of degrees. Raises GeoError for anything else (a decimal comma, NaN, words)."""
    try:
        value = float(str(text).strip())
    except ValueError:
        raise GeoError(N_("A coordinate is not a number. Write it like 40.7153.")) from None
    if not math.isfinite(value):
        raise GeoError(N_("A coordinate is not a number. Write it like 40.7153."))
    return value


def check(lat: float, lon: float, zone: str = "") -> None:
    """Refuse what cannot be a place: out of range, or too far from the sun of its ``zone`` (then perhaps swapped)."""
    if abs(lat) > 90 or abs(lon) > 180:
        raise GeoError(SWAPPED if abs(lat) <= 180 and abs(lon) <= 90 else NOT_DEGREES)
    if lat == 0 and lon == 0:
        raise GeoError(N_("The coordinates are 0, 0: nobody filled them in."))
    if zone and _hours_off(lon, zone) > FAR:
        raise GeoError(
            SWAPPED
            if abs(lon) <= 90 and _hours_off(lat, zone) <= FAR
            else N_("The coordinates are not in that time zone.")
        )


def _hours_off(lon: float, zone: str) -> float:
    """Hours between the zone's clock in January and the sun's at a longitude."""
    offset = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset()
    hours = (offset.total_seconds() / 3600 if offset else 0.0) - lon / 15
    return abs((hours + 12) % 24 - 12)


def point(lat: float, lon: float) -> WKBElement:
    """A point for a geometry column."""
    return from_shape(Point(lon, lat), srid=SRID)


def outline(corners: Sequence[Pair]) -> list[Pair]:
    """A neighbourhood's outline as open, checked corners. Raises GeoError with the reason that a person can act on."""
    ring = [(float(lat), float(lon)) for lat, lon in corners]
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    if len(set(ring)) < 3:
        raise GeoError(N_("An area needs three corners or more."))
    if len(ring) > MAX_CORNERS:
        raise GeoError(N_("An area may have 200 corners at most."))
    for lat, lon in ring:
        check(lat, lon)
    if max(_span([lat for lat, _ in ring]), _span([lon for _, lon in ring])) > MAX_SPAN:
        raise GeoError(N_("The area is wider than 3 degrees: more than a neighbourhood."))
    shape = Polygon([(lon, lat) for lat, lon in ring])
    if shape.convex_hull.area < 1e-9:
        raise GeoError(N_("The corners lie on one line."))
    if not shape.is_valid:
        crosses = "elf-intersection" in explain_validity(shape)
        raise GeoError(N_("The outline crosses itself.") if crosses else N_("The outline is not a simple area."))
    return ring


def _span(values: Sequence[float]) -> float:
    return max(values) - min(values)


def polygon(corners: Sequence[Pair]) -> WKBElement:
    """A checked outline for a geometry column. Raises GeoError."""
    return from_shape(Polygon([(lon, lat) for lat, lon in outline(corners)]), srid=SRID)


def inside(corners: Sequence[Pair]) -> Pair:
    """A point that surely lies inside an outline, for its pin."""
    found = Polygon([(lon, lat) for lat, lon in corners]).representative_point()
    return round(found.y, 6), round(found.x, 6)


def lat_lon(geom: WKBElement | None) -> Pair | None:
    """Latitude and longitude of a point column, to six decimals."""
    if geom is None:
        return None
    found: Any = to_shape(geom)
    return round(found.y, 6), round(found.x, 6)


def corners_of(area: WKBElement | None) -> list[Pair]:
    """The open corners of an area column; empty without one."""
    if area is None:
        return []
    found: Any = to_shape(area)
    return [(round(lat, 6), round(lon, 6)) for lon, lat in list(found.exterior.coords)[:-1]]
