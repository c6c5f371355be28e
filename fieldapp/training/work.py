"""What the worker does for training: telling people in time that a certificate ends, once an hour."""

from __future__ import annotations

from flask import Flask

from fieldapp.core import worker
from fieldapp.core.clock import HOUR, Clock
from fieldapp.core.db import db
from fieldapp.training.services import expiry

PACE = 30.0  # seconds between two looks at the clock


def tell_in_time(app: Flask, bell: worker.Bell) -> None:
    """Warn when the worker starts, then every hour."""
    clock: Clock = app.extensions["clock"]
    last = 0
    while not bell.stopping:
        with app.app_context():
            if clock.now() - last >= HOUR:
                last = clock.now()
                expiry.warn(last)
            db.session.remove()
        bell.wait(PACE)


worker.register("training", tell_in_time)
