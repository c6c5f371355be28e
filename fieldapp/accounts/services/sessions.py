"""Sessions live in the database: begun, listed, ended (DESIGN 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.accounts import policy
from fieldapp.accounts.models import LoginSession, Partner, PartnerPerson, Person
from fieldapp.core.actor import Actor
from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Forbidden, NotFound
from fieldapp.core.ids import new_token, token_hash

# The shortest limit of a person's roles holds: a volunteer's lasts a shift, a legal partner's half an hour.
LIMITS = {
    "volunteer": 16 * HOUR,
    "trainer": 12 * HOUR,
    "coordinator": 12 * HOUR,
    "admin": 2 * HOUR,
    "legal": 30 * MINUTE,
}
PARTNERS = 4 * HOUR  # people of a partner organisation: a morning at its front desk
STEP_UP = 5 * MINUTE
SEEN_EVERY = 15 * MINUTE


@dataclass(frozen=True)
class SignedIn:
    """A new session's token, for the cookie, and the welcome, for the phone."""

    token: str
    welcome: dict[str, Any]


def home(person: Person) -> str:
    """The chapter a person signs in for: the one joined first, or that which their organisation asks. Raises DomainError without any."""
    if not person.memberships:
        asked = select(Partner.chapter_id).join(PartnerPerson, PartnerPerson.partner_id == Partner.id)
        live = (PartnerPerson.person_id == person.id, PartnerPerson.ended_at.is_(None), Partner.ended_at.is_(None))
        if chapter_id := db.session.scalar(asked.where(*live)):
            return chapter_id
        raise DomainError(
            "no_chapter",
            N_("You do not belong to a chapter any more."),
            safe=N_("Nothing was changed."),
            do=N_("Ask a coordinator to invite you again."),
        )
    return min(person.memberships, key=lambda m: (m.since, m.chapter_id)).chapter_id


def begin(person: Person, now: int, *, label: str = "", stepped_up: bool = True) -> str:
    """Begin a session for ``person`` in their first chapter; returns the token, which is stored only as a hash."""
    token = new_token()
    with write() as session:
        session.add(
            LoginSession(
                token_hash=token_hash(token),
                person_id=person.id,
                chapter_id=home(person),
                label=label,
                created_at=now,
                last_seen_at=now,
                expires_at=now + min((LIMITS[m.role] for m in person.memberships), default=PARTNERS),
                step_up_until=now + STEP_UP if stepped_up else 0,
            )
        )
    return token


def live(person_id: str, now: int) -> list[LoginSession]:
    """A person's sessions that still work, the newest first."""
    query = (
        select(LoginSession)
        .where(LoginSession.person_id == person_id, LoginSession.ended_at.is_(None), LoginSession.expires_at > now)
        .order_by(LoginSession.created_at.desc(), LoginSession.id)
    )
    return list(db.session.scalars(query))


def end(actor: Actor, session_id: str, now: int) -> str:
    """End a session: one's own, or as an admin anybody's of the chapter. Returns whose. Raises NotFound, Forbidden."""
    row = db.session.get(LoginSession, session_id)
    if row is None:
        raise NotFound()
    if row.person_id != actor.person_id:
        _refuse_others(actor, db.session.get_one(Person, row.person_id))
    with write() as session:
        session.execute(update(LoginSession).where(LoginSession.id == session_id).values(ended_at=now))
    return row.person_id


def _refuse_others(actor: Actor, person: Person) -> None:
    """Admins end the sessions of people of their chapters; to everybody else they are not there."""
    if not policy.shares_chapter(actor, person):
        raise NotFound()
    if not policy.can_end_sessions(actor, person):
        raise Forbidden()


def end_all(session: Session, person_id: str, now: int) -> None:
    """End every session of a person in the caller's transaction."""
    running = (LoginSession.person_id == person_id, LoginSession.ended_at.is_(None))
    session.execute(update(LoginSession).where(*running).values(ended_at=now))


def end_token(token: str, now: int) -> None:
    """Sign out: end the session of this token."""
    with write() as session:
        running = (LoginSession.token_hash == token_hash(token), LoginSession.ended_at.is_(None))
        session.execute(update(LoginSession).where(*running).values(ended_at=now))


def shorten(session: Session, person_id: str, role: str, now: int) -> None:
    """A role with a shorter limit was given: running sessions keep to it from now on."""
    running = (LoginSession.person_id == person_id, LoginSession.ended_at.is_(None))
    latest = now + LIMITS[role]
    session.execute(update(LoginSession).where(*running, LoginSession.expires_at > latest).values(expires_at=latest))


def seen(session_id: str, now: int) -> None:
    """Keep when a session was last used, to the quarter hour: a write at most every 15 minutes."""
    with write() as session:
        older = (LoginSession.id == session_id, LoginSession.last_seen_at <= now - SEEN_EVERY)
        session.execute(update(LoginSession).where(*older).values(last_seen_at=now))
