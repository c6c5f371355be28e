"""The same thing reported twice: open alerts near each other in place and time are suggested, and merged by a person.

Merged, an alert is told with the other one, as a folded one is (folding): it stands on the board with it, nobody is paged about it any
more, and whoever was told of either hears the end. Split, it is told anew. A call for help is nobody's duplicate: it is somebody's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.alerts import policy
from fieldapp.alerts.models import Alert
from fieldapp.alerts.services import answering, escalation, near, paging
from fieldapp.alerts.services.near import distance_km
from fieldapp.alerts.services.raising import Closed
from fieldapp.core.actor import Actor
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Forbidden

WITHIN_KM = 1.0
WITHIN = 60 * MINUTE
LOOKED_AT = 50  # open ones of a chapter, the newest: more than a person compares
SHOWN = 5


@dataclass(frozen=True)
class Near:
    """An open alert near another: how far (whole metres, None at the same place), and how long before or after, ms (before is positive).

    ``into``: the other one may be told with it. ``takes``: it may be told with the other one.
    """

    alert: Alert
    metres: int | None
    ago: int
    into: bool = True
    takes: bool = False


class NotMerged(DomainError):
    """These two cannot be one."""

    def __init__(self, code: str, message: str, do: str = "") -> None:
        super().__init__(code, message, safe=N_("Nothing was changed."), do=do)


def near_to(alert: Alert, now: int) -> list[Near]:
    """Open alerts of its chapter that may be the same as this one (stored, or not yet), the nearest first. ``now``: ms UTC."""
    if alert.what == "need_help" or alert.closed_at is not None or alert.folded_into is not None:
        return []
    session = db.session()
    lately = (Alert.raised_at >= alert.raised_at - WITHIN, Alert.raised_at <= alert.raised_at + WITHIN)
    mine = (Alert.chapter_id == alert.chapter_id, Alert.folded_into.is_(None), Alert.closed_at.is_(None))
    query = select(Alert).where(*mine, *lately, Alert.what != "need_help", Alert.id != alert.id)
    here = near.centre_of(session, alert)
    found = []
    for one in session.scalars(query.order_by(Alert.raised_at.desc()).limit(LOOKED_AT)):
        if one.place_id is not None and one.place_id == alert.place_id:
            found.append(_near(alert, one, None))
        elif here and (there := near.centre_of(session, one)) and (km := distance_km(here, there)) <= WITHIN_KM:
            found.append(_near(alert, one, round(km * 1000)))
    return sorted(found, key=lambda one: (one.metres or 0, abs(one.ago), one.alert.number))[:SHOWN]


def _near(alert: Alert, one: Alert, metres: int | None) -> Near:
    into = not alert.id or _may_be_told_with(alert, one)
    return Near(one, metres, alert.raised_at - one.raised_at, into, not into and _may_be_told_with(one, alert))


def _may_be_told_with(alert: Alert, into: Alert) -> bool:
    """Nobody was asked to look, and nobody has it, unless somebody has the other one."""
    return alert.stage == "reported" and not (alert.state == "got_it" and into.state == "raised")


def merge(actor: Actor, alert_id: str, into_id: str, now: int) -> Alert:
    """The alert is the same as another one, and is told with it from now on. Raises NotFound, Forbidden, Closed, NotMerged."""
    with write() as session:
        alert, into = _both(session, actor, alert_id, into_id)
        _may_merge(alert, into)
        paging.stop(session, alert.id)
        # What is told anew one day begins a ladder of its own: nobody gets a second notice of the same step.
        values = {"folded_into": into.id, "state": "raised", "first_step": alert.step + 1}
        session.execute(
            update(Alert)
            .where(Alert.id == alert.id)
            .values(**values, next_step_at=None, stage_due_at=None, got_it_by=None, got_it_at=None, got_it_role="")
            .values(got_it_lapses_at=None, version=Alert.version + 1),
            execution_options={"synchronize_session": "fetch"},
        )
        session.execute(
            update(Alert)
            .where(Alert.folded_into == alert.id, Alert.closed_at.is_(None))
            .values(folded_into=into.id, version=Alert.version + 1),
            execution_options={"synchronize_session": "fetch"},
        )
        into.version += 1
        paging.note(session, alert, "merged", now, actor.person_id, number=into.number)
        paging.note(session, into, "merged_in", now, actor.person_id, number=alert.number)
    return into


def split(actor: Actor, alert_id: str, now: int) -> Alert:
    """It was another one after all: it is told by itself, at once. Raises NotFound, Forbidden, Closed, NotMerged."""
    with write() as session:
        alert = _mine(session, actor, alert_id)
        if alert.folded_into is None:
            raise NotMerged("not_merged", N_("This alert is told by itself already."))
        head = session.get(Alert, alert.folded_into, populate_existing=True)
        if head is not None:
            head.version += 1
        alert.folded_into, alert.step, alert.opened_at, alert.next_step_at = None, alert.first_step - 1, now, now
        alert.version += 1
        paging.note(session, alert, "split", now, actor.person_id, number=head.number if head else 0)
        session.flush()
        escalation.climb(alert.id, now)
        session.refresh(alert)
    return alert


def _both(session: Session, actor: Actor, alert_id: str, into_id: str) -> tuple[Alert, Alert]:
    """Both, locked in one order, whoever merges which into which."""
    locked = {one: _mine(session, actor, one) for one in sorted({alert_id, into_id})}
    return locked[alert_id], locked[into_id]


def _mine(session: Session, actor: Actor, alert_id: str) -> Alert:
    """An open alert that the actor decides about, locked. Raises NotFound, Forbidden, Closed."""
    alert = answering.find(session, actor, alert_id)
    if not policy.can_decide(actor, alert.chapter_id):
        raise Forbidden()
    session.refresh(alert, with_for_update=True)
    if alert.closed_at is not None:
        raise Closed()
    return alert


def _may_merge(alert: Alert, into: Alert) -> None:
    if alert.id == into.id or alert.chapter_id != into.chapter_id or "need_help" in (alert.what, into.what):
        raise NotMerged("not_the_same", N_("These two are never the same: another chapter's, or a call for help."))
    if alert.folded_into is not None or into.folded_into is not None:
        raise NotMerged(
            "merged", N_("One of them is told with another one already."), N_("Load the page again and look.")
        )
    if not _may_be_told_with(alert, into):
        raise NotMerged(
            "further",
            N_("Somebody is at work on this one already."),
            N_("Merge the other one into this one."),
        )
