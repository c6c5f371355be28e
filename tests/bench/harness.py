"""A real server on a database of each kind, and a light client that keeps its connections."""

from __future__ import annotations

import http.client
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from fieldapp import create_app
from fieldapp.config import from_environment
from fieldapp.core.clock import Clock
from fieldapp.core.db import create_all, db
from tests.cluster import Cluster
from tests.factories import Factory
from tests.served import Server, exchange

DATABASES = ("spatialite", "postgis")


class Bench:
    """A database of one kind with every table, an application context for factories, and a server on it."""

    def __init__(self, database: str) -> None:
        self.database = database
        self._stack = ExitStack()

    def __enter__(self) -> Bench:
        self.home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="fieldapp-bench-")))
        url = f"sqlite:///{self.home / 'fieldapp.db'}"
        if self.database == "postgis":
            cluster = Cluster()
            cluster.start()
            self._stack.callback(cluster.stop)
            url = cluster.create("bench")
        self.server = Server(self.home, url, "tests.bench.app:app")
        self.app = create_app(from_environment(self.server.env))
        self._stack.enter_context(self.app.app_context())
        self._stack.callback(self._close)
        create_all()
        self.clock = Clock()
        self.make = Factory(self.clock)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def serve(self) -> Server:
        """Start the server; it ends with the bench."""
        db.session.rollback()
        db.engine.dispose()
        self.server.start()
        self._stack.callback(self.server.stop)
        return self.server

    def _close(self) -> None:
        db.session.remove()
        db.engine.dispose()


def hammer(
    port: int, path: str, bodies: Sequence[bytes], concurrency: int, check: Callable[[bytes], Any]
) -> tuple[float, list[float]]:
    """POST every body over ``concurrency`` kept connections; returns the seconds it took and each request's milliseconds.

    ``check`` looks at each answer afterwards, so that it costs the server nothing.
    """
    times: list[float] = []
    answers: list[bytes] = []
    queue = iter(bodies)
    lock = threading.Lock()

    def run() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                body = next(queue, None)
            if body is None:
                connection.close()
                return
            began = time.perf_counter()
            status, answer = exchange(connection, "POST", path, body)
            times.append((time.perf_counter() - began) * 1000)
            assert status == 200, answer
            answers.append(answer)

    threads = [threading.Thread(target=run) for _ in range(concurrency)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    for answer in answers:
        check(answer)
    assert len(times) == len(bodies)
    return took, times


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of them lie, in the unit of the values."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
