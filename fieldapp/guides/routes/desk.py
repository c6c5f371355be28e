"""The desk's pages of guides: written by one person, published by another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from fieldapp.accounts.services import chapters
from fieldapp.core.db import db
from fieldapp.core.errors import N_, Invalid
from fieldapp.guides import markdown, policy, words
from fieldapp.guides.models import Guide, GuideVersion
from fieldapp.guides.routes.base import blueprint
from fieldapp.guides.services import builtin, publishing, shelf, writing
from fieldapp.guides.services.builtin import CARD, LANGUAGES
from fieldapp.web.gate import actor, now

BASE = "/guides/edit"


@blueprint.get(BASE)
def desk() -> ResponseReturnValue:
    """All pages of the actor's chapters, what waits for review, and what came from above."""
    policy.demand(bool(actor().where(*policy.EDITORS)))
    own = publishing.standing([one for one in publishing.of_chapters(actor()) if one.kind == "page"])
    home = actor().chapter_id
    here = {one.guide.slug for one in own if one.guide.chapter_id == home}
    found = shelf.of(shelf.line_of(home))
    others = [page for page in (*found.open, *found.members) if page.slug not in here]
    names = {one.id: one.name for one in chapters.tree(actor())}
    return render_template(
        "guides/desk.html",
        own=own,
        others=others,
        names=names,
        may_write=policy.can_edit(actor(), home),
        zone=chapters.zone_of(home),
    )


@blueprint.get(f"{BASE}/new")
def new() -> ResponseReturnValue:
    """The form for a page."""
    policy.demand(policy.can_edit(actor(), actor().chapter_id))
    return _new_form({"icon": "book-open", "position": "50", "audience": "members"}, {}, 200)


def _icons() -> list[tuple[str, str]]:
    return [(name, gettext(word)) for name, word in words.ICONS.items()]


def _new_form(values: Mapping[str, str], errors: dict[str, str], status: int) -> ResponseReturnValue:
    previews = {lang: markdown.parts(values.get(f"text_{lang}", "")) for lang in LANGUAGES}
    page = render_template(
        "guides/new.html", values=values, errors=errors, icons=_icons(), langs=LANGUAGES, previews=previews
    )
    return page, status


@blueprint.post(f"{BASE}/new")
def create() -> ResponseReturnValue:
    """Make a page of its first drafts."""
    if request.form.get("act") == "preview":
        policy.demand(policy.can_edit(actor(), actor().chapter_id))
        return _new_form(request.form, {}, 200)
    try:
        made = writing.create(actor(), request.form, now())
    except Invalid as error:
        return _new_form(request.form, error.fields, error.status)
    flash(gettext("The draft is kept. Nobody reads it before another person publishes it."), "ok")
    return redirect(url_for("guides.edit", guide_id=made.id))


@blueprint.post(f"{BASE}/adopt")
def adopt() -> ResponseReturnValue:
    """Take a page over, to change it for the chapter."""
    lang = request.form.get("lang", "")
    made = writing.adopt(actor(), request.form.get("slug", ""), now())
    return redirect(url_for("guides.edit", guide_id=made.id, lang=lang or None))


@blueprint.post(f"{BASE}/preview")
def preview() -> ResponseReturnValue:
    """What a text reads as, while it is written: parts, never markup."""
    policy.demand(bool(actor().where(*policy.EDITORS)))
    text = request.get_json(silent=True) or {}
    said = text.get("text") if isinstance(text, dict) else None
    if not isinstance(said, str) or len(said) > markdown.LONGEST:
        raise Invalid(fields={"text": N_("That is too long. Make two pages of it.")})
    return jsonify(parts=markdown.parts(said))


def _langs(guide: Guide) -> tuple[str, ...]:
    """Which languages the form shows side by side: both of a page; of the card the one asked for, beside English to translate from."""
    if guide.kind != "card":
        return LANGUAGES
    asked = request.values.get("lang", "en")
    return (asked,) if asked in builtin.card() else ("en",)


@blueprint.get(f"{BASE}/<guide_id>")
def edit(guide_id: str) -> ResponseReturnValue:
    """A page: both languages beside their previews, what waits for review, where it stands in the list."""
    guide = writing.editable(actor(), guide_id)
    return _edit_form(guide, _values(guide), {}, 200)


def _values(guide: Guide) -> dict[str, Any]:
    """What the form begins with: the newest text of each language."""
    values: dict[str, Any] = {"icon": guide.icon, "position": str(guide.position), "audience": guide.audience}
    newest = writing.latest(db.session(), guide.id, _langs(guide))
    for lang in _langs(guide):
        one = newest.get(lang)
        face = builtin.card().get(lang) if guide.kind == "card" else None
        values[f"base_{lang}"] = str(one.number if one else 0)
        values[f"title_{lang}"] = one.title if one else face["title"] if face else ""
        values[f"about_{lang}"] = one.about if one else ""
        values[f"text_{lang}"] = one.text if one else writing.as_list(face["lines"]) if face else ""
    return values


def _edit_form(guide: Guide, values: Mapping[str, Any], errors: dict[str, str], status: int) -> ResponseReturnValue:
    langs = _langs(guide)
    stands = publishing.standing([guide])[0]
    alone = publishing.alone(actor(), guide.chapter_id)
    waits = [one for lang, one in stands.waits.items() if lang in langs]
    page = render_template(
        "guides/edit.html",
        guide=guide,
        stands=stands,
        langs=langs,
        values=values,
        errors=errors,
        icons=_icons(),
        previews={lang: markdown.parts(str(values.get(f"text_{lang}", ""))) for lang in langs},
        faces=builtin.card(),
        waits=[(one, policy.can_publish(actor(), guide, one, now(), alone=alone)) for one in waits],
        alone=alone,
        alone_from=policy.ALONE_AFTER,
        names=publishing.names({one.author_id for one in waits}),
        zone=chapters.zone_of(guide.chapter_id),
        chapter=chapters.name_of(guide.chapter_id),
    )
    return page, status


@blueprint.post(f"{BASE}/<guide_id>")
def save(guide_id: str) -> ResponseReturnValue:
    """Keep what was written as drafts, or show it."""
    guide = writing.editable(actor(), guide_id)
    if request.form.get("act") == "preview":
        return _edit_form(guide, _values(guide) | request.form.to_dict(), {}, 200)
    try:
        made = writing.save(actor(), guide_id, _langs(guide), request.form, now())
    except Invalid as error:
        return _edit_form(guide, _values(guide) | request.form.to_dict(), error.fields, error.status)
    if made:
        flash(ngettext("%(num)s draft waits for review.", "%(num)s drafts wait for review.", made), "ok")
    else:
        flash(gettext("Nothing was changed, so nothing was saved."), "ok")
    return _back(guide)


def _back(guide: Guide) -> ResponseReturnValue:
    return redirect(url_for("guides.edit", guide_id=guide.id, lang=_langs(guide)[0] if guide.kind == "card" else None))


def _which() -> tuple[str, int]:
    """The version that a form names."""
    number = request.form.get("number", "0")
    return request.form.get("lang", ""), int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0


@blueprint.post(f"{BASE}/<guide_id>/publish")
def publish(guide_id: str) -> ResponseReturnValue:
    """Let people read a draft that somebody else wrote."""
    guide = writing.editable(actor(), guide_id)
    lang, number = _which()
    publishing.publish(actor(), guide_id, lang, number, now(), speaker=bool(request.form.get("speaker")))
    flash(gettext("Published. Phones get it with their next look."), "ok")
    return _back(guide)


@blueprint.post(f"{BASE}/<guide_id>/drop")
def drop(guide_id: str) -> ResponseReturnValue:
    """Let a draft go."""
    guide = writing.editable(actor(), guide_id)
    lang, number = _which()
    publishing.drop(actor(), guide_id, lang, number, now())
    flash(gettext("The draft was let go. It stays in the history."), "ok")
    return _back(guide)


@blueprint.post(f"{BASE}/<guide_id>/restore")
def restore(guide_id: str) -> ResponseReturnValue:
    """Bring an old version back as a draft."""
    guide = writing.editable(actor(), guide_id)
    lang, number = _which()
    publishing.restore(actor(), guide_id, lang, number, now())
    flash(gettext("It is a draft again. Another person publishes it."), "ok")
    return _back(guide)


@blueprint.post(f"{BASE}/<guide_id>/sort")
def sort(guide_id: str) -> ResponseReturnValue:
    """Change picture, place in the list, and who reads it."""
    guide = writing.editable(actor(), guide_id)
    alone = publishing.alone(actor(), guide.chapter_id)
    try:
        writing.sort(actor(), guide_id, request.form, now(), alone=alone)
    except Invalid as error:
        return _edit_form(guide, _values(guide) | request.form.to_dict(), error.fields, error.status)
    flash(gettext("Saved. Phones get it with their next look."), "ok")
    return _back(guide)


@blueprint.post(f"{BASE}/<guide_id>/archive")
def archive(guide_id: str) -> ResponseReturnValue:
    """Put a page away, or bring it back."""
    back = bool(request.form.get("back"))
    writing.archive(actor(), guide_id, now(), back=back)
    flash(gettext("It is back on the phones.") if back else gettext("Put away. Its versions stay."), "ok")
    return redirect(url_for("guides.desk"))


@blueprint.get(f"{BASE}/<guide_id>/history")
def history(guide_id: str) -> ResponseReturnValue:
    """The versions of one language, and two of them side by side."""
    guide = writing.editable(actor(), guide_id)
    langs = writing.languages(guide)
    lang = request.args.get("lang", "en") if request.args.get("lang") in langs else "en"
    versions = publishing.history(guide.id, lang)
    old, new = _two(versions, request.args.get("old", ""), request.args.get("new", ""))
    return render_template(
        "guides/history.html",
        guide=guide,
        lang=lang,
        langs=langs,
        faces=builtin.card(),
        versions=versions,
        old=old,
        new=new,
        lines=publishing.compare(old, new) if old and new else [],
        names=publishing.names({who for one in versions for who in (one.author_id, one.reviewed_by_id)}),
        zone=chapters.zone_of(guide.chapter_id),
    )


def _two(versions: Sequence[GuideVersion], old: str, new: str) -> tuple[GuideVersion | None, GuideVersion | None]:
    """The two to compare: those that are named, else the newest and the one before it."""
    by = {str(one.number): one for one in versions}
    after = by.get(new) or (versions[0] if versions else None)
    before = by.get(old) or next((one for one in versions if after and one.number < after.number), None)
    return before, after


@blueprint.get(f"{BASE}/card")
def card() -> ResponseReturnValue:
    """The rights card: its languages, who has checked them, which of them the chapter offers."""
    home = actor().chapter_id
    policy.demand(policy.can_edit(actor(), home))
    own = next((one for one in publishing.of_chapters(actor()) if one.slug == CARD and one.chapter_id == home), None)
    return render_template(
        "guides/card.html",
        faces=builtin.card(),
        shown=shelf.of(shelf.line_of(home)).card,
        own=own,
        stands=publishing.standing([own])[0] if own else None,
    )


@blueprint.post(f"{BASE}/card")
def offer() -> ResponseReturnValue:
    """Which languages the card offers."""
    made = writing.adopt(actor(), CARD, now())
    writing.offer(actor(), made.id, request.form.getlist("lang"))
    flash(gettext("Saved. Phones get it with their next look."), "ok")
    return redirect(url_for("guides.card"))
