"""In which order everyone holds people and shifts while they change who is where."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fieldapp.accounts.services import people
from fieldapp.shifts.models import Shift

_LOCKED = (
    select(Shift.id)
    .where(Shift.id.in_(bindparam("shifts", expanding=True)))
    .order_by(Shift.id)
    .with_for_update(key_share=True)
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
