"""The product as it is served: gunicorn with 2 processes of 4 threads on loopback, and the worker. Real processes, to be killed."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from fieldapp import TOP


class Server:
    """Web and worker processes on a data folder and a database."""

    def __init__(self, home: Path, url: str, module: str = "wsgi:app", *, worker: bool = True) -> None:
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
            "--preload",
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

    def cpu_ms(self) -> float:
        """Milliseconds of processor time that web and worker have used so far."""
        ticks = 0
        groups = {str(process.pid) for process in self.running}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = path.read_text().rpartition(") ")[2].split()
                ticks += int(fields[11]) + int(fields[12]) if fields[2] in groups else 0
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")

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
