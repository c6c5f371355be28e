"""Shifts at risk and asking for them; lines, places that are offered, and what a person would rather do, on the desk."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from fieldapp.core.errors import Invalid
from fieldapp.shifts import words
from fieldapp.shifts.routes.base import blueprint, week_zone
from fieldapp.shifts.services import asks, at_risk, plan, planning, preferences, swaps, waitlist
from fieldapp.shifts.services.rules import Refused
from fieldapp.web.gate import actor, now


@blueprint.get("/at-risk")
def risks() -> ResponseReturnValue:
    """What cannot run as it stands and starts within 48 hours, worst first."""
    return _risks({}, 200)


def _risks(errors: dict[str, str], status: int) -> ResponseReturnValue:
    found = at_risk.of(actor(), now())
    shown = render_template(
        "shifts/at_risk.html",
        risks=found,
        caps=at_risk.caps(actor()),
        errors=errors,
        at_once=at_risk.AT_ONCE,
        zone=week_zone(),
        moment=now(),
    )
    return shown, status


@blueprint.post("/<shift_id>/ask")
def ask(shift_id: str) -> ResponseReturnValue:
    """Ask the next few."""
    count = request.form.get("count", "")
    number = min(int(count), at_risk.MOST) if count.isdecimal() and len(count) < 4 else at_risk.AT_ONCE
    try:
        done = asks.ask_next(actor(), shift_id, number, now())
        flash(ngettext("%(num)s person asked.", "%(num)s people asked.", done), "ok" if done else "wait")
    except Refused as no:
        flash(words.why(no.verdict, week_zone()), "wait")
    return redirect(url_for("shifts.risks", _anchor=f"s-{shift_id}"))


@blueprint.post("/<shift_id>/ask-back")
def ask_back(shift_id: str) -> ResponseReturnValue:
    """Take the last asks back."""
    done = at_risk.take_back(actor(), shift_id, now())
    flash(ngettext("%(num)s ask taken back.", "%(num)s asks taken back.", done), "ok" if done else "wait")
    return redirect(url_for("shifts.risks", _anchor=f"s-{shift_id}"))


@blueprint.post("/at-risk/cap")
def cap() -> ResponseReturnValue:
    """Say how often one person may be asked in a week."""
    try:
        number = asks.set_cap(actor(), request.form.get("chapter_id", ""), request.form.get("cap", ""))
    except Invalid as error:
        return _risks(error.fields, error.status)
    flash(gettext("Nobody is asked more than %(n)s times in a week now.", n=number), "ok")
    return redirect(url_for("shifts.risks"))


@blueprint.post("/<shift_id>/wait")
def wait(shift_id: str) -> ResponseReturnValue:
    """Stand in line for a full shift."""
    return _own(shift_id, lambda: waitlist.join(actor().person_id, shift_id, now()))


@blueprint.post("/<shift_id>/unwait")
def unwait(shift_id: str) -> ResponseReturnValue:
    """Stand in line no more."""
    return _own(shift_id, lambda: waitlist.leave(actor().person_id, shift_id, now()))


@blueprint.post("/<shift_id>/offer")
def offer(shift_id: str) -> ResponseReturnValue:
    """Offer one's place to those who are qualified and free."""
    return _own(shift_id, lambda: swaps.offer(actor().person_id, shift_id, now()))


@blueprint.post("/<shift_id>/keep")
def keep(shift_id: str) -> ResponseReturnValue:
    """Keep one's place after all."""
    return _own(shift_id, lambda: swaps.withdraw(actor().person_id, shift_id, now()))


def _own(shift_id: str, act: Callable[[], object]) -> ResponseReturnValue:
    found = planning.find(actor(), shift_id)
    try:
        act()
    except Refused as no:
        flash(
            " ".join(filter(None, (words.why(no.verdict, plan.place_of(found).zone), words.change(no.verdict)))), "wait"
        )
    return redirect(url_for("shifts.mine"))


@blueprint.get("/preferences")
def preferences_page() -> ResponseReturnValue:
    """What one would rather do."""
    said = preferences.snapshot(actor().person_id)
    return render_template(
        "shifts/preferences.html", said=said, places=preferences.places_for(actor()), all=preferences
    )


@blueprint.post("/preferences")
def save_preferences() -> ResponseReturnValue:
    """Keep it."""
    form = request.form
    likes, never = (
        {part: form.getlist(f"{which}-{part}") for part in preferences.PARTS} for which in ("likes", "never")
    )
    preferences.save(actor().person_id, likes, never, now())
    flash(gettext("Saved. Your lists follow it."), "ok")
    return redirect(url_for("shifts.preferences_page"))
