"""Signing in with a passkey, proving oneself once more (step-up), adding and removing passkeys."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from fieldapp.accounts.models import LoginSession, Passkey, Person
from fieldapp.accounts.services import ceremonies, names, passkeys, sessions, welcome
from fieldapp.accounts.services.passkeys import PasskeyRefused, Rp
from fieldapp.accounts.services.sessions import SignedIn
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, NotFound, StepUpNeeded

MOST = 12  # passkeys of one person


def begin(rp: Rp, now: int) -> tuple[str, dict[str, Any]]:
    """Ceremony id and request options: any passkey of ours that the browser finds."""
    challenge, options = passkeys.request_options(rp, [])
    return ceremonies.begin("sign_in", challenge, now), options


def finish(rp: Rp, ceremony_id: object, credential: object, now: int, label: str) -> SignedIn:
    """Sign the passkey's person in. Raises CeremonyOver, PasskeyRefused."""
    taken = ceremonies.take(ceremony_id, "sign_in", now)
    passkey, person, count = passkeys.verify_known(rp, taken.challenge, credential, handle_needed=True)
    with write() as session:
        session.execute(update(Passkey).where(Passkey.id == passkey.id).values(sign_count=count, last_used_at=now))
        person = session.get_one(Person, person.id)
        token = sessions.begin(person, now, label=label)
        home = sessions.home(person)
    return SignedIn(token, welcome.build(person, home))


def begin_step_up(actor: Actor, rp: Rp, now: int) -> tuple[str, dict[str, Any]]:
    """Ceremony id and request options for one of the actor's own passkeys."""
    challenge, options = passkeys.request_options(rp, of(actor.person_id))
    return ceremonies.begin("step_up", challenge, now, person_id=actor.person_id), options


def finish_step_up(actor: Actor, rp: Rp, ceremony_id: object, credential: object, now: int) -> int:
    """Open five minutes for what needs a fresh proof; returns their end (ms UTC). Raises CeremonyOver, PasskeyRefused."""
    taken = ceremonies.take(ceremony_id, "step_up", now, person_id=actor.person_id)
    passkey, person, count = passkeys.verify_known(rp, taken.challenge, credential, handle_needed=False)
    if person.id != actor.person_id:
        raise PasskeyRefused()
    until = now + sessions.STEP_UP
    with write() as session:
        session.execute(update(Passkey).where(Passkey.id == passkey.id).values(sign_count=count, last_used_at=now))
        session.execute(update(LoginSession).where(LoginSession.id == actor.session_id).values(step_up_until=until))
    return until


def of(person_id: str) -> list[Passkey]:
    """A person's passkeys, oldest first."""
    query = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.created_at, Passkey.id)
    return list(db.session.scalars(query))


def begin_adding(actor: Actor, rp: Rp, now: int) -> tuple[str, dict[str, Any]]:
    """Ceremony id and creation options for one more passkey. Raises StepUpNeeded, DomainError("too_many")."""
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    known = of(actor.person_id)
    if len(known) >= MOST:
        raise DomainError(
            "too_many",
            N_("You have twelve passkeys, which is the most."),
            safe=N_("Nothing was changed."),
            do=N_("Remove one that you no longer use."),
        )
    person = db.session.get_one(Person, actor.person_id)
    challenge, options = passkeys.creation_options(rp, person.field_name, person.user_handle, known)
    return ceremonies.begin("add", challenge, now, person_id=person.id), options


def finish_adding(actor: Actor, rp: Rp, ceremony_id: object, credential: object, name: object, now: int) -> Passkey:
    """Keep one more passkey. Raises CeremonyOver, PasskeyRefused, Invalid."""
    named = names.line(name or "Passkey")
    taken = ceremonies.take(ceremony_id, "add", now, person_id=actor.person_id)
    made = passkeys.row(passkeys.verify_new(rp, taken.challenge, credential), named, now)
    made.person_id, made.last_used_at = actor.person_id, None
    try:
        with write() as session:
            session.add(made)
    except IntegrityError as error:
        raise PasskeyRefused() from error
    return made


def rename(actor: Actor, passkey_id: str, name: object) -> None:
    """Give one of the actor's passkeys another name. Raises NotFound, Invalid."""
    _own(actor, db.session.get(Passkey, passkey_id))
    named = names.line(name)
    with write() as session:
        session.execute(update(Passkey).where(Passkey.id == passkey_id).values(name=named))


def remove(actor: Actor, passkey_id: str, now: int) -> None:
    """Remove one of the actor's passkeys, never the last. Raises NotFound, StepUpNeeded, DomainError("last_passkey")."""
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    with write() as session:
        # Everybody who removes takes the same rows in the same order, so that two removals cannot both see "one more".
        query = select(Passkey).where(Passkey.person_id == actor.person_id).order_by(Passkey.id).with_for_update()
        mine = {passkey.id: passkey for passkey in session.scalars(query)}
        if passkey_id not in mine:
            raise NotFound()
        if len(mine) == 1:
            raise DomainError(
                "last_passkey",
                N_("This is your only passkey. Without it you could not sign in again."),
                safe=N_("Nothing was changed."),
                do=N_("Add another passkey first."),
            )
        session.delete(mine[passkey_id])


def _own(actor: Actor, passkey: Passkey | None) -> Passkey:
    if passkey is None or passkey.person_id != actor.person_id:
        raise NotFound()
    return passkey
