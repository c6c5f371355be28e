"""What the worker does for people: forgetting, once an hour."""

from __future__ import annotations

from flask import Flask

from fieldapp.accounts.services import forgetting
from fieldapp.core import worker
from fieldapp.core.clock import HOUR, Clock
from fieldapp.core.db import db

PACE = 30.0  # seconds between two looks at the clock


def keep_little(app: Flask, bell: worker.Bell) -> None:
    """Forget what is over when the worker starts, then every hour."""
    clock: Clock = app.extensions["clock"]
    last = 0
    while not bell.stopping:
        with app.app_context():
            if clock.now() - last >= HOUR:
                last = clock.now()
                forgetting.forget(last)
            db.session.remove()
        bell.wait(PACE)


worker.register("people", keep_little)
