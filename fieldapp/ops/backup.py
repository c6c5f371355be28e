"""Backup and restore: one consistent picture of every kept table and the server's keys, as an age file.

The picture is logical (rows, not pages), so that it restores onto either database. What must not outlive its day is left
out: sessions, challenges, push work, cards for a family, what is sealed to a dispatch box and the keys to it.
"""

from __future__ import annotations

import base64
import errno
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyrage
from alembic.runtime.migration import MigrationContext
from flask_migrate import upgrade
from geoalchemy2 import WKBElement
from sqlalchemy import Connection, MetaData, Table, func, inspect, select, text

from fieldapp.core.db import Base, db, write
from fieldapp.core.errors import N_, DomainError
from fieldapp.records.services import epochs

FORMAT = 1
LEFT_OUT = frozenset(
    {
        "login_sessions",
        "ceremonies",
        "jobs",
        "deliveries",
        "family_cards",
        "reaches",
        "sheet_imports",
        "alert_details",
        "dispatch_boxes",
        "dispatch_grants",
    }
)
BATCH = 500


class BackupError(DomainError):
    """A backup or a restore cannot be done; the message says why."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__("backup", message, safe=N_("The database was not changed."), **values)


@dataclass(frozen=True)
class Manifest:
    """What a backup file says of itself."""

    format: int
    revision: str
    epoch: str
    taken_at: int
    rows: dict[str, int]


def backup(
    target: Path, recipient: str, keys: Path, now: int, copy_media: Callable[[], object] = lambda: None
) -> Manifest:
    """Write an age file at ``target`` for ``recipient`` while the server goes on; ``now`` is ms UTC.

    ``copy_media`` runs when the rows are written, so that every file they speak of is there to be copied. Afterwards phones are told
    up to when what was received is surely in a backup.
    Raises BackupError when the recipient is not one.
    """
    try:
        to = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise BackupError(N_("That is not an age recipient: it begins with age1.")) from error
    epoch = epochs.standing(now).epoch
    db.session.rollback()
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as handle:
            os.fchmod(handle.fileno(), 0o600)
            manifest = _encrypted(handle, to, lambda pipe: _write_tar(pipe, keys, epoch, now))
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)  # a full disk is not left fuller
        raise
    copy_media()
    epochs.backed_up(now)
    return manifest


def restore(source: Path, identity: str, keys: Path, now: int) -> Manifest:
    """Fill an empty database from an age file and begin a new epoch. ``identity`` is an AGE-SECRET-KEY.

    Raises BackupError when the database is not empty, the file is damaged, or the identity does not open it.
    """
    if _holds_anything():
        raise BackupError(N_("This database is not empty. Restore into an empty one."))
    try:
        who = pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError as error:
        raise BackupError(N_("That is not an age identity: it begins with AGE-SECRET-KEY-1.")) from error
    try:
        with source.open("rb") as handle:
            manifest = _decrypted(handle, who, lambda pipe: _read_tar(pipe, keys))
    except (pyrage.DecryptError, tarfile.TarError, ValueError, KeyError, TypeError, EOFError, OSError) as error:
        raise BackupError(N_("The file does not open with this identity, or it is damaged.")) from error
    epochs.begin(now)
    return manifest


def _holds_anything() -> bool:
    names = set(inspect(db.engine).get_table_names())
    if "chapters" not in names:
        return False
    held = db.session.scalar(select(text("count(*)")).select_from(text("chapters")))
    db.session.rollback()
    return bool(held)


def _encrypted(out: BinaryIO, to: Any, produce: Callable[[BinaryIO], Manifest]) -> Manifest:
    """What ``produce(pipe)`` writes, encrypted into ``out`` as it comes: no plain copy ever lies on a disk."""
    read, write_ = os.pipe()
    try:
        with _beside(read, "rb", lambda plain: pyrage.encrypt_io(plain, out, [to])), os.fdopen(write_, "wb") as pipe:
            return produce(pipe)
    except (
        pyrage.EncryptError
    ) as error:  # what the disk said comes wrapped in words: "OSError: [Errno 28] No space left"
        raise OSError(errno.EIO, str(error).rpartition("] ")[2]) from error


def _decrypted(source: BinaryIO, who: Any, consume: Callable[[BinaryIO], Manifest]) -> Manifest:
    """What ``consume(pipe)`` makes of ``source`` as it is decrypted; age authenticates every chunk before it is handed on."""
    read, write_ = os.pipe()
    with _beside(write_, "wb", lambda plain: pyrage.decrypt_io(source, plain, [who])), os.fdopen(read, "rb") as pipe:
        try:
            return consume(pipe)
        finally:
            while pipe.read(65_536):  # the other thread writes to its end
                pass


@contextmanager
def _beside(end: int, mode: str, work: Callable[[BinaryIO], object]) -> Iterator[None]:
    """Run ``work`` with one end of a pipe in another thread while the block runs; what goes wrong there is raised here."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(end, mode) as plain:
                work(cast(BinaryIO, plain))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        if failed:
            raise failed[0]


def _write_tar(pipe: BinaryIO, keys: Path, epoch: str, now: int) -> Manifest:
    rows: dict[str, int] = {}
    with tarfile.open(fileobj=pipe, mode="w|") as tar, db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        revision = MigrationContext.configure(connection).get_current_revision() or ""
        manifest = Manifest(FORMAT, revision, epoch, now, rows)
        _add(tar, "manifest.json", json.dumps(vars(manifest)).encode())
        for table in _tables(connection):
            rows[table.name] = 0
            for number, lines in enumerate(_pages(connection, table)):
                rows[table.name] += len(lines)
                _add(tar, f"tables/{table.name}/{number:06d}.jsonl", "\n".join(lines).encode())
        # The root key is kept apart from the server, and from its backups: never what an admin left lying here.
        for path in sorted(p for p in keys.glob("*") if not p.name.startswith("root")) if keys.exists() else []:
            _add(tar, f"keys/{path.name}", path.read_bytes())
        _add(tar, "rows.json", json.dumps(rows).encode())
    return manifest


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


def _tables(connection: Connection) -> list[Table]:
    """Our tables as this database has them, parents first."""
    known = MetaData()
    names = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
    known.reflect(connection, only=sorted(names))
    return [t for t in known.sorted_tables if t.name in names - LEFT_OUT]


def _pages(connection: Connection, table: Table) -> Iterator[list[str]]:
    order = [table.c.path] if "path" in table.c else list(table.primary_key.columns)
    found = connection.execution_options(stream_results=True, yield_per=BATCH).execute(select(table).order_by(*order))
    for page in found.mappings().partitions(BATCH):
        yield [json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False) for row in page]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"b64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, WKBElement):
        return {"wkb": value.desc, "srid": value.srid}
    return value


def _rich(value: Any) -> Any:
    if isinstance(value, dict) and "b64" in value:
        return base64.b64decode(value["b64"])
    if isinstance(value, dict) and "wkb" in value:
        return WKBElement(bytes.fromhex(value["wkb"]), srid=value["srid"])
    return value


def _read_tar(pipe: BinaryIO, keys: Path) -> Manifest:
    """Rows go into one transaction that is only committed when the whole file has been read and counted."""
    with tarfile.open(fileobj=pipe, mode="r|") as tar:
        first = tar.next()
        if first is None or first.name != "manifest.json":
            raise ValueError("the file does not begin with its manifest")
        manifest = Manifest(**json.loads(_content(tar, first)))
        upgrade(revision=manifest.revision)  # an older backup meets the tables of its own day
        counted, kept = _load_all(tar)
    manifest.rows.update(counted)
    upgrade()
    _keep_keys(keys, kept)
    return manifest


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    data = tar.extractfile(entry)
    return data.read() if data else b""


def _load_all(tar: tarfile.TarFile) -> tuple[dict[str, int], dict[str, bytes]]:
    loaded: dict[str, int] = {}
    counted: dict[str, int] = {}
    kept: dict[str, bytes] = {}
    with write() as session:
        tables = {t.name: t for t in _tables(session.connection())}
        for entry in tar:
            kind, _, rest = entry.name.partition("/")
            if kind == "tables":
                name = rest.split("/")[0]
                loaded[name] = loaded.get(name, 0) + _load(session.connection(), tables[name], _content(tar, entry))
            elif kind == "keys":
                kept[Path(rest).name] = _content(tar, entry)
            elif kind == "rows.json":
                counted = json.loads(_content(tar, entry))
        if not counted or {name: n for name, n in counted.items() if n} != loaded:
            raise ValueError("the file is not whole")
        _number_on(session.connection(), tables)
    return counted, kept


def _load(connection: Connection, table: Table, content: bytes) -> int:
    rows = [{k: _rich(v) for k, v in json.loads(line).items()} for line in content.decode().split("\n") if line]
    if rows:
        connection.execute(table.insert(), rows)
    return len(rows)


def _number_on(connection: Connection, tables: dict[str, Table]) -> None:
    """PostgreSQL's sequences go on after the highest number that was restored."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables.values():
        if "pk" in table.c:
            highest = connection.scalar(select(func.max(table.c.pk)))
            if highest:
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:t, 'pk'), :n)"), {"t": table.name, "n": highest}
                )


def _keep_keys(keys: Path, kept: dict[str, bytes]) -> None:
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in kept.items():
        path = keys / name
        path.touch(mode=0o600)
        path.write_bytes(content)
