"""The desk's pages of people: newcomers, everyone, one person."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from fieldapp.accounts import policy
from fieldapp.accounts.models import Person
from fieldapp.accounts.routes.base import blueprint
from fieldapp.accounts.services import chapters, devices, invites, people, recovery, roles, sessions
from fieldapp.core.actor import ROLES, Actor
from fieldapp.core.errors import Forbidden
from fieldapp.web.gate import actor, now


def desk() -> Actor:
    """The actor, who sees people somewhere. Raises Forbidden."""
    who = actor()
    if not who.where(*policy.SEE_PEOPLE):
        raise Forbidden()
    return who


def may_invite(who: Actor) -> dict[str, list[str]]:
    """Chapter id → roles that the actor may give there, for the forms."""
    places = chapters.tree(who, "coordinator", "admin")
    return {c.id: [role for role in ROLES if role in policy.roles_to_give(who, c.id)] for c in places}


@blueprint.get("/people")
def people_page() -> ResponseReturnValue:
    """Everyone, with roles; found as one types."""
    who = desk()
    everyone = people.listing(who)
    seen = {person.id: people.seen_memberships(who, person) for person in everyone}
    counts = {role: sum(any(m.role == role for m in held) for held in seen.values()) for role in ROLES}
    return render_template(
        "accounts/people.html",
        everyone=everyone,
        seen=seen,
        counts=counts,
        waiting=invites.waiting(who, now()),
        recoveries=recovery.in_chapters(policy.people_chapters(who), now()),
        **invite_form(who),
    )


@blueprint.get("/people/invites")
def invites_page() -> ResponseReturnValue:
    """Invites that nobody used yet."""
    who = actor()
    if not policy.people_chapters(who):
        raise Forbidden()
    return render_template(
        "accounts/invites.html", waiting=invites.waiting(who, now()), total=people.count(who), **invite_form(who)
    )


@blueprint.get("/people/<person_id>")
def person(person_id: str) -> ResponseReturnValue:
    """One person: roles, devices, sessions, recovery, disabling."""
    who = actor()
    found = people.get(who, person_id)
    return render_template(
        "accounts/person.html",
        person=found,
        held=people.seen_memberships(who, found),
        sessions=sessions.live(person_id, now()) if policy.can_end_sessions(who, found) else None,
        devices=devices.of(person_id) if policy.can_revoke_devices(who, found) else None,
        recoveries=recovery.for_person(person_id, now()),
        can_recover=policy.can_recover(who, found) and found.disabled_at is None,
        can_disable=policy.can_disable(who, found),
        may_move=policy.can_move(who, found),
        **invite_form(who),
    )


@blueprint.post("/people/<person_id>/roles")
def role_give(person_id: str) -> ResponseReturnValue:
    """Give a role in a chapter."""
    roles.give(actor(), person_id, request.form.get("chapter", ""), request.form.get("role", ""), now())
    flash(gettext("The role holds from now on."), "ok")
    return redirect(url_for("accounts.person", person_id=person_id))


@blueprint.post("/people/<person_id>/roles/take")
def role_take(person_id: str) -> ResponseReturnValue:
    """Take a role away."""
    roles.take(actor(), person_id, request.form.get("chapter", ""), request.form.get("role", ""), now())
    flash(gettext("The role was taken away."), "ok")
    return _back_to(person_id)


@blueprint.post("/people/<person_id>/disable")
def person_disable(person_id: str) -> ResponseReturnValue:
    """Disable a person, and their devices when asked to."""
    people.disable(actor(), person_id, revoke=request.form.get("revoke") == "1", now=now())
    flash(gettext("Disabled. They are signed out everywhere."), "ok")
    return redirect(url_for("accounts.person", person_id=person_id))


@blueprint.post("/people/<person_id>/enable")
def person_enable(person_id: str) -> ResponseReturnValue:
    """Let a disabled person sign in again."""
    people.enable(actor(), person_id, now())
    flash(gettext("They can sign in again."), "ok")
    return redirect(url_for("accounts.person", person_id=person_id))


def _back_to(person_id: str) -> ResponseReturnValue:
    """The person's page, unless they have left every chapter that the actor sees."""
    found: Person = people.own(actor()) if person_id == actor().person_id else people.any_of(person_id)
    if policy.can_see_person(actor(), found):
        return redirect(url_for("accounts.person", person_id=person_id))
    return redirect(url_for("accounts.people_page"))


def invite_form(who: Actor) -> dict[str, object]:
    return {
        "places": chapters.tree(who, "coordinator", "admin"),
        "may": may_invite(who),
        "who": who,
        "now": now(),
        "zone": chapters.zone_of(who.chapter_id),
    }
