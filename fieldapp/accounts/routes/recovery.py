"""Letting somebody back in: asked, agreed to, a link, or stopped."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.routes.base import blueprint
from fieldapp.accounts.routes.invites import shown
from fieldapp.accounts.services import recovery
from fieldapp.web.gate import actor, now


@blueprint.post("/people/<person_id>/recovery")
def recovery_ask(person_id: str) -> ResponseReturnValue:
    """Ask to let a person back in."""
    recovery.ask(actor(), person_id, now())
    flash(gettext("Asked. Every device of theirs shows it, and they can stop it."), "ok")
    return redirect(url_for("accounts.person", person_id=person_id))


@blueprint.post("/recoveries/<recovery_id>/agree")
def recovery_agree(recovery_id: str) -> ResponseReturnValue:
    """The second person agrees."""
    recovery.second(actor(), recovery_id, now())
    flash(gettext("Agreed. The link can be made now."), "ok")
    return redirect(url_for("accounts.person", person_id=recovery.subject(recovery_id)))


@blueprint.post("/recoveries/<recovery_id>/link")
def recovery_link(recovery_id: str) -> ResponseReturnValue:
    """Make the link: it is in this answer and nowhere else."""
    return shown(recovery.link(actor(), recovery_id, now()))


@blueprint.post("/recoveries/<recovery_id>/end")
def recovery_end(recovery_id: str) -> ResponseReturnValue:
    """Stop it."""
    whose = recovery.end(actor(), recovery_id, now())
    flash(gettext("Stopped. Nothing was changed."), "ok")
    own = whose == actor().person_id
    return redirect(url_for("accounts.me") if own else url_for("accounts.person", person_id=whose))
