"""Asks of partner organisations: their own page, and the coordinators' inbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import partners
from fieldapp.core.actor import COORDINATOR, PARTNER
from fieldapp.core.clock import to_datetime
from fieldapp.core.errors import N_, Invalid
from fieldapp.shifts import ask_words, words
from fieldapp.shifts.services import partner_asks, partner_forms, plan
from fieldapp.shifts.services.partner_forms import LooksPrivate
from fieldapp.web import nav
from fieldapp.web.gate import actor, for_partners, now

blueprint = Blueprint("partners", __name__)


@blueprint.get("/ask")
@for_partners
def home() -> ResponseReturnValue:
    """What an organisation may ask for, and what came of what it asked."""
    return _home({}, {})


def _home(
    values: Mapping[str, str], errors: Mapping[str, str], looks: Mapping[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    partner, chapter = partners.own(actor())
    tomorrow = to_datetime(now(), chapter.zone).date() + timedelta(days=1)
    start = {"day": tomorrow.isoformat(), "start": "8:30", "end": "12:30", "people": "2", "what": "accompany"}
    shown = render_template(
        "shifts/partner_home.html",
        partner=partner,
        chapter=chapter,
        places=partner_forms.places_of(chapter),
        courses=plan.courses_for(chapter),
        lines=partner_asks.mine(actor()),
        kept=partner_asks.kept_days(chapter),
        values=values or start,
        errors=errors,
        looks=looks or {},
    )
    return shown, status


@blueprint.post("/ask")
@for_partners
def ask() -> ResponseReturnValue:
    """Ask for people."""
    try:
        partner_asks.ask(actor(), request.form, now())
    except LooksPrivate as error:
        return _home(request.form, {}, error.looks, error.status)
    except Invalid as error:
        return _home(request.form, error.fields, status=error.status)
    flash(gettext("Sent. The chapter's coordinators see it now; the answer comes here."), "ok")
    return redirect(url_for("partners.home"))


@blueprint.post("/ask/<ask_id>/withdraw")
@for_partners
def withdraw(ask_id: str) -> ResponseReturnValue:
    """Take an ask back."""
    partner_asks.withdraw(actor(), ask_id, now())
    flash(gettext("Taken back. Nobody is sent."), "ok")
    return redirect(url_for("partners.home"))


@blueprint.post("/ask/<ask_id>/reply")
@for_partners
def reply(ask_id: str) -> ResponseReturnValue:
    """Answer the chapter's question."""
    try:
        partner_asks.reply(actor(), ask_id, request.form, now())
    except LooksPrivate as error:
        said = {f"reply-{ask_id}": request.form.get("reply", "")}
        return _home(said, {}, {f"reply-{ask_id}": error.looks["reply"]}, error.status)
    flash(gettext("Sent."), "ok")
    return redirect(url_for("partners.home"))


@blueprint.get("/partners/asks")
def inbox() -> ResponseReturnValue:
    """What waits for an answer, the soonest first; or what was answered."""
    closed = request.args.get("show") == "answered"
    lines = partner_asks.inbox(actor(), closed=closed)
    return render_template("shifts/partner_inbox.html", lines=lines, closed=closed, moment=now())


@blueprint.get("/partners/asks/<ask_id>")
def one(ask_id: str) -> ResponseReturnValue:
    """One ask, and the three answers."""
    return _one(ask_id, {}, {})


def _one(ask_id: str, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    line = partner_asks.get(actor(), ask_id)
    people = max(2, line.ask.people)
    start = {"minimum": str(people), "seats": str(people), "parts": "1", "note": line.ask.contact}
    shown = render_template(
        "shifts/partner_ask.html",
        line=line,
        places=[] if line.place else plan.places_for(actor()),
        values=values or start,
        errors=errors,
        moment=now(),
    )
    return shown, status


@blueprint.post("/partners/asks/<ask_id>/accept")
def accept(ask_id: str) -> ResponseReturnValue:
    """Make shifts of it."""
    try:
        made = partner_asks.accept(actor(), ask_id, request.form, now())
    except Invalid as error:
        return _one(ask_id, request.form, error.fields, error.status)
    flash(gettext("Accepted. People see the shift with their next look; the organisation sees your yes."), "ok")
    return redirect(url_for("shifts.page", shift_id=made[0].id))


@blueprint.post("/partners/asks/<ask_id>/decline")
def decline(ask_id: str) -> ResponseReturnValue:
    """Say no, with a reason."""
    try:
        partner_asks.decline(actor(), ask_id, request.form.get("reason", ""), now())
    except Invalid as error:
        return _one(ask_id, {}, error.fields, error.status)
    flash(gettext("Answered. The organisation reads why."), "ok")
    return redirect(url_for("partners.inbox"))


@blueprint.post("/partners/asks/<ask_id>/question")
def question(ask_id: str) -> ResponseReturnValue:
    """Ask back, once."""
    try:
        partner_asks.question(actor(), ask_id, request.form.get("question", ""), now())
    except Invalid as error:
        return _one(ask_id, {}, error.fields, error.status)
    flash(gettext("Sent. The ask comes back here with the answer."), "ok")
    return redirect(url_for("partners.inbox"))


@blueprint.post("/partners/keep")
def keep() -> ResponseReturnValue:
    """For how long the words of asks are kept."""
    partner_asks.keep_for(actor(), request.form.get("chapter", ""), request.form.get("days", ""))
    flash(gettext("Saved."), "ok")
    return redirect(url_for("accounts.partners_page"))


def attach(app: Flask) -> None:
    """The pages, their words, and the way to them: the organisations' people see one entry, coordinators another."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["ask_words"] = ask_words
    app.jinja_env.filters.update(choices=words.choices, ask_place=words.place_choice, course_choice=words.course_choice)
    nav.register(nav.NavItem("partners.inbox", N_("Partners"), (COORDINATOR,), 55, "/partners"))
    nav.register(nav.NavItem("partners.home", N_("Ask for people"), (PARTNER,), 10, "/ask"))
    nav.register_badge("partners.inbox", partner_asks.waiting)
