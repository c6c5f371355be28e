"""The snapshot of a chapter of 500, whole and unchanged, one request after another. Aims: p95 15 ms and 3 ms; 60 kB gzipped."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from typing import Any

from fieldapp.accounts.models import Person
from fieldapp.accounts.services import sessions
from tests.bench.harness import Bench, percentile
from tests.integration.test_snapshot import crowd
from tests.people import HERE

WARM, TIMES, PEOPLE = 20, 300, 500


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """Server time as a client on loopback sees it."""
    cookie = _cookie(bench, crowd(bench.make, bench.clock, PEOPLE))
    server = bench.serve()
    _, tag, size = _ask(server.port, {"Cookie": cookie}, times=1)
    for name, asked, aim in (("200", {}, 15), ("304", {"If-None-Match": tag}, 3)):
        before = server.cpu_ms()
        times, _, _ = _ask(server.port, {"Cookie": cookie, **asked})
        spent = {"server_cpu_ms": round((server.cpu_ms() - before) / (WARM + TIMES), 2)}
        yield {"figure": f"snapshot_{name}_ms", "people": PEOPLE, **_of(times), "aim_p95": aim, **spent}
    yield {"figure": "snapshot_gzipped_kB", "people": PEOPLE, "kB": round(size / 1000, 1), "aim": 60}


def _cookie(bench: Bench, person: Person) -> str:
    """The session cookie of a signed-in browser."""
    token = sessions.begin(person, bench.clock.now(), label="Bench")
    client = bench.app.test_client()
    with client.session_transaction(base_url=HERE) as kept:
        kept["_user_id"], kept["_fresh"] = token, True
    name = bench.app.config["SESSION_COOKIE_NAME"]
    found = client.get_cookie(name)
    assert found is not None
    return f"{name}={found.value}"


def _ask(port: int, headers: dict[str, str], times: int = TIMES) -> tuple[list[float], str, int]:
    """Milliseconds of each request after the first few, the ETag, and the size of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    spent: list[float] = []
    tag, size = "", 0
    for number in range(WARM + times):
        began = time.perf_counter()
        connection.request("GET", "/api/v1/field", headers={"Accept-Encoding": "gzip", **headers})
        answer = connection.getresponse()
        size = len(answer.read())
        if number >= WARM:
            spent.append((time.perf_counter() - began) * 1000)
        assert answer.status in {200, 304}
        tag = answer.headers["ETag"]
    return spent, tag, size


def _of(times: list[float]) -> dict[str, Any]:
    return {f"p{n}": percentile(times, n / 100) for n in (50, 95, 99)}
