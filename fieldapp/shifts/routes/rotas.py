"""Rotas: who is on call, gaps, and taking a place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from fieldapp.core.errors import Invalid
from fieldapp.shifts.routes.base import blueprint, day_of, flat, week_zone
from fieldapp.shifts.services import plan, rota_page, rotas
from fieldapp.web.gate import actor, now


@blueprint.get("/rotas")
def all_rotas() -> ResponseReturnValue:
    """Who is on now, and the week with its gaps."""
    return _page({}, {}, 200)


def _page(values: Mapping[str, Any], errors: dict[str, str], status: int) -> ResponseReturnValue:
    asked = day_of(request.values.get("week"), week_zone())
    monday = asked - timedelta(days=asked.weekday())
    found = rota_page.page(actor(), monday, now())
    courses = plan.courses_to_choose(actor(), None) if found.can_plan else []
    page = {"page": found, "monday": monday, "week": timedelta(days=7), "values": values, "errors": errors}
    return render_template("shifts/rotas.html", courses=courses, moment=now(), **page), status


@blueprint.post("/rotas")
def new_rota() -> ResponseReturnValue:
    """Add a rota."""
    try:
        rotas.create(actor(), request.form, now())
    except Invalid as error:
        return _page(request.form, error.fields, error.status)
    flash(gettext("The rota is there. Add its hours."), "ok")
    return _home()


@blueprint.post("/rotas/<rota_id>/hours")
def rota_hours(rota_id: str) -> ResponseReturnValue:
    """Add hours to a rota."""
    form = flat(request.form)
    try:
        made = rotas.add_hours(actor(), rota_id, form, now())
    except Invalid as error:
        return _page({**form, "rota": rota_id}, error.fields, error.status)
    flash(ngettext("%(num)s place added.", "%(num)s places added.", made), "ok")
    return _home()


@blueprint.post("/rotas/<rota_id>/end")
def end_rota(rota_id: str) -> ResponseReturnValue:
    """End a rota."""
    rotas.end(actor(), rota_id, now())
    flash(gettext("The rota has ended. Those who held a place are told."), "ok")
    return _home()


@blueprint.post("/rotas/turns/<turn_id>/take")
def take_turn(turn_id: str) -> ResponseReturnValue:
    """Take a place oneself."""
    rotas.take(actor(), turn_id, now())
    flash(gettext("It is yours."), "ok")
    return _home()


@blueprint.post("/rotas/turns/<turn_id>/assign")
def assign_turn(turn_id: str) -> ResponseReturnValue:
    """Put somebody on it."""
    rotas.assign(actor(), turn_id, request.form.get("person_id", ""), now())
    return _home()


@blueprint.post("/rotas/turns/<turn_id>/give-back")
def give_back_turn(turn_id: str) -> ResponseReturnValue:
    """Give a place back."""
    rotas.give_back(actor(), turn_id, now())
    flash(gettext("It is open again."), "ok")
    return _home()


@blueprint.post("/rotas/turns/<turn_id>/drop")
def drop_turn(turn_id: str) -> ResponseReturnValue:
    """Take a place away, or its hours of every week."""
    rotas.drop(actor(), turn_id, request.form.get("every") == "1", now())
    return _home()


@blueprint.post("/rotas/languages")
def my_languages() -> ResponseReturnValue:
    """Say which languages one speaks."""
    rotas.speak(actor(), request.form.getlist("language"), now())
    flash(gettext("Saved."), "ok")
    return _home()


def _home() -> ResponseReturnValue:
    week = request.form.get("week", "")
    return redirect(url_for("shifts.all_rotas", week=week) if week else url_for("shifts.all_rotas"))
