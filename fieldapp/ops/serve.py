"""``fieldapp serve``: migrate, start web and worker, say where and how to enter, stop both cleanly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO

TOP = Path(__file__).resolve().parents[2]
GRACE = 15.0  # seconds that a process has to end before it is killed


class AddressTaken(Exception):
    """Something else listens on the port."""


def check_port(port: int) -> None:
    """Raise AddressTaken when something listens on ``port`` of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise AddressTaken(port)


def environment(port: int, *, demo: bool) -> dict[str, str]:
    """What web and worker are started with."""
    made = dict(os.environ)
    made.setdefault("FIELDAPP_PUBLIC_URL", f"http://localhost:{port}")
    if demo:
        made.setdefault("FIELDAPP_DEMO", "1")
    return made


class Processes:
    """Web and worker: started together, ended together."""

    def __init__(
        self,
        port: int,
        env: dict[str, str],
        *,
        reload: bool = False,
        workers: int = 2,
        threads: int = 4,
        output: IO[bytes] | None = None,
    ) -> None:
        web = [
            *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "1" if reload else str(workers), "--worker-class", "gthread", "--threads", str(threads)),
            *("--keep-alive", "30", "--graceful-timeout", "10", "--log-level", "warning", "--no-control-socket"),
            "--reload" if reload else "--preload",  # imported once, then forked: half the start
        ]
        self.port = port
        self.running = [
            subprocess.Popen(command, env=env, cwd=TOP, start_new_session=True, stdout=output, stderr=output)
            for command in (web, [sys.executable, "-m", "fieldapp", "worker"])
        ]

    def wait_until_ready(self, seconds: float = 30) -> bool:
        """Whether the web server answered in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and all(p.poll() is None for p in self.running):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                    return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        return False

    def wait(self) -> int:
        """Wait until asked to stop, or until one of them ends by itself; returns an exit code."""
        asked: list[int] = []

        def stop(number: int, _: FrameType | None) -> None:
            asked.append(number)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        while not asked and all(p.poll() is None for p in self.running):
            time.sleep(0.2)
        self.stop()
        return 0 if asked else 1

    def stop(self) -> None:
        """Ask both to end, wait for them, and kill what does not."""
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        end = time.monotonic() + GRACE
        for process in self.running:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
