"""People, their grades and certificates."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import chapters
from fieldapp.core.errors import Invalid
from fieldapp.training import policy
from fieldapp.training.routes.base import blueprint
from fieldapp.training.services import certificates, grades, people
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
    return _person(person_id, {}, 200)


def _person(person_id: str, errors: dict[str, str], status: int) -> ResponseReturnValue:
    page = render_template(
        "training/person.html",
        profile=people.profile(actor(), person_id),
        grades=grades.GRADES,
        zone=chapters.get(actor(), actor().chapter_id).zone,
        may_revoke=lambda course: policy.can_revoke(actor(), course),
        errors=errors,
        moment=now(),
    )
    return page, status


@blueprint.post("/people/<person_id>/grade")
def grade(person_id: str) -> ResponseReturnValue:
    """Give a grade."""
    people.set_grade(actor(), person_id, request.form.get("grade", ""), now())
    flash(gettext("Saved."), "ok")
    return redirect(url_for("training.person", person_id=person_id))


@blueprint.post("/certificates/<certificate_id>/revoke")
def revoke(certificate_id: str) -> ResponseReturnValue:
    """Revoke a certificate, with a reason."""
    try:
        found = certificates.revoke(actor(), certificate_id, request.form.get("reason", ""), now())
    except Invalid as error:
        return _person(request.form.get("person_id", ""), {certificate_id: error.fields["reason"]}, error.status)
    flash(gettext("Revoked. The reason stays with it."), "ok")
    return redirect(url_for("training.person", person_id=found.person_id))
