"""The desk's pages of paper: print blanks, and follow what became of them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from fieldapp.accounts.services import chapters, qr
from fieldapp.core.errors import N_, Invalid
from fieldapp.observations import blanks, catalogue, serials
from fieldapp.observations.services import paper
from fieldapp.web.gate import actor, now

blueprint = Blueprint("paper", __name__, url_prefix="/paper")
FATES = {
    ("kept", "me"): N_("Kept, with whoever wrote it"),
    ("kept", "chapter"): N_("Kept by the chapter"),
    ("kept", "counsel"): N_("Kept by the legal team"),
    ("given", "coordinator"): N_("Given to a coordinator"),
    ("given", "counsel"): N_("Given to the legal team"),
    ("destroyed", None): N_("Destroyed under the rule"),
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Choose what to print; coordinators and counsel see the sheets below."""
    only_open = request.args.get("show") == "open"
    return render_template(
        "observations/paper.html",
        forms=[(catalogue.form_ref(one), one["title"]) for one in catalogue.current_forms()],
        chosen=request.args.get("form", ""),
        titles={ref: defn["title"] for ref, defn in catalogue.definitions().items()},
        followed=paper.followed(actor(), only_open=only_open),
        only_open=only_open,
        fates=FATES,
        shown=serials.shown,
        most=paper.MOST,
        zone=chapters.get(actor(), actor().chapter_id).zone,
    )


@blueprint.post("")
def make() -> ResponseReturnValue:
    """Mint the sheets, then show them."""
    count = request.form.get("count", "")
    if not count.isdecimal() or len(count) > 3:
        raise Invalid
    batch = paper.mint(actor(), request.form.get("form", ""), request.form.get("lang", ""), int(count), now())
    return redirect(url_for("paper.sheets", batch=batch))


@blueprint.get("/<batch>")
def sheets(batch: str) -> ResponseReturnValue:
    """The sheets of one print, in the language that they were asked in."""
    found = paper.batch(actor(), batch)
    defn = catalogue.definition(found[0].form) or {}
    return render_template(
        "observations/sheets.html",
        sheets=found,
        title=defn["title"],
        blank=blanks.of(defn, found[0].lang),
        form=found[0].form,
        chapter=chapters.get(actor(), found[0].chapter_id),
        shown=serials.shown,
        draw=qr.draw,
        in_language=_in_language,
    )


def _in_language(lang: str, caller: Callable[[], str]) -> str:
    """What a template's block says, in another language than the reader's."""
    with force_locale(lang):
        return caller()
