"""Chapters and pods, for admins."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.routes.base import blueprint
from fieldapp.accounts.services import chapters
from fieldapp.core.actor import ADMIN, Actor
from fieldapp.core.errors import Forbidden
from fieldapp.web.gate import actor, now


def _admin() -> Actor:
    who = actor()
    if not who.where(ADMIN):
        raise Forbidden()
    return who


@blueprint.get("/chapters")
def chapters_page() -> ResponseReturnValue:
    """The tree of chapters that the actor manages."""
    who = _admin()
    found = chapters.tree(who, ADMIN)
    return render_template(
        "accounts/chapters.html",
        chapters=found,
        depth=chapters.depth,
        people=chapters.people_of(c.id for c in found),
        zones=zones(),
    )


@blueprint.post("/chapters")
def chapter_create() -> ResponseReturnValue:
    """Make a pod below a chapter."""
    form = request.form
    made = chapters.create_pod(actor(), form.get("parent", ""), form.get("name", ""), form.get("zone", ""), now())
    flash(gettext("%(name)s is there now. Invite its first coordinator.", name=made.name), "ok")
    return redirect(url_for("accounts.chapter", chapter_id=made.id))


@blueprint.get("/chapters/<chapter_id>")
def chapter(chapter_id: str) -> ResponseReturnValue:
    """One chapter: name, zone, the numbers that its phones show."""
    found = chapters.managed(actor(), chapter_id)
    return render_template("accounts/chapter.html", chapter=found, zones=zones())


@blueprint.post("/chapters/<chapter_id>")
def chapter_edit(chapter_id: str) -> ResponseReturnValue:
    """Change a chapter."""
    chapters.edit(actor(), chapter_id, {name: request.form[name] for name in chapters.FIELDS if name in request.form})
    flash(gettext("Saved. Phones show it with their next look."), "ok")
    return redirect(url_for("accounts.chapters_page"))


def zones() -> list[tuple[str, str]]:
    """IANA zones that people choose from: those with a city in them."""
    named = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in named]
