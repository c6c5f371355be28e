"""On duty: a toggle until there is a duty calendar: it ends by itself."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from fieldapp.accounts.models import Membership
from fieldapp.alerts import policy
from fieldapp.alerts.models import Duty
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import HOUR, round_up
from fieldapp.core.db import db, write
from fieldapp.core.errors import Forbidden

LASTS = 8 * HOUR


def until(actor: Actor, now: int) -> int | None:
    """Until when the actor is on duty (ms UTC), or None."""
    query = select(func.max(Duty.until)).where(Duty.person_id == actor.person_id, Duty.until > now)
    return db.session.scalar(query)


def begin(actor: Actor, now: int) -> int:
    """On duty for eight hours, to the full hour, in every chapter that made the actor a coordinator. Returns the end."""
    _only_coordinators(actor)
    ends = round_up(now + LASTS, HOUR)
    with write() as session:
        own = select(Membership.chapter_id).where(
            Membership.person_id == actor.person_id, Membership.role == COORDINATOR
        )
        for chapter_id in session.scalars(own):
            session.merge(Duty(person_id=actor.person_id, chapter_id=chapter_id, until=ends))
    return ends


def end(actor: Actor) -> None:
    """Off duty everywhere."""
    _only_coordinators(actor)
    with write() as session:
        session.execute(delete(Duty).where(Duty.person_id == actor.person_id))


def _only_coordinators(actor: Actor) -> None:
    if not policy.can_be_on_duty(actor):
        raise Forbidden()
