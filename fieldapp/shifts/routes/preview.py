"""What an act would do to people, shown before it is done."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.shifts.services.rehearse import Report


def shown(report: Report, back: str, title: str, act: str) -> ResponseReturnValue:
    """The page that says it; its form posts the same values again with the token of what was said. ``act`` is the button's text."""
    hidden = [(key, value) for key, value in request.form.items(multi=True) if key not in {"csrf_token", "said"}]
    again = bool(request.form.get("said"))
    return render_template(
        "shifts/preview.html", report=report, back=back, title=title, act=act, hidden=hidden, again=again
    )


def said() -> str | None:
    """The token that the form brings, when the page before has said it."""
    return request.form.get("said") or None
