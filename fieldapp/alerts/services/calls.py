"""A call to the hotline, typed in by a dispatcher: an alert like any other, with counts and no words about anybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters
from fieldapp.alerts import policy
from fieldapp.alerts.models import Alert
from fieldapp.alerts.services import answering, duplicates, folding, raising
from fieldapp.alerts.services.duplicates import Near
from fieldapp.alerts.services.raising import DESK, HOTLINE, KINDS, Report
from fieldapp.core import geo
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import DAY, MINUTE, local_ms, to_datetime
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts.services.plan import minutes

COUNTS = {"agents": 500, "vehicles": 100}  # what may be counted, and how high
PLACES_LISTED = 1000
ANOTHER = "another"  # said to a suggestion: it is another one
_ID = re.compile(r"\A[0-9a-z]{12}\Z")


@dataclass(frozen=True)
class Call:
    """A call as it is raised. ``into``: the open alert that it is the same as."""

    report: Report
    mine: bool
    into: str | None = None


class Alike(DomainError):
    """Open alerts are near: a person says whether it is one of them."""

    def __init__(self, found: list[Near]) -> None:
        super().__init__(
            "alike",
            N_("This may be known already."),
            safe=N_("Nothing was raised yet; what you typed is still here."),
            do=N_("Say whether it is the same or another one."),
        )
        self.found = found


def chapters_of(actor: Actor) -> list[Chapter]:
    """The chapters for which the actor takes calls. Raises Forbidden when there are none."""
    found = chapters.tree(actor, COORDINATOR)
    if not found:
        raise Forbidden()
    return found


def places(actor: Actor) -> list[Place]:
    """The places to choose from: open ones that the actor may read, by name."""
    query = _listed(actor).order_by(Place.name, Place.id)
    return list(db.session.scalars(query.limit(PLACES_LISTED)))


def _listed(actor: Actor) -> Select[Place]:
    return Place.visible_to(actor).where(
        Place.closed_at.is_(None), Place.chapter_id.in_(actor.where(COORDINATOR) | actor.above)
    )


def take(actor: Actor, values: Mapping[str, str], now: int) -> Alert:
    """Raise what was typed in; the same form twice raises it once.

    ``values["same"]``: empty, an open alert's id, or ``another``. Raises Forbidden, NotFound, Invalid naming each field, Alike, and what
    merging raises.
    """
    call = _read(actor, values, now)
    same = values.get("same", "")
    if not same and (found := duplicates.near_to(_example(call.report, now), now)):
        before = _raised_before(db.session(), call.report)
        if before is not None:
            return before
        raise Alike(found)
    return _raise(actor, replace(call, into=same if same not in ("", ANOTHER) else None), now)


def _raise(actor: Actor, call: Call, now: int) -> Alert:
    report = call.report
    quiet = folding.Place(pause=True)  # nobody is paged before the transaction's end, which says who has it
    with write() as session:
        lock(session, [f"alert number {report.chapter_id}"])
        before = _raised_before(session, report)
        if before is not None:
            return before
        alert = raising.raise_alert(report, now, quiet if call.mine or call.into else folding.Place())
        if call.into:
            into = duplicates.merge(actor, alert.id, call.into, now)
            if call.mine and into.state == "raised":
                answering.got_it(actor, into.id, now)
        elif call.mine:
            answering.got_it(actor, alert.id, now)
    return alert


def _raised_before(session: Session, report: Report) -> Alert | None:
    query = select(Alert).where(Alert.key == DESK, Alert.record_id == report.record_id)
    found = session.scalars(query).first()
    if found is not None and found.chapter_id != report.chapter_id:
        raise NotFound()
    return found


def _example(report: Report, now: int) -> Alert:
    """The alert as it would be, stored nowhere: to look for its like."""
    return Alert(
        id="",
        chapter_id=report.chapter_id,
        place_id=report.place_id,
        cell=report.cell,
        lat=report.lat,
        lon=report.lon,
        what=report.what,
        raised_at=report.raised_at,
        arrived_at=now,
    )


def _read(actor: Actor, values: Mapping[str, str], now: int) -> Call:
    own = chapters_of(actor)
    wrong: dict[str, str] = {}
    if not _ID.match(values.get("id", "")):
        raise Invalid(N_("This form was not made by this page. Load the page again."))
    if values.get("what") not in KINDS:
        wrong["what"] = N_("Choose what it is.")
    place = _place(actor, values.get("place", ""), wrong)
    at = point(values.get("point", ""), wrong)
    if place is None and at is None and not {"place", "point"} & set(wrong):
        wrong["place"] = N_("Choose a place, or give a point on the street.")
    chapter = _chapter(actor, own, values.get("chapter", ""), place)
    if place is not None and place.chapter_id not in chapter.path.split("/"):
        wrong["place"] = N_("That place is another chapter's. Choose one of this chapter, or a point on the street.")
    seen = seen_at(values.get("seen", ""), chapter.zone, now)
    if seen is None:
        wrong["seen"] = N_("A time of day such as 9:35, within the last 12 hours.")
    counts = {name: count(values.get(name, ""), most, name, wrong) for name, most in COUNTS.items()}
    if wrong or seen is None:
        raise Invalid(fields=wrong)
    report = Report(
        record_id=values["id"],
        key=DESK,
        chapter_id=chapter.id,
        person_id=actor.person_id,
        what=values["what"],
        raised_at=seen,
        place_id=place.id if place else None,
        cell=cell(at) if at and not place else None,
        lat=round(at[0] * 1_000_000) if at else None,
        lon=round(at[1] * 1_000_000) if at else None,
        source=HOTLINE,
        counts={name: number for name, number in counts.items() if number is not None},
    )
    return Call(report, mine=values.get("mine") == "yes")


def _place(actor: Actor, place_id: str, wrong: dict[str, str]) -> Place | None:
    if not place_id:
        return None
    found = db.session.scalars(_listed(actor).where(Place.id == place_id)).first()
    if found is None:
        wrong["place"] = N_("Choose a place from the list.")
    return found


def _chapter(actor: Actor, own: list[Chapter], asked: str, place: Place | None) -> Chapter:
    """The place's own chapter where the actor takes its calls, else the one asked for, else the actor's."""
    by_id = {one.id: one for one in own}
    if place is not None and place.chapter_id in by_id:
        return by_id[place.chapter_id]
    if asked and asked not in by_id:
        raise NotFound()
    chapter = by_id.get(asked) or by_id.get(actor.chapter_id) or own[0]
    if not policy.can_decide(actor, chapter.id):
        raise Forbidden()
    return chapter


def point(text: str, wrong: dict[str, str]) -> geo.Pair | None:
    """Two numbers of degrees, latitude first, as maps copy them."""
    if not text.strip():
        return None
    parts = text.replace(";", ",").split(",")
    try:
        if len(parts) != 2 or len(text) > 60:
            raise geo.GeoError(N_("Two numbers with a comma between, such as 40.7153, -74.0037."))
        lat, lon = (geo.degrees(part.replace("\N{MINUS SIGN}", "-")) for part in parts)
        geo.check(lat, lon)
    except geo.GeoError as error:
        wrong["point"] = str(error)
        return None
    return lat, lon


def cell(at: geo.Pair) -> str:
    """About a kilometre: hundredths of a degree, as phones coarsen."""
    return f"{round(at[0] * 100)},{round(at[1] * 100)}"


def seen_at(text: str, zone: str, now: int) -> int | None:
    """The last time it was that o'clock in ``zone``, ms UTC; empty is now. Not more than half a day ago."""
    if not text.strip():
        return now
    clock = minutes(text)
    if clock is None:
        return None
    today = to_datetime(now, zone).date()
    at = local_ms(today, clock, zone)
    if at > now + MINUTE:
        at = local_ms(to_datetime(now - DAY, zone).date(), clock, zone)
    return min(at, now) if at >= now - DAY // 2 else None


def count(text: str, most: int, name: str, wrong: dict[str, str]) -> int | None:
    text = text.strip()
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) <= most:
        return int(text)
    wrong[name] = N_("A whole number, or nothing where nobody counted.")
    return None
