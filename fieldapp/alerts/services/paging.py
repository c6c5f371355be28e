"""Telling people: notices and deliveries are rows, written in the transaction of what they tell about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.alerts.models import Alert, AlertEvent, Delivery, Notice
from fieldapp.alerts.services import ladder
from fieldapp.core.ids import new_id

OVER = -1  # the step of a notice that says: it's over


def note(session: Session, alert: Alert, what: str, at: int, person_id: str | None = None, **detail: object) -> None:
    """Add a line to the trail."""
    session.add(AlertEvent(alert_id=alert.id, at=at, what=what, person_id=person_id, detail=detail))


def page(session: Session, alert: Alert, step: int, now: int) -> None:
    """Tell whoever is due at ``step``. Earlier pages that are still on their way are replaced by this one."""
    people = ladder.choose(session, alert, step, now)
    stop(session, alert.id)
    phones = tell(session, alert, step, people, now)
    rung = ladder.RUNGS[min(step, ladder.TOP)]
    without = len(people) - len({person for person, _ in phones})
    note(session, alert, "paged", now, step=step, rung=rung, people=len(people), phones=len(phones), without=without)


def tell(session: Session, alert: Alert, step: int, people: Iterable[str], now: int) -> list[tuple[str, str]]:
    """A notice for each person, a delivery for each of their phones; returns (person, subscription) of the deliveries."""
    notices = {person: new_id() for person in sorted(people)}
    for person, notice in notices.items():
        session.add(Notice(id=notice, alert_id=alert.id, person_id=person, step=step, created_at=now))
    session.flush()
    phones = [(person, subscription) for person, subscription in session.execute(ladder.living(set(notices)))]
    for person, subscription in phones:
        session.add(Delivery(notice_id=notices[person], subscription_id=subscription, next_try_at=now))
    session.info["wake_worker"] = True
    return phones


def stop(session: Session, alert_id: str) -> None:
    """Nobody needs to hear any more what is still on its way about this alert."""
    notices = select(Notice.id).where(Notice.alert_id == alert_id)
    waiting = select(Delivery.id).where(Delivery.state == "waiting", Delivery.notice_id.in_(notices))
    # Rows are locked in one order everywhere, so that a worker that settles and a person who answers never wait in a ring.
    ids = list(session.scalars(waiting.order_by(Delivery.id).with_for_update()))
    session.execute(
        update(Delivery).where(Delivery.id.in_(ids), Delivery.state == "waiting").values(state="ended"),
        execution_options={"synchronize_session": False},
    )


def tell_over(session: Session, alert: Alert, now: int, closer: str | None) -> None:
    """It's over, to everyone who was told, except whoever said so."""
    told = set(session.scalars(select(Notice.person_id).where(Notice.alert_id == alert.id)))
    tell(session, alert, OVER, told - {closer}, now)
