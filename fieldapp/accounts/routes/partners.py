"""Partner organisations and who signs in for them, for coordinators."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.routes.base import blueprint
from fieldapp.accounts.routes.invites import shown
from fieldapp.accounts.services import chapters, partners
from fieldapp.core.errors import Invalid
from fieldapp.web.gate import actor, now


@blueprint.get("/partners")
def partners_page() -> ResponseReturnValue:
    """The organisations, who signs in for each, and links that wait."""
    return _page({}, {})


def _page(values: Mapping[str, str], errors: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    who = actor()
    lines = partners.lines(who, now())
    shown_page = render_template(
        "accounts/partners.html",
        lines=lines,
        chapters=partners.chapters_of(who),
        values=values,
        errors=errors,
        who=who,
        now=now(),
        zone=chapters.zone_of(who.chapter_id),
    )
    return shown_page, status


@blueprint.post("/partners")
def partner_create() -> ResponseReturnValue:
    """Add an organisation."""
    form = request.form
    try:
        made = partners.create(actor(), form.get("chapter", ""), form.get("name", ""), form.get("kind", ""), now())
    except Invalid as error:
        return _page(form, error.fields, error.status)
    flash(gettext("%(name)s is there now. Invite the people who ask for it.", name=made.name), "ok")
    return redirect(url_for("accounts.partners_page"))


@blueprint.post("/partners/<partner_id>/invite")
def partner_invite(partner_id: str) -> ResponseReturnValue:
    """A link for one person of the organisation: in this answer and nowhere else."""
    return shown(partners.invite(actor(), partner_id, now()))


@blueprint.post("/partners/<partner_id>/end")
def partner_end(partner_id: str) -> ResponseReturnValue:
    """Nobody of the organisation signs in any more."""
    partners.end(actor(), partner_id, now())
    flash(gettext("Ended. Nobody signs in for it any more, and its links do not work."), "ok")
    return redirect(url_for("accounts.partners_page"))


@blueprint.post("/partners/people/<person_id>/end")
def partner_person_end(person_id: str) -> ResponseReturnValue:
    """One of its people signs in no more."""
    partners.end_person(actor(), person_id, now())
    flash(gettext("Ended. They are signed out everywhere."), "ok")
    return redirect(url_for("accounts.partners_page"))
