"""A push service in a process of its own, quick enough to take a broadcast: checks each VAPID token once, counts, answers as told.

It opens no message (tests.pushservice does). An address is ``/p/NUMBER/WHAT``: WHAT is ``ok``, or what its first push meets: a status,
``cut`` or ``slow``; 404, 410 and 413 meet every push. Topics are noted (RFC 8030, 5.4).
"""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.certs import issue
from tests.processes import TOP
from tests.pushservice import check_vapid

GOOD = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
LASTING = {"404", "410", "413"}
SLOW = 1.5  # seconds


class Taken:
    """What came: for each address when pushes were accepted, how many tries, and when the first of each topic came."""

    def __init__(self) -> None:
        self.origin = ""
        self.tokens: set[str] = set()
        self.accepted: dict[str, list[float]] = {}
        self.tries: dict[str, int] = {}
        self.topics: dict[str, dict[str, float]] = {}
        self.count = 0
        self.faults: list[str] = []

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[bytes, float]:
        """The bytes that answer this push, and after how many seconds; no bytes: the connection is cut."""
        try:
            self.check(headers, body)
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")
            return self.refusal("400"), 0
        tries = self.tries[path] = self.tries.get(path, 0) + 1
        what = path.rpartition("/")[2]
        if what in LASTING or (tries == 1 and what.isdigit()):
            return self.refusal(what), 0
        if what == "cut" and tries == 1:
            return b"", 0
        self.count += 1
        self.accepted.setdefault(path, []).append(time.time())
        self.topics.setdefault(path, {}).setdefault(headers["topic"], self.accepted[path][-1])
        return GOOD, SLOW if what == "slow" and tries == 1 else 0

    @staticmethod
    def refusal(status: str) -> bytes:
        """A status and nothing else."""
        later = "Retry-After: 1\r\n" if status == "429" else ""
        return f"HTTP/1.1 {status} No\r\n{later}Content-Length: 0\r\n\r\n".encode()

    def check(self, headers: dict[str, str], body: bytes) -> None:
        """What a push service refuses; a token that was good is good again."""
        token = headers["authorization"]
        if token not in self.tokens:
            check_vapid(token, self.origin)
            self.tokens.add(token)
        assert headers["content-encoding"] == "aes128gcm" and int(headers["ttl"]) > 0
        assert headers["urgency"] in {"normal", "high"} and len(headers["topic"]) == 32
        assert len(body) <= 4096 and body[20] == 65, "no aes128gcm record of RFC 8291"


class Connection(asyncio.Protocol):
    """HTTP/1.1 with kept connections, as little of it as a sender of pushes needs."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody came."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            first, *lines = self.buffer[:end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            whole = end + 4 + int(headers["content-length"])
            if len(self.buffer) < whole:
                return
            body, self.buffer = self.buffer[end + 4 : whole], self.buffer[whole:]
            answer, after = self.taken.answer(first.split(" ")[1], headers, body)
            if not answer:
                self.transport.abort()
            elif after:
                asyncio.get_running_loop().call_later(after, self.transport.write, answer)
            else:
                self.transport.write(answer)


async def serve(certificate: str, key: str) -> None:
    """Serve until the standard input ends; its lines ask: ``count``, ``told``, ``clear``."""
    taken = Taken()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(taken), "127.0.0.1", 0, ssl=context, backlog=512)
    taken.origin = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(json.dumps(taken.origin), flush=True)
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while asked := (await lines.readline()).decode().strip():
        said: Any = taken.count
        if asked == "told":
            said = {
                path: {"tries": tries, "at": taken.accepted.get(path, []), "topics": taken.topics.get(path, {})}
                for path, tries in taken.tries.items()
            }
        if asked == "clear":
            for kept in (taken.accepted, taken.tries, taken.topics):
                kept.clear()
            taken.count = 0
        print(json.dumps({"faults": taken.faults, "said": said}), flush=True)


class Sink:
    """``with Sink(folder) as sink: sink.count(), sink.told()``; ``sink.authority`` is the certificate to trust."""

    def __init__(self, home: Path, core: int | None = None) -> None:
        self.authority, certificate, key = issue(home)
        command = [sys.executable, "-m", "tests.pushsink", str(certificate), str(key)]
        self.command = command if core is None else ["taskset", "-c", str(core), *command]

    def __enter__(self) -> Sink:
        self.process = subprocess.Popen(self.command, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.origin = str(json.loads(self.process.stdout.readline()))
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()

    def ask(self, what: str) -> Any:
        """Its answer; fails when a push was not as the standards want it."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert not answer["faults"], answer["faults"][:3]
        return answer["said"]

    def count(self) -> int:
        """How many pushes were accepted."""
        return int(self.ask("count"))

    def told(self) -> dict[str, dict[str, Any]]:
        """For each address: tries, when pushes were accepted (seconds), and the first of each topic."""
        return dict(self.ask("told"))

    def clear(self) -> None:
        """Forget what came."""
        self.ask("clear")

    @property
    def env(self) -> dict[str, str]:
        """What a process of ours needs to send here."""
        trusted = str(self.authority)
        return {"FIELDAPP_PUSH_HOSTS": self.origin, "SSL_CERT_FILE": trusted, "REQUESTS_CA_BUNDLE": trusted}


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:3]))
