"""When and whom a chapter asks after somebody who is overdue; how to reach a person on one shift."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.core.errors import Invalid
from fieldapp.shifts.routes.base import blueprint
from fieldapp.shifts.routes.feed import calendar as api
from fieldapp.shifts.services import caring, plan, planning, reaching
from fieldapp.web.gate import actor, now


@blueprint.get("/care")
def care_first() -> ResponseReturnValue:
    """The form of the first chapter that one coordinates."""
    own = caring.chapters_of(actor())
    home = next((one for one in own if one.id == actor().chapter_id), own[0])
    return redirect(url_for("shifts.care_page", chapter_id=home.id))


@blueprint.get("/care/<chapter_id>")
def care_page(chapter_id: str) -> ResponseReturnValue:
    """A chapter's times."""
    return _care(chapter_id, None, {}), 200


@blueprint.post("/care/<chapter_id>")
def care_change(chapter_id: str) -> ResponseReturnValue:
    """Keep a chapter's times."""
    try:
        caring.change(actor(), chapter_id, request.form)
    except Invalid as error:
        return _care(chapter_id, request.form, error.fields), error.status
    flash(gettext("Kept. It holds for whoever is overdue from now on."), "ok")
    return redirect(url_for("shifts.care_page", chapter_id=chapter_id))


def _care(chapter_id: str, values: Mapping[str, str] | None, errors: dict[str, str]) -> str:
    timings, asked = caring.of(actor(), chapter_id)
    own = caring.chapters_of(actor())
    return render_template(
        "shifts/care.html", chapters=own, chosen=chapter_id, values=values or vars(timings), asked=asked, errors=errors
    )


@blueprint.get("/<shift_id>/reach")
def reach_page(shift_id: str) -> ResponseReturnValue:
    """What one wrote for this shift, and one's buddy."""
    return _reach(shift_id, {}), 200


@blueprint.post("/<shift_id>/reach")
def reach(shift_id: str) -> ResponseReturnValue:
    """Keep it for this shift."""
    form = request.form
    try:
        reaching.write_down(actor(), shift_id, form.get("words", ""), form.get("buddy", ""), now())
    except Invalid as error:
        return _reach(shift_id, error.fields), error.status
    flash(gettext("Kept for this shift only."), "ok")
    return redirect(url_for("shifts.reach_page", shift_id=shift_id))


def _reach(shift_id: str, errors: dict[str, str]) -> str:
    mine = reaching.own_or_asked(actor(), shift_id, now())
    seen = reaching.shown(actor(), shift_id, now())
    shift = planning.find(actor(), shift_id)
    place = plan.place_of(shift)
    return render_template("shifts/reach.html", mine=mine, seen=seen, shift=shift, place=place, errors=errors)


@api.get("/api/v1/reach/<shift_id>")
def reach_api(shift_id: str) -> ResponseReturnValue:
    """For the phone: one's own words, whom one may choose, and what may be read now."""
    mine = reaching.own_or_asked(actor(), shift_id, now())
    seen = reaching.shown(actor(), shift_id, now())
    return jsonify(
        mine=mine is not None,
        words=mine.words if mine else "",
        buddy=mine.buddy if mine else "",
        others=[{"id": person, "name": name} for person, name in mine.others] if mine else [],
        shown=[{"name": one.name, "words": one.words} for one in seen],
    )


@api.put("/api/v1/reach/<shift_id>")
def reach_api_put(shift_id: str) -> ResponseReturnValue:
    """For the phone: keep them. They go no other way: not in a record, not in the snapshot."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not all(isinstance(body.get(name), str) for name in ("words", "buddy")):
        raise Invalid()
    reaching.write_down(actor(), shift_id, body["words"], body["buddy"], now())
    return reach_api(shift_id)
