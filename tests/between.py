"""Two at the same moment, without a clock: what one does while another stands between two of its statements."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, event, text

from fieldapp.core.db import db

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@contextmanager
def between(app: Flask, words: str, act: Callable[[], Any], *, waits: bool = False) -> Iterator[list[Any]]:
    """The first time this thread has run a statement with ``words`` in it, another thread does ``act``; its answer is in the list.

    The statement's transaction goes on when ``act`` is done; with ``waits``, when it waits for a lock that this transaction holds.
    """
    answers: list[Any] = []

    def run() -> None:
        with app.app_context():  # things of this test's session are not read in there: ids are
            answers.append(act())

    other = threading.Thread(target=run)
    mine = threading.get_ident()

    def then(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if other.ident is not None or words not in statement or threading.get_ident() != mine:
            return
        other.start()
        if not waits:
            other.join()
        elif db.engine.dialect.name == "postgresql":  # SQLite has one writer: it waits before its first statement
            _until_it_waits(other)

    event.listen(db.engine, "after_cursor_execute", then)
    try:
        yield answers
        assert other.ident is not None, f"no statement has {words!r}"
        other.join()
    finally:
        event.remove(db.engine, "after_cursor_execute", then)


def _until_it_waits(other: threading.Thread) -> None:
    watcher = create_engine(db.engine.url)
    try:
        with watcher.connect() as connection:
            while other.is_alive() and not connection.scalar(text(WAITING)):
                connection.rollback()
    finally:
        watcher.dispose()
