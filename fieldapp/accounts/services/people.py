"""People of a chapter: listed, looked at, disabled; and the counter of what a person's phone shows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Person
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write


def touch(session: Session, person_id: str) -> None:
    """Count a change that this person's phone shows. Call it in the transaction of the change."""
    session.execute(
        update(Person).where(Person.id == person_id).values(version=Person.version + 1),
        execution_options={"synchronize_session": "fetch"},
    )


def touch_many(session: Session, person_ids: Iterable[str]) -> None:
    """``touch`` for several people, in one statement."""
    ids = sorted(set(person_ids))
    if ids:
        session.execute(
            update(Person).where(Person.id.in_(ids)).values(version=Person.version + 1),
            execution_options={"synchronize_session": "fetch"},
        )


def speak(actor: Actor, lang: str) -> None:
    """Keep the language that the actor chose."""
    with write() as session:
        session.execute(update(Person).where(Person.id == actor.person_id).values(lang=lang))
        touch(session, actor.person_id)


def own(actor: Actor) -> Person:
    """The actor's own row."""
    return db.session.get_one(Person, actor.person_id)
