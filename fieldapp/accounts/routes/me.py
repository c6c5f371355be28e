"""The signed-in person's own page: passkeys, sessions, devices, language."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts.routes.base import blueprint, body, rp
from fieldapp.accounts.services import chapters, devices, people, recovery, sessions, signing_in, words
from fieldapp.core.errors import Invalid
from fieldapp.web.gate import actor, for_partners, now
from fieldapp.web.i18n import LANGUAGES


@blueprint.get("/me")
@for_partners
def me() -> ResponseReturnValue:
    """Passkeys, sessions, devices, language, and a way out."""
    who = actor()
    return render_template(
        "accounts/me.html",
        person=people.own(who),
        passkeys=signing_in.of(who.person_id),
        sessions=sessions.live(who.person_id, now()),
        devices=devices.of(who.person_id),
        recoveries=recovery.for_person(who.person_id, now()),
        zone=chapters.zone_of(who.chapter_id),
        who=who,
        rp=rp(),
        now=now(),
    )


@blueprint.get("/me/words")
def words_page() -> ResponseReturnValue:
    """Choose a safe word and a duress word."""
    return _words()


@blueprint.post("/me/words")
def words_choose() -> ResponseReturnValue:
    """Keep what was chosen; it is not shown again."""
    try:
        words.choose(actor(), request.form.get("safe", ""), request.form.get("duress", ""), now())
    except Invalid as error:
        return _words(error.fields), error.status
    flash(gettext("Your words are kept. Nobody can read them here again, you neither."), "ok")
    return redirect(url_for("accounts.words_page"))


@blueprint.post("/me/words/forget")
def words_forget() -> ResponseReturnValue:
    """Keep none."""
    words.forget(actor(), now())
    flash(gettext("No words of yours are kept."), "ok")
    return redirect(url_for("accounts.words_page"))


def _words(errors: Mapping[str, str] | None = None) -> str:
    return render_template("accounts/words.html", errors=errors or {}, who=actor(), now=now())


@blueprint.put("/api/v1/language")
@for_partners
def language_put() -> ResponseReturnValue:
    """The language chosen on the phone becomes the person's: pushes and desk pages speak it too."""
    chosen = body().get("lang")
    if not isinstance(chosen, str) or chosen not in LANGUAGES:
        raise Invalid()
    people.speak(actor(), chosen)
    session["lang"] = chosen
    return jsonify(lang=chosen)


@blueprint.post("/api/v1/passkeys/begin")
@for_partners
def passkey_begin() -> ResponseReturnValue:
    """Creation options for one more passkey."""
    body()
    ceremony, options = signing_in.begin_adding(actor(), rp(), now())
    return jsonify(ceremony=ceremony, options=options)


@blueprint.post("/api/v1/passkeys/finish")
@for_partners
def passkey_finish() -> ResponseReturnValue:
    """Keep one more passkey."""
    asked = body()
    made = signing_in.finish_adding(
        actor(), rp(), asked.get("ceremony"), asked.get("credential"), asked.get("name"), now()
    )
    return jsonify(id=made.id, name=made.name), 201


@blueprint.post("/me/passkeys/<passkey_id>/name")
@for_partners
def passkey_rename(passkey_id: str) -> ResponseReturnValue:
    """Give a passkey another name."""
    signing_in.rename(actor(), passkey_id, request.form.get("name"))
    return redirect(url_for("accounts.me"))


@blueprint.post("/me/passkeys/<passkey_id>/remove")
@for_partners
def passkey_remove(passkey_id: str) -> ResponseReturnValue:
    """Remove a passkey; the page then tells the browser which ones are left."""
    signing_in.remove(actor(), passkey_id, now())
    flash(gettext("The passkey was removed here. This browser is told to forget it too."), "ok")
    return redirect(url_for("accounts.me"))


@blueprint.post("/sessions/<session_id>/end")
@for_partners
def session_end(session_id: str) -> ResponseReturnValue:
    """End a session: one's own, or as an admin another's."""
    whose = sessions.end(actor(), session_id, now())
    flash(gettext("That session has ended."), "ok")
    return redirect(
        url_for("accounts.me") if whose == actor().person_id else request.referrer or url_for("accounts.me")
    )
