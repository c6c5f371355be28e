"""What partners may fetch by a link: counts of whole months, by cells of half a degree, late and rounded (docs/coverage.md).

Every link of a chapter that covers a month and a cell gives the same numbers for it, for ever: whole months only, cells of one
grid, each number rounded to the nearest five, nothing below five different people, however many shifts each of them took. So two
days tell no more than one, and two links of a chapter differ in nothing but what they leave out.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from fieldapp.accounts.models import Chapter
from fieldapp.core import geo
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, HOUR, local_ms, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, Invalid, NotFound
from fieldapp.core.ids import new_id, new_token, token_hash
from fieldapp.coverage import policy
from fieldapp.coverage.models import CoverageCount, PartnerLink
from fieldapp.coverage.services import counting, history
from fieldapp.places.models import Place

CELL = 2  # cells to a degree: 0.5 degrees, about a county
ROUND = 5
LEAST, USUAL_DELAY, LONGEST_DELAY = 5, 3, 366  # people; days
MONTHS = 36
LASTS = 366 * DAY
MOST_LINKS = 50
SETTLING = 2 * DAY + 30 * HOUR  # where the clocks are last, a month ends 12 h later; a shift lasts 16 h at most
_MONTH = re.compile(r"\A20\d\d-(0[1-9]|1[0-2])\Z")


@dataclass(frozen=True)
class Terms:
    """What a link gives."""

    chapter_id: str
    label: str
    from_month: str
    until_month: str
    delay_days: int
    threshold: int


@dataclass(frozen=True)
class Made:
    """A new link and its token, which is shown now and never again."""

    link: PartnerLink
    token: str


@dataclass(frozen=True)
class Count:
    """The numbers of one cell and month, before anything is rounded."""

    shifts: int
    ran: int
    seats: int
    claims: int
    people: int  # different people, at least


def cell_of(lat: float, lon: float) -> tuple[int, int]:
    """The cell of the fixed grid, counted in half degrees from 0, 0. Pure."""
    return math.floor(lat * CELL), math.floor(lon * CELL)


def ring(cell: tuple[int, int]) -> list[list[float]]:
    """The cell's outline, counter-clockwise, longitude first (RFC 7946, 3.1.6). Pure."""
    south, west = cell[0] / CELL, cell[1] / CELL
    north, east = (cell[0] + 1) / CELL, (cell[1] + 1) / CELL
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def rounded(number: int) -> int:
    """To the nearest five. Pure."""
    return (number + ROUND // 2) // ROUND * ROUND


def collection(counts: Mapping[tuple[int, int, str], Count], threshold: int) -> dict[str, Any]:
    """A FeatureCollection (RFC 7946): one feature for each cell and month with ``threshold`` people or more. Pure."""
    features = [_feature((lat, lon), month, counts[lat, lon, month]) for lat, lon, month in sorted(counts)]
    kept = [
        one for key, one in zip(sorted(counts), features, strict=True) if counts[key].people >= max(threshold, LEAST)
    ]
    found: dict[str, Any] = {"type": "FeatureCollection", "features": kept}
    if kept:
        boxes = [one["bbox"] for one in kept]
        west, south, east, north = zip(*boxes, strict=True)
        found["bbox"] = [min(west), min(south), max(east), max(north)]
    return found


def _feature(cell: tuple[int, int], month: str, count: Count) -> dict[str, Any]:
    outline = ring(cell)
    return {
        "type": "Feature",
        "id": f"{cell[0]}/{cell[1]}/{month}",
        "bbox": [*outline[0], *outline[2]],
        "geometry": {"type": "Polygon", "coordinates": [outline]},
        "properties": {
            "month": month,
            "shifts": rounded(count.shifts),
            "shifts_ran": rounded(count.ran),
            "places_needed": rounded(count.seats),
            "places_taken": rounded(count.claims),
        },
    }


def last_month(now: int, delay_days: int, counted: int) -> str:
    """The newest month that is over everywhere, counted whole, and ``delay_days`` old at ``now`` (ms UTC). Pure."""
    day = to_datetime(now).date().replace(day=1)
    for _ in range(MONTHS):
        over = local_ms(day, 0, "UTC") + SETTLING
        if now >= max(over, over - SETTLING + delay_days * DAY) and counted >= over - 2 * DAY:
            break
        day = history.step(day, "month", -1)
    return history.step(day, "month", -1).isoformat()[:7]


def give(terms: Terms, now: int) -> dict[str, Any]:
    """Exactly what a link with these terms gives at ``now`` (ms UTC), as GeoJSON. Three queries."""
    newest = last_month(now, terms.delay_days, counting.through())
    until = min(terms.until_month or newest, newest)
    first = history.step(date.fromisoformat(f"{until}-01"), "month", 1 - MONTHS).isoformat()[:7]
    return collection(_counts(terms.chapter_id, max(terms.from_month, first), until), terms.threshold)


def _counts(chapter_id: str, first: str, last: str) -> dict[tuple[int, int, str], Count]:
    """Months of a chapter and its pods by cell; places without a position are in none."""
    path = select(Chapter.path).where(Chapter.id == chapter_id).scalar_subquery()
    below = select(Chapter.id).where(func.substr(Chapter.path, 1, func.length(path)) == path)
    query = (
        select(Place.id, Place.geom, CoverageCount.starts_on)
        .add_columns(CoverageCount.shifts, CoverageCount.ran, CoverageCount.seats, CoverageCount.claims)
        .add_columns(CoverageCount.people)
        .join(Place, Place.id == CoverageCount.place_id)
        .where(
            CoverageCount.chapter_id.in_(below),
            CoverageCount.span == "month",
            CoverageCount.starts_on >= f"{first}-01",
            CoverageCount.starts_on <= f"{last}-01",
            Place.geom.is_not(None),
        )
    )
    cells: dict[str, tuple[int, int]] = {}
    found: dict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for place_id, geom, starts_on, *numbers, people in db.session.execute(query):
        if place_id not in cells:
            cells[place_id] = cell_of(*(geo.lat_lon(geom) or (0.0, 0.0)))
        held = found[*cells[place_id], starts_on[:7]]
        for n, number in enumerate(numbers):
            held[n] += number
        held[-1] = max(held[-1], people)  # one person may be at two places: a sum would count them twice
    return {key: Count(*numbers) for key, numbers in found.items()}


def by_token(token: str, now: int) -> PartnerLink:
    """The live link of a token. Raises NotFound for one that never was, has ended or is past its year: nothing tells them apart."""
    found = db.session.scalar(select(PartnerLink).where(PartnerLink.token_hash == token_hash(token)))
    if found is None or found.ended_at is not None or found.expires_at <= now:
        raise NotFound()
    return found


def terms_of(link: PartnerLink) -> Terms:
    """What a link gives."""
    return Terms(link.chapter_id, link.label, link.from_month, link.until_month, link.delay_days, link.threshold)


def check(actor: Actor, values: Mapping[str, str], now: int) -> Terms:
    """The terms in a form's values. Raises NotFound (a chapter that is not the actor's), Forbidden, Invalid naming each field."""
    if not policy.can_see(actor):
        policy.demand(False)
    chapter_id = values.get("chapter", "") or actor.chapter_id
    if chapter_id not in actor.chapters:
        raise NotFound()
    policy.demand(policy.can_share(actor, chapter_id))
    wrong: dict[str, str] = {}
    label = " ".join(values.get("label", "").split())
    if not 1 <= len(label) <= 80:
        wrong["label"] = N_("Say who gets it, in at most 80 characters.")
    today = to_datetime(now).date()
    first = values.get("from", "") or history.step(today.replace(day=1), "month", -12).isoformat()[:7]
    last = values.get("until", "")
    if not _MONTH.match(first):
        wrong["from"] = N_("Write the month as 2026-09.")
    if last and (not _MONTH.match(last) or last < first):
        wrong["until"] = N_("A month such as 2026-11, not before the first, or nothing.")
    delay = _number(values.get("delay", str(USUAL_DELAY)), 1, LONGEST_DELAY)
    if delay is None:
        wrong["delay"] = N_("At least one day after a month has ended, at most 366.")
    threshold = _number(values.get("threshold", str(LEAST)), LEAST, 1000)
    if threshold is None:
        wrong["threshold"] = N_("Five people or more.")
    if wrong or delay is None or threshold is None:
        raise Invalid(fields=wrong)
    return Terms(chapter_id, label, first, last, delay, threshold)


def _number(text: str, least: int, most: int) -> int | None:
    found = int(text) if re.fullmatch(r"\s*[0-9]{1,4}\s*", text) else None
    return found if found is not None and least <= found <= most else None


def make(actor: Actor, values: Mapping[str, str], now: int) -> Made:
    """Make a link that lasts a year. Raises what ``check`` raises; Invalid when the chapter has fifty."""
    terms = check(actor, values, now)
    live = (PartnerLink.chapter_id == terms.chapter_id, PartnerLink.ended_at.is_(None), PartnerLink.expires_at > now)
    if (db.session.scalar(select(func.count()).select_from(PartnerLink).where(*live)) or 0) >= MOST_LINKS:
        raise Invalid(fields={"label": N_("Fifty links are open. End one first.")})
    token = new_token()
    link = PartnerLink(
        id=new_id(),
        token_hash=token_hash(token),
        chapter_id=terms.chapter_id,
        label=terms.label,
        from_month=terms.from_month,
        until_month=terms.until_month,
        delay_days=terms.delay_days,
        threshold=terms.threshold,
        created_by=actor.person_id,
        created_at=now,
        expires_at=now + LASTS,
    )
    with write() as session:
        session.add(link)
    return Made(link, token)


def end(actor: Actor, link_id: str, now: int) -> None:
    """End a link: it gives nothing any more. Twice is once. Raises NotFound, Forbidden."""
    found = db.session.get(PartnerLink, link_id)
    if found is None or found.chapter_id not in actor.chapters:
        raise NotFound()
    policy.demand(policy.can_share(actor, found.chapter_id))
    with write() as session:
        held = session.get(PartnerLink, link_id, populate_existing=True)
        if held is not None and held.ended_at is None:
            held.ended_at = now


def links(actor: Actor, now: int) -> list[tuple[PartnerLink, str]]:
    """The live links of chapters that the actor watches, with the chapter's name, newest first. Raises Forbidden."""
    policy.demand(policy.can_see(actor))
    query = (
        select(PartnerLink, Chapter.name)
        .join(Chapter, Chapter.id == PartnerLink.chapter_id)
        .where(PartnerLink.chapter_id.in_(actor.where(*policy.WATCHERS)))
        .where(PartnerLink.ended_at.is_(None), PartnerLink.expires_at > now)
        .order_by(PartnerLink.created_at.desc(), PartnerLink.id)
        .limit(400)
    )
    return list(db.session.execute(query).tuples())


def cells(given: Mapping[str, Any]) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """The features as rows for the preview: the cell in words, the month, the numbers."""
    for one in given["features"]:
        west, south, east, north = one["bbox"]
        yield f"{south:g} {west:g} – {north:g} {east:g}", one["properties"]["month"], one["properties"]
