"""Many shifts at once: choose, see what happens, do it, see what happened to each."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.core.errors import Invalid
from fieldapp.shifts import words
from fieldapp.shifts.routes import preview
from fieldapp.shifts.routes.base import blueprint
from fieldapp.shifts.services import bulk, roster
from fieldapp.web.gate import actor, now


@blueprint.post("/bulk")
def many() -> ResponseReturnValue:
    """The chosen shifts and what to do with them; then what that does; then, once it was said, what came of it."""
    form, ids = request.form, request.form.getlist("shift_id")
    action = form.get("action", "")
    asks = action in {bulk.CANCEL, bulk.CHANGE, bulk.COPY} and "asked" not in form
    try:
        if asks or action not in bulk.ACTIONS:
            return _page(action, ids, {})
        result = bulk.run(actor(), action, ids, form, now(), preview.said())
    except Invalid as error:
        return _page(action, ids, error.fields, 422)
    text = _text(ids) if action == bulk.TEXT else ""
    return _page(action, ids, {}, result=result, text=text)


def _page(action: str, ids: list[str], errors: dict[str, str], status: int = 200, **more: Any) -> ResponseReturnValue:
    try:
        rows = bulk.chosen(actor(), ids)
    except Invalid as error:
        rows, errors, status = [], error.fields, 422
    again = bool(request.form.get("said"))
    page = {"action": action, "rows": rows, "errors": errors, "values": request.form, "again": again}
    return render_template("shifts/bulk.html", **{"result": None, "text": "", **page, **more}), status


def _text(ids: list[str]) -> str:
    rosters = roster.several(actor(), [shift for shift, _ in bulk.chosen(actor(), ids)], now())
    return "\n\n".join(words.as_text(one) for one in rosters)
