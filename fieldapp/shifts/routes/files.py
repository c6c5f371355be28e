"""Shifts, people and needs as files."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import invites, qr
from fieldapp.core.errors import Invalid
from fieldapp.shifts.routes.base import blueprint
from fieldapp.shifts.services import caring, files
from fieldapp.shifts.sheets.text import MAX_BYTES
from fieldapp.web.gate import actor, now


@blueprint.get("/files")
def files_page() -> ResponseReturnValue:
    """Take a file out, or choose one to bring in."""
    return _page("", 200)


def _page(error: str, status: int) -> ResponseReturnValue:
    who = actor()
    own = [(one.id, one.name) for one in caring.chapters_of(who)]
    home = who.chapter_id if who.chapter_id in dict(own) else own[0][0]
    shown = render_template(
        "shifts/files.html", chapters=own, home=home, kinds=files.KINDS, error=error, who=who, now=now()
    )
    return shown, status


@blueprint.get("/files/template/<kind>.csv")
def files_template(kind: str) -> ResponseReturnValue:
    """A file with the columns and one example."""
    return _csv(files.template(kind), f"{kind}-template")


@blueprint.post("/files/export")
def files_export() -> ResponseReturnValue:
    """What is there, as a file."""
    kind = request.form.get("kind", "")
    return _csv(files.export(actor(), request.form.get("chapter", ""), kind, now()), kind)


@blueprint.post("/files")
def files_upload() -> ResponseReturnValue:
    """Check a file; then show what it would do."""
    sent, form = request.files.get("file"), request.form
    data = sent.stream.read(MAX_BYTES + 1) if sent else b""
    name = (sent.filename or "") if sent else ""
    try:
        kept = files.keep(actor(), form.get("chapter", ""), form.get("kind", ""), name, data, now())
    except Invalid as error:
        return _page(gettext(error.message, **error.values), error.status)
    return redirect(url_for("shifts.files_planned", import_id=kept.id))


@blueprint.get("/files/<import_id>")
def files_planned(import_id: str) -> ResponseReturnValue:
    """What a checked file would do."""
    kept, plan = files.kept(actor(), import_id, now())
    return render_template(
        "shifts/files_planned.html", kept=kept, plan=plan, counts=plan.counts, who=actor(), now=now()
    )


@blueprint.post("/files/<import_id>")
def files_confirm(import_id: str) -> ResponseReturnValue:
    """Do it. Links of invites are in this answer and nowhere else."""
    counts, made = files.confirm(actor(), import_id, now())
    if made:
        origin = current_app.config["SETTINGS"].origin
        links = [(name, invites.address(origin, token)) for name, token in made]
        return render_template("shifts/files_invites.html", links=[(n, link, qr.draw(link)) for n, link in links])
    flash(
        gettext("Imported: %(new)s new, %(changed)s changed, %(unchanged)s as they were, %(bad)s not taken.", **counts),
        "ok",
    )
    return redirect(url_for("shifts.files_page"))


def _csv(data: bytes, name: str) -> Response:
    made = Response(data, mimetype="text/csv")
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return made
