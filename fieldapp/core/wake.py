"""Waking the workers: NOTIFY in the writer's own transaction on PostgreSQL, a datagram to each worker's socket on SQLite.

A wake-up is only a hint. A lost one costs a poll's length (worker.POLL), never a job.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import URL, Engine
from sqlalchemy.orm import Session

CHANNEL = "fieldapp_work"


def in_transaction(session: Session) -> None:
    """On PostgreSQL: have the commit of this transaction wake every worker, on every machine."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {CHANNEL}"))


def after_commit(engine: Engine) -> None:
    """On SQLite: send one byte to every worker's socket beside the database. Never raises, never waits."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    folder = _folder(engine)
    with contextlib.suppress(OSError), _short(folder) as short, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        for path in folder.iterdir():
            _send(out, f"{short}/{path.name}", path)


def _send(out: socket.socket, address: str, path: Path) -> None:
    try:
        out.sendto(b"!", address)
    except ConnectionRefusedError:
        path.unlink(missing_ok=True)  # its worker is gone
    except OSError:
        pass  # its buffer is full: it is awake already


class Ear(Protocol):
    """Where a worker listens."""

    def wait(self, seconds: float) -> bool:
        """Wait for a wake-up, at most ``seconds``; whether one came."""

    def close(self) -> None:
        """Listen no longer."""


def listen(engine: Engine) -> Ear:
    """An ear for this engine's kind of database."""
    return SocketEar(_folder(engine)) if engine.dialect.name == "sqlite" else NotifyEar(engine.url)


class SocketEar:
    """A datagram socket of this worker, beside the database."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / f"{os.getpid()}-{os.urandom(4).hex()}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with _short(folder) as short:
            self._socket.bind(f"{short}/{self._path.name}")

    def wait(self, seconds: float) -> bool:
        """Wait for a datagram, and swallow those that came with it."""
        ready, _, _ = select.select([self._socket], [], [], seconds)
        while ready:
            try:
                self._socket.recv(16)
            except BlockingIOError:
                return True
        return False

    def close(self) -> None:
        """Close and remove the socket."""
        self._socket.close()
        self._path.unlink(missing_ok=True)


class NotifyEar:
    """A connection of its own that LISTENs; it is opened anew after the server was away."""

    def __init__(self, url: URL) -> None:
        self._arguments: dict[str, Any] = url.set(drivername="postgresql").translate_connect_args(
            username="user", database="dbname"
        ) | dict(url.query)
        self._connection: psycopg.Connection[Any] | None = None

    def wait(self, seconds: float) -> bool:
        """Wait for a notification. Without a connection the poll carries the load, and this only tries again."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(**self._arguments, autocommit=True, connect_timeout=5)
                self._connection.execute(f"LISTEN {CHANNEL}")
                return True  # whatever was written before we listened
            return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error:
            self.close()
            select.select([], [], [], min(seconds, 1.0))
            return False

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
        self._connection = None


def _folder(engine: Engine) -> Path:
    return Path(str(engine.url.database) + ".wake")


class _short:
    """A short name of a folder: a socket's address holds 107 bytes, a folder's path may have more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> str:
        self._fd = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._fd}"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)
