"""The desk's pages of shifts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from fieldapp.accounts.services import chapters
from fieldapp.accounts.services.words import NotAWord, NoWords, TooOften
from fieldapp.core.actor import COORDINATOR
from fieldapp.core.clock import to_datetime
from fieldapp.core.errors import Invalid
from fieldapp.shifts import words
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services import brief, claims, listing, newcomers, plan, planning, roster, series
from fieldapp.shifts.services.rules import Refused
from fieldapp.web.gate import actor, now

blueprint = Blueprint("shifts", __name__, url_prefix="/shifts")


def _zone() -> str:
    """The zone in which a coordinator's week begins: the chapter's own."""
    return chapters.get(actor(), actor().chapter_id).zone


def _day(text: str | None, zone: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return to_datetime(now(), zone).date()


@blueprint.get("")
def index() -> ResponseReturnValue:
    """A coordinator's week; everyone else sees their own shifts."""
    if not actor().where(COORDINATOR):
        return mine()
    zone = _zone()
    asked = _day(request.args.get("week"), zone)
    monday = asked - timedelta(days=asked.weekday())
    entries = roster.week(actor(), monday, zone, place_id=request.args.get("place", ""))
    off = [(d, n) for d in (monday + timedelta(days=i) for i in range(7)) if (n := series.holiday(d))]
    if request.args.get("by") != "day":
        entries.sort(key=lambda entry: (entry.standing.rank, entry.shift.starts_at))
    week = {
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "last": monday + timedelta(days=6),
    }
    return render_template("shifts/index.html", entries=entries, monday=monday, week=week, holidays=off)


@blueprint.get("/mine")
def mine() -> ResponseReturnValue:
    """One's own shifts, those one may take, and why not the rest."""
    found, path = listing.for_person(actor(), now()), newcomers.path_of(actor().person_id, now())
    return render_template("shifts/mine.html", listing=found, path=path, moment=now())


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """The form for a shift or a weekly series."""
    asked, zone = request.args, _zone()
    tomorrow = to_datetime(now(), zone).date() + timedelta(days=1)
    day = max(_day(asked.get("day"), zone), tomorrow).isoformat()
    start = {"place_id": asked.get("place", ""), "day": day, "start": "8:30", "end": "12:30"}
    return _form({**start, "minimum": "2", "seats": "4", "repeat": "once"}, {}, 200)


def _form(
    values: Mapping[str, Any], errors: dict[str, str], status: int, shift: Shift | None = None
) -> ResponseReturnValue:
    shown = render_template(
        "shifts/form.html",
        values=values,
        errors=errors,
        shift=shift,
        place=plan.place_of(shift) if shift else None,
        places=[] if shift else plan.places_for(actor()),
        courses=plan.courses_to_choose(actor(), shift),
    )
    return shown, status


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    """Add one shift, or a weekly series."""
    form = request.form
    try:
        if form.get("repeat") == "weekly":
            made = series.create(actor(), form, now())
            flash(gettext("The series is there, eight weeks ahead."), "ok")
            return redirect(url_for("shifts.index", week=made.from_day))
        shift = planning.create(actor(), form, now())
    except Invalid as error:
        return _form(form, error.fields, error.status)
    flash(gettext("The shift is there. Phones show it with their next look."), "ok")
    return redirect(url_for("shifts.page", shift_id=shift.id))


@blueprint.get("/series")
def all_series() -> ResponseReturnValue:
    """The weekly series, and what suspends them."""
    return render_template("shifts/series.html", lines=series.lines(actor(), now()), errors={}, ending=None)


@blueprint.post("/series/<series_id>/end")
def end_series(series_id: str) -> ResponseReturnValue:
    """End a series after a day."""
    try:
        series.end(actor(), series_id, request.form.get("until", ""), now())
    except Invalid as error:
        shown = {"lines": series.lines(actor(), now()), "errors": error.fields, "ending": series_id}
        return render_template("shifts/series.html", **shown), error.status
    flash(gettext("The series ends. Later shifts are cancelled."), "ok")
    return redirect(url_for("shifts.all_series"))


@blueprint.get("/day")
def day() -> ResponseReturnValue:
    """A day's rosters as text."""
    zone = _zone()
    when = _day(request.args.get("on"), zone)
    rosters = roster.day(actor(), when, zone, now())
    text = "\n\n".join(words.as_text(one) for one in rosters)
    return render_template("shifts/day.html", day=when, zone=zone, text=text, count=len(rosters))


def newcomers_board() -> ResponseReturnValue:
    """Where newcomers are, the longest waiting first."""
    zone = _zone()
    return render_template("shifts/newcomers.html", board=newcomers.board(actor(), now()), zone=zone, moment=now())


@blueprint.get("/<shift_id>")
def page(shift_id: str) -> ResponseReturnValue:
    """A shift's roster."""
    return _page(shift_id, {}, 200)


def _page(shift_id: str, errors: dict[str, str], status: int) -> ResponseReturnValue:
    found = roster.see(actor(), shift_id, now())
    others = roster.candidates(found, now()) if found.can_plan else []
    shown = render_template(
        "shifts/roster.html", roster=found, candidates=others, text=words.as_text(found), errors=errors, moment=now()
    )
    return shown, status


@blueprint.get("/<shift_id>/edit")
def edit_page(shift_id: str) -> ResponseReturnValue:
    """The form of a shift that is there."""
    shift = planning.find_own(actor(), shift_id)
    return _form(_values(shift), {}, 200, shift)


def _values(shift: Shift) -> dict[str, str]:
    zone = plan.place_of(shift).zone
    start, end = to_datetime(shift.starts_at, zone), to_datetime(shift.ends_at, zone)
    return {
        "day": start.date().isoformat(),
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        "minimum": str(shift.minimum),
        "seats": str(shift.seats),
        "course_id": shift.course_id or "",
        **{name: str((shift.brief or {}).get(name, "")) for name in brief.FIELDS},
    }


@blueprint.post("/<shift_id>/edit")
def edit(shift_id: str) -> ResponseReturnValue:
    """Change a shift."""
    try:
        planning.edit(actor(), shift_id, request.form, now())
    except Invalid as error:
        return _form(request.form, error.fields, error.status, planning.find_own(actor(), shift_id))
    flash(gettext("Saved. Phones get it with their next look."), "ok")
    return _back(shift_id)


@blueprint.post("/<shift_id>/cancel")
def cancel(shift_id: str) -> ResponseReturnValue:
    """Cancel a shift, with a reason."""
    try:
        planning.cancel(actor(), shift_id, request.form.get("reason", ""), now())
    except Invalid as error:
        return _page(shift_id, error.fields, error.status)
    flash(gettext("Cancelled. Those on it see the reason on their phones."), "ok")
    return _back(shift_id)


@blueprint.post("/<shift_id>/lead")
def lead(shift_id: str) -> ResponseReturnValue:
    """Say who leads."""
    try:
        planning.set_lead(actor(), shift_id, request.form.get("lead_id", ""), now())
    except Invalid as error:
        return _page(shift_id, error.fields, error.status)
    return _back(shift_id)


@blueprint.post("/<shift_id>/confirm")
def confirm(shift_id: str) -> ResponseReturnValue:
    """Confirm those who were chosen, or all."""
    chosen = request.form.getlist("person_id")
    done = planning.confirm(actor(), shift_id, chosen or None, now())
    flash(ngettext("%(num)s person confirmed.", "%(num)s people confirmed.", done), "ok")
    return _back(shift_id)


@blueprint.post("/<shift_id>/add")
def add(shift_id: str) -> ResponseReturnValue:
    """Put someone on it by hand."""
    return _try(shift_id, lambda person: planning.assign(actor(), shift_id, person, now()))


@blueprint.post("/<shift_id>/remove")
def remove(shift_id: str) -> ResponseReturnValue:
    """Take someone off it."""
    return _try(shift_id, lambda person: planning.remove(actor(), shift_id, person, now()))


@blueprint.post("/<shift_id>/mark")
def mark(shift_id: str) -> ResponseReturnValue:
    """Note that someone is here, or out and OK."""
    what = "here" if request.form.get("what") == "here" else "out"
    return _try(shift_id, lambda person: planning.mark(actor(), shift_id, person, what, now()))


@blueprint.post("/<shift_id>/word")
def word(shift_id: str) -> ResponseReturnValue:
    """Somebody called and said a word: the answer is the same for both."""
    try:
        person = request.form.get("person_id", "")
        planning.hear(actor(), shift_id, person, request.form.get("word", ""), now())
        flash(gettext("Noted: out and OK."), "ok")
    except (NotAWord, NoWords, TooOften) as no:
        flash(" ".join(gettext(part) for part in (no.message, no.safe, no.do) if part), "wait")
    except Refused as no:
        zone = plan.place_of(planning.find(actor(), shift_id)).zone
        flash(" ".join(filter(None, (words.why(no.verdict, zone), words.change(no.verdict)))), "wait")
    return _back(shift_id)


@blueprint.post("/<shift_id>/take")
def take(shift_id: str) -> ResponseReturnValue:
    """Take the shift oneself, from a desk browser."""
    planning.find(actor(), shift_id)
    return _try(shift_id, lambda _: claims.claim(actor().person_id, shift_id, now()), "shifts.mine")


@blueprint.post("/<shift_id>/give-back")
def give_back(shift_id: str) -> ResponseReturnValue:
    """Give it back."""
    planning.find(actor(), shift_id)
    return _try(shift_id, lambda _: claims.release(actor().person_id, shift_id, now()), "shifts.mine")


def _try(shift_id: str, act: Any, then: str = "") -> ResponseReturnValue:
    """Do it for the person named in the form; a rule that says no is told in words, on the page it came from."""
    try:
        act(request.form.get("person_id", ""))
    except Refused as no:
        zone = plan.place_of(planning.find(actor(), shift_id)).zone
        flash(" ".join(filter(None, (words.why(no.verdict, zone), words.change(no.verdict)))), "wait")
    return redirect(url_for(then)) if then else _back(shift_id)


def _back(shift_id: str) -> ResponseReturnValue:
    return redirect(url_for("shifts.page", shift_id=shift_id))
