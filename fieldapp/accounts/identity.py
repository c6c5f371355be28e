"""From a session token to the actor: what every request asks first."""

from __future__ import annotations

from flask_login import UserMixin
from sqlalchemy import select

from fieldapp.accounts.models import Chapter, LoginSession, Membership, Person
from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.core.ids import token_hash


class SignedIn(UserMixin):
    """What Flask-Login keeps for a request: the token's bearer and the actor."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """What goes into the cookie: the token, never the person."""
        return self.token


def load(token: str, now: int) -> SignedIn | None:
    """Who is behind ``token`` at ``now`` (ms UTC); None when the session is over, or the person disabled."""
    row = db.session.execute(
        select(LoginSession, Person)
        .join(Person, Person.id == LoginSession.person_id)
        .where(LoginSession.token_hash == token_hash(token))
    ).first()
    if row is None:
        return None
    session, person = row
    if session.ended_at is not None or session.expires_at <= now or person.disabled_at is not None:
        return None
    return SignedIn(token, actor_for(person, session))


def actor_for(person: Person, session: LoginSession | None = None) -> Actor:
    """The actor with roles expanded downward into every pod below the chapter that gave them. Two queries."""
    given = db.session.execute(
        select(Membership.role, Chapter.id, Chapter.path)
        .join(Chapter, Chapter.id == Membership.chapter_id)
        .where(Membership.person_id == person.id)
    ).all()
    tree = db.session.execute(select(Chapter.id, Chapter.path)).all() if given else []
    roles: dict[str, set[str]] = {}
    for role, _, path in given:
        roles.setdefault(role, set()).update(chapter for chapter, below in tree if below.startswith(path))
    above = {step for _, _, path in given for step in path.split("/") if step}
    home = session.chapter_id if session else (given[0][1] if given else "")
    return Actor(
        person_id=person.id,
        field_name=person.field_name,
        lang=person.lang,
        chapter_id=home,
        roles={role: frozenset(chapters) for role, chapters in roles.items()},
        above=frozenset(above),
        session_id=session.id if session else "",
        step_up_until=session.step_up_until if session else 0,
        seen_at=session.last_seen_at if session else 0,
    )
