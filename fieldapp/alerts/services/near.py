"""Who is near an alert: on shift at its place, or certified and with a place of their liking within reach.

No position of anybody is kept for it.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Device, Membership, Person
from fieldapp.alerts.models import Alert, PushSubscription
from fieldapp.alerts.services import ladder
from fieldapp.core import geo
from fieldapp.core.clock import MINUTE
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Preference, Shift
from fieldapp.training.models import Certificate

AROUND = 30 * MINUTE  # before a shift begins, its people are on their way there
EARTH_KM = 6371.0088
CELL = 100  # of a coarse cell's degrees


@dataclass(frozen=True)
class Near:
    """People by how near they are: on shift at the place now, and those whose places lie within reach."""

    here: frozenset[str]
    around: frozenset[str]


def near(session: Session, alert: Alert, km: int, now: int) -> Near:
    """Members of the alert's chapter, of those below and above it, who hold a valid certificate at ``now`` (ms UTC) and can be reached by
    push."""
    able = _able(session, alert, now) - {alert.person_id or ""}
    here = on_shift(session, alert, now)
    places = set(places_within(session, alert, km))
    liked = (
        row.person_id
        for row in session.execute(select(Preference.person_id, Preference.likes, Preference.never))
        if row.person_id in able and _likes(row.likes, row.never, places)
    )
    return Near(frozenset(here & able), frozenset(liked) - here)


def on_shift(session: Session, alert: Alert, now: int) -> set[str]:
    """Who is on a shift at the alert's place now, or is about to be."""
    if alert.place_id is None:
        return set()
    query = (
        select(Claim.person_id)
        .join(Shift, Shift.id == Claim.shift_id)
        .where(
            Shift.place_id == alert.place_id,
            Shift.starts_at <= now + AROUND,
            Shift.ends_at > now,
            Shift.cancelled_at.is_(None),
            Claim.state != "released",
            Claim.out_at.is_(None),
        )
    )
    return set(session.scalars(query))


def _able(session: Session, alert: Alert, now: int) -> set[str]:
    """Certified, not disabled, of the chapter's family, with a living subscription."""
    above = ladder.chain(session, alert.chapter_id)
    path = session.scalar(select(Chapter.path).where(Chapter.id == alert.chapter_id)) or ""
    certified = select(Certificate.person_id).where(Certificate.revoked_at.is_(None), Certificate.ends_at > now)
    reached = (
        select(PushSubscription.person_id)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(PushSubscription.ended_at.is_(None), Device.revoked_at.is_(None))
    )
    query = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .join(Chapter, Chapter.id == Membership.chapter_id)
        .where(
            or_(Chapter.path.startswith(path, autoescape=True), Chapter.id.in_(above)),
            Person.disabled_at.is_(None),
            Person.id.in_(certified),
            Person.id.in_(reached),
        )
    )
    return set(session.scalars(query))


def _likes(likes: dict[str, object], never: dict[str, object], places: Collection[str]) -> bool:
    def named(said: dict[str, object]) -> set[object]:
        found = said.get("places") if isinstance(said, dict) else None
        return set(found) if isinstance(found, list) else set()

    return bool((named(likes) - named(never)) & set(places))


def places_within(session: Session, alert: Alert, km: int) -> list[str]:
    """Open places of the chapter's family within ``km`` of the alert; its own place first where it has no point."""
    centre = centre_of(session, alert)
    own = [alert.place_id] if alert.place_id else []
    if centre is None:
        return own
    above = ladder.chain(session, alert.chapter_id)
    path = session.scalar(select(Chapter.path).where(Chapter.id == alert.chapter_id)) or ""
    query = (
        select(Place.id, Place.geom)
        .join(Chapter, Chapter.id == Place.chapter_id)
        .where(
            Place.closed_at.is_(None),
            Place.geom.is_not(None),
            or_(Chapter.path.startswith(path, autoescape=True), Chapter.id.in_(above)),
        )
    )
    found = [row.id for row in session.execute(query) if distance_km(centre, geo.lat_lon(row.geom) or centre) <= km]
    return list(dict.fromkeys(own + found))


def centre_of(session: Session, alert: Alert) -> geo.Pair | None:
    """Where an alert is, as well as is known: its own position, its place, or the middle of its cell. Degrees."""
    if alert.lat is not None and alert.lon is not None:
        return alert.lat / 1_000_000, alert.lon / 1_000_000
    place = session.get(Place, alert.place_id) if alert.place_id else None
    if place is not None and place.geom is not None:
        return geo.lat_lon(place.geom)
    if alert.cell:
        lat, lon = alert.cell.split(",")
        return int(lat) / CELL, int(lon) / CELL
    return None


def distance_km(one: geo.Pair, other: geo.Pair) -> float:
    """The way between two points in degrees on a sphere (haversine)."""
    lat1, lon1, lat2, lon2 = (math.radians(n) for n in (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))
