"""The desk's pages of training, and the page on which people check themselves in."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import segno
from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from fieldapp.accounts.services import chapters
from fieldapp.core import geo
from fieldapp.core.errors import DomainError, Invalid
from fieldapp.training import policy, words
from fieldapp.training.models import Course, TrainingSession
from fieldapp.training.services import certificates, checkin, courses, grades, people, rosters, sessions
from fieldapp.web.gate import actor, now
from fieldapp.web.ratelimit import limiter

blueprint = Blueprint("training", __name__, url_prefix="/training")


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
        zone=chapters.get(actor(), actor().chapter_id).zone,
        may_edit=lambda course: policy.can_edit_course(actor(), course.chapter_id),
        may_teach=lambda session: policy.can_teach(actor(), session),
    )


@blueprint.get("/mine")
def mine() -> ResponseReturnValue:
    """One's own certificates, and the sessions one may come to."""
    return render_template(
        "training/mine.html",
        upcoming=sessions.upcoming(actor(), now()),
        history=certificates.history(actor().person_id, actor().chapters | actor().above),
        zone=chapters.get(actor(), actor().chapter_id).zone,
        moment=now(),
    )


@blueprint.get("/courses/new")
def new_course() -> ResponseReturnValue:
    """The form for a course."""
    policy.demand(policy.can_edit_course(actor(), actor().chapter_id))
    return _course_form({"valid_days": "365"}, [], {}, 200)


def _course_form(
    values: Mapping[str, Any], needs: list[str], errors: dict[str, str], status: int, course: Course | None = None
) -> ResponseReturnValue:
    others = [one for one in courses.offered(actor()) if course is None or one.id != course.id]
    page = render_template(
        "training/course.html", values=values, needs=needs, errors=errors, course=course, others=others
    )
    return page, status


@blueprint.post("/courses/new")
def create_course() -> ResponseReturnValue:
    """Add a course."""
    needs = request.form.getlist("needs")
    try:
        courses.create(actor(), actor().chapter_id, request.form, needs, now())
    except Invalid as error:
        return _course_form(request.form, needs, error.fields, error.status)
    flash(gettext("The course is there. Plan a session of it."), "ok")
    return redirect(url_for("training.index"))


@blueprint.get("/courses/<course_id>")
def course(course_id: str) -> ResponseReturnValue:
    """A course's form."""
    found = courses.find(actor(), course_id)
    policy.demand(policy.can_edit_course(actor(), found.chapter_id))
    values = {"name_en": found.name_en, "name_es": found.name_es, "valid_days": str(found.valid_days)}
    return _course_form(values, found.needs, {}, 200, found)


@blueprint.post("/courses/<course_id>")
def edit_course(course_id: str) -> ResponseReturnValue:
    """Change a course."""
    needs = request.form.getlist("needs")
    try:
        courses.edit(actor(), course_id, request.form, needs)
    except Invalid as error:
        return _course_form(request.form, needs, error.fields, error.status, courses.find(actor(), course_id))
    flash(gettext("Saved. Phones get it with their next look."), "ok")
    return redirect(url_for("training.index"))


@blueprint.post("/courses/<course_id>/retire")
def retire_course(course_id: str) -> ResponseReturnValue:
    """Teach a course no more."""
    courses.retire(actor(), course_id, now())
    flash(gettext("Retired. Its certificates keep their value."), "ok")
    return redirect(url_for("training.index"))


@blueprint.get("/courses/<course_id>/session")
def new_session(course_id: str) -> ResponseReturnValue:
    """The form for a session of a course."""
    found = courses.find(actor(), course_id)
    home = sessions.home_for(actor(), found)
    policy.demand(policy.can_plan(actor(), home))
    start = {"start": "18:30", "end": "20:30", "zone": sessions.chapter_zone(home), "trainer_id": actor().person_id}
    return _session_form(start, {}, 200, found, home)


def _session_form(
    values: Mapping[str, Any],
    errors: dict[str, str],
    status: int,
    course: Course,
    home: str,
    session: TrainingSession | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "training/session_form.html",
        values=values,
        errors=errors,
        course=course,
        session=session,
        trainers=sessions.trainers(home),
        zones=sorted(geo.zones()),
    )
    return page, status


@blueprint.post("/courses/<course_id>/session")
def create_session(course_id: str) -> ResponseReturnValue:
    """Plan a session."""
    try:
        made = sessions.create(actor(), course_id, request.form, now())
    except Invalid as error:
        found = courses.find(actor(), course_id)
        return _session_form(request.form, error.fields, error.status, found, sessions.home_for(actor(), found))
    flash(gettext("The session is there. People can sign up."), "ok")
    return redirect(url_for("training.session", session_id=made.id))


@blueprint.get("/sessions/<session_id>")
def session(session_id: str) -> ResponseReturnValue:
    """A session's roster and its check-in."""
    return _session(session_id, {}, 200)


def _session(session_id: str, errors: dict[str, str], status: int) -> ResponseReturnValue:
    roster = rosters.see(actor(), session_id, now())
    on = {row.person.id for row in roster.rows}
    taught = actor().where(*policy.TEACHERS)
    page = render_template(
        "training/session.html",
        roster=roster,
        code=checkin.shown(roster.session, now()),
        is_open=checkin.is_open(roster.session, now()),
        ending=certificates.ending(taught, now(), course_id=roster.course.id, limit=8),
        others=[person for person in sessions.trainers(roster.session.chapter_id) if person.id not in on],
        text=words.as_text(roster),
        errors=errors,
        moment=now(),
    )
    return page, status


@blueprint.get("/sessions/<session_id>/code")
def code(session_id: str) -> ResponseReturnValue:
    """The code of this minute and how many have arrived, for the page that is open."""
    roster = rosters.see(actor(), session_id, now())
    shown = checkin.shown(roster.session, now())
    picture = url_for("training.picture", session_id=session_id, w=shown.window)
    return jsonify(code=shown.spaced, picture=picture, left=shown.seconds, here=len(roster.arrived))


@blueprint.get("/sessions/<session_id>/code.svg")
def picture(session_id: str) -> ResponseReturnValue:
    """The code of this minute as a QR: the address of the check-in page."""
    found = sessions.find_own(actor(), session_id)
    home = current_app.config["SETTINGS"].public_url
    out = io.BytesIO()
    address = f"{home}{url_for('training.here')}#{checkin.shown(found, now()).code}"
    segno.make(address, micro=False, error="m").save(out, kind="svg", border=2, scale=8, xmldecl=False)
    return Response(out.getvalue(), mimetype="image/svg+xml")


@blueprint.get("/sessions/<session_id>/edit")
def edit_session_page(session_id: str) -> ResponseReturnValue:
    """The form of a session that is there."""
    found = sessions.find_own(actor(), session_id)
    of = courses.find(actor(), found.course_id)
    return _session_form(sessions.values_of(found), {}, 200, of, found.chapter_id, found)


@blueprint.post("/sessions/<session_id>/edit")
def edit_session(session_id: str) -> ResponseReturnValue:
    """Change a session."""
    try:
        sessions.edit(actor(), session_id, request.form, now())
    except Invalid as error:
        found = sessions.find_own(actor(), session_id)
        of = courses.find(actor(), found.course_id)
        return _session_form(request.form, error.fields, error.status, of, found.chapter_id, found)
    flash(gettext("Saved. Phones get it with their next look."), "ok")
    return _back(session_id)


@blueprint.post("/sessions/<session_id>/cancel")
def cancel_session(session_id: str) -> ResponseReturnValue:
    """Call a session off."""
    sessions.cancel(actor(), session_id, now())
    flash(gettext("Called off. Those who signed up see it."), "ok")
    return _back(session_id)


@blueprint.post("/sessions/<session_id>/check-in")
def set_check_in(session_id: str) -> ResponseReturnValue:
    """Stop self check-in, or let it go on."""
    checkin.stop(actor(), session_id, now(), go_on=request.form.get("what") == "go")
    return _back(session_id)


@blueprint.post("/sessions/<session_id>/add")
def add(session_id: str) -> ResponseReturnValue:
    """Note by hand that someone is here."""
    rosters.add(actor(), session_id, request.form.get("person_id", ""), now())
    return _back(session_id)


@blueprint.post("/sessions/<session_id>/mark")
def mark(session_id: str) -> ResponseReturnValue:
    """Someone on the roster is here, or is not."""
    rosters.mark(actor(), session_id, request.form.get("person_id", ""), request.form.get("state", ""), now())
    return _back(session_id)


@blueprint.post("/sessions/<session_id>/certify")
def certify(session_id: str) -> ResponseReturnValue:
    """Certify those who were chosen, or all who have what they need."""
    form = request.form
    chosen = None if form.get("all") else form.getlist("person_id")
    try:
        done = rosters.certify(actor(), session_id, chosen, now(), reason=form.get("reason", ""))
    except Invalid as error:
        return _session(session_id, error.fields, error.status)
    flash(ngettext("%(num)s person is certified.", "%(num)s people are certified.", done), "ok")
    return _back(session_id)


@blueprint.post("/sessions/<session_id>/sign-up")
def sign_up(session_id: str) -> ResponseReturnValue:
    """Put oneself on the roster."""
    sessions.sign_up(actor(), session_id, now())
    flash(gettext("You are signed up. On the day, scan the code on the trainer's screen."), "ok")
    return redirect(url_for("training.mine"))


@blueprint.post("/sessions/<session_id>/leave")
def leave(session_id: str) -> ResponseReturnValue:
    """Take oneself off it."""
    sessions.leave(actor(), session_id)
    return redirect(url_for("training.mine"))


@blueprint.get("/here")
def here() -> ResponseReturnValue:
    """The page that the QR leads to: it sends the code by itself; or type it."""
    return render_template("training/here.html", error=None, session=None)


@blueprint.post("/here")
@limiter.limit("20 per minute")
def arrive() -> ResponseReturnValue:
    """Check oneself in."""
    try:
        found = checkin.arrive(actor(), request.form.get("code", ""), now())
    except DomainError as error:
        return render_template("training/here.html", error=error, session=None), error.status
    return render_template(
        "training/here.html", error=None, session=found, course=courses.find(actor(), found.course_id)
    )


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


def _back(session_id: str) -> ResponseReturnValue:
    return redirect(url_for("training.session", session_id=session_id))
