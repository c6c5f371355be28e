"""Enrolment, signing in and out, step-up (docs/protocol.md 9)."""

from __future__ import annotations

from flask import current_app, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf

from fieldapp.accounts import identity
from fieldapp.accounts.routes.base import blueprint, body, label, local, rp
from fieldapp.accounts.services import chapters, enrolment, people, sessions, signing_in
from fieldapp.accounts.services.sessions import SignedIn
from fieldapp.core.errors import Invalid
from fieldapp.web import nav
from fieldapp.web.gate import actor, for_partners, maybe_actor, now, public
from fieldapp.web.i18n import LANGUAGES
from fieldapp.web.ratelimit import limiter

OFTEN = "90 per minute"  # a whole training signs up from one address


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The sign-in page: a passkey, by autofill or by a button."""
    onward = local(request.args.get("next"), "")
    if maybe_actor():
        return redirect(onward or url_for("accounts.start"))
    left = session.pop("left", False)
    return render_template("accounts/sign_in.html", onward=onward, left=left, hotline=chapters.public_hotline())


@blueprint.get("/enrol")
@public
def enrol() -> ResponseReturnValue:
    """The enrolment page; the token is in the fragment, which no server sees."""
    return render_template("accounts/enrol.html", hotline=chapters.public_hotline())


@blueprint.get("/lost")
@public
def lost() -> ResponseReturnValue:
    """What to do without a passkey."""
    return render_template("accounts/lost.html", hotline=chapters.public_hotline())


@blueprint.get("/start")
@for_partners
def start() -> ResponseReturnValue:
    """Where a signed-in person begins at a desk: the first page of their navigation, else the phone's app."""
    pages = nav.items()
    return redirect(url_for(pages[0].endpoint) if pages else url_for("field.home"))


@blueprint.get("/api/v1/csrf")
@public
def csrf() -> ResponseReturnValue:
    """The CSRF token of this browser's session."""
    return jsonify(csrf=generate_csrf())


@blueprint.post("/api/v1/enrol/begin")
@public
@limiter.limit(OFTEN)
def enrol_begin() -> ResponseReturnValue:
    """Invite token and field name → creation options."""
    asked = body()
    ceremony, options = enrolment.begin(rp(), asked.get("token"), asked.get("field_name"), asked.get("lang"), now())
    return jsonify(ceremony=ceremony, options=options)


@blueprint.post("/api/v1/enrol/finish")
@public
@limiter.limit(OFTEN)
def enrol_finish() -> ResponseReturnValue:
    """The new passkey → the welcome and a session."""
    asked = body()
    done = enrolment.finish(
        rp(), asked.get("ceremony"), asked.get("credential"), asked.get("passkey_name"), now(), label()
    )
    return _welcome(done)


@blueprint.post("/api/v1/sign-in/begin")
@public
@limiter.limit(OFTEN)
def sign_in_begin() -> ResponseReturnValue:
    """Request options for any passkey of ours."""
    body()
    ceremony, options = signing_in.begin(rp(), now())
    return jsonify(ceremony=ceremony, options=options)


@blueprint.post("/api/v1/sign-in/finish")
@public
@limiter.limit(OFTEN)
def sign_in_finish() -> ResponseReturnValue:
    """The passkey's answer → the welcome and a session."""
    asked = body()
    return _welcome(signing_in.finish(rp(), asked.get("ceremony"), asked.get("credential"), now(), label()))


@blueprint.post("/api/v1/step-up/begin")
@limiter.limit(OFTEN)
@for_partners
def step_up_begin() -> ResponseReturnValue:
    """Request options for one of the actor's own passkeys."""
    body()
    ceremony, options = signing_in.begin_step_up(actor(), rp(), now())
    return jsonify(ceremony=ceremony, options=options)


@blueprint.post("/api/v1/step-up/finish")
@limiter.limit(OFTEN)
@for_partners
def step_up_finish() -> ResponseReturnValue:
    """The passkey's answer → until when what needs a fresh proof is open."""
    asked = body()
    until = signing_in.finish_step_up(actor(), rp(), asked.get("ceremony"), asked.get("credential"), now())
    return jsonify(until=until)


@blueprint.post("/api/v1/sign-out")
@for_partners
def sign_out() -> ResponseReturnValue:
    """End this session. What the phone holds stays on it."""
    _leave()
    return jsonify({})


@blueprint.post("/sign-out")
@for_partners
def sign_out_page() -> ResponseReturnValue:
    """End this session from a page; the next one takes what is personal off this phone."""
    _leave()
    session["left"] = True
    return redirect(url_for("accounts.sign_in"))


@blueprint.post("/language")
@public
def language() -> ResponseReturnValue:
    """Choose the language, signed in or not, and go on where one was."""
    chosen = request.form.get("lang", "")
    if chosen not in LANGUAGES:
        raise Invalid()
    session["lang"] = chosen
    if found := maybe_actor():
        people.speak(found, chosen)
    return redirect(local(request.form.get("next"), url_for("accounts.sign_in")))


def _welcome(done: SignedIn) -> ResponseReturnValue:
    """Put the new session into the cookie; one that was there before ends, and with it every token that pages got under it: a page
    that somebody opened before this sign-in cannot act as who is signed in now."""
    if current_user.is_authenticated:
        sessions.end_token(current_user.get_id(), now())
    session.clear()
    session["lang"] = done.welcome["person"]["lang"]
    login_user(identity.load(done.token, current_app.extensions["clock"].now()))
    return jsonify(done.welcome)


def _leave() -> None:
    sessions.end_token(current_user.get_id(), now())
    kept = session.get("lang")
    logout_user()
    session.clear()
    if kept:
        session["lang"] = kept
