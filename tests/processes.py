"""Real processes of ours for tests: started, awaited, killed by their own id."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent


class Process:
    """A running process; ``lines`` is what it has said so far."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            command, cwd=TOP, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def wait_for(self, words: str, seconds: float = 40) -> None:
        """Wait until it says ``words``; fails with everything it said."""
        out = self.process.stdout
        assert out is not None
        ends = time.monotonic() + seconds
        with selectors.DefaultSelector() as ready:
            ready.register(out, selectors.EVENT_READ)
            while time.monotonic() < ends and ready.select(max(0.0, ends - time.monotonic())):
                line = out.readline()
                if not line:
                    break
                self.lines.append(line)
                if words in line:
                    return
        raise AssertionError(f"{words!r} was not said:\n" + "".join(self.lines))

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is given back."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 20) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        finally:
            self.end()

    def end(self) -> None:
        """Make sure that it is gone."""
        if self.process.poll() is None:
            self.kill()
        if self.process.stdout:
            self.process.stdout.close()


def installation(home: Path, url: str, **more: str) -> dict[str, str]:
    """The environment of a process on this installation."""
    return {
        "FIELDAPP_DATA_DIR": str(home),
        "FIELDAPP_DATABASE_URL": url,
        "FIELDAPP_PUBLIC_URL": "http://localhost",
        "FIELDAPP_SECRET_KEY": "test-only-secret-test-only-secret-00",
        "FIELDAPP_TESTING": "1",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


@contextmanager
def worker(home: Path, url: str, **more: str) -> Iterator[Process]:
    """A worker that works, until the block ends."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    process = Process(command, installation(home, url, **more))
    try:
        process.wait_for("worker started")
        yield process
    finally:
        process.end()
