"""Nudges: a push that a message waits, in the person's own waking hours. It says the same generic words as every push, and opens Today.

Messages are of shifts (fieldapp/shifts/services/messages.py); which phone, when, and whether at all is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Person
from fieldapp.alerts.models import MESSAGE, URGENT, Delivery, Notice, Quiet
from fieldapp.alerts.services import ladder
from fieldapp.core import jobs
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, local_ms, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, Invalid
from fieldapp.core.ids import new_id
from fieldapp.shifts.services import messages

MINUTES = 24 * 60
FORGET = "alerts.forget_nudge"
KEPT = 14 * DAY  # as long as the deliveries of an alert


@dataclass(frozen=True)
class Hours:
    """When a person sleeps: minutes of the day; from equal to until means never. ``urgent``: urgent ones come through."""

    start: int = 21 * 60
    end: int = 8 * 60
    urgent: bool = False

    def wait_until(self, now: int, zone: str) -> int:
        """The end of the quiet hours under way at ``now`` on the clocks of ``zone``, or ``now`` itself (ms UTC)."""
        there = to_datetime(now, zone)
        minute = there.hour * 60 + there.minute
        if (minute - self.start) % MINUTES >= (self.end - self.start) % MINUTES:
            return now
        day = there.date() if minute < self.end else there.date() + timedelta(days=1)
        return max(now + 1, local_ms(day, self.end, zone))


def hours_of(person_id: str) -> Hours:
    """A person's quiet hours: their own, or the usual ones."""
    found = db.session.get(Quiet, person_id)
    return Hours(found.from_minute, found.until_minute, found.urgent) if found else Hours()


def choose_hours(actor: Actor, start: int | None, end: int | None, urgent: bool) -> Hours:
    """Keep the actor's own quiet hours, minutes of the day. Raises Invalid."""
    wrong = {name: N_("Write the time as 8:30.") for name, at in (("start", start), ("end", end)) if at is None}
    if wrong or start is None or end is None or not (0 <= start < MINUTES and 0 <= end < MINUTES):
        raise Invalid(fields=wrong)
    with write() as session:
        session.merge(Quiet(person_id=actor.person_id, from_minute=start, until_minute=end, urgent=urgent))
    return Hours(start, end, urgent)


@jobs.handler(messages.NUDGE)
def nudge(payload: dict[str, Any], now: int) -> None:
    """Push that a message waits, or put it off until the person wakes; nothing for one that was answered meanwhile. ``now``: ms UTC.

    ``again`` counts the times that the same message is told anew. Run twice it pushes once.
    """
    person_id, urgent, again = payload["person"], bool(payload.get("urgent")), int(payload.get("again", 0))
    waiting = {one.message.id: one.message for one in messages.live_for([person_id], now)}
    message = waiting.get(payload["message"])
    person = db.session.get(Person, person_id)
    if message is None or person is None or person.disabled_at is not None:
        return
    zone = db.session.scalar(select(Chapter.zone).where(Chapter.id == message.chapter_id)) or "UTC"
    hours = hours_of(person_id)
    awake = now if urgent and hours.urgent else hours.wait_until(now, zone)
    with write() as session:
        if awake > now:
            jobs.enqueue(session, messages.NUDGE, payload, run_at=awake)
        else:
            tell(session, person_id, payload["message"], again, URGENT if urgent else MESSAGE, now)


def tell(session: Session, person_id: str, message_id: str, again: int, rank: int, now: int) -> None:
    """One notice, and a delivery for each phone and desk browser of theirs; none where it was made already."""
    made = select(Notice.id).where(Notice.message_id == message_id, Notice.step == again)
    if session.scalar(made) is not None:
        return
    notice = Notice(id=new_id(), what="message", message_id=message_id, person_id=person_id, step=again, created_at=now)
    session.add(notice)
    session.flush()
    for _, subscription in session.execute(ladder.living({person_id})):
        session.add(Delivery(notice_id=notice.id, subscription_id=subscription, rank=rank, next_try_at=now))
    jobs.enqueue(session, FORGET, {"notice": notice.id}, run_at=now + KEPT)


def drop_settled(session: Session, delivery_ids: list[str], now: int) -> set[str]:
    """End those of these deliveries whose message was answered, or is past, before they were sent; returns them."""
    query = (
        select(Delivery.id, Notice.message_id, Notice.person_id)
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(Delivery.id.in_(delivery_ids), Notice.what == "message")
    )
    rows = list(session.execute(query).tuples())
    live = {one.message.id for one in messages.live_for({person for _, _, person in rows}, now)} if rows else set()
    settled = {delivery for delivery, message, _ in rows if message not in live}
    if settled:
        session.execute(
            update(Delivery).where(Delivery.id.in_(settled)).values(state="ended"),
            execution_options={"synchronize_session": False},
        )
    return settled


@jobs.handler(FORGET)
def forget(payload: dict[str, Any], now: int) -> None:
    """Erase who was told by which phone."""
    with write() as session:
        session.execute(delete(Delivery).where(Delivery.notice_id == payload["notice"]))
        session.execute(delete(Notice).where(Notice.id == payload["notice"], Notice.alert_id.is_(None)))
