"""A person's own calendar: its secret address, the page where it is made and ended, and one shift as a file."""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import chapters
from fieldapp.core.ids import token_hash
from fieldapp.shifts.routes.base import blueprint
from fieldapp.shifts.services import feed
from fieldapp.web.gate import actor, now, public
from fieldapp.web.ratelimit import limiter

calendar = Blueprint("calendar", __name__)  # what is not under /shifts


def _whose() -> str:
    """Limits count the address, not the machine that asks: a calendar service fetches for thousands from one."""
    return "feed:" + token_hash(str((request.view_args or {}).get("token")))[:24]


@calendar.get("/calendar/<token>.ics")
@public
@limiter.limit("60 per hour", key_func=_whose)
@limiter.limit("1200 per minute")
def fetch(token: str) -> ResponseReturnValue:
    """A person's shifts, for whoever knows the address."""
    return _file(feed.fetch(token, now()))


@blueprint.get("/calendar")
def calendar_page() -> ResponseReturnValue:
    """Whether there is an address, what it says, a new one, an end."""
    return _page("")


@blueprint.post("/calendar")
def calendar_make() -> ResponseReturnValue:
    """Make an address, or a new one; it is shown on this page once."""
    return _page(_link(feed.make(actor(), request.form.get("says", "plain"), now())))


@blueprint.post("/calendar/says")
def calendar_says() -> ResponseReturnValue:
    """Say more or less from now on."""
    feed.choose(actor(), request.form.get("says", ""))
    flash(gettext("Your calendar shows it with its next look."), "ok")
    return redirect(url_for("shifts.calendar_page"))


@blueprint.post("/calendar/end")
def calendar_end() -> ResponseReturnValue:
    """End it."""
    feed.end(actor())
    flash(gettext("The address works no more. Take the calendar out of your calendar app too."), "ok")
    return redirect(url_for("shifts.calendar_page"))


@blueprint.get("/<shift_id>/entry.ics")
def entry(shift_id: str) -> ResponseReturnValue:
    """One of one's own shifts for any calendar."""
    made = _file(feed.entry(actor(), shift_id, now()))
    made.headers["Content-Disposition"] = 'attachment; filename="shift.ics"'
    return made


@calendar.get("/api/v1/calendar")
def state() -> ResponseReturnValue:
    """For the phone: whether there is an address, and what it says."""
    found = feed.of(actor().person_id)
    return jsonify(made_at=found.made_at if found else None, says=found.says if found else "plain")


@calendar.post("/api/v1/calendar")
def state_make() -> ResponseReturnValue:
    """For the phone: an address, or a new one, shown once."""
    body = request.get_json(silent=True)
    says = body.get("says") if isinstance(body, dict) else None
    return jsonify(link=_link(feed.make(actor(), str(says or "plain"), now()))), 201


@calendar.delete("/api/v1/calendar")
def state_end() -> ResponseReturnValue:
    """For the phone: end it."""
    feed.end(actor())
    return jsonify(made_at=None, says="plain")


def _link(token: str) -> str:
    return f"{current_app.config['SETTINGS'].origin}{url_for('calendar.fetch', token=token)}"


def _file(data: bytes) -> Response:
    made = Response(data, mimetype="text/calendar")
    made.headers["Cache-Control"] = "private, no-cache"
    made.headers["Referrer-Policy"] = "no-referrer"
    made.headers["X-Robots-Tag"] = "noindex"
    made.set_etag(sha256(data).hexdigest()[:32])
    made.make_conditional(request)
    return made


def _page(link: str) -> str:
    who = actor()
    return render_template(
        "shifts/calendar.html", feed=feed.of(who.person_id), link=link, zone=chapters.zone_of(who.chapter_id)
    )
