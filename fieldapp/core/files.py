"""Media on a local disk: written in ``incoming/``, then kept under their own SHA-256. Another kind of store is this interface anew.

A kept file never changes: it is written, fsynced, renamed into its place, and its folder is fsynced; what has a name is whole.
Everything here is sealed already (docs/protocol.md 13); folders are 0700 and files 0600 all the same.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from fieldapp.core.canonical import b64u, unb64u

_NAME = re.compile(r"\A[0-9a-f]{64}\Z")
PIECE = 256 * 1024  # bytes held at a time while a file is read


class Busy(Exception):
    """Another writer has this incoming file."""


class Incoming:
    """A file that is being written; nobody else can write it at the same time."""

    def __init__(self, store: Store, path: Path, handle: FileIO) -> None:
        self._store, self._path, self._handle = store, path, handle

    @property
    def size(self) -> int:
        """Bytes that lie there."""
        return os.fstat(self._handle.fileno()).st_size

    def cut(self, size: int) -> None:
        """Forget what lies beyond ``size`` bytes; writing goes on there."""
        self._handle.truncate(size)
        self._handle.seek(size)

    def write(self, data: bytes) -> None:
        """Append; on the disk for sure only after ``sync``."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._handle.write(rest) :]

    def sync(self) -> None:
        """What was written survives a power cut from here on."""
        os.fdatasync(self._handle.fileno())

    def digest(self) -> str:
        """SHA-256 (b64u) of what lies there, read back."""
        self._handle.seek(0)
        return b64u(hashlib.file_digest(self._handle, "sha256").digest())

    def keep(self, sha256: str) -> None:
        """Give it its place under its digest; durable when this returns. Sync first, and ``forget`` it once the database knows:
        until then it also lies here, so that whoever is killed between the two need not send it all again."""
        target = self._store.path(sha256)
        if not target.parent.is_dir():
            _folder(target.parent)
            _sync_folder(target.parent.parent)
        beside = target.with_name(f".{self._path.name}")
        beside.unlink(missing_ok=True)  # of a process that was killed here
        try:
            beside.hardlink_to(self._path)
        except OSError:  # a file system without hard links
            beside = self._path
        beside.replace(target)
        if beside != self._path:  # a rename onto another name of the same file does nothing
            beside.unlink(missing_ok=True)
        _sync_folder(target.parent)


class Store:
    """Files under one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"

    def path(self, sha256: str) -> Path:
        """Where a kept file lies; its name is hex, so that no file system's idea of letters matters."""
        name = unb64u(sha256).hex()
        return self.root / "kept" / name[:2] / name

    @contextmanager
    def writing(self, name: str) -> Iterator[Incoming]:
        """The incoming file of this name, made where there is none, for one writer at a time over all processes. Raises Busy."""
        path = self._incoming / name
        if not self._incoming.is_dir():
            _folder(self._incoming)
            _folder(self.root / "kept")
        with FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Busy from error
            if not _is_still(path, handle):  # another writer finished it between our open and our lock
                raise Busy
            yield Incoming(self, path, handle)

    def arrived(self, name: str) -> int:
        """Bytes of an incoming file; 0 where there is none."""
        try:
            return (self._incoming / name).stat().st_size
        except FileNotFoundError:
            return 0

    def forget(self, name: str) -> None:
        """Remove an incoming file."""
        with suppress(FileNotFoundError):
            (self._incoming / name).unlink()

    def size(self, sha256: str) -> int | None:
        """Bytes of a kept file; None where there is none."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def open(self, sha256: str) -> FileIO:
        """A kept file, to be read. Raises FileNotFoundError."""
        return FileIO(self.path(sha256), "rb")

    def verified(self, sha256: str) -> bool:
        """Whether a kept file still has its digest: reads all of it. Raises FileNotFoundError."""
        with self.open(sha256) as handle:
            return b64u(hashlib.file_digest(handle, "sha256").digest()) == sha256

    def kept(self) -> Iterator[str]:
        """The digests (b64u) of all kept files."""
        for path in sorted((self.root / "kept").glob("*/*")):
            if _NAME.match(path.name):
                yield b64u(bytes.fromhex(path.name))

    def strange(self) -> Iterator[str]:
        """Names among the kept files that are no digests."""
        yield from sorted(path.name for path in (self.root / "kept").glob("*/*") if not _NAME.match(path.name))

    def incoming(self) -> Iterator[str]:
        """The names of all incoming files."""
        yield from sorted(path.name for path in self._incoming.glob("*"))

    def free(self) -> int:
        """Bytes free on the disk."""
        folder = next(one for one in (self.root, *self.root.parents) if one.is_dir())
        return shutil.disk_usage(folder).free

    def copy_new(self, target: Store) -> tuple[int, int]:
        """Copy each kept file that ``target`` does not have yet, checked on the way; returns how many, and how many were there.

        Raises DigestDiffers, when all others were copied, with those that are not what their names say; OSError when the disk does not
        take it.
        """
        _folder(target.root)  # also when there is nothing to copy: whoever restores names this folder
        copied = there = 0
        differing = []
        for sha256 in self.kept():
            size = self.size(sha256)
            if size is not None and target.size(sha256) == size:
                there += 1
            elif self._copy(sha256, target):
                copied += 1
            else:
                differing.append(sha256)
        if differing:
            raise DigestDiffers(", ".join(differing))
        return copied, there

    def _copy(self, sha256: str, target: Store) -> bool:
        name = self.path(sha256).name
        with self.open(sha256) as source, target.writing(name) as out:
            out.cut(0)
            while piece := source.read(PIECE):
                out.write(piece)
            out.sync()
            good = out.digest() == sha256
            if good:
                out.keep(sha256)
        target.forget(name)
        return good


class DigestDiffers(Exception):
    """Kept files are not what their names say."""


def _is_still(path: Path, handle: FileIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle.fileno()))
    except FileNotFoundError:
        return False


def _folder(path: Path) -> None:
    """With ``parents=True`` only the last one would be closed to others."""
    for one in reversed([path, *(each for each in path.parents if not each.is_dir())]):
        one.mkdir(exist_ok=True, mode=0o700)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
