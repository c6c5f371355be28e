"""The page where a rescue file comes in. The file is the request's body as it is, opened while it arrives; it lies nowhere."""

from __future__ import annotations

from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.core.errors import Forbidden
from fieldapp.records import policy
from fieldapp.records.routes.base import blueprint
from fieldapp.records.services import handin
from fieldapp.records.words import kind_word, outcome_words
from fieldapp.web.gate import actor, now

MAX_FILE = (
    256 * 1024 * 1024
)  # bytes; what is larger is for `fieldapp hand-in`. A thousand unsent records are about 30 MB, a minute of film as much


@blueprint.url_value_preprocessor
def _sizes(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Said before anything looks at the request, CSRF's own look for a form included."""
    if endpoint == "records.take_rescue_file":
        request.max_content_length = MAX_FILE


@blueprint.get("/hand-in")
def hand_in() -> ResponseReturnValue:
    """Where to choose the file, and what will become of it."""
    if not policy.can_hand_in(actor()):
        raise Forbidden()
    return render_template("records/hand_in.html", largest=MAX_FILE // 1024 // 1024)


@blueprint.post("/hand-in")
def take_rescue_file() -> ResponseReturnValue:
    """What became of each thing in the file in the body; nothing of what it says."""
    made = handin.hand_in_as(actor(), request.stream, now())
    lines = [
        {"number": line.number, "id": (line.id or "")[:8], "kind": kind_word(line.kind), **outcome_words(line.outcome)}
        for line in made.lines
    ]
    fault = made.fault and {
        "code": made.fault,
        "message": gettext(handin.FAULTS[made.fault]),
        "do": gettext(handin.DO[made.fault]),
    }
    return jsonify(lines=lines, safe=made.safe, fault=fault)
