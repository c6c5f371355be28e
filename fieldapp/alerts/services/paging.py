"""Telling people: notices and deliveries are rows, written in the transaction of what they tell about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from fieldapp.alerts.models import ALERT, BROADCAST, Alert, AlertEvent, Delivery, Notice
from fieldapp.alerts.services import ladder
from fieldapp.core.ids import new_id

OVER = -1  # the step of a notice that says: it's over; of an alert that was opened again one below it each time
PAGE = "alert"  # the kind of a notice that asks somebody to take the alert
MORE = 1000  # notices of other kinds have steps from here on, so that one person may have several of one alert

RANK_OF = {"place": ALERT, "duty": ALERT, "near": ALERT, "chapter": BROADCAST}  # a broadcast never delays an alert
AT_ONCE = 500  # people in one question


def note(session: Session, alert: Alert, what: str, at: int, person_id: str | None = None, **detail: object) -> None:
    """Add a line to the trail."""
    session.add(AlertEvent(alert_id=alert.id, at=at, what=what, person_id=person_id, detail=detail))


def page(session: Session, alert: Alert, step: int, now: int) -> None:
    """Tell whoever is due at ``step``. Earlier pages that are still on their way are replaced by this one."""
    people = ladder.choose(session, alert, step, now)
    stop(session, alert.id, PAGE)
    phones = tell(session, alert, step, people, now)
    rung = ladder.rung_of(session, alert, step, now)
    without = len(people) - len({person for person, _ in phones})
    note(session, alert, "paged", now, step=step, rung=rung, people=len(people), phones=len(phones), without=without)


def due_now(session: Session, alert: Alert, now: int) -> set[str]:
    """Whom the paging asks at the alert's step."""
    return ladder.choose(session, alert, alert.step, now)


def tell(
    session: Session,
    alert: Alert,
    step: int,
    people: Iterable[str],
    now: int,
    what: str = PAGE,
    rank: int = ALERT,
) -> list[tuple[str, str]]:
    """A notice for each person, a delivery for each of their phones; returns (person, subscription) of the deliveries."""
    notices = {person: new_id() for person in sorted(people)}
    rows = [
        {"id": notice, "alert_id": alert.id, "person_id": person, "step": step, "created_at": now, "what": what}
        for person, notice in notices.items()
    ]
    if rows:
        session.execute(insert(Notice), rows)
    phones = [
        (person, subscription)
        for start in range(0, len(rows), AT_ONCE)
        for person, subscription in session.execute(
            ladder.living({str(row["person_id"]) for row in rows[start : start + AT_ONCE]})
        )
    ]
    if phones:
        session.execute(
            insert(Delivery),
            [
                {"notice_id": notices[person], "subscription_id": subscription, "next_try_at": now, "rank": rank}
                for person, subscription in phones
            ],
        )
    session.info["wake_worker"] = True
    return phones


def tell_more(
    session: Session, alert: Alert, what: str, people: Iterable[str], now: int, rank: int = ALERT
) -> list[tuple[str, str]]:
    """The same for a notice that asks nobody to take the alert: to look, to say whether it is still there, to know of it."""
    highest = select(func.max(Notice.step)).where(Notice.alert_id == alert.id, Notice.step >= MORE)
    return tell(session, alert, (session.scalar(highest) or MORE) + 1, people, now, what, rank)


def stop(session: Session, alert_id: str, what: str = "") -> None:
    """Nobody needs to hear any more what is still on its way about this alert; ``what``: of notices of this kind only."""
    notices = select(Notice.id).where(Notice.alert_id == alert_id)
    if what:
        notices = notices.where(Notice.what == what)
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
    tell(session, alert, OVER - alert.round, told - {closer}, now)
