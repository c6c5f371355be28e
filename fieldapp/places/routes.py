"""The desk's pages of places."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.core import geo
from fieldapp.core.errors import Invalid
from fieldapp.places import policy
from fieldapp.places.importers import MAX_BYTES
from fieldapp.places.models import Place
from fieldapp.places.services import editing, importing, listing, picks
from fieldapp.web.gate import actor, now

blueprint = Blueprint("places", __name__, url_prefix="/places")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """All places as a table and on a map."""
    found = listing.find(actor())
    pins = [_pin(one.place, one.at) for one in found if one.at and not one.place.closed_at]
    may_add = bool(actor().where(*policy.EDITORS))
    return render_template("places/index.html", places=found, pins=pins, may_add=may_add)


def _pin(place: Place, at: geo.Pair) -> dict[str, Any]:
    return {
        "id": place.id,
        "lat": at[0],
        "lon": at[1],
        "name": place.name,
        "city": place.city,
        "kind": place.kind,
        "href": url_for("places.page", place_id=place.id),
    }


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """The form for a new place."""
    return _new_page({"zone": listing.chapters_to_add(actor())[0].zone}, {}, 200)


def _new_page(values: Any, errors: dict[str, str], status: int) -> ResponseReturnValue:
    page = render_template(
        "places/new.html", chapters=_chapters(), values=values, errors=errors, zones=sorted(geo.zones())
    )
    return page, status


def _chapters() -> list[tuple[str, str]]:
    return [(chapter.id, chapter.name) for chapter in listing.chapters_to_add(actor())]


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    """Add a place."""
    form = request.form
    try:
        place = editing.create(actor(), form.get("chapter", ""), form, now())
    except Invalid as error:
        return _new_page(form, error.fields, error.status)
    flash(gettext("The place is there. Add its lists, then its shifts."), "ok")
    return redirect(url_for("places.page", place_id=place.id))


@blueprint.get("/<place_id>")
def page(place_id: str) -> ResponseReturnValue:
    """One place: facts, map, lists."""
    return _page(listing.get(actor(), place_id), {}, {}, 200)


def _page(place: Place, values: Any, errors: dict[str, str], status: int) -> ResponseReturnValue:
    shown = render_template(
        "places/page.html",
        place=place,
        at=geo.lat_lon(place.geom),
        corners=geo.corners_of(place.area),
        lists={name: listing.picks(place, name) for name in listing.LISTS},
        may_edit=policy.can_edit(actor(), place),
        zones=sorted(geo.zones()),
        values=values or _values(place),
        errors=errors,
    )
    return shown, status


def _values(place: Place) -> dict[str, str]:
    rules = place.device_rules or {}
    note = rules.get("note", {})
    own = {name: getattr(place, name) for name in ("name", "kind", "address", "city", "state", "zone", "meeting_spot")}
    return own | {"phones": rules.get("phones", ""), "note_en": note.get("en", ""), "note_es": note.get("es", "")}


def _version() -> int:
    return request.form.get("version", default=0, type=int)


@blueprint.post("/<place_id>")
def edit(place_id: str) -> ResponseReturnValue:
    """Change a place's facts."""
    try:
        editing.edit(actor(), place_id, request.form, _version())
    except Invalid as error:
        return _page(listing.get(actor(), place_id), request.form, error.fields, error.status)
    flash(gettext("Saved. Phones get it with their next look."), "ok")
    return redirect(url_for("places.page", place_id=place_id))


@blueprint.post("/<place_id>/where")
def put(place_id: str) -> ResponseReturnValue:
    """Change where a place is."""
    try:
        editing.put(actor(), place_id, request.form, _version())
    except Invalid as error:
        place = listing.get(actor(), place_id)
        asked = {name: request.form.get(name, "") for name in ("lat", "lon", "area")}
        return _page(place, _values(place) | asked, error.fields, error.status)
    flash(gettext("The place is where you put it."), "ok")
    return redirect(url_for("places.page", place_id=place_id, _anchor="where"))


@blueprint.post("/<place_id>/close")
def close(place_id: str) -> ResponseReturnValue:
    """Close a place."""
    editing.close(actor(), place_id, now())
    flash(gettext("Closed. What was observed here stays."), "ok")
    return redirect(url_for("places.page", place_id=place_id))


@blueprint.post("/<place_id>/reopen")
def reopen(place_id: str) -> ResponseReturnValue:
    """Open a closed place again."""
    editing.reopen(actor(), place_id)
    flash(gettext("Open again."), "ok")
    return redirect(url_for("places.page", place_id=place_id))


@blueprint.post("/<place_id>/lists/<name>")
def add_pick(place_id: str, name: str) -> ResponseReturnValue:
    """Add a judge or a courtroom."""
    try:
        picks.add(actor(), place_id, name, request.form.get("label", ""))
    except Invalid as error:
        return _page(listing.get(actor(), place_id), {}, {name: error.fields.get("label", error.message)}, error.status)
    return redirect(url_for("places.page", place_id=place_id, _anchor=name))


@blueprint.post("/<place_id>/picks/<pick_id>")
def change_pick(place_id: str, pick_id: str) -> ResponseReturnValue:
    """Rename an entry of a list, retire it, or put it back."""
    what = request.form.get("what")
    if what == "rename":
        picks.rename(actor(), place_id, pick_id, request.form.get("label", ""), now())
    else:
        picks.retire(actor(), place_id, pick_id, now() if what == "retire" else None)
    return redirect(url_for("places.page", place_id=place_id, _anchor="lists"))


@blueprint.get("/import")
def import_page() -> ResponseReturnValue:
    """The form for a file of places."""
    return render_template("places/import.html", chapters=_chapters(), error=None)


@blueprint.post("/import")
def upload() -> ResponseReturnValue:
    """Check a file; then show what it would do."""
    sent = request.files.get("file")
    data = sent.stream.read(MAX_BYTES + 1) if sent else b""
    try:
        kept = importing.keep(
            actor(), request.form.get("chapter", ""), sent.filename or "" if sent else "", data, now()
        )
    except Invalid as error:
        said = gettext(error.message, **error.values)
        return render_template("places/import.html", chapters=_chapters(), error=said), error.status
    return redirect(url_for("places.planned", import_id=kept.id))


@blueprint.get("/import/<import_id>")
def planned(import_id: str) -> ResponseReturnValue:
    """What a checked file would do."""
    kept, plan = importing.kept(actor(), import_id, now())
    return render_template("places/planned.html", kept=kept, plan=plan, counts=plan.counts)


@blueprint.post("/import/<import_id>")
def confirm(import_id: str) -> ResponseReturnValue:
    """Import a checked file's good rows."""
    counts = importing.confirm(actor(), import_id, now())
    flash(
        gettext("Imported: %(new)s new, %(changed)s changed, %(unchanged)s as they were, %(bad)s not taken.", **counts),
        "ok",
    )
    return redirect(url_for("places.index"))
