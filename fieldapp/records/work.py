"""What the worker does for this domain: the sequencer about once a second, and forgetting operations whose time is over."""

from __future__ import annotations

from flask import Flask

from fieldapp.core import worker
from fieldapp.core.clock import HOUR, Clock
from fieldapp.core.db import db
from fieldapp.records.services import forgetting, log

PACE = 1.0  # seconds between two looks at what waits; a leaf is in the log within seconds


def keep_log(app: Flask, bell: worker.Bell) -> None:
    """Sequence what waits, in batches without a pause while there are more; once an hour, forget.

    A look in the database and no job: whatever was committed is found at the next look, so no wake-up can be lost.
    """
    clock: Clock = app.extensions["clock"]
    forgot_at = 0
    while not bell.stopping:
        with app.app_context():
            now = clock.now()
            did = log.sequence(now)
            if now - forgot_at >= HOUR:
                forgot_at = now if forgetting.forget(now) < forgetting.BATCH else forgot_at
            db.session.remove()
        if did < log.BATCH:
            bell.wait(PACE)


worker.register("log", keep_log)
