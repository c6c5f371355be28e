"""Many alerts by one phone in a short time: each is stored and stands on the board, but the later ones are told with an earlier one.

A phone in wrong hands, or a script with one member's key, must not wake a whole city a thousand times; nor may a real alert be lost
among them. So: beyond the fifth within ten minutes an alert is folded into one of the same phone, the same kind, and the same place and
shift that is being told already. Anything else is told by itself: another phone of the same person (theirs may be the one that was
taken), another kind, another place, or one after all before it were answered or closed. Another place has an end too: a phone that
names ever new ones is told by itself for three more of them in those ten minutes, and then with its newest of that kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import DeviceKey
from fieldapp.alerts.models import WORD, Alert
from fieldapp.alerts.services import escalation
from fieldapp.core.clock import HOUR, MINUTE

LIMIT = 5
ELSEWHERE = 3  # further ones that name another place or shift, before those too are folded
WINDOW = 10 * MINUTE
FLOOD = HOUR  # how long the board counts what one phone sent
PAUSE = MINUTE  # before a next one is told where its phone keeps taking them back; counted from its arrival, once
SAME = ("chapter_id", "what", "place_id", "cell", "shift_id")


@dataclass(frozen=True)
class Place:
    """Where a new alert stands: folded into another (its id), or told by itself, at once or after a pause."""

    into: str | None = None
    pause: bool = False


def place(session: Session, facts: Mapping[str, object], device_id: str, now: int) -> Place:
    """Look at what this phone sent before, under the lock of the chapter's alert numbers: four queries at most, however much that
    was. ``facts`` are the new alert's columns. ``now``: ms UTC."""
    lately = (
        by_phone(str(facts["key"]), device_id),
        Alert.arrived_at > now - WINDOW,
        Alert.chapter_id == facts["chapter_id"],
    )
    if not _reached(session, LIMIT, *lately):
        return Place()
    same = (getattr(Alert, name).is_not_distinct_from(facts[name]) for name in SAME)
    found = _newest(session, *lately, *same)
    if found is None and _reached(session, LIMIT + ELSEWHERE, *lately, Alert.folded_into.is_(None)):
        found = _newest(session, *lately, Alert.what == facts["what"])
    return found or Place()


def _reached(session: Session, limit: int, *which: ColumnElement[bool]) -> bool:
    """Whether there are as many alerts as that."""
    return len(session.scalars(select(Alert.id).where(*which).limit(limit)).all()) >= limit


def _newest(session: Session, *which: ColumnElement[bool]) -> Place | None:
    """With which of these heads a new alert is told; a pause where they were all taken back; nothing where there is none."""
    heads = (
        select(Alert.id, Alert.state)
        .where(*which, Alert.folded_into.is_(None), Alert.state.in_(("raised", "cancelled")))
        .order_by((Alert.state == "raised").desc(), Alert.arrived_at.desc(), Alert.number.desc())
    )
    head = session.execute(heads.limit(1)).first()
    if head is None:
        return None
    return Place(into=head.id) if head.state == "raised" else Place(pause=True)


def by_phone(key: str, device_id: str) -> ColumnElement[bool]:
    """Alerts of this phone: its keys rotate. Where a key's link to its phone was dropped, of this key."""
    if not device_id:
        return Alert.key == key
    return Alert.key.in_(select(DeviceKey.thumbprint).where(DeviceKey.device_id == device_id))


def of_one_phone(session: Session, alerts: Collection[Alert], now: int) -> dict[str, int]:
    """For each of these alerts whose phone sent as many within the last hour that the later ones are slowed: how many. One query.

    Whoever answers sees it, never whose phone it is; a duress word's alert is of no phone, and never counted.
    """
    keys = {alert.key for alert in alerts if alert.key != WORD}
    phone = func.coalesce(DeviceKey.device_id, Alert.key)
    query = (
        select(phone, Alert.key, func.count())
        .outerjoin(DeviceKey, DeviceKey.thumbprint == Alert.key)
        .where(
            Alert.chapter_id.in_({alert.chapter_id for alert in alerts}),
            Alert.arrived_at > now - FLOOD,
            Alert.source != "hotline",  # what dispatchers type in is nobody's flood
            Alert.key != WORD,
        )
        .group_by(phone, Alert.key)
    )
    sent: dict[str, int] = defaultdict(int)
    phone_of: dict[str, str] = {}
    for of, key, number in session.execute(query).tuples() if keys else ():
        phone_of[key] = of
        sent[of] += number
    found = {alert.id: sent.get(phone_of.get(alert.key, ""), 0) for alert in alerts}
    return {alert: number for alert, number in found.items() if number > LIMIT}


def count(session: Session, alert_id: str) -> int:
    """How many open alerts are told with this one."""
    query = select(func.count()).select_from(Alert).where(Alert.folded_into == alert_id, Alert.closed_at.is_(None))
    return session.scalar(query) or 0


def pass_on(session: Session, alert: Alert, now: int, pause: int = PAUSE) -> None:
    """The alert has ended, those folded into it have not: the oldest of them is told in its place, a minute after it arrived, or
    at once when that is past. So whoever takes back one head after another delays what waits by that one minute, not by one for each.
    """
    waiting = (Alert.folded_into == alert.id, Alert.closed_at.is_(None))
    oldest = select(Alert.id, Alert.arrived_at).where(*waiting).order_by(Alert.arrived_at, Alert.number)
    heir = session.execute(oldest.limit(1)).first()
    if heir is None:
        return
    due = max(now, heir.arrived_at + pause)
    told = {"folded_into": None, "step": -1, "next_step_at": due}
    for which, values in ((Alert.id != heir.id, {"folded_into": heir.id}), (Alert.id == heir.id, told)):
        changed = update(Alert).where(*waiting, which).values(**values, version=Alert.version + 1)
        session.execute(changed, execution_options={"synchronize_session": "fetch"})
    if due == now:
        escalation.climb(heir.id, now)
