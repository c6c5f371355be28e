"""A coordinator's week, a person's own shifts, a day as text, newcomers."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.core.actor import COORDINATOR
from fieldapp.shifts import words
from fieldapp.shifts.routes.base import blueprint, day_of, week_zone
from fieldapp.shifts.services import at_risk, closures, listing, messages, newcomers, roster
from fieldapp.shifts.services.signoffs import due as shadowed
from fieldapp.shifts.services.signoffs import of_person, ready
from fieldapp.training.services import conduct
from fieldapp.web.gate import actor, now


@blueprint.get("")
def index() -> ResponseReturnValue:
    """A coordinator's week; everyone else sees their own shifts."""
    if not actor().where(COORDINATOR):
        return mine()
    zone = week_zone()
    asked = day_of(request.args.get("week"), zone)
    monday = asked - timedelta(days=asked.weekday())
    entries = roster.week(actor(), monday, zone, place_id=request.args.get("place", ""))
    off = closures.in_week(actor(), monday, request.args.get("place", ""))
    if request.args.get("by") != "day":
        entries.sort(key=lambda entry: (entry.standing.rank, entry.shift.starts_at))
    week = {
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "last": monday + timedelta(days=6),
    }
    return render_template(
        "shifts/index.html",
        entries=entries,
        monday=monday,
        week=week,
        off=off,
        at_risk=at_risk.count(actor(), now()),
    )


@blueprint.get("/mine")
def mine() -> ResponseReturnValue:
    """One's own shifts, those one may take, and why not the rest."""
    found, path = listing.for_person(actor(), now()), newcomers.path_of(actor().person_id, now())
    told = messages.live_for([actor().person_id], now())
    find = request.args.get("q", "")[:80]
    return render_template(
        "shifts/mine.html",
        listing=found,
        offers=listing.shown(found.open, request.args.get("page", ""), find),
        rest=listing.shown(found.rest, request.args.get("rest", "")),
        find=find,
        path=path,
        told=told,
        conduct=conduct.read(actor()),
        signoffs=shadowed(actor(), now()),
        said=of_person(actor().person_id),
        home=week_zone(),
        moment=now(),
    )


@blueprint.get("/day")
def day() -> ResponseReturnValue:
    """A day's rosters as text."""
    zone = week_zone()
    when = day_of(request.args.get("on"), zone)
    rosters = roster.day(actor(), when, zone, now())
    text = "\n\n".join(words.as_text(one) for one in rosters)
    return render_template("shifts/day.html", day=when, zone=zone, text=text, count=len(rosters))


@blueprint.get("/day/sheet")
def day_sheet() -> ResponseReturnValue:
    """A day's rosters on paper: field names of those on each shift, and room for ticks."""
    zone = week_zone()
    when = day_of(request.args.get("on"), zone)
    rosters = roster.day(actor(), when, zone, now())
    return render_template("shifts/sheet.html", day=when, zone=zone, rosters=rosters)


def newcomers_board() -> ResponseReturnValue:
    """Where newcomers are, the longest waiting first."""
    zone = week_zone()
    return render_template(
        "shifts/newcomers.html",
        board=newcomers.board(actor(), now()),
        ready=ready(actor()),
        due=shadowed(actor(), now()),
        may_plan=bool(actor().where(COORDINATOR)),
        zone=zone,
        moment=now(),
    )
