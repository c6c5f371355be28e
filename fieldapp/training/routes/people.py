"""People, their grades and certificates."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import chapters
from fieldapp.training import policy
from fieldapp.training.routes.base import blueprint
from fieldapp.training.services import grades, people
from fieldapp.training.services import welcome as calls
from fieldapp.web.gate import actor, now


@blueprint.get("/people")
def everyone() -> ResponseReturnValue:
    """Grades and certificates of the chapter's people."""
    return render_template(
        "training/people.html",
        lines=people.everyone(actor(), now()),
        zone=chapters.get(actor(), actor().chapter_id).zone,
        moment=now(),
    )


@blueprint.get("/people/<person_id>")
def person(person_id: str) -> ResponseReturnValue:
    """One person's grade and certificates, revoked ones too."""
    return render_template(
        "training/person.html",
        profile=people.profile(actor(), person_id),
        grades=grades.GRADES,
        zone=chapters.get(actor(), actor().chapter_id).zone,
        may_revoke=lambda course: policy.can_revoke(actor(), course),
        moment=now(),
    )


@blueprint.post("/people/<person_id>/grade")
def grade(person_id: str) -> ResponseReturnValue:
    """Give a grade."""
    people.set_grade(actor(), person_id, request.form.get("grade", ""), now())
    flash(gettext("Saved."), "ok")
    return redirect(url_for("training.person", person_id=person_id))


@blueprint.post("/people/<person_id>/welcome")
def welcome(person_id: str) -> ResponseReturnValue:
    """Note the welcome call, that none is needed, or take the note back."""
    what = request.form.get("what", "")
    if what == "undo":
        calls.undo(actor(), person_id)
    else:
        calls.note(actor(), person_id, what, now())
    flash(gettext("Kept. You may change it."), "ok")
    return redirect(url_for("training.newcomers"))
