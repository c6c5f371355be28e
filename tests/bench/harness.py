"""A real server on loopback (gunicorn, 2 processes of 4 threads, and the worker), and a light client that keeps its connections."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from fieldapp import TOP, create_app
from fieldapp.config import from_environment
from fieldapp.core.clock import Clock
from fieldapp.core.db import create_all, db
from tests.cluster import Cluster
from tests.factories import Factory

DATABASES = ("spatialite", "postgis")


class Server:
    """Web and worker processes on a data folder and a database."""

    def __init__(self, home: Path, url: str, module: str = "tests.bench.app:app", *, worker: bool = True) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.env = {
            **os.environ,
            "FIELDAPP_DATA_DIR": str(home),
            "FIELDAPP_DATABASE_URL": url,
            "FIELDAPP_PUBLIC_URL": f"http://localhost:{self.port}",
            "FIELDAPP_TESTING": "1",
        }
        self.module = module
        self.worker = worker
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start them and wait until the web server answers."""
        web = [sys.executable, "-m", "gunicorn", self.module, "--bind", f"127.0.0.1:{self.port}", "--workers", "2"]
        web += [
            "--worker-class",
            "gthread",
            "--threads",
            "4",
            "--keep-alive",
            "30",
            "--log-level",
            "warning",
            "--no-control-socket",
        ]
        commands = [web] + ([[sys.executable, "-m", "fieldapp", "worker"]] if self.worker else [])
        self.running = [
            subprocess.Popen(command, env=self.env, cwd=TOP, start_new_session=True) for command in commands
        ]
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if self.request("GET", "/api/v1/csrf")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the server did not start")

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End them, and whatever they forked, by this signal."""
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, number)
        for process in self.running:
            process.wait(30)
        self.running = []

    def request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            return exchange(connection, method, path, body)
        finally:
            connection.close()


def exchange(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None
) -> tuple[int, bytes]:
    """A request and its answer on a kept connection."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


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
        self.server = Server(self.home, url)
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
