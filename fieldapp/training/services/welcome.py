"""The welcome call: the first talk with somebody who joined. Who and when is kept; what was said is not."""

from __future__ import annotations

from fieldapp.accounts.services import people
from fieldapp.core.actor import Actor
from fieldapp.core.db import write
from fieldapp.core.errors import Invalid
from fieldapp.training.models import WelcomeCall
from fieldapp.training.services.people import home_of

OUTCOMES = ("called", "skipped")


def note(actor: Actor, person_id: str, outcome: str, now: int) -> WelcomeCall:
    """Note that the call took place, or that none is needed. The last word counts. Raises NotFound, Forbidden, Invalid."""
    home_of(actor, person_id)
    if outcome not in OUTCOMES:
        raise Invalid()
    with write() as session:
        people.hold(session, [person_id])
        row = session.get(WelcomeCall, person_id, populate_existing=True)
        if row is None:
            row = WelcomeCall(person_id=person_id)
            session.add(row)
        row.outcome, row.by_id, row.at = outcome, actor.person_id, now
        session.flush()
        people.touch(session, person_id)
    return row


def undo(actor: Actor, person_id: str) -> None:
    """Take the note back. Raises NotFound, Forbidden."""
    home_of(actor, person_id)
    with write() as session:
        row = session.get(WelcomeCall, person_id, populate_existing=True, with_for_update=True)
        if row is not None:
            session.delete(row)
            session.flush()
            people.touch(session, person_id)
