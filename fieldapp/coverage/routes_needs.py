"""What a place needs: entered, changed, copied, ended; and the dates that differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, ngettext

from fieldapp.accounts.models import Chapter
from fieldapp.core.db import db
from fieldapp.core.errors import Invalid
from fieldapp.coverage.routes import blueprint
from fieldapp.observations.catalogue import current_forms
from fieldapp.shifts.services import needs, plan
from fieldapp.web.gate import actor, now

START = {"start": "8:30", "end": "12:30", "minimum": "2", "seats": "4"}


@blueprint.get("/places/<place_id>/needs")
def needs_page(place_id: str) -> ResponseReturnValue:
    """The weekly windows of a place and its dates."""
    return _page(place_id, {**START, "weekday": request.args.getlist("weekday")}, {}, 200)


def _page(place_id: str, values: Mapping[str, Any], errors: dict[str, str], status: int) -> ResponseReturnValue:
    sheet = needs.of(actor(), place_id, now())
    courses = plan.courses_for(db.session.get_one(Chapter, sheet.place.chapter_id))
    shown = render_template(
        "coverage/needs.html",
        sheet=sheet,
        place=sheet.place,
        others=needs.places_to_copy(actor(), sheet.place),
        courses={course.id: course.name_es if str(get_locale()) == "es" else course.name_en for course in courses},
        forms={form["id"]: form["title"][str(get_locale())[:2]] for form in current_forms()},
        values=values,
        errors=errors,
    )
    return shown, status


def _again(place_id: str, error: Invalid) -> ResponseReturnValue:
    values = {**request.form.to_dict(), "weekday": request.form.getlist("weekday")}
    return _page(place_id, values, error.fields, error.status)


def _back(place_id: str) -> ResponseReturnValue:
    return redirect(url_for("coverage.needs_page", place_id=place_id))


@blueprint.post("/places/<place_id>/needs")
def add_needs(place_id: str) -> ResponseReturnValue:
    """The same window on one or several weekdays."""
    try:
        made = needs.create_many(actor(), place_id, request.form.getlist("weekday"), request.form, now())
    except Invalid as error:
        return _again(place_id, error)
    flash(ngettext("%(num)s weekly window is needed.", "%(num)s weekly windows are needed.", len(made)), "ok")
    return _back(place_id)


@blueprint.post("/places/<place_id>/needs/<need_id>")
def change_need(place_id: str, need_id: str) -> ResponseReturnValue:
    """Other hours or numbers, from today on."""
    try:
        needs.change(actor(), need_id, request.form, now())
    except Invalid as error:
        return _page(place_id, {**START, "weekday": []}, {**error.fields, "changed": need_id}, error.status)
    flash(gettext("Saved, from today on. What was needed until yesterday stays as it was."), "ok")
    return _back(place_id)


@blueprint.post("/places/<place_id>/needs/chosen")
def chosen_needs(place_id: str) -> ResponseReturnValue:
    """End or copy the windows that are ticked."""
    form = request.form
    chosen = form.getlist("need")
    try:
        if form.get("what") == "end":
            done = needs.end(actor(), place_id, chosen, form.get("until", ""), now())
            flash(ngettext("%(num)s window ends.", "%(num)s windows end.", done), "ok")
        else:
            done = needs.copy(actor(), place_id, chosen, form.getlist("to_weekday"), form.getlist("to_place"), now())
            flash(ngettext("%(num)s window is new.", "%(num)s windows are new.", done), "ok")
    except Invalid as error:
        return _again(place_id, error)
    return _back(place_id)


@blueprint.post("/places/<place_id>/needs/days")
def add_need_day(place_id: str) -> ResponseReturnValue:
    """One date that differs."""
    try:
        needs.set_day(actor(), place_id, request.form, now())
    except Invalid as error:
        fields = {f"day_{name}": text for name, text in error.fields.items()}
        values = {f"day_{name}": text for name, text in request.form.items()}
        return _page(place_id, {**START, "weekday": [], **values}, fields, error.status)
    flash(gettext("That date is as you said."), "ok")
    return _back(place_id)


@blueprint.post("/places/<place_id>/needs/days/<day_id>")
def remove_need_day(place_id: str, day_id: str) -> ResponseReturnValue:
    """The date is as its week says again."""
    needs.unset_day(actor(), place_id, day_id)
    flash(gettext("That date is as its week says again."), "ok")
    return _back(place_id)
