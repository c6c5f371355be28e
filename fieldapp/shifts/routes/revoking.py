"""Revoking a certificate. The pages are training's by address; they stand here because they show what happens to shifts."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from fieldapp.core.errors import DomainError, Invalid
from fieldapp.shifts.services import revoking
from fieldapp.web.gate import actor, now


def revoke_page(certificate_id: str) -> ResponseReturnValue:
    """What revoking would do to coming shifts."""
    return _page(certificate_id, {}, None, 200)


def _page(certificate_id: str, errors: dict[str, str], problem: DomainError | None, status: int) -> ResponseReturnValue:
    page = render_template(
        "shifts/revoke.html",
        effect=revoking.effect(actor(), certificate_id, now()),
        errors=errors,
        problem=problem,
        reason=request.form.get("reason", ""),
    )
    return page, status


def revoke(certificate_id: str) -> ResponseReturnValue:
    """Revoke it, with a reason."""
    form = request.form
    try:
        done = revoking.revoke(actor(), certificate_id, form.get("reason", ""), form.get("shifts", ""), now())
    except Invalid as error:
        return _page(certificate_id, error.fields, None, error.status)
    except DomainError as error:
        if error.code != "changed":
            raise
        return _page(certificate_id, {}, error, error.status)
    said = gettext("Revoked. The reason stays with it.")
    freed = ngettext("%(num)s shift was given back.", "%(num)s shifts were given back.", len(done.hits))
    flash(f"{said} {freed}" if done.hits else said, "ok")
    return redirect(url_for("training.person", person_id=done.person.id))
