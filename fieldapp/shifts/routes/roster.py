"""A shift's roster, and what is done to it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from fieldapp.accounts.services.words import NotAWord, NoWords, TooOften
from fieldapp.core.errors import Invalid
from fieldapp.shifts import ask_words, words
from fieldapp.shifts.routes import preview
from fieldapp.shifts.routes.base import blueprint
from fieldapp.shifts.services import care, claims, partner_asks, plan, planning, reaching, roster, scopes
from fieldapp.shifts.services.rules import Refused
from fieldapp.web.gate import actor, now


@blueprint.get("/<shift_id>")
def page(shift_id: str) -> ResponseReturnValue:
    """A shift's roster."""
    return _page(shift_id, {}, 200)


def _page(shift_id: str, errors: dict[str, str], status: int) -> ResponseReturnValue:
    found = roster.see(actor(), shift_id, now())
    others = roster.candidates(found, now()) if found.can_plan else []
    shown = render_template(
        "shifts/roster.html",
        roster=found,
        candidates=others,
        text=words.as_text(found),
        errors=errors,
        moment=now(),
        trails=care.trails([shift_id]) if found.can_plan else [],
        reach=reaching.shown(actor(), shift_id, now()),
        language=ask_words.LANGUAGES.get(partner_asks.language_of(shift_id), "") if found.can_plan else "",
    )
    return shown, status


@blueprint.post("/<shift_id>/cancel")
def cancel(shift_id: str) -> ResponseReturnValue:
    """Cancel a shift with a reason, or the series from it on; what it does to those on it is said first."""
    form = request.form
    scope = form.get("scope") if form.get("scope") in scopes.SCOPES else scopes.ONE
    try:
        report = scopes.cancel(actor(), shift_id, str(scope), form.get("reason", ""), now(), preview.said())
    except Invalid as error:
        return _page(shift_id, error.fields, error.status)
    if not report.done:
        back_to = url_for("shifts.page", shift_id=shift_id)
        return preview.shown(report, back_to, gettext("What this cancels"), gettext("Cancel and tell them"))
    flash(gettext("Cancelled. Those on it see the reason on their phones."), "ok")
    return back(shift_id)


@blueprint.post("/<shift_id>/lead")
def lead(shift_id: str) -> ResponseReturnValue:
    """Say who leads."""
    try:
        planning.set_lead(actor(), shift_id, request.form.get("lead_id", ""), now())
    except Invalid as error:
        return _page(shift_id, error.fields, error.status)
    return back(shift_id)


@blueprint.post("/<shift_id>/confirm")
def confirm(shift_id: str) -> ResponseReturnValue:
    """Confirm those who were chosen, or all."""
    chosen = request.form.getlist("person_id")
    done = planning.confirm(actor(), shift_id, chosen or None, now())
    flash(ngettext("%(num)s person confirmed.", "%(num)s people confirmed.", done), "ok")
    return back(shift_id)


@blueprint.post("/<shift_id>/add")
def add(shift_id: str) -> ResponseReturnValue:
    """Put someone on it by hand."""
    return _try(shift_id, lambda person: planning.assign(actor(), shift_id, person, now()))


@blueprint.post("/<shift_id>/remove")
def remove(shift_id: str) -> ResponseReturnValue:
    """Take someone off it."""
    return _try(shift_id, lambda person: planning.remove(actor(), shift_id, person, now()))


@blueprint.post("/<shift_id>/mark")
def mark(shift_id: str) -> ResponseReturnValue:
    """Note that someone is here, or out and OK."""
    what = "here" if request.form.get("what") == "here" else "out"
    return _try(shift_id, lambda person: planning.mark(actor(), shift_id, person, what, now()))


@blueprint.post("/<shift_id>/word")
def word(shift_id: str) -> ResponseReturnValue:
    """Somebody called and said a word: the answer is the same for both."""
    try:
        person = request.form.get("person_id", "")
        planning.hear(actor(), shift_id, person, request.form.get("word", ""), now())
        flash(gettext("Noted: out and OK."), "ok")
    except (NotAWord, NoWords, TooOften) as no:
        flash(" ".join(gettext(part) for part in (no.message, no.safe, no.do) if part), "wait")
    except Refused as no:
        zone = plan.place_of(planning.find(actor(), shift_id)).zone
        flash(" ".join(filter(None, (words.why(no.verdict, zone), words.change(no.verdict)))), "wait")
    return back(shift_id)


@blueprint.post("/<shift_id>/take")
def take(shift_id: str) -> ResponseReturnValue:
    """Take the shift oneself, from a desk browser."""
    planning.find(actor(), shift_id)
    return _try(shift_id, lambda _: claims.claim(actor().person_id, shift_id, now()), "shifts.mine")


@blueprint.post("/<shift_id>/give-back")
def give_back(shift_id: str) -> ResponseReturnValue:
    """Give it back."""
    planning.find(actor(), shift_id)
    return _try(shift_id, lambda _: claims.release(actor().person_id, shift_id, now()), "shifts.mine")


def _try(shift_id: str, act: Any, then: str = "") -> ResponseReturnValue:
    """Do it for the person named in the form; a rule that says no is told in words, on the page it came from."""
    try:
        act(request.form.get("person_id", ""))
    except Refused as no:
        zone = plan.place_of(planning.find(actor(), shift_id)).zone
        flash(" ".join(filter(None, (words.why(no.verdict, zone), words.change(no.verdict)))), "wait")
    return redirect(url_for(then)) if then else back(shift_id)


def back(shift_id: str) -> ResponseReturnValue:
    return redirect(url_for("shifts.page", shift_id=shift_id))
