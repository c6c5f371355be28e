"""A course's quiz: taken on a page that fits a phone, written at the desk."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import chapters
from fieldapp.core.errors import DomainError, Invalid
from fieldapp.training.routes.base import blueprint
from fieldapp.training.services import courses, quiz, quiz_writing
from fieldapp.web.gate import actor, now
from fieldapp.web.ratelimit import limiter

BLANK = 2  # empty questions below those that are there


@blueprint.get("/courses/<course_id>/quiz")
def take_quiz(course_id: str) -> ResponseReturnValue:
    """The questions."""
    return _quiz(course_id, {}, {}, None, 200)


def _quiz(
    course_id: str, said: Mapping[str, str], errors: Mapping[str, str], problem: DomainError | None, status: int
) -> ResponseReturnValue:
    mine = quiz.see(actor(), course_id, now())
    page = render_template(
        "training/quiz.html",
        mine=mine,
        said=said,
        errors=errors,
        problem=problem,
        result=None,
        materials=_materials(mine.course.id),
        zone=chapters.get(actor(), actor().chapter_id).zone,
    )
    return page, status


def _materials(course_id: str) -> list[courses.Material]:
    course = courses.find(actor(), course_id)
    known = {one.slug: one for one in courses.materials(actor(), course.chapter_id)}
    return [known[slug] for slug in course.materials if slug in known]


@blueprint.post("/courses/<course_id>/quiz")
@limiter.limit("20 per minute")
def answer_quiz(course_id: str) -> ResponseReturnValue:
    """One try: what is right and why is shown once."""
    form = request.form
    asked = form.get("number", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    try:
        result = quiz.answer(actor(), course_id, number, form, now())
    except Invalid as error:
        return _quiz(course_id, form, error.fields, None, error.status)
    except DomainError as error:
        if error.code not in {"newer", "tries"}:
            raise
        return _quiz(course_id, {}, {}, error, error.status)
    return render_template(
        "training/quiz.html",
        mine=quiz.see(actor(), course_id, now()),
        said={},
        errors={},
        problem=None,
        result=result,
        materials=_materials(course_id),
        zone=chapters.get(actor(), actor().chapter_id).zone,
    )


@blueprint.get("/courses/<course_id>/quiz/edit")
def edit_quiz_page(course_id: str) -> ResponseReturnValue:
    """The form of a course's quiz."""
    versions = quiz_writing.versions(actor(), course_id)
    values = quiz_writing.as_values(versions[0] if versions else None)
    return _edit(course_id, values, {}, 200)


def _edit(course_id: str, values: Mapping[str, str], errors: Mapping[str, str], status: int) -> ResponseReturnValue:
    versions = quiz_writing.versions(actor(), course_id)
    shown = min(quiz_writing.MOST, quiz_writing.count_in(values) + BLANK)
    page = render_template(
        "training/quiz_edit.html",
        course=courses.find(actor(), course_id),
        versions=versions,
        values=values,
        errors=errors,
        shown=shown,
        choices=quiz_writing.MOST_CHOICES,
        zone=chapters.get(actor(), actor().chapter_id).zone,
    )
    return page, status


@blueprint.post("/courses/<course_id>/quiz/edit")
def edit_quiz(course_id: str) -> ResponseReturnValue:
    """Save the next version."""
    form = request.form
    base = form.get("base", "")
    try:
        quiz_writing.save(
            actor(), course_id, form, int(base) if base.isascii() and base.isdigit() and len(base) < 7 else 0, now()
        )
    except Invalid as error:
        return _edit(course_id, form, error.fields, error.status)
    flash(gettext("Saved as a new version. What people answered is never kept."), "ok")
    return redirect(url_for("training.edit_quiz_page", course_id=course_id))
