"""Many alerts by one person in a short time: each is stored and stands on the board, but the later ones are told with an earlier one.

A phone in wrong hands, or a script with one member's key, must not wake a whole city a thousand times; nor may a real alert be lost
among them. So: beyond the fifth within ten minutes an alert of a kind that is being told already is folded into that one. Another kind,
or one after all of its kind were answered or closed, is told by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from fieldapp.alerts.models import Alert
from fieldapp.core.clock import MINUTE

LIMIT = 5
WINDOW = 10 * MINUTE
PAUSE = MINUTE  # before a next one of a kind that its raiser keeps taking back is told


@dataclass(frozen=True)
class Place:
    """Where a new alert stands: folded into another (its id), or told by itself, at once or after a pause."""

    into: str | None = None
    pause: bool = False


def place(session: Session, chapter_id: str, what: str, raiser: ColumnElement[bool], now: int) -> Place:
    """Look at what this raiser sent before, under the lock of the chapter's alert numbers. ``now``: ms UTC."""
    query = (
        select(Alert.id, Alert.what, Alert.state, Alert.folded_into)
        .where(Alert.chapter_id == chapter_id, raiser, Alert.arrived_at > now - WINDOW)
        .order_by(Alert.arrived_at.desc(), Alert.number.desc())
    )
    before = session.execute(query).all()
    if len(before) < LIMIT:
        return Place()
    same = [one for one in before if one.what == what]
    told = next((one.id for one in same if one.state == "raised" and one.folded_into is None), None)
    return Place(into=told, pause=told is None and any(one.state == "cancelled" for one in same))


def count(session: Session, alert_id: str) -> int:
    """How many open alerts are told with this one."""
    query = select(func.count()).select_from(Alert).where(Alert.folded_into == alert_id, Alert.closed_at.is_(None))
    return session.scalar(query) or 0


def pass_on(session: Session, alert: Alert, now: int) -> None:
    """The alert was taken back, those folded into it were not: the first of them is told in its place."""
    waiting = (Alert.folded_into == alert.id, Alert.closed_at.is_(None))
    heir = session.scalar(select(Alert.id).where(*waiting).order_by(Alert.arrived_at, Alert.number).limit(1))
    if heir is None:
        return
    told = {"folded_into": None, "step": -1, "next_step_at": now + PAUSE}
    for which, values in ((Alert.id != heir, {"folded_into": heir}), (Alert.id == heir, told)):
        changed = update(Alert).where(*waiting, which).values(**values, version=Alert.version + 1)
        session.execute(changed, execution_options={"synchronize_session": "fetch"})
