"""What happens by itself: an alert that nobody has climbs; an answer by a key alone lapses, and paging goes on."""

from __future__ import annotations

from sqlalchemy import select, update

from fieldapp.accounts.models import Chapter
from fieldapp.alerts.models import Alert
from fieldapp.alerts.services import ladder, paging
from fieldapp.core.db import db, write


def climb_due(now: int, limit: int = 50) -> int:
    """Take every step that is due at ``now`` (ms UTC); returns how many alerts were due. Any number of workers may."""
    due = list(db.session.scalars(select(Alert.id).where(Alert.next_step_at <= now).limit(limit)))
    db.session.rollback()
    for alert_id in due:
        climb(alert_id, now)
    return len(due)


def climb(alert_id: str, now: int) -> bool:
    """Take one alert's due step; whether this call took it. After an outage only the highest rung due is told, once."""
    with write() as session:
        alert = session.get(Alert, alert_id, populate_existing=True)
        if alert is None or alert.next_step_at is None or alert.next_step_at > now:
            return False
        lapsed = alert.state == "got_it"
        holder = alert.got_it_by
        settings = session.scalar(select(Chapter.settings).where(Chapter.id == alert.chapter_id)) or {}
        plan = ladder.ladder_of(settings)
        begun = alert.opened_at or alert.arrived_at
        step = plan.step_after(alert.step, now - begun, alert.first_step)
        taken = session.execute(
            update(Alert)
            .where(
                Alert.id == alert.id,
                Alert.next_step_at == alert.next_step_at,
                Alert.version == alert.version,
                Alert.closed_at.is_(None),
            )
            .values(
                state="raised",
                step=step,
                next_step_at=plan.next_at(begun, step - alert.first_step, now),
                got_it_by=None,
                got_it_role="",
                got_it_at=None,
                got_it_lapses_at=None,
                stage_due_at=None if lapsed and alert.stage == "reported" else alert.stage_due_at,
                version=Alert.version + 1,
            ),
            execution_options={"synchronize_session": False},
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return False
        session.refresh(alert)
        if lapsed:
            paging.note(session, alert, "lapsed", now, holder)
        paging.page(session, alert, step, now)
    return True
