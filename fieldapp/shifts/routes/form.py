"""The form of a shift."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.core.clock import to_datetime
from fieldapp.core.errors import Invalid
from fieldapp.shifts.models import Shift
from fieldapp.shifts.routes import preview
from fieldapp.shifts.routes.base import blueprint, day_of, flat, week_zone
from fieldapp.shifts.routes.roster import back
from fieldapp.shifts.services import brief, closures, plan, planning, scopes, series
from fieldapp.web.gate import actor, now


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """The form for a shift or a series."""
    asked, zone = request.args, week_zone()
    today = to_datetime(now(), zone).date()
    day = max(day_of(asked["day"], zone), today) if "day" in asked else today + timedelta(days=1)
    start = {"place_id": asked.get("place", ""), "day": day.isoformat(), "course_id": asked.get("course", "")}
    usual = {"start": "8:30", "end": "12:30", "minimum": "2", "seats": "4", "until": ""}
    given = {
        name: asked.get(name, text)[:20] for name, text in usual.items()
    }  # from the grid, or from what a place needs
    return _form({**start, **given, "repeat": "once", "every": "1", "kind": "observe"}, {}, 200)


def _form(
    values: Mapping[str, Any], errors: dict[str, str], status: int, shift: Shift | None = None
) -> ResponseReturnValue:
    place = plan.place_of(shift) if shift else None
    today = to_datetime(now(), week_zone()).date()
    off = [
        row
        for row in closures.coming(actor(), today)
        if shift is None or row.closure.place_id in {None, shift.place_id}
    ]
    shown = render_template(
        "shifts/form.html",
        values=values,
        errors=errors,
        shift=shift,
        place=place,
        off=off,
        places=[] if shift else plan.places_for(actor()),
        courses=plan.courses_to_choose(actor(), shift),
    )
    return shown, status


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    """Add one shift, or a series."""
    form = flat(request.form)
    try:
        if form.get("repeat") in {"weekly", "monthly"}:
            made = series.create(actor(), form, now())
            flash(gettext("The series is there, eight weeks ahead."), "ok")
            return redirect(url_for("shifts.index", week=made.from_day))
        shift = planning.create(actor(), form, now())
    except Invalid as error:
        return _form(form, error.fields, error.status)
    flash(gettext("The shift is there. Phones show it with their next look."), "ok")
    return redirect(url_for("shifts.page", shift_id=shift.id))


@blueprint.get("/<shift_id>/edit")
def edit_page(shift_id: str) -> ResponseReturnValue:
    """The form of a shift that is there."""
    shift = planning.find_own(actor(), shift_id)
    return _form({**_values(shift), "scope": request.args.get("scope", "")}, {}, 200, shift)


def _values(shift: Shift) -> dict[str, str]:
    zone = plan.place_of(shift).zone
    repeats = series.form_of(shift.series_id) if shift.series_id else {}
    start, end = to_datetime(shift.starts_at, zone), to_datetime(shift.ends_at, zone)
    return {
        **repeats,
        "day": start.date().isoformat(),
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        "minimum": str(shift.minimum),
        "seats": str(shift.seats),
        "course_id": shift.course_id or "",
        "kind": shift.kind,
        **{name: str((shift.brief or {}).get(name, "")) for name in brief.FIELDS},
    }


@blueprint.post("/<shift_id>/edit")
def edit(shift_id: str) -> ResponseReturnValue:
    """Change a shift, or the series with it; what it does to those on it is said first."""
    form = flat(request.form)
    scope = form.get("scope") if form.get("scope") in scopes.SCOPES else scopes.ONE
    try:
        report = scopes.edit(actor(), shift_id, str(scope), form, now(), preview.said())
    except Invalid as error:
        return _form(form, error.fields, error.status, planning.find_own(actor(), shift_id))
    if not report.done:
        back_to = url_for("shifts.edit_page", shift_id=shift_id)
        return preview.shown(report, back_to, gettext("What this changes"), gettext("Change it and tell them"))
    flash(gettext("Saved. Phones get it with their next look."), "ok")
    return back(shift_id)
