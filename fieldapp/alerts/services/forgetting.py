"""What an alert leaves behind goes on schedule (LEGAL): exact positions a day after it closed, deliveries after 14 days."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fieldapp.alerts.models import Alert, Delivery, Notice
from fieldapp.core import jobs
from fieldapp.core.clock import DAY
from fieldapp.core.db import write
from fieldapp.core.protocol import ALERT_DETAILS_MS

PIN = DAY
OPEN_PIN = 7 * DAY  # of an alert that nobody ever closed
DELIVERIES = 14 * DAY


def plan(session: Session, alert_id: str, now: int) -> None:
    """Plan it all, in the transaction that closes the alert."""
    jobs.enqueue(session, "alerts.forget_details", {"alert": alert_id}, run_at=now + ALERT_DETAILS_MS)
    jobs.enqueue(session, "alerts.forget_pin", {"alert": alert_id}, run_at=now + PIN)
    jobs.enqueue(session, "alerts.forget_deliveries", {"alert": alert_id}, run_at=now + DELIVERIES)


def plan_open(session: Session, alert_id: str, now: int) -> None:
    """Plan that the exact position, and what is sealed, goes even if nobody ever closes the alert, in the transaction that raises it."""
    jobs.enqueue(session, "alerts.forget_details", {"alert": alert_id, "open": True}, run_at=now + OPEN_PIN)
    jobs.enqueue(session, "alerts.forget_pin", {"alert": alert_id, "open": True}, run_at=now + OPEN_PIN)


@jobs.handler("alerts.forget_pin")
def forget_pin(payload: dict[str, Any], now: int) -> None:
    """Erase where exactly an alert was."""
    with write() as session:
        which = [Alert.id == payload["alert"]]
        if not payload.get("open"):
            which.append(Alert.closed_at.is_not(None))
        session.execute(update(Alert).where(*which).values(lat=None, lon=None))


@jobs.handler("alerts.forget_deliveries")
def forget_deliveries(payload: dict[str, Any], now: int) -> None:
    """Erase who was told by which phone; the trail's numbers stay."""
    with write() as session:
        notices = select(Notice.id).where(Notice.alert_id == payload["alert"])
        session.execute(delete(Delivery).where(Delivery.notice_id.in_(notices)))
        session.execute(delete(Notice).where(Notice.alert_id == payload["alert"]))
