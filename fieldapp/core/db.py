"""Engines and the write gate (DESIGN 7).

Reads begin with BEGIN, writes with BEGIN IMMEDIATE behind one fair gate that threads and processes share; on PostgreSQL the
gate is not needed. Every write happens inside ``write()``: a flush anywhere else is a programming error and raises.
"""

from __future__ import annotations

import fcntl
import math
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, event, text
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError, StatementError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from fieldapp.core import wake

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every model; constraint names are fixed so that both databases and all migrations agree."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "autoflush": False})
_local = threading.local()
IDLE = 5.0  # seconds after which a pooled connection is asked whether it still lives


class WriteGate:
    """First come, first served, over threads and processes: a thread lock, then a lock on a file beside the database."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._tickets = threading.Condition()
        self._next = self._serving = 0

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the gate; nothing to do without a path."""
        if self._path is None:
            yield
            return
        with self._tickets:
            mine, self._next = self._next, self._next + 1
            self._tickets.wait_for(lambda: self._serving == mine)
        try:
            with self._path.open("a") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
        finally:
            with self._tickets:
                self._serving += 1
                self._tickets.notify_all()


_gates: dict[str, WriteGate] = {}
_gates_lock = threading.Lock()


def _gate_for(engine: Engine) -> WriteGate:
    key = str(engine.url.database) if engine.dialect.name == "sqlite" else ""
    with _gates_lock:
        if key not in _gates:
            _gates[key] = WriteGate(Path(key + ".gate") if key else None)
        return _gates[key]


@contextmanager
def write() -> Iterator[Session]:
    """One write transaction: committed when the block ends, rolled back when it raises. A nested block joins the outer one.

    Whoever leaves work behind sets ``session.info["wake_worker"]``: the commit wakes the workers. What is noted in ``session.info`` as
    ``owed`` or ``held`` belongs to this transaction.
    """
    session = db.session()
    if getattr(_local, "writing", False):
        yield session
        return
    session.rollback()  # whatever was read before was read in an older transaction
    with _gate_for(db.engine).hold():
        _local.writing = True
        try:
            yield session
            session.flush()  # nothing is locked after the counters
            for step, ids in sorted(session.info.pop("owed", {}).items()):
                _steps[step](session, sorted(ids))
            woken = session.info.get("wake_worker", False)
            if woken:
                wake.in_transaction(session)
            session.commit()
            _local.commits = commits() + 1
        except BaseException:
            session.rollback()
            raise
        finally:
            _local.writing = False
            for what in ("wake_worker", "owed", "held"):
                session.info.pop(what, None)
    if woken:
        wake.after_commit(db.engine)


_steps: dict[int, Callable[[Session, Sequence[str]], None]] = {}


def last_step(number: int, act: Callable[[Session, Sequence[str]], None]) -> None:
    """What a write transaction does last with the ids it owes (``owe``): steps by their numbers, ids sorted.

    Rows that many transactions change (version counters) are locked only here and always in this order, so that these
    transactions wait for each other as shortly as can be, and never in a circle.
    """
    _steps[number] = act


def owe(session: Session, number: int, ids: Iterable[str]) -> None:
    """Have the last step of this number do its work for these ids, once, when the write transaction ends."""
    session.info.setdefault("owed", {}).setdefault(number, set()).update(ids)


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name")


def lock(session: Session, names: Collection[str]) -> None:
    """On PostgreSQL: hold these names until the transaction ends, one after the other in their order. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(_LOCK, {"names": sorted(names)})


def commits() -> int:
    """How many transactions this thread has committed."""
    return int(getattr(_local, "commits", 0))


def gave_way(error: BaseException) -> bool:
    """Whether the database broke this transaction off for another's sake (deadlock, busy): all of it may be done again."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state in ("40P01", "40001", "55P03") or (state is None and "is locked" in str(error.orig))


def writing() -> bool:
    """Whether this thread is inside ``write()``."""
    return bool(getattr(_local, "writing", False))


@event.listens_for(Session, "before_flush")
def _only_in_write(session: Session, *_: Any) -> None:
    if (session.new or session.dirty or session.deleted) and not writing():
        raise RuntimeError("a write outside core.db.write()")


def engine_options(url: str) -> dict[str, Any]:
    """Engine options for a database address: the SQLite library with the WAL fix, or a pooled PostgreSQL.

    Errors never carry the values of their statement: they end in logs, and values are answers, names, hashes of tokens.
    """
    if url.startswith("sqlite"):
        import pysqlite3.dbapi2 as sqlite

        return {
            "module": sqlite,
            "connect_args": {"timeout": 30, "check_same_thread": False},
            "hide_parameters": True,
        }
    return {"pool_size": 10, "max_overflow": 10, "hide_parameters": True}


def prepare(engine: Engine) -> None:
    """Attach what connections need: SQLite each new one, PostgreSQL those that lay idle. Call once per engine."""
    if engine.dialect.name != "sqlite":
        _ping_after_idling(engine)
        _say_no_values(engine)
        return

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.enable_load_extension(True)
        connection.load_extension("mod_spatialite")
        connection.enable_load_extension(False)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing() else "BEGIN")


def _ping_after_idling(engine: Engine) -> None:
    """Ask a pooled connection whether it still lives only after it lay idle: a ping each time is a fifth of a small request."""

    @event.listens_for(engine, "checkin")
    def _on_checkin(_: Any, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _on_checkout(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        if time.monotonic() - record.info.get("idle_since", math.inf) > IDLE:
            try:
                engine.dialect.do_ping(connection)
            except Exception as error:
                raise DisconnectionError from error  # the pool opens a new one


def _say_no_values(engine: Engine) -> None:
    """PostgreSQL says in lines of its own which row failed ("DETAIL: Failing row contains (...)"): only the first line stays."""

    @event.listens_for(engine, "handle_error")
    def _on_error(context: ExceptionContext) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if isinstance(error, psycopg.Error | StatementError) and error.args and isinstance(error.args[0], str):
                error.args = (error.args[0].partition("\n")[0], *error.args[1:])


def create_spatial_metadata(connection: Connection) -> None:
    """Prepare an empty database for geometry columns: SpatiaLite's own tables, or the PostGIS extension."""
    if connection.dialect.name == "sqlite":
        known = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name='geometry_columns'").scalar()
        if not known:
            connection.exec_driver_sql("SELECT InitSpatialMetaData(0, 'WGS84')")  # 0: we are in a transaction
    else:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")


def create_all() -> None:
    """Create every table on an empty database (tests; an installation uses migrations)."""
    with write() as session:
        create_spatial_metadata(session.connection())
        Base.metadata.create_all(session.connection())
