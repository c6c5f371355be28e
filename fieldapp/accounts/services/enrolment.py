"""Enrolment: invite → field name → passkey → a person with a session. And, by a recovery's link, a person anew."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Invite, LoginSession, Membership, PartnerPerson, Passkey, Person, Recovery
from fieldapp.accounts.services import ceremonies, invites, names, passkeys, people, sessions, welcome
from fieldapp.accounts.services.passkeys import PasskeyRefused, Rp
from fieldapp.accounts.services.sessions import SignedIn
from fieldapp.core.canonical import b64u
from fieldapp.core.db import db, write
from fieldapp.core.ids import new_id

LANGUAGES = ("en", "es")


def begin(rp: Rp, token: object, field_name: object, lang: object, now: int) -> tuple[str, dict[str, Any]]:
    """Ceremony id and creation options for a new person. Raises InviteOver, Invalid."""
    invite = invites.find(token, now)
    if invite.person_id:
        person = db.session.get_one(Person, invite.person_id)
        name, handle = person.field_name, person.user_handle
    else:
        name, handle = names.field_name(field_name), b64u(secrets.token_bytes(64))
        names.refuse_taken(name, invite.chapter_id)
    challenge, options = passkeys.creation_options(rp, name, handle, [])
    spoken = lang if lang in LANGUAGES else "en"
    data = {"invite": invite.token_hash, "field_name": name, "handle": handle, "lang": spoken}
    return ceremonies.begin("enrol", challenge, now, person_id=invite.person_id, data=data), options


def finish(rp: Rp, ceremony_id: object, credential: object, passkey_name: object, now: int, label: str) -> SignedIn:
    """Make the person (after a recovery: open the account anew) and sign in.

    Raises CeremonyOver, PasskeyRefused, InviteOver.
    """
    named = names.line(passkey_name or "Passkey", field="passkey_name")
    taken = ceremonies.take(ceremony_id, "enrol", now)
    fresh = passkeys.verify_new(rp, taken.challenge, credential)
    try:
        with write() as session:
            invite = invites.held(session, taken.data["invite"])
            anew = taken.person_id
            person = _again(session, anew, now) if anew else _new(session, invite, taken.data, now)
            person.passkeys.append(passkeys.row(fresh, named, now))
            session.flush()
            invites.use(session, invite, person.id, now)
            token = sessions.begin(person, now, label=label)
    except IntegrityError as error:  # the credential is somebody's already
        raise PasskeyRefused() from error
    return SignedIn(token, welcome.build(person, invite.chapter_id))


def _new(session: Session, invite: Invite, data: dict[str, Any], now: int) -> Person:
    person = Person(
        id=new_id(),
        field_name=data["field_name"],
        lang=data["lang"],
        user_handle=data["handle"],
        version=1,
        created_at=now,
    )
    person.memberships = [Membership(chapter_id=invite.chapter_id, role=role, since=now) for role in invite.roles]
    session.add(person)
    if invite.partner_id:
        session.flush()
        session.add(PartnerPerson(person_id=person.id, partner_id=invite.partner_id, since=now))
    return person


def _again(session: Session, person_id: str, now: int) -> Person:
    """A recovered person: whatever opened the account before opens it no longer."""
    person = session.get_one(Person, person_id)
    if person.disabled_at is not None:
        raise invites.used()
    session.execute(delete(Passkey).where(Passkey.person_id == person_id))
    live = (LoginSession.person_id == person_id, LoginSession.ended_at.is_(None))
    session.execute(update(LoginSession).where(*live).values(ended_at=now))
    still = (Recovery.person_id == person_id, Recovery.ended_at.is_(None))
    session.execute(update(Recovery).where(*still).values(ended_at=now))
    session.expire(person)
    people.touch(session, person_id)
    return person
