"""A chapter's parameters of the response: the page, saving, and the way back to the usual."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.alerts import words, words_rules
from fieldapp.alerts.routes import blueprint
from fieldapp.alerts.services import ladder, parameters, rehearsal
from fieldapp.alerts.services.parameters import ChangedMeanwhile
from fieldapp.alerts.services.rules import Rules
from fieldapp.core.errors import Invalid
from fieldapp.web.gate import actor, now


@blueprint.get("/alerts/rules")
def rules_first() -> ResponseReturnValue:
    """The page of the first chapter whose parameters one may read: one's own, if that is among them."""
    own = parameters.chapters_of(actor())
    home = next((one for one in own if one.id == actor().chapter_id), own[0])
    return redirect(url_for("alerts.rules", chapter_id=home.id))


@blueprint.get("/alerts/rules/<chapter_id>")
def rules(chapter_id: str) -> ResponseReturnValue:
    """A chapter's parameters."""
    return _page(chapter_id)


@blueprint.post("/alerts/rules/<chapter_id>")
def change_rules(chapter_id: str) -> ResponseReturnValue:
    """Keep what was entered."""
    try:
        parameters.change(actor(), chapter_id, request.form, now())
    except Invalid as error:
        return _page(chapter_id, request.form, error.fields), HTTPStatus.BAD_REQUEST
    except ChangedMeanwhile as error:
        return _page(chapter_id, request.form, said=error), error.status
    flash(gettext("Kept. It holds for every alert from now on, those that are open too."), "ok")
    return redirect(url_for("alerts.rules", chapter_id=chapter_id), 303)


@blueprint.post("/alerts/rules/<chapter_id>/preview")
def preview_rules(chapter_id: str) -> ResponseReturnValue:
    """What would happen to the example by what was entered; nothing is saved."""
    try:
        made = parameters.read(request.form)
    except Invalid as error:
        return _page(chapter_id, request.form, error.fields), HTTPStatus.BAD_REQUEST
    return _page(chapter_id, request.form, made=made)


@blueprint.post("/alerts/rules/<chapter_id>/usual")
def usual_rules(chapter_id: str) -> ResponseReturnValue:
    """Back to the usual."""
    try:
        parameters.restore(actor(), chapter_id, request.form.get("version", ""), now())
    except ChangedMeanwhile as error:
        return _page(chapter_id, said=error), error.status
    flash(gettext("Back to the usual. What held before stands under “Who changed what”."), "ok")
    return redirect(url_for("alerts.rules", chapter_id=chapter_id), 303)


def _page(
    chapter_id: str,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    said: ChangedMeanwhile | None = None,
    made: Rules | None = None,
) -> str:
    sheet = parameters.sheet(actor(), chapter_id)
    places = rehearsal.places(sheet.chapter)
    place = next((one for one in places if values and one.id == values.get("place")), places[0] if places else None)
    shown = made or sheet.rules
    crew = rehearsal.crew(chapter_id, place.id if place else None, shown, now())
    return render_template(
        "alerts/rules.html",
        sheet=sheet,
        chapters=parameters.chapters_of(actor()),
        values=values or sheet.values,
        usual=parameters.entered(parameters.USUAL),
        limits=parameters.LIMITS,
        errors=errors or {},
        said=said,
        words=words_rules,
        places=places,
        place=place,
        entered=made is not None,
        crew=crew,
        plays=[rehearsal.play(shown, crew, acts) for acts in (rehearsal.NOBODY, rehearsal.SEEN)],
        rules=shown,
        at=rehearsal.shown,
        rungs=words.RUNGS,
        rings=words.RINGS,
        then={name: words.RUNGS[ladder.RUNGS[n]] for n, name in enumerate(parameters.CLIMB, 1)},
        now=now(),
    )
