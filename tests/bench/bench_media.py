"""A record with a sealed photo of 200 kB: the photo in one request, the record that names it in another. Aim: 150/s at concurrency 8.

``server_cpu_ms`` is the processor time of web and worker for one such pair.
"""

from __future__ import annotations

import http.client
import json
import secrets
import threading
import time
from collections.abc import Iterator
from typing import Any

from tests.bench.harness import Bench, percentile
from tests.phone import Phone
from tests.uploads import PATH, STREAM, Recording

WARM, PAIRS, CLIENTS, SIZE = 64, 1_200, 8, 200_000
Pair = tuple[dict[str, str], bytes, bytes]


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """Photo and record, one after the other on one connection, as a phone sends them; and the photos alone."""
    chapter = bench.make.chapter()
    phones = [bench.make.phone(bench.make.person(chapter)) for _ in range(CLIENTS)]
    box = bench.make.box(chapter)
    file = phones[0].seal(box.id, [])
    pixels = secrets.token_bytes(SIZE - 32)
    server = bench.serve()
    _send(server.port, _pairs(phones, box.id, file, pixels, WARM), both=True)
    for name, both in (("record_with_photo_200kB_at_8", True), ("photo_200kB_at_8", False)):
        pairs = _pairs(phones, box.id, file, pixels, PAIRS)
        before = server.cpu_ms()
        took, times = _send(server.port, pairs, both=both)
        yield {
            "figure": name,
            "per_second": round(PAIRS / took),
            **{f"p{n}_ms": percentile(times, n / 100) for n in (50, 95, 99)},
            "server_cpu_ms": round((server.cpu_ms() - before) / PAIRS, 2),
        }


def _pairs(phones: list[Phone], box: str, file: bytes, pixels: bytes, count: int) -> list[Pair]:
    made = []
    for number in range(count):
        phone = phones[number % len(phones)]
        photo = Recording(phone, secrets.token_bytes(32) + pixels)
        phone.seal = lambda *_: file  # type: ignore[method-assign]
        record = phone.observation(cell="4071,-7401", sealed={box: {"/notes": ""}}, change={"media": [photo.said]})
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(SIZE), "Content-Type": STREAM}
        headers["Authorization"] = photo.token()
        made.append((headers, photo.data, json.dumps({"v": 1, "records": [record]}).encode()))
    return made


def _send(port: int, pairs: list[Pair], *, both: bool) -> tuple[float, list[float]]:
    """All of them over kept connections; the seconds it took and each pair's milliseconds."""
    times: list[float] = []
    wrong: list[Any] = []
    queue, lock = iter(pairs), threading.Lock()

    def run() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                pair = next(queue, None)
            if pair is None:
                return connection.close()
            headers, photo, record = pair
            began = time.perf_counter()
            connection.request("POST", PATH, body=photo, headers=headers)
            answer = connection.getresponse()
            told = answer.read()
            if answer.status != 201 or "Fieldapp-Media-Receipt" not in answer.headers:
                wrong.append(told)
            if both:
                connection.request("POST", "/api/v1/sync", body=record, headers={"Content-Type": "application/json"})
                told = connection.getresponse().read()
                if b'"receipt"' not in told:
                    wrong.append(told)
            times.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=run) for _ in range(CLIENTS)]
    began = time.perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    took = time.perf_counter() - began
    assert not wrong and len(times) == len(pairs), wrong[:1]
    return took, times
