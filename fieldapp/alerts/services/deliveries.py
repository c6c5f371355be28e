"""Deliveries are rows: claimed by a conditional UPDATE under a lease, settled once, never lost with the worker that had them."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Person
from fieldapp.alerts.models import ALERT, Delivery, Notice, PushSubscription
from fieldapp.alerts.services import nudges
from fieldapp.core.clock import MINUTE, SECOND
from fieldapp.core.db import db, write

SLOWEST = 5 * MINUTE
LONGEST_WAIT = 60 * MINUTE  # of a Retry-After
GONE = {404, 410}
BUSY = {408, 425, 429}
HELD = -1  # in place of a status: not sent, because its push service is left alone for a while
MESSAGES = "messages"  # what every message is about: one is enough on a lock screen


@dataclass(frozen=True)
class Outgoing:
    """A claimed delivery with all that sending needs. ``lease`` proves the claim; ``about`` is what it tells of: of two pushes about one
    thing a push service keeps the newer."""

    id: str
    lease: int
    tries: int
    notice_id: str
    about: str
    rank: int
    subscription_id: str
    endpoint: str
    p256dh: str
    auth: str
    lang: str


@dataclass(frozen=True)
class Outcome:
    """What became of a try: an HTTP status, 0 when there was no answer, or HELD. ``retry_after`` in ms."""

    of: Outgoing
    status: int
    retry_after: int | None = None


def claim(now: int, lease: int, limit: int, *, alerts: bool = False) -> list[Outgoing]:
    """Take up to ``limit`` deliveries that are due at ``now`` for ``lease`` ms, alerts first, or alerts only. A claim that is not settled
    lapses."""
    due = [Delivery.state == "waiting", Delivery.next_try_at <= now]
    if alerts:
        due.append(Delivery.rank == ALERT)
    if db.session.scalar(select(Delivery.id).where(*due).limit(1)) is None:
        db.session.rollback()
        return []
    ends = now + lease
    with write() as session:
        first = select(Delivery.id).where(*due).order_by(Delivery.rank, Delivery.next_try_at).limit(limit)
        ids = list(session.scalars(first.with_for_update(skip_locked=True)))
        taken = session.scalars(
            update(Delivery)
            .where(Delivery.id.in_(ids), *due)
            .values(leased_until=ends, next_try_at=ends, tries=Delivery.tries + 1)
            .returning(Delivery.id),
            execution_options={"synchronize_session": False},
        ).all()
        dropped = nudges.drop_settled(session, list(taken), now)
        return _outgoing(session, set(taken) - dropped)


def _outgoing(session: Session, ids: Iterable[str]) -> list[Outgoing]:
    query = (
        select(Delivery, Notice.alert_id, PushSubscription, Person.lang)
        .join(Notice, Notice.id == Delivery.notice_id)
        .join(PushSubscription, PushSubscription.id == Delivery.subscription_id)
        .join(Person, Person.id == Notice.person_id)
        .where(Delivery.id.in_(list(ids)))
        .execution_options(populate_existing=True)
    )
    return [
        Outgoing(
            id=one.id,
            lease=one.leased_until,
            tries=one.tries,
            notice_id=one.notice_id,
            about=alert_id or (MESSAGES if one.rank else one.notice_id),  # a test is about itself
            rank=one.rank,
            subscription_id=subscription.id,
            endpoint=subscription.endpoint,
            p256dh=subscription.p256dh,
            auth=subscription.auth,
            lang=lang,
        )
        for one, alert_id, subscription, lang in session.execute(query)
    ]


def settle(outcomes: Iterable[Outcome], now: int) -> None:
    """Write down what became of claimed deliveries, in one transaction. A claim that lapsed meanwhile is not touched."""
    settled = list(outcomes)
    with write() as session:
        _lock(session, settled)
        _accept(session, [one for one in settled if 200 <= one.status < 300], now)
        for outcome in settled:
            if 200 <= outcome.status < 300:
                continue
            if outcome.status in GONE:
                _set(session, outcome, state="ended", status=outcome.status)
                _end_subscription(session, outcome.of.subscription_id, now)
            elif outcome.status == HELD:
                wait = (outcome.retry_after or 0) + secrets.randbelow(SECOND)
                _set(session, outcome, next_try_at=now + wait, leased_until=0, tries=outcome.of.tries - 1)
            elif outcome.status in BUSY or outcome.status >= 500 or outcome.status == 0:
                wait = min(LONGEST_WAIT, outcome.retry_after or 0) or backoff(outcome.of.tries)
                _set(session, outcome, next_try_at=now + wait, leased_until=0, status=outcome.status)
            else:
                _set(session, outcome, state="failed", status=outcome.status)


def _accept(session: Session, accepted: list[Outcome], now: int) -> None:
    """What a push service took: what was claimed together is written down together, for a broadcast is thousands of them."""
    together: dict[tuple[int, int], list[str]] = defaultdict(list)
    for one in accepted:
        together[one.of.lease, one.status].append(one.of.id)
    for (lease, status), ids in together.items():
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids), Delivery.state == "waiting", Delivery.leased_until == lease)
            .values(state="accepted", accepted_at=now, status=status),
            execution_options={"synchronize_session": False},
        )


def _lock(session: Session, settled: list[Outcome]) -> None:
    """Take every row that settling may change, in one order everywhere (see paging.stop)."""
    mine = Delivery.id.in_([outcome.of.id for outcome in settled])
    gone = {outcome.of.subscription_id for outcome in settled if outcome.status in GONE}
    theirs = and_(Delivery.subscription_id.in_(gone), Delivery.state == "waiting")
    session.execute(select(Delivery.id).where(or_(mine, theirs)).order_by(Delivery.id).with_for_update())


def give_back(taken: Iterable[Outgoing], now: int) -> None:
    """Return claims unsent, for the next worker: this one stops."""
    with write() as session:
        for one in taken:
            _set(session, Outcome(one, 0), next_try_at=now, leased_until=0)


def backoff(tries: int) -> int:
    """Full jitter: up to 1 s after the first try, doubling, at most 5 minutes. In ms."""
    return 1 + secrets.randbelow(min(SLOWEST, SECOND * 2 ** min(tries - 1, 9)))


def _set(session: Session, outcome: Outcome, **values: object) -> None:
    mine = (Delivery.id == outcome.of.id, Delivery.state == "waiting", Delivery.leased_until == outcome.of.lease)
    session.execute(update(Delivery).where(*mine).values(**values), execution_options={"synchronize_session": False})


def _end_subscription(session: Session, subscription_id: str, now: int) -> None:
    """The browser's subscription is gone: nothing more is sent there."""
    living = (PushSubscription.id == subscription_id, PushSubscription.ended_at.is_(None))
    waiting = (Delivery.subscription_id == subscription_id, Delivery.state == "waiting")
    no_sync = {"synchronize_session": False}
    session.execute(update(PushSubscription).where(*living).values(ended_at=now), execution_options=no_sync)
    session.execute(update(Delivery).where(*waiting).values(state="ended"), execution_options=no_sync)
