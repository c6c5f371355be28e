"""What a partner organisation's people report: an alert like any other, that stays with the verifiers until a person confirms it.

Many within minutes from one organisation are told together, as those of one phone are (folding): a front desk whose session was stolen
must not wake a city again and again, and nothing it reports is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import partners
from fieldapp.alerts.models import Alert
from fieldapp.alerts.services import calls, raising
from fieldapp.alerts.services.raising import PARTNER, Report
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import N_, Invalid
from fieldapp.places.models import Place
from fieldapp.shifts.services import partner_forms

KINDS = ("ice_here", "being_taken")  # a call for help is a phone call
SHOWN = DAY
MOST_SHOWN = 20
_ID = re.compile(r"\A[0-9a-z]{12}\Z")


@dataclass(frozen=True)
class Line:
    """A sighting as its organisation sees it: what became of it, never who answered."""

    alert: Alert
    place: Place | None


def report(actor: Actor, values: Mapping[str, str], now: int) -> Alert:
    """Raise what was seen; the same form twice raises it once. Raises Forbidden for members of a chapter, Invalid naming each field."""
    partner, chapter = partners.own(actor)
    said = _read(actor, values, partner.id, chapter, now)
    with write() as session:
        lock(session, [f"alert number {said.chapter_id}"])
        before = session.scalars(select(Alert).where(Alert.key == said.key, Alert.record_id == said.record_id)).first()
        return before or raising.raise_alert(said, now)


def lately(actor: Actor, now: int) -> list[Line]:
    """What the actor's organisation reported within a day, newest first. Raises Forbidden for members of a chapter."""
    partner, _ = partners.own(actor)
    query = (
        select(Alert, Place)
        .outerjoin(Place, Place.id == Alert.place_id)
        .where(Alert.key == partner.id, Alert.arrived_at > now - SHOWN)
        .order_by(Alert.arrived_at.desc(), Alert.number.desc())
        .limit(MOST_SHOWN)
    )
    return [Line(alert, place) for alert, place in db.session.execute(query).tuples()]


def _read(actor: Actor, values: Mapping[str, str], partner_id: str, chapter: Chapter, now: int) -> Report:
    wrong: dict[str, str] = {}
    if not _ID.match(values.get("id", "")):
        raise Invalid(N_("This form was not made by this page. Load the page again."))
    if values.get("what") not in KINDS:
        wrong["what"] = N_("Choose what it is.")
    place = next((one for one in partner_forms.places_of(chapter) if one.id == values.get("place", "")), None)
    at = calls.point(values.get("point", ""), wrong)
    if values.get("place") and place is None:
        wrong["place"] = N_("Choose a place from the list.")
    elif place is None and at is None and "point" not in wrong:
        wrong["place"] = N_("Choose a place, or give a point on the street.")
    seen = calls.seen_at(values.get("seen", ""), chapter.zone, now)
    if seen is None:
        wrong["seen"] = N_("A time of day such as 9:35, within the last 12 hours.")
    counts = {name: calls.count(values.get(name, ""), most, name, wrong) for name, most in calls.COUNTS.items()}
    if wrong or seen is None:
        raise Invalid(fields=wrong)
    return Report(
        record_id=values["id"],
        key=partner_id,
        chapter_id=chapter.id,
        person_id=actor.person_id,
        what=values["what"],
        raised_at=seen,
        place_id=place.id if place else None,
        cell=calls.cell(at) if at and not place else None,
        lat=round(at[0] * 1_000_000) if at else None,
        lon=round(at[1] * 1_000_000) if at else None,
        source=PARTNER,
        counts={name: number for name, number in counts.items() if number is not None},
    )
