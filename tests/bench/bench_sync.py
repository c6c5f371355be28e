"""Records through the door: in batches of 100, and one by one at concurrency 8. Aims: 3,000/s; 350/s with p95 50 ms.

``server_cpu_ms`` is the processor time of web and worker for one record: what a busy machine cannot hide.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.bench.harness import Bench, hammer, percentile
from tests.phone import Phone

BATCHES, WARM = 60, 10
SINGLES = 1_600
CLIENTS = 8


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """Evidence with a file sealed to the legal box, and the same without one."""
    chapter = bench.make.chapter()
    phones = [bench.make.phone(bench.make.person(chapter)) for _ in range(CLIENTS)]
    box = bench.make.box(chapter)
    file = phones[0].seal(box.id, [])
    server = bench.serve()
    for name, sealed in (("sealed", file), ("open", None)):
        warm = _requests(phones, box.id, sealed, WARM, 20)
        hammer(server.port, "/api/v1/sync", warm, CLIENTS, _all_stored)
        batches = _requests(phones, box.id, sealed, BATCHES, 100)
        before = server.cpu_ms()
        took, _ = hammer(server.port, "/api/v1/sync", batches, 4, _all_stored)
        spent = round((server.cpu_ms() - before) / BATCHES / 100, 2)
        yield {
            "figure": "sync_batches_of_100",
            "records": name,
            "per_second": round(BATCHES * 100 / took),
            "server_cpu_ms": spent,
        }
        singles = _requests(phones, box.id, sealed, SINGLES, 1)
        before = server.cpu_ms()
        took, times = hammer(server.port, "/api/v1/sync", singles, CLIENTS, _all_stored)
        spent = round((server.cpu_ms() - before) / SINGLES, 2)
        yield {
            "figure": "sync_one_by_one_at_8",
            "records": name,
            "per_second": round(SINGLES / took),
            **{f"p{n}_ms": percentile(times, n / 100) for n in (50, 95, 99)},
            "server_cpu_ms": spent,
        }


def _requests(phones: list[Phone], box: str, sealed: bytes | None, count: int, size: int) -> list[bytes]:
    """Requests of ``size`` fresh records each; each record has its own signature, all share the bytes of one age file."""
    made = []
    for number in range(count):
        phone = phones[number % len(phones)]
        phone.seal = lambda *_: sealed or b""  # type: ignore[method-assign]
        answers = {"/type": "master", "/admitted": "yes", "/mode": "in_person"}
        secret = {box: {"/notes": ""}} if sealed else None
        records = [phone.observation(cell="4071,-7401", open=answers, sealed=secret) for _ in range(size)]
        made.append(json.dumps({"v": 1, "records": records}).encode())
    return made


def _all_stored(answer: bytes) -> None:
    outcomes = {one["outcome"] for one in json.loads(answer)["results"]}
    assert outcomes <= {"stored", "quarantined"}, outcomes
