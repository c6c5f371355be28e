"""The blueprint, and what its pages share."""

from __future__ import annotations

from datetime import date

from flask import Blueprint
from werkzeug.datastructures import MultiDict

from fieldapp.accounts.services import chapters
from fieldapp.core.clock import to_datetime
from fieldapp.web.gate import actor, now

blueprint = Blueprint("shifts", __name__, url_prefix="/shifts")


def week_zone() -> str:
    """The zone in which a coordinator's week begins: the chapter's own."""
    return chapters.get(actor(), actor().chapter_id).zone


def day_of(text: str | None, zone: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return to_datetime(now(), zone).date()


def flat(form: MultiDict[str, str]) -> dict[str, str]:
    """A form's values; the boxes ticked under one name with commas between them."""
    return {name: ",".join(form.getlist(name)) if name == "days" else form.get(name, "") for name in form}
