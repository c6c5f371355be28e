"""One row of a file of places: what is taken from it, and every reason why it cannot be."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fieldapp.core import geo
from fieldapp.core.errors import N_

KINDS = {
    "immigration_court": "immigration_court",
    "ice_field_office": "ice_office",
    "ice_office": "ice_office",
    "courthouse": "courthouse",
    "neighbourhood": "neighbourhood",
    "neighborhood": "neighbourhood",
    "other": "other",
}
LENGTHS = {"id": 80, "name": 160, "address": 300, "city": 80, "state": 40}
NEEDED = ("id", "name", "timezone", "lat", "lon")
OPTIONAL = ("kind", "address", "city", "state", "geo_precision")
PRECISIONS = {"": "exact", "exact": "exact", "zip_centroid": "zip_centroid"}
FORMULA = ("=", "+", "-", "@")
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, invisible, halves of characters


@dataclass(frozen=True)
class Reason:
    """Why a row was not taken: a msgid and its values."""

    text: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Good:
    """A row that can be imported; ``corners`` is empty without an area."""

    line: int
    source_id: str
    kind: str
    name: str
    address: str
    city: str
    state: str
    zone: str
    lat: float
    lon: float
    precision: str
    corners: list[geo.Pair] = field(default_factory=list)


@dataclass(frozen=True)
class Bad:
    """A row that cannot; ``name`` helps to find it."""

    line: int
    name: str
    reasons: list[Reason]


@dataclass
class Parsed:
    """A whole file. ``unit`` is what ``line`` counts: lines, or features; ``unused`` names columns that nothing was taken from."""

    good: list[Good] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    unit: str = "line"
    unused: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As kept between the two steps of an import."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Parsed:
        """What ``to_json`` kept."""
        good = [Good(**{**row, "corners": [(lat, lon) for lat, lon in row["corners"]]}) for row in kept["good"]]
        bad = [Bad(row["line"], row["name"], [Reason(**one) for one in row["reasons"]]) for row in kept["bad"]]
        return cls(good, bad, kept["unit"], list(kept["unused"]))


def check(line: int, raw: Mapping[str, str], corners: list[geo.Pair] | None = None) -> Good | Bad:
    """Check one row of texts by column name (``corners`` for an area instead of lat and lon)."""
    reasons: list[Reason] = []
    texts = {name: _text(name, raw.get(name, ""), reasons) for name in LENGTHS}
    for name in ("id", "name"):
        if not texts[name] and not reasons:
            reasons.append(Reason(N_("The column %(column)s is empty."), {"column": name}))
    kind = _choice(KINDS, raw.get("kind", "").strip() or "other", N_("The kind “%(value)s” is not known."), reasons)
    known = raw.get("geo_precision", "").strip() if raw.get("lat", "").strip() else ""  # of nothing it may say anything
    precision = _choice(PRECISIONS, known, N_("The precision “%(value)s” is not known."), reasons)
    zone = _zone(raw.get("timezone", "").strip(), reasons)
    lat, lon, ring = _position(raw, corners, zone, reasons)
    if reasons:
        return Bad(line, texts["name"][:80] or texts["id"][:80], reasons)
    own = {key: texts[key] for key in ("name", "address", "city", "state")}
    return Good(line, texts["id"], kind, zone=zone, lat=lat, lon=lon, precision=precision, corners=ring, **own)


def _text(name: str, value: str, reasons: list[Reason]) -> str:
    clean = unicodedata.normalize("NFC", " ".join(value.split()))
    if any(unicodedata.category(char) in HIDDEN for char in clean):
        reasons.append(Reason(N_("The column %(column)s has characters that cannot be seen."), {"column": name}))
        return "".join(char for char in clean if unicodedata.category(char) not in HIDDEN)
    if len(clean) > LENGTHS[name]:
        values = {"column": name, "most": LENGTHS[name]}
        reasons.append(Reason(N_("The column %(column)s is longer than %(most)s characters."), values))
    if clean.startswith(FORMULA):
        reasons.append(
            Reason(N_("The column %(column)s begins like a spreadsheet formula (= + - @)."), {"column": name})
        )
    return clean


def _choice(known: Mapping[str, str], value: str, message: str, reasons: list[Reason]) -> str:
    found = known.get(value.lower())
    if found is None:
        reasons.append(Reason(message, {"value": "".join(c for c in value[:40] if c.isprintable())}))
    return found or ""


def _zone(value: str, reasons: list[Reason]) -> str:
    if value in geo.zones():
        return value
    shown = "".join(c for c in value[:40] if c.isprintable())
    empty = Reason(N_("No time zone."))
    wrong = Reason(N_("The time zone “%(value)s” is not an IANA zone such as America/New_York."), {"value": shown})
    reasons.append(wrong if value else empty)
    return ""


def _position(
    raw: Mapping[str, str], corners: list[geo.Pair] | None, zone: str, reasons: list[Reason]
) -> tuple[float, float, list[geo.Pair]]:
    """Latitude, longitude, and the open corners of an area."""
    lat, lon = raw.get("lat", "").strip(), raw.get("lon", "").strip()
    if corners is None and not lat and not lon:
        reasons.append(Reason(N_("No coordinates: it could not be placed.")))
        return 0.0, 0.0, []
    try:
        ring = [(round(y, 6), round(x, 6)) for y, x in geo.outline(corners)] if corners is not None else []
        found = geo.inside(ring) if ring else (geo.degrees(lat), geo.degrees(lon))
        geo.check(*found, zone)
    except geo.GeoError as error:
        reasons.append(Reason(str(error)))
        return 0.0, 0.0, []
    return round(found[0], 6), round(found[1], 6), ring


def check_duplicates(parsed: Parsed) -> Parsed:
    """A source id counts once: the first row keeps it, later ones are reported."""
    seen: dict[str, int] = {}
    kept: list[Good] = []
    for row in parsed.good:
        if row.source_id in seen:
            reason = Reason(N_("The id is in row %(line)s already."), {"line": seen[row.source_id]})
            parsed.bad.append(Bad(row.line, row.name, [reason]))
        else:
            seen[row.source_id] = row.line
            kept.append(row)
    parsed.good = kept
    parsed.bad.sort(key=lambda row: row.line)
    return parsed
