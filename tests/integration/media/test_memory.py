"""200 MB over connections that are cut twenty times, a server that is killed twice: the same bytes, and memory stays flat."""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from fieldapp.core.canonical import b64u
from fieldapp.core.files import Store
from tests.bench.harness import DATABASES, Bench
from tests.served import Server
from tests.uploads import PATH, STREAM, Recording

MIB = 1_048_576
PIECE = 4 * MIB
PIECES = 48  # 201 million bytes
CUTS, KILLS = 20, (15, 33)
MOST = 24 * MIB  # that a process may grow beyond what it had after its first request; the item is eight times that


def piece(number: int) -> bytes:
    """The item's bytes, made anew whenever they are asked for."""
    return random.Random(number).randbytes(PIECE)


def memory(server: Server, field: str) -> int:
    """The largest of the web processes, in bytes: ``VmRSS`` now, ``VmHWM`` at its peak."""
    (web,) = server.running
    found = []
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            if os.getpgid(int(path.parent.name)) == web.pid:
                found.append(int(path.read_text().split(f"{field}:")[1].split()[0]) * 1024)
        except OSError:
            continue
    return max(found)


class Sender:
    """A phone on bad connections, which remembers nothing: where it goes on is what the server says."""

    def __init__(self, server: Server, token: str, media: str) -> None:
        self.server, self.path = server, f"{PATH}/{media}"
        self.headers = {"Tus-Resumable": "1.0.0", "Authorization": token}

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers={**self.headers, **told})
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()

    def offset(self) -> int:
        return int(self.ask("HEAD", self.path).headers["Upload-Offset"])

    def patch(self, offset: int, body: bytes) -> int:
        return int(self.ask("PATCH", self.path, body, Upload_Offset=str(offset), Content_Type=STREAM).status)

    def cut(self, offset: int, body: bytes) -> None:
        """A connection that ends in the middle of the body."""
        said = {**self.headers, "Upload-Offset": str(offset), "Content-Type": STREAM, "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=60) as line:
            line.sendall(f"PATCH {self.path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode())
            line.sendall(body[: len(body) // 2])


@pytest.mark.parametrize("database", DATABASES)
def test_two_hundred_megabytes_over_cut_connections_and_a_killed_server_arrive_and_memory_stays_flat(database):
    with Bench(database) as bench:
        phone = bench.make.phone(bench.make.person(bench.make.chapter()))
        film = Recording(phone, b"")
        token, store = film.token(), Store(bench.home / "media")
        server = bench.server
        server.worker = False
        bench.serve()
        sender = Sender(server, token, film.id)
        assert sender.ask("POST", PATH, Upload_Length=str(PIECE * PIECES)).status == 201
        assert sender.patch(0, piece(0)[:MIB]) == 204
        before = grown = memory(server, "VmRSS")
        cuts, kills = CUTS, list(KILLS)
        while (offset := sender.offset()) < PIECE * PIECES:
            at, inside = divmod(offset, PIECE)
            body = piece(at)[inside:]
            if cuts and inside == 0:
                cuts -= 1
                sender.cut(offset, body)
            elif kills and at == kills[0]:
                kills.pop(0)
                grown = max(grown, memory(server, "VmHWM"))
                server.stop(signal.SIGKILL)
                server.start()
            else:
                assert sender.patch(offset, body) in {204, 409}  # 409: the cut one is not over yet
        whole = hashlib.sha256()
        for number in range(PIECES):
            whole.update(piece(number))
        sha256 = b64u(whole.digest())
        assert store.verified(sha256)
        assert (cuts, kills) == (0, [])
        assert max(grown, memory(server, "VmHWM")) - before < MOST
