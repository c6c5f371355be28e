"""In which order everyone holds people and shifts while they change who is where."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fieldapp.accounts.services import people
from fieldapp.core.errors import N_, DomainError
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE

_LOCKED = (
    select(Shift.id)
    .where(Shift.id.in_(bindparam("shifts", expanding=True)))
    .order_by(Shift.id)
    .with_for_update(key_share=True)
)


_ON = select(Claim.person_id).where(Claim.shift_id.in_(bindparam("shifts", expanding=True)), Claim.state.in_(LIVE))
TRIES = 5


def lock_crew(session: Session, shift_ids: Collection[str]) -> set[str]:
    """Hold the shifts and everyone on them, in the one order; returns who that is. Whoever came while we waited for a shift would be held
    after it: then all is let go of and begun anew. Raises DomainError("meanwhile").
    """
    asked = {"shifts": list(shift_ids)}
    on = set(session.scalars(_ON, asked))
    if session.get_bind().dialect.name != "postgresql":
        return on
    held: set[str] = session.info.setdefault("held", set())
    if {*on, *shift_ids} <= held:
        return on
    for _ in range(TRIES):
        savepoint = session.begin_nested()  # rolled back, it lets go of what was locked in it
        lock_all(session, on, shift_ids)
        found = set(session.scalars(_ON, asked))
        if found <= on:
            savepoint.commit()
            if not session.in_nested_transaction():
                held.update(on, shift_ids)
            return found
        savepoint.rollback()
        on = found
    raise DomainError(
        "meanwhile",
        N_("Somebody took one of these shifts just now."),
        safe=N_("Nothing was changed."),
        do=N_("Look once more at what would happen."),
    )


def lock_all(session: Session, person_ids: Collection[str], shift_ids: Collection[str]) -> None:
    """Whoever changes who is on a shift holds first the people, then the shifts, each in the order of their ids: what the rules
    look at cannot change meanwhile, and nobody waits in a circle. On SQLite there is one writer anyway.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    held: set[str] = session.info.setdefault("held", set())
    wanted = {*person_ids, *shift_ids}
    if wanted <= held:
        return
    people.hold(session, person_ids)
    session.connection().execute(_LOCKED, {"shifts": list(shift_ids)})
    if not session.in_nested_transaction():  # a savepoint that is rolled back lets go of its locks
        held |= wanted
