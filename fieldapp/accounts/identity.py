"""From a session token to the actor: what every request asks first."""

from __future__ import annotations

from collections.abc import Collection

from flask_login import UserMixin
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from fieldapp.accounts.models import Chapter, LoginSession, Membership, Partner, PartnerPerson, Person
from fieldapp.core.actor import PARTNER, Actor
from fieldapp.core.db import db
from fieldapp.core.ids import token_hash

_given, _within = aliased(Chapter), aliased(Chapter)
_below = func.substr(_within.path, 1, func.length(_given.path)) == _given.path  # LIKE would take "_" for any character
_role = (Membership.role, _given.id, _given.path, _within.id)
# Built once: every request asks it. One row for each role and chapter that it acts in.
_BEARER = (
    select(
        LoginSession.id,
        LoginSession.chapter_id,
        LoginSession.step_up_until,
        LoginSession.last_seen_at,
        Person.id,
        Person.field_name,
        Person.lang,
        *_role,
    )
    .select_from(LoginSession)
    .join(Person, Person.id == LoginSession.person_id)
    .outerjoin(Membership, Membership.person_id == Person.id)
    .outerjoin(_given, _given.id == Membership.chapter_id)
    .outerjoin(_within, _below)
    .where(LoginSession.token_hash == bindparam("token"), LoginSession.ended_at.is_(None))
    .where(LoginSession.expires_at > bindparam("now"), Person.disabled_at.is_(None))
)
_ROLES = (
    select(*_role)
    .select_from(Membership)
    .join(_given, _given.id == Membership.chapter_id)
    .join(_within, _below)
    .where(Membership.person_id == bindparam("person"))
)
_PARTNER = (
    select(Partner.id, Partner.chapter_id)
    .join(PartnerPerson, PartnerPerson.partner_id == Partner.id)
    .where(PartnerPerson.person_id == bindparam("person"))
    .where(PartnerPerson.ended_at.is_(None), Partner.ended_at.is_(None))
)


class SignedIn(UserMixin):
    """What Flask-Login keeps for a request: the token's bearer and the actor."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """What goes into the cookie: the token, never the person."""
        return self.token


def load(token: str, now: int) -> SignedIn | None:
    """Who is behind ``token`` at ``now`` (ms UTC); None when the session is over, or the person disabled. One query."""
    rows = db.session.execute(_BEARER, {"token": token_hash(token), "now": now}).all()
    if not rows:
        return None
    session_id, home, step_up_until, seen_at, person_id, field_name, lang = rows[0][:7]
    roles, above = _reach([(row[7], row[8], row[9], row[10]) for row in rows if row[7] is not None])
    if not roles and (partner := db.session.execute(_PARTNER, {"person": person_id}).first()):
        given = {PARTNER: frozenset({partner.chapter_id})}
        none = frozenset[str]()
        return SignedIn(
            token,
            Actor(person_id, field_name, lang, home, given, none, session_id, step_up_until, seen_at, partner.id),
        )
    actor = Actor(person_id, field_name, lang, home, roles, above, session_id, step_up_until, seen_at)
    return SignedIn(token, actor)


def actor_for(person: Person) -> Actor:
    """The actor without a session, in the chapter of one of their roles. One query."""
    given = db.session.execute(_ROLES, {"person": person.id}).tuples().all()
    roles, above = _reach(given)
    return Actor(person.id, person.field_name, person.lang, given[0][1] if given else "", roles, above)


def _reach(given: Collection[tuple[str, str, str, str]]) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Roles expanded downward into every pod below the chapter that gave them, and the chapters on the way to the top."""
    roles: dict[str, set[str]] = {}
    for role, _, _, chapter in given:
        roles.setdefault(role, set()).add(chapter)
    above = frozenset(step for path in {path for _, _, path, _ in given} for step in path.split("/") if step)
    return {role: frozenset(chapters) for role, chapters in roles.items()}, above
