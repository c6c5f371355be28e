"""What the worker does for shifts: lines and offers that are behind, whatever became of the jobs that should have moved them."""

from __future__ import annotations

from flask import Flask

from fieldapp.core import worker
from fieldapp.core.clock import HOUR, Clock
from fieldapp.core.db import db
from fieldapp.shifts.services import messages, swaps, waitlist

PACE = 30.0  # seconds between two looks


def keep_moving(app: Flask, bell: worker.Bell) -> None:
    """Look when the worker starts, then twice a minute; forget once an hour."""
    clock: Clock = app.extensions["clock"]
    last = 0
    while not bell.stopping:
        with app.app_context():
            waitlist.sweep(clock.now())
            swaps.sweep(clock.now())
            if clock.now() - last >= HOUR:
                last = clock.now()
                messages.forget(last)
            db.session.remove()
        bell.wait(PACE)


worker.register("lines", keep_moving)
