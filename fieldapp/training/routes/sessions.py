"""A session: its form, its roster, its code, its certificates."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import segno
from flask import Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from fieldapp.core import geo
from fieldapp.core.errors import Invalid
from fieldapp.training import policy, words
from fieldapp.training.models import Course, TrainingSession
from fieldapp.training.routes.base import blueprint
from fieldapp.training.services import certificates, checkin, courses, rosters, sessions
from fieldapp.web.gate import actor, now


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


def _back(session_id: str) -> ResponseReturnValue:
    return redirect(url_for("training.session", session_id=session_id))
