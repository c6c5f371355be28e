"""Proof that a phone can be reached: it says which pushes it has shown, and its person may ask for one to see.

What a push carries for that is the id of its own delivery: nobody else has it, and it says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, update

from fieldapp.accounts.models import Device
from fieldapp.alerts.models import ALERT, Delivery, Notice, PushSubscription
from fieldapp.alerts.services import nudges
from fieldapp.alerts.services.subscriptions import own_device
from fieldapp.core import jobs
from fieldapp.core.actor import Actor
from fieldapp.core.clock import SECOND
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError
from fieldapp.core.ids import new_id

TEST = "test"  # the kind of a notice that tells of nothing but itself
AGAIN = 10 * SECOND  # a second press within this is the same test
_TOKEN = re.compile(r"\A[0-9a-z]{8,40}\Z")


class NotSubscribed(DomainError):
    """Nothing can be sent to this device now."""

    def __init__(self) -> None:
        super().__init__(
            "not_subscribed",
            N_("No message can be sent to this phone now."),
            safe=N_("Nothing was changed."),
            do=N_("Turn alerts on here, then try again."),
        )


@dataclass(frozen=True)
class Own:
    """What the server knows of one of the actor's own subscriptions; times in ms UTC. ``mark``: SHA-256 of its address, hex."""

    device: str
    mark: str
    tested_at: int | None
    shown_at: int | None
    ended_at: int | None


def shown(body: Any, now: int) -> None:
    """A browser says that it shows a push. Whoever asks learns nothing: not even whether there is such a delivery."""
    token = body.get("proof") if isinstance(body, dict) else None
    if not isinstance(token, str) or not _TOKEN.match(token):
        return
    mine = (Delivery.id == token, Delivery.shown_at.is_(None))
    subscription = db.session.scalar(select(Delivery.subscription_id).where(*mine))
    if subscription is None:
        return
    older = or_(PushSubscription.shown_at.is_(None), PushSubscription.shown_at < now)
    no_sync = {"synchronize_session": False}
    with write() as session:
        session.execute(update(Delivery).where(*mine).values(shown_at=now), execution_options=no_sync)
        session.execute(
            update(PushSubscription).where(PushSubscription.id == subscription, older).values(shown_at=now),
            execution_options=no_sync,
        )


def test(actor: Actor, device_id: str, now: int) -> None:
    """Send a message to the actor's own device that only says that it came. Raises NotFound, NotSubscribed."""
    device = own_device(actor, device_id)
    with write() as session:
        kept = session.scalars(
            select(PushSubscription)
            .where(
                PushSubscription.device_id == device.id,
                PushSubscription.person_id == actor.person_id,
                PushSubscription.ended_at.is_(None),
            )
            .with_for_update()
        ).first()
        if kept is None:
            raise NotSubscribed()
        if kept.tested_at is not None and now - kept.tested_at < AGAIN:
            return
        kept.tested_at = now
        notice = Notice(id=new_id(), what=TEST, person_id=actor.person_id, step=0, created_at=now)
        session.add(notice)
        session.flush()
        session.add(Delivery(notice_id=notice.id, subscription_id=kept.id, rank=ALERT, next_try_at=now))
        jobs.enqueue(session, nudges.FORGET, {"notice": notice.id}, run_at=now + nudges.KEPT)
        session.info["wake_worker"] = True


def own(actor: Actor) -> list[Own]:
    """What is known of the actor's own devices, those that were taken out of use left out."""
    query = (
        select(PushSubscription)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(PushSubscription.person_id == actor.person_id, Device.revoked_at.is_(None))
        .order_by(PushSubscription.id)
    )
    return [
        Own(one.device_id, one.endpoint_hash, one.tested_at, one.shown_at, one.ended_at)
        for one in db.session.scalars(query)
    ]
