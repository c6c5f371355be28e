"""Courses, and one's own training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import chapters
from fieldapp.core.errors import Invalid
from fieldapp.training import policy
from fieldapp.training.models import Course
from fieldapp.training.routes.base import blueprint
from fieldapp.training.services import certificates, conduct, courses, quiz, sessions
from fieldapp.web.gate import actor, now


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Sessions, courses and certificates that end soon; for those who do not teach, their own training."""
    taught = actor().where(*policy.TEACHERS)
    if not taught:
        return mine()
    return render_template(
        "training/index.html",
        upcoming=sessions.upcoming(actor(), now()),
        past=sessions.upcoming(actor(), now(), past=True, limit=20),
        courses=courses.offered(actor(), retired=True),
        ending=certificates.ending(taught, now()),
        conduct=conduct.read(actor()),
        moment=now(),
        zone=chapters.get(actor(), actor().chapter_id).zone,
        may_edit=lambda course: policy.can_edit_course(actor(), course.chapter_id),
        may_teach=lambda session: policy.can_teach(actor(), session),
    )


@blueprint.get("/mine")
def mine() -> ResponseReturnValue:
    """One's own certificates, and the sessions one may come to."""
    within = actor().chapters | actor().above
    history = certificates.history(actor().person_id, within)
    return render_template(
        "training/mine.html",
        upcoming=sessions.upcoming(actor(), now()),
        shelf={course.id: _materials(course) for course in courses.offered(actor()) if course.materials},
        quizzes=quiz.mine(actor(), now()),
        conduct=conduct.read(actor()),
        history=history,
        origins=certificates.origins(history, within),
        zone=chapters.get(actor(), actor().chapter_id).zone,
        moment=now(),
    )


def _materials(course: Course) -> list[courses.Material]:
    known = {one.slug: one for one in courses.materials(actor(), course.chapter_id)}
    return [known[slug] for slug in course.materials if slug in known]


@blueprint.get("/courses/new")
def new_course() -> ResponseReturnValue:
    """The form for a course."""
    policy.demand(policy.can_edit_course(actor(), actor().chapter_id))
    return _course_form({"valid_days": "365", "renew_days": "30"}, [], courses.PLAIN, {}, 200)


def _course_form(
    values: Mapping[str, Any],
    needs: list[str],
    more: courses.More,
    errors: dict[str, str],
    status: int,
    course: Course | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "training/course.html",
        values=values,
        needs=needs,
        more=more,
        errors=errors,
        course=course,
        others=[one for one in courses.offered(actor()) if course is None or one.id != course.id],
        guides=courses.materials(actor(), course.chapter_id if course else actor().chapter_id),
        quiz=quiz.newest([course.id]).get(course.id) if course else None,
    )
    return page, status


def _more() -> courses.More:
    return courses.More(request.form.getlist("materials"), request.form.getlist("renew_by"))


@blueprint.post("/courses/new")
def create_course() -> ResponseReturnValue:
    """Add a course."""
    needs = request.form.getlist("needs")
    try:
        courses.create(actor(), actor().chapter_id, request.form, needs, now(), more=_more())
    except Invalid as error:
        return _course_form(request.form, needs, _more(), error.fields, error.status)
    flash(gettext("The course is there. Plan a session of it."), "ok")
    return redirect(url_for("training.index"))


@blueprint.get("/courses/<course_id>")
def course(course_id: str) -> ResponseReturnValue:
    """A course's form."""
    found = courses.find(actor(), course_id)
    policy.demand(policy.can_edit_course(actor(), found.chapter_id))
    values = {"name_en": found.name_en, "name_es": found.name_es, "valid_days": str(found.valid_days)}
    values["renew_days"] = str(found.renew_days)
    more = courses.More(found.materials, found.renew_by)
    return _course_form(values, found.needs, more, {}, 200, found)


@blueprint.post("/courses/<course_id>")
def edit_course(course_id: str) -> ResponseReturnValue:
    """Change a course."""
    needs = request.form.getlist("needs")
    try:
        courses.edit(actor(), course_id, request.form, needs, more=_more())
    except Invalid as error:
        found = courses.find(actor(), course_id)
        return _course_form(request.form, needs, _more(), error.fields, error.status, found)
    flash(gettext("Saved. Phones get it with their next look."), "ok")
    return redirect(url_for("training.index"))


@blueprint.post("/courses/<course_id>/retire")
def retire_course(course_id: str) -> ResponseReturnValue:
    """Teach a course no more."""
    courses.retire(actor(), course_id, now())
    flash(gettext("Retired. Its certificates keep their value."), "ok")
    return redirect(url_for("training.index"))
