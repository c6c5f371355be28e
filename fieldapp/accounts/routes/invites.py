"""Invites: made, shown once, renewed, ended."""

from __future__ import annotations

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.routes.base import blueprint
from fieldapp.accounts.services import chapters, invites, people, qr
from fieldapp.web.gate import actor, now


@blueprint.post("/people/invites")
def invite() -> ResponseReturnValue:
    """Invite one person: the link is in this answer and nowhere else."""
    form = request.form
    made = invites.invite(
        actor(),
        form.get("chapter", ""),
        form.getlist("role"),
        now(),
        lasts=form.get("lasts", "7d"),
        note=form.get("note", "").strip(),
    )
    return shown(made)


@blueprint.post("/people/invites/<invite_id>/renew")
def invite_renew(invite_id: str) -> ResponseReturnValue:
    """A new link for an invite; the old one stops working."""
    return shown(invites.renew(actor(), invite_id, now()))


@blueprint.post("/people/invites/<invite_id>/end")
def invite_end(invite_id: str) -> ResponseReturnValue:
    """End an invite that nobody used."""
    invites.revoke(actor(), invite_id, now())
    flash(gettext("That link does not work any more."), "ok")
    return redirect(url_for("accounts.invites_page"))


@blueprint.get("/api/v1/invites/<invite_id>")
def invite_state(invite_id: str) -> ResponseReturnValue:
    """Whether an invite was used: the page with the QR asks while it is open."""
    return jsonify(state=invites.state(actor(), invite_id, now()))


def shown(made: invites.Made) -> ResponseReturnValue:
    """The link and its QR; the answer is never stored, and nothing of it is in an address."""
    link = invites.address(current_app.config["SETTINGS"].origin, made.token)
    about = people.any_of(made.invite.person_id) if made.invite.person_id else None
    return render_template(
        "accounts/invite.html",
        invite=made.invite,
        link=link,
        qr=qr.draw(link),
        about=about,
        zone=chapters.zone_of(actor().chapter_id),
    )
