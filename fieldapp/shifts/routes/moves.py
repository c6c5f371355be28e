"""Members who move to another chapter: looked at first, offered, accepted."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import people
from fieldapp.core.errors import Invalid
from fieldapp.shifts.services import moves
from fieldapp.web.gate import actor, now

blueprint = Blueprint("moves", __name__)


@blueprint.get("/people/moves")
def index() -> ResponseReturnValue:
    """Offers that wait."""
    return render_template("shifts/moves.html", lines=moves.waiting(actor(), now()), who=actor(), now=now())


@blueprint.get("/people/<person_id>/move")
def start(person_id: str) -> ResponseReturnValue:
    """Choose where to; then what it would do."""
    return _start(person_id, request.args.get("to", ""), {}, 200)


def _start(person_id: str, to: str, errors: Mapping[str, str], status: int) -> ResponseReturnValue:
    homes, origin = moves.homes_of(actor(), person_id), request.values.get("from", "")
    found = None
    if to and not errors:
        try:
            found = moves.look(actor(), person_id, origin, to, now())
        except Invalid as error:
            errors, status = error.fields, error.status
    shown = render_template(
        "shifts/move.html",
        person=people.get(actor(), person_id),
        homes=homes,
        chapters=moves.joinable(homes[0], besides=len(homes) == 1),
        found=found,
        errors=errors,
        who=actor(),
        now=now(),
        zone=homes[0].zone,
    )
    return shown, status


@blueprint.post("/people/<person_id>/move")
def move(person_id: str) -> ResponseReturnValue:
    """Move at once where the actor coordinates both chapters, else offer."""
    form, origin, to = request.form, request.form.get("from", ""), request.form.get("to", "")
    try:
        if moves.look(actor(), person_id, origin, to, now()).at_once:
            moves.at_once(actor(), person_id, origin, to, form.getlist("equal"), now())
            flash(gettext("Moved. They sign in once more, and their phone shows the new chapter."), "ok")
        else:
            moves.offer(actor(), person_id, origin, to, now())
            flash(gettext("Offered. Until a coordinator there accepts, nothing changes."), "ok")
    except Invalid as error:
        return _start(person_id, "", error.fields, error.status)
    return redirect(url_for("moves.index"))


@blueprint.get("/people/moves/<move_id>")
def one(move_id: str) -> ResponseReturnValue:
    """What accepting does."""
    row, found = moves.offered(actor(), move_id, now())
    return render_template(
        "shifts/move_offered.html", move=row, found=found, who=actor(), now=now(), zone=found.joins.zone
    )


@blueprint.post("/people/moves/<move_id>/accept")
def accept(move_id: str) -> ResponseReturnValue:
    """Take them in."""
    moves.accept(actor(), move_id, request.form.getlist("equal"), now())
    flash(gettext("They belong to your chapter now."), "ok")
    return redirect(url_for("moves.index"))


@blueprint.post("/people/moves/<move_id>/end")
def end(move_id: str) -> ResponseReturnValue:
    """Decline, or take the offer back."""
    moves.end(actor(), move_id, now())
    flash(gettext("The offer has ended. Nothing was changed."), "ok")
    return redirect(url_for("moves.index"))


def attach(app: Flask) -> None:
    """The pages; people's own page leads to them."""
    app.register_blueprint(blueprint)
