"""Setting up a pod: what it will be, making it, taking it away again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.routes.chapters import zones
from fieldapp.accounts.services import chapters, invites, qr
from fieldapp.core.errors import N_, Invalid
from fieldapp.coverage.services import pod_templates, pods
from fieldapp.web import nav
from fieldapp.web.gate import actor, now

blueprint = Blueprint("pods", __name__, url_prefix="/pods")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The pods below the chapters that the actor leads."""
    return render_template("coverage/pods.html", lines=pods.listing(actor()), depth=chapters.depth)


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Step one: name, where, from which template."""
    return _new({}, {})


def _new(values: Mapping[str, str], errors: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    above = pods.parents(actor())
    parent = next((one for one in above if one.id == values.get("parent", actor().chapter_id)), above[0])
    shown = render_template(
        "coverage/pod_new.html",
        parents=above,
        parent=parent,
        templates=pod_templates.offered(parent),
        zones=zones(),
        values=values,
        errors=errors,
        depth=chapters.depth,
    )
    return shown, status


@blueprint.post("/preview")
def preview() -> ResponseReturnValue:
    """Step two: all of it, before anything is made."""
    try:
        return _preview(request.form, {}, 200)
    except Invalid as error:
        return _new(request.form, error.fields, error.status)


def _preview(form: Mapping[str, str], errors: Mapping[str, str], status: int) -> ResponseReturnValue:
    draft = pods.preview(actor(), form)
    shown = render_template(
        "coverage/pod_preview.html", draft=draft, errors=errors, who=actor(), now=now(), clock=pod_templates.clock
    )
    return shown, status


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Step three: make it; the answer has the link for its first coordinator, and nothing else ever has."""
    form = request.form
    try:
        made = pods.create(actor(), form, form.getlist("place"), pods.read_windows(_rows()), now())
    except Invalid as error:
        if set(error.fields) == {"needs"}:
            return _preview(form, error.fields, error.status)
        return _new(form, error.fields, error.status)
    link = invites.address(current_app.config["SETTINGS"].origin, made.invite.token)
    return render_template("coverage/pod_made.html", made=made, link=link, qr=qr.draw(link), zone=made.pod.zone)


def _rows() -> list[dict[str, str]]:
    """The table of needs: one row for each window of the template, as it was edited."""
    form = request.form
    found = (re.fullmatch(r"w-([0-9]{1,3})-kind", name) for name in form)
    numbers = sorted({int(one[1]) for one in found if one})
    names = ("kind", "start", "end", "minimum", "seats")
    return [
        {name: form.get(f"w-{n}-{name}", "") for name in names} | {"days": " ".join(form.getlist(f"w-{n}-day"))}
        for n in numbers[: pods.MOST_WINDOWS]
    ]


@blueprint.get("/<pod_id>")
def one(pod_id: str) -> ResponseReturnValue:
    """A pod: kept as a template, or taken away again."""
    return _one(pod_id, {}, 200)


def _one(pod_id: str, errors: Mapping[str, str], status: int) -> ResponseReturnValue:
    pod = pods.find(actor(), pod_id)
    used = pods.in_use(pod)
    return render_template("coverage/pod.html", pod=pod, used=used, errors=errors, who=actor(), now=now()), status


@blueprint.post("/<pod_id>/template")
def save_template(pod_id: str) -> ResponseReturnValue:
    """Keep what its places need as a template."""
    try:
        made = pod_templates.save(actor(), pod_id, request.form.get("name", ""), now())
    except Invalid as error:
        return _one(pod_id, error.fields or {"name": error.message}, error.status)
    flash(gettext("Kept. The next pod can begin with “%(name)s”.", name=made.name), "ok")
    return redirect(url_for("pods.one", pod_id=pod_id))


@blueprint.post("/<pod_id>/remove")
def remove(pod_id: str) -> ResponseReturnValue:
    """Take it away again."""
    name = pods.remove(actor(), pod_id, now())
    flash(gettext("%(name)s is gone, with its places, needs and links.", name=name), "ok")
    return redirect(url_for("pods.index"))


def attach(app: Flask) -> None:
    """The pages and the way to them."""
    app.register_blueprint(blueprint)
    nav.register(nav.NavItem("pods.index", N_("Pods"), pods.MAKERS, 85, "/pods"))
