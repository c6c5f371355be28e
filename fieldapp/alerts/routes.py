"""The alert board, answers from it, and duty. What phones call is in routes_api."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from markupsafe import Markup

from fieldapp.accounts.services import chapters
from fieldapp.alerts import policy, words
from fieldapp.alerts.models import Alert
from fieldapp.alerts.services import answering, board, dispatch, duplicates, duty, raising, response_page
from fieldapp.alerts.services.answering import Already
from fieldapp.alerts.services.raising import Closed
from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.web.gate import actor, now, wants_json

blueprint = Blueprint("alerts", __name__)
OPEN_EVERY, QUIET_EVERY = 5, 60  # seconds between a board's questions
HIGHEST = 2**31 - 1  # a number that the database's column holds


@blueprint.get("/alerts")
def index() -> ResponseReturnValue:
    """The alert board, with the alert that most needs somebody."""
    return _board(None)


@blueprint.get("/alerts/<alert_id>")
def one(alert_id: str) -> ResponseReturnValue:
    """The board, with one alert chosen."""
    return _board(alert_id)


def _board(alert_id: str | None) -> str:
    seen = board.board(actor(), now(), alert_id)
    return render_template(
        "alerts/board.html",
        board=seen,
        picked=alert_id or "",
        now=now(),
        zone=chapters.get(actor(), actor().chapter_id).zone,
        every=_every(seen),
        etag=f'"{_etag(seen)}"',
        what=words.WHAT,
        rungs=words.RUNGS,
        response=response_page.response(actor(), seen.chosen.alert, now()) if seen.chosen else None,
        questions=words.QUESTIONS,
        rings=words.RINGS,
        saw=words.SAW,
        results=words.RESULTS,
        sealed=dispatch.count(db.session(), seen.chosen.alert, now()) if seen.chosen else 0,
        no_box=dispatch.is_due(actor(), now()),
        near=duplicates.near_to(seen.chosen.alert, now()) if seen.chosen else [],
    )


@blueprint.get("/alerts/wall")
def wall() -> ResponseReturnValue:
    """The board for a screen on a wall: what is open, large, without names and without exact places."""
    seen = board.board(actor(), now())
    return render_template(
        "alerts/wall.html",
        board=seen,
        now=now(),
        zone=chapters.get(actor(), actor().chapter_id).zone,
        every=_every(seen),
        etag=f'"{_etag(seen)}"',
        what=words.WHAT,
    )


@blueprint.get("/alerts/live")
def live() -> ResponseReturnValue:
    """Whether the board changed: asked every 5 s while an alert is open, else every 60 s."""
    seen = board.board(actor(), now(), request.args.get("alert") or None)
    answer = jsonify(mark=seen.mark, open=seen.open, every=_every(seen), now=now())
    answer.set_etag(_etag(seen))
    return answer.make_conditional(request)


def _every(seen: board.Board) -> int:
    return OPEN_EVERY if seen.open else QUIET_EVERY


def _etag(seen: board.Board) -> str:
    return f"{seen.mark}-{get_locale()}"


@blueprint.get("/alerts/mine")
def mine() -> ResponseReturnValue:
    """What the signed-in person raised and nobody has closed: to take back where the phone that raised it is not at hand."""
    zone = chapters.zone_of(actor().chapter_id)
    return render_template("alerts/mine.html", rows=board.raised_by(actor()), zone=zone, what=words.WHAT, now=now())


@blueprint.post("/alerts/<alert_id>/take-back")
def take_back(alert_id: str) -> ResponseReturnValue:
    """The raiser takes it back, signed in."""
    try:
        raising.take_back(actor(), alert_id, now())
    except Closed as error:
        flash(gettext(error.message), "wait")
    else:
        flash(gettext("Taken back. Everyone who was told knows."), "ok")
    return redirect(url_for("alerts.mine"), 303)


@blueprint.post("/alerts/<alert_id>/got-it")
def got_it(alert_id: str) -> ResponseReturnValue:
    """I've got it, signed in."""
    return _answer(alert_id, answering.got_it)


@blueprint.post("/alerts/<alert_id>/take-over")
def take_over(alert_id: str) -> ResponseReturnValue:
    """Take it over from the person who has it."""
    return _answer(alert_id, answering.take_over)


@blueprint.post("/alerts/<alert_id>/over")
def over(alert_id: str) -> ResponseReturnValue:
    """It's over: this one, and those told with it that the page showed (``seen``, the highest number of them)."""
    seen = request.form.get("seen", 0, type=int)
    return _answer(alert_id, partial(answering.over, seen=max(0, min(seen, HIGHEST))))


def _answer(alert_id: str, act: Callable[[Actor, str, int], Alert]) -> ResponseReturnValue:
    """Act, and show the board again. Somebody was faster: that is news for the board, not a fault."""
    try:
        alert = act(actor(), alert_id, now())
    except (Already, Closed) as error:
        if wants_json():
            raise
        flash(gettext(error.message), "wait")
    else:
        if wants_json():
            return jsonify(state=alert.state, version=alert.version)
    return redirect(url_for("alerts.one", alert_id=alert_id), 303)


@blueprint.post("/duty")
def set_duty() -> ResponseReturnValue:
    """On duty for eight hours, or off; back to the page that it was switched on."""
    if request.form.get("on"):
        duty.begin(actor(), now())
    else:
        duty.end(actor())
    back = urlsplit(request.referrer or "")
    return redirect(back.path if back.path.startswith("/") and back.netloc == request.host else "/alerts", 303)


@blueprint.post("/alerts/duty/<turn_id>/have-it")
def have_duty(turn_id: str) -> ResponseReturnValue:
    """Whoever is on from now on says that they know what is open."""
    duty.have_it(actor(), turn_id, now())
    flash(gettext("It is with you now."), "ok")
    return redirect(url_for("alerts.index"), 303)


def duty_switch(who: Actor) -> Markup:
    """The switch in every desk page's bar."""
    if not policy.can_be_on_duty(who):
        return Markup("")
    zone = chapters.get(who, who.chapter_id).zone
    by_rota = duty.by_the_rota(who, now())
    page = render_template("alerts/_duty.html", until=duty.until(who, now()), by_rota=by_rota, zone=zone)
    return Markup(page)  # noqa: S704 - escaped
