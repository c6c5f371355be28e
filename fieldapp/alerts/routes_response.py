"""Answers from the board that carry the response on: ask a pair, confirm, not ICE, send, second, stop."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.alerts.routes import HIGHEST, blueprint
from fieldapp.alerts.services import sending, stages, verifying
from fieldapp.core.actor import Actor
from fieldapp.core.errors import DomainError, Forbidden, Invalid, NotFound, StepUpNeeded
from fieldapp.web.gate import actor, now, wants_json

CHECK = "check-"


def _then(alert_id: str, act: Callable[[Actor, int], object], done: str = "") -> ResponseReturnValue:
    """Act, and show the alert again; what the rules refuse is said there, with what is safe and what to do."""
    try:
        act(actor(), now())
    except (NotFound, Forbidden, StepUpNeeded, Invalid):
        raise
    except DomainError as error:
        if wants_json():
            raise
        flash(" ".join(gettext(part) for part in (error.message, error.safe, error.do) if part), "wait")
    else:
        if done:
            flash(done, "ok")
    return redirect(url_for("alerts.one", alert_id=alert_id), 303)


def _checks() -> dict[str, str]:
    """The answered questions of the form."""
    form = request.form
    return {name.removeprefix(CHECK): form[name] for name in form if name.startswith(CHECK) and form[name]}


@blueprint.post("/alerts/<alert_id>/ask")
def ask(alert_id: str) -> ResponseReturnValue:
    """Ask a pair to look."""
    return _then(alert_id, lambda who, at: verifying.ask_pair(who, alert_id, at))


@blueprint.post("/alerts/<alert_id>/confirm")
def confirm(alert_id: str) -> ResponseReturnValue:
    """It is confirmed."""
    return _then(alert_id, lambda who, at: stages.confirm(who, alert_id, _checks(), at))


@blueprint.post("/alerts/<alert_id>/checks")
def checks(alert_id: str) -> ResponseReturnValue:
    """Answers to the questions before sending."""
    return _then(alert_id, lambda who, at: stages.check(who, alert_id, _checks(), at))


@blueprint.post("/alerts/<alert_id>/not-ice")
def not_ice(alert_id: str) -> ResponseReturnValue:
    """It was not ICE."""
    return _then(alert_id, lambda who, at: stages.end_as(who, alert_id, "not_ice", at, _seen()))


@blueprint.post("/alerts/<alert_id>/could-not-confirm")
def could_not_confirm(alert_id: str) -> ResponseReturnValue:
    """It could not be confirmed."""
    return _then(alert_id, lambda who, at: stages.end_as(who, alert_id, "unconfirmed", at, _seen()))


def _seen() -> int:
    return max(0, min(request.form.get("seen", 0, type=int), HIGHEST))


@blueprint.post("/alerts/<alert_id>/still-there")
def still_there(alert_id: str) -> ResponseReturnValue:
    """It is still there."""
    return _then(alert_id, lambda who, at: stages.still_there(who, alert_id, at))


@blueprint.post("/alerts/<alert_id>/open-again")
def open_again(alert_id: str) -> ResponseReturnValue:
    """It was not over."""
    return _then(alert_id, lambda who, at: stages.open_again(who, alert_id, at))


@blueprint.post("/alerts/<alert_id>/send")
def send(alert_id: str) -> ResponseReturnValue:
    """Send to a ring, or propose to send to the chapter."""
    return _then(alert_id, lambda who, at: sending.propose(who, alert_id, request.form.get("ring", ""), at))


@blueprint.post("/alerts/<alert_id>/sends/<send_id>")
def second(alert_id: str, send_id: str) -> ResponseReturnValue:
    """The second person says yes, or not yet."""
    yes = request.form.get("say") == "yes"
    return _then(alert_id, lambda who, at: sending.second(who, alert_id, send_id, yes, at))


@blueprint.post("/alerts/<alert_id>/stop")
def stop(alert_id: str) -> ResponseReturnValue:
    """The kill switch of the alert's chapter."""
    return _then(alert_id, lambda who, at: sending.stop_for(who, alert_id, at))


@blueprint.post("/alerts/<alert_id>/go-on")
def go_on(alert_id: str) -> ResponseReturnValue:
    """Sending in the alert's chapter may go on."""
    return _then(alert_id, lambda who, at: sending.lift_for(who, alert_id, at))
