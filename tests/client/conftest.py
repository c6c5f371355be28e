"""A real installation as `fieldapp serve` runs it (web and worker), with a legal box, for clients that know only its address."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from .fieldclient import age
from .fieldclient.client import Client
from .fieldclient.counsel import Counsel
from .fieldclient.records import Record

TOP = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One Fieldapp in a directory of its own, started and asked only as its README says."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("FIELDAPP_")},
            "FIELDAPP_DATA_DIR": str(home),
            "FIELDAPP_PUBLIC_URL": self.url,
        }
        self.log = home / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.box: tuple[str, age.Identity, age.Identity] | None = None
        self.counsel: Counsel | None = None
        self.newcomers = 0

    def run(self, *words: str) -> str:
        """A `fieldapp` command; what it printed."""
        command = [sys.executable, "-m", "fieldapp", *words]
        done = subprocess.run(command, env=self.env, cwd=TOP, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Starts web and worker, and waits until they answer."""
        command = [sys.executable, "-m", "fieldapp", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.env, cwd=TOP, stdout=log, stderr=log)
        ends = time.monotonic() + 90
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < ends, self.log.read_text(errors="replace")
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/api/v1/csrf", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def stop(self) -> None:
        """Stops both."""
        if self.process:
            self.process.terminate()
            self.process.wait(30)

    def link(self, *words: str) -> str:
        """The invite link that a command prints."""
        return next(word for word in self.run(*words).split() if "/enrol#" in word)

    def newcomer(self, name: str, role: str = "volunteer") -> Client:
        """Somebody who has just joined, with a snapshot and a device key."""
        self.newcomers += 1
        client = Client(self.url)
        client.enrol(self.link("invite", "--role", role), f"{name} {self.newcomers}")
        client.refresh()
        assert client.clock
        client.register(client.fresh_key(), registered_at=client.clock)
        return client


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server whose chapter has a legal box. Its first admin has joined by the link that `init` printed."""
    made = Server(tmp_path_factory.mktemp("second-client"))
    try:
        made.run("db", "upgrade")
        first_link = made.link("init", "--name", "Second chapter")
        made.start()
        admin = Client(made.url)
        admin.enrol(first_link, "First Admin")
        lawyer = made.newcomer("Counsel", "legal")
        lawyer.step_up()
        made.counsel = Counsel(lawyer)
        made.counsel.register()
        assert lawyer.clock
        made.box = made.counsel.make_box(lawyer.clock)
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def regular(server: Server) -> Client:
    """A volunteer who has joined once."""
    return server.newcomer("Heron")


@pytest.fixture
def identity(server: Server) -> age.Identity:
    """What opens the legal box."""
    assert server.box
    return server.box[1]


@pytest.fixture(scope="session")
def beginning(regular: Client) -> list[Record]:
    """The first records of this server, in its log before any other: the checkpoint then is of them and the manifest."""
    assert regular.clock
    first = regular.observe("salute", {"how_many": "n1"}, at=regular.clock, cell="4071,-7401")
    second = regular.amend(first, {"how_many": "n1"}, {"how_many": "n2"}, at=regular.clock)
    assert [one.outcome for one in regular.sync()] == ["stored", "stored"]
    ends = time.monotonic() + 60
    while regular.checkpoint is None or regular.verified(regular.checkpoint).size < 3:
        assert time.monotonic() < ends, "not in the log within a minute"
        time.sleep(0.3)
        regular.refresh()
    return [first, second]


@pytest.fixture
def volunteer(regular: Client, beginning: list[Record]) -> Client:
    """The volunteer's phone as it was after the beginning: nothing waits in it."""
    assert len(beginning) == 2
    return dataclasses.replace(
        regular, own_keys=list(regular.own_keys), pinned=list(regular.pinned), cookies=dict(regular.cookies), outbox={}
    )
