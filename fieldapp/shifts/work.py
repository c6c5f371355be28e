"""What the worker does for partners' asks: forgetting, once an hour."""

from __future__ import annotations

from flask import Flask

from fieldapp.core import worker
from fieldapp.core.clock import HOUR, Clock
from fieldapp.core.db import db
from fieldapp.shifts.services import partner_asks

PACE = 30.0  # seconds between two looks at the clock


def keep_little(app: Flask, bell: worker.Bell) -> None:
    """Erase what was over long enough when the worker starts, then every hour."""
    clock: Clock = app.extensions["clock"]
    last = 0
    while not bell.stopping:
        with app.app_context():
            if clock.now() - last >= HOUR:
                last = clock.now()
                partner_asks.forget(last)
            db.session.remove()
        bell.wait(PACE)


worker.register("partner asks", keep_little)
