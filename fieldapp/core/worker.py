"""The worker: loops that do what is due, woken at once, each in a thread of its own so that none waits for another (DESIGN 7).

Any number of workers may run, on any number of machines: what is due is claimed in the database, never in memory.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable

from flask import Flask

from fieldapp.core import jobs, wake
from fieldapp.core.clock import Clock
from fieldapp.core.db import db

log = logging.getLogger(__name__)
POLL = 0.2  # seconds; the fallback when a wake-up is lost, and how late a timed step may be
PAUSE_AFTER_FAULT = 1.0


class Bell:
    """Rung when there may be work, or when the worker stops; each loop has one."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._rung = threading.Event()

    @property
    def stopping(self) -> bool:
        """Whether the worker was told to stop."""
        return self._stop.is_set()

    def ring(self) -> None:
        """There may be work."""
        self._rung.set()

    def wait(self, seconds: float = POLL) -> None:
        """Sleep until rung, at most ``seconds``."""
        self._rung.wait(seconds)
        self._rung.clear()


Loop = Callable[[Flask, Bell], None]
Turn = Callable[[int], int]
_loops: dict[str, Loop] = {}


def register(name: str, loop: Loop) -> None:
    """Add a loop: it runs until ``bell.stopping`` and must bear being started again after it raised."""
    _loops[name] = loop


def turns(turn: Turn) -> Loop:
    """A loop of turns: ``turn(now)`` does what is due and says how much that was; after nothing it waits for the bell."""

    def loop(app: Flask, bell: Bell) -> None:
        clock: Clock = app.extensions["clock"]
        while not bell.stopping:
            with app.app_context():
                did = turn(clock.now())
                db.session.remove()
            if not did:
                bell.wait()

    return loop


register("jobs", turns(jobs.run_due))


class Worker:
    """Runs every registered loop until SIGTERM or SIGINT; what is under way is finished, a second signal ends at once."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stop = threading.Event()
        self._bells = {name: Bell(self._stop) for name in _loops}

    def run(self) -> None:
        """Work in the foreground until told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        threads = [threading.Thread(target=self._keep, args=(name,), name=name, daemon=True) for name in self._bells]
        for thread in threads:
            thread.start()
        log.info("worker started")
        self._listen()
        for thread in threads:
            thread.join()
        log.info("worker stopped")

    def stop(self) -> None:
        """Finish what is under way and take nothing new."""
        self._stop.set()
        for bell in self._bells.values():
            bell.ring()

    def _told_to_stop(self, number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        self.stop()

    def _listen(self) -> None:
        with self._app.app_context():
            ear = wake.listen(db.engine)
        try:
            while not self._stop.is_set():
                if ear.wait(POLL):
                    for bell in self._bells.values():
                        bell.ring()
        finally:
            ear.close()

    def _keep(self, name: str) -> None:
        """Run one loop; when it raises (the database was away), run it again after a pause."""
        while not self._stop.is_set():
            try:
                _loops[name](self._app, self._bells[name])
            except Exception:
                log.exception("the %s loop failed and starts again", name)
                self._stop.wait(PAUSE_AFTER_FAULT)
