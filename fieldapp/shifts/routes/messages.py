"""What a person was told about shifts, answered from a desk browser."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.core.errors import Invalid
from fieldapp.shifts import words
from fieldapp.shifts.routes.base import blueprint, week_zone
from fieldapp.shifts.services import answers
from fieldapp.shifts.services.rules import Refused
from fieldapp.web.gate import actor, now


@blueprint.post("/messages/<message_id>")
def answer(message_id: str) -> ResponseReturnValue:
    """Answer it; a rule that says no is told in words."""
    try:
        answers.answer(actor().person_id, message_id, request.form.get("say", ""), now())
        flash(gettext("Answered. Thank you."), "ok")
    except Refused as no:
        flash(" ".join(filter(None, (words.why(no.verdict, week_zone()), words.change(no.verdict)))), "wait")
    except Invalid:
        flash(gettext("Choose one of the answers. Nothing was changed."), "wait")
    return redirect(url_for("shifts.mine"))
