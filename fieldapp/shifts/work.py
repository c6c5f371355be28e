"""What the worker does for shifts, apart from the jobs: reminders, overdue care, and forgetting."""

from __future__ import annotations

from flask import Flask

from fieldapp.core import worker
from fieldapp.core.clock import HOUR, Clock
from fieldapp.core.db import db
from fieldapp.shifts.services import care, moves, partner_asks, reaching, reminders

PACE = 30.0  # seconds between two looks at the clock
CARE_PACE = 20.0  # a reminder or a question after somebody may be that late


def keep_little(app: Flask, bell: worker.Bell) -> None:
    """Erase what was over long enough when the worker starts, then every hour."""
    clock: Clock = app.extensions["clock"]
    last = 0
    while not bell.stopping:
        with app.app_context():
            if clock.now() - last >= HOUR:
                last = clock.now()
                partner_asks.forget(last)
                moves.forget(last)
            db.session.remove()
        bell.wait(PACE)


worker.register("partner asks", keep_little)


def look_after(app: Flask, bell: worker.Bell) -> None:
    """Remind, ask after those who are overdue, erase how to reach people; each hour forget old trails."""
    clock: Clock = app.extensions["clock"]
    forgot_at = 0
    while not bell.stopping:
        with app.app_context():
            now = clock.now()
            did = reminders.turn(now) + care.turn(now) + reaching.forget(now)
            if now - forgot_at >= HOUR:
                forgot_at = now
                care.forget(now)
                reminders.forget(now)
            db.session.remove()
        if not did:
            bell.wait(CARE_PACE)


worker.register("care", look_after)
