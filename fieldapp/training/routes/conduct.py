"""The code of conduct: read and accepted by everyone, written by those who coordinate."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.services import chapters
from fieldapp.core.errors import Invalid
from fieldapp.training import policy
from fieldapp.training.routes.base import blueprint
from fieldapp.training.services import conduct, conduct_texts
from fieldapp.web.gate import actor, now


@blueprint.get("/conduct")
def conduct_page() -> ResponseReturnValue:
    """The text that holds for the reader, to be accepted."""
    return render_template(
        "training/conduct.html",
        page=conduct.read(actor()),
        zone=chapters.get(actor(), actor().chapter_id).zone,
        may_write=policy.can_write_conduct(actor(), actor().chapter_id),
        moment=now(),
    )


@blueprint.post("/conduct")
def accept_conduct() -> ResponseReturnValue:
    """Accept the version that was read."""
    conduct.accept(actor(), request.form.get("version_id", ""), now())
    flash(gettext("Accepted. Thank you."), "ok")
    return redirect(url_for("training.conduct_page"))


@blueprint.get("/conduct/edit")
def conduct_desk() -> ResponseReturnValue:
    """The versions, the draft that waits, and who has not accepted the newest."""
    return _desk({}, {}, 200)


def _desk(values: Mapping[str, str], errors: Mapping[str, str], status: int) -> ResponseReturnValue:
    home = actor().chapter_id
    versions = conduct_texts.versions(actor(), home)
    newest = versions[0] if versions else None
    waits = newest if newest and newest.published_at is None else None
    said = {"text_en": newest.text_en, "text_es": newest.text_es, "note": ""} if newest else {}
    first = {f"text_{lang}": text for lang, text in conduct_texts.EXAMPLE.items()}
    alone = conduct_texts.alone(actor(), home)
    page = render_template(
        "training/conduct_desk.html",
        versions=versions,
        waits=waits,
        values=values or said or first,
        is_example=not values and not newest,
        errors=errors,
        alone=alone,
        alone_after=policy.ALONE_AFTER,
        may_publish=bool(waits and policy.can_publish_conduct(actor(), waits, now(), alone=alone)),
        governing=conduct.governing(home),
        home=home,
        missing=conduct.missing(actor(), home, now()),
        names=conduct_texts.names(versions),
        zone=chapters.get(actor(), home).zone,
    )
    return page, status


@blueprint.post("/conduct/edit")
def save_conduct() -> ResponseReturnValue:
    """Save a draft."""
    try:
        conduct_texts.save(actor(), actor().chapter_id, request.form, now())
    except Invalid as error:
        return _desk(request.form, error.fields, error.status)
    flash(gettext("The draft is kept. Another person publishes it."), "ok")
    return redirect(url_for("training.conduct_desk"))


@blueprint.post("/conduct/<version_id>/publish")
def publish_conduct(version_id: str) -> ResponseReturnValue:
    """Let a draft hold."""
    read = request.form.get("written_at", "")
    written_at = int(read) if read.isascii() and read.isdigit() and len(read) < 16 else 0
    conduct_texts.publish(actor(), version_id, now(), written_at=written_at)
    flash(gettext("Published. Members have 30 days to accept it; those who join later accept it first."), "ok")
    return redirect(url_for("training.conduct_desk"))


@blueprint.post("/conduct/<version_id>/drop")
def drop_conduct(version_id: str) -> ResponseReturnValue:
    """Let a draft go."""
    conduct_texts.drop(actor(), version_id)
    flash(gettext("The draft is gone. What was published stays."), "ok")
    return redirect(url_for("training.conduct_desk"))
