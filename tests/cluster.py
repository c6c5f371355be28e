"""A private, throw-away PostgreSQL with PostGIS on a unix socket, for one test run."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class Cluster:
    """``url(name)`` is the address of a database in the cluster."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="fieldapp-pg-"))
        self.bin = BINARIES[0]
        self.account = self._account()

    def _account(self) -> pwd.struct_passwd | None:
        """PostgreSQL refuses to run as root: take an unprivileged account then."""
        if os.geteuid() != 0:
            return None
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        account = known.get("postgres") or known["nobody"]
        os.chown(self.home, account.pw_uid, account.pw_gid)
        return account

    def _run(self, *command: str) -> None:
        prefix: list[str] = []
        if self.account:
            prefix = [
                "setpriv",
                "--reuid",
                str(self.account.pw_uid),
                "--regid",
                str(self.account.pw_gid),
                "--clear-groups",
            ]
        subprocess.run(
            [*prefix, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.home
        )

    def start(self) -> None:
        """Initialise and start the server; it listens on a socket in its own folder only."""
        data = self.home / "data"
        self._run(
            str(self.bin / "initdb"),
            "-D",
            str(data),
            "-A",
            "trust",
            "-U",
            "fieldapp",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={self.home} -c fsync=off -c max_connections=200"
        self._run(str(self.bin / "pg_ctl"), "-D", str(data), "-o", options, "-w", "-l", str(self.home / "log"), "start")

    def stop(self) -> None:
        """Stop the server and remove every file."""
        self._run(str(self.bin / "pg_ctl"), "-D", str(self.home / "data"), "-m", "immediate", "-w", "stop")
        for _ in range(20):
            shutil.rmtree(self.home, ignore_errors=True)
            if not self.home.exists():
                return
            time.sleep(0.05)

    def url(self, name: str = "postgres") -> str:
        """The SQLAlchemy address of database ``name``."""
        return f"postgresql+psycopg://fieldapp@/{name}?host={self.home}"

    def create(self, name: str) -> str:
        """Create database ``name`` and return its address."""
        self._run(str(self.bin / "createdb"), "-h", str(self.home), "-U", "fieldapp", name)
        return self.url(name)
