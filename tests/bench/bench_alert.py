"""An alert raised to its push accepted: the door, the worker's wake-up, encryption and the push service's 201. Aim: p95 250 ms."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from tests.bench.harness import Bench, percentile
from tests.phones import Phone, phone_of
from tests.pushservice import PushService

ALERTS, WARM = 100, 10
COORDINATORS = 5


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """From the moment before the POST to the last of five coordinators' pushes being accepted, one alert after another."""
    with PushService() as service:
        bench.server.env["FIELDAPP_PUSH_HOSTS"] = service.origin
        chapter = bench.make.chapter()
        told = [phone_of(bench.make, bench.make.person(chapter, "coordinator"), chapter) for _ in range(COORDINATORS)]
        for phone in told:
            phone.subscribe(service)
        # One each: many alerts from one phone would be told as one.
        raising = [phone_of(bench.make, bench.make.person(chapter), chapter) for _ in range(WARM + ALERTS)]
        server = bench.serve()
        first, last = [], []
        for number, volunteer in enumerate(raising, start=1):
            envelope = volunteer.inner.operation("alert", open={"/what": "ice_here", "/raised_at": bench.clock.now()})
            body = json.dumps({"v": 1, "records": [envelope]}).encode()
            began = time.time()
            status, answer = server.request("POST", "/api/v1/sync", body)
            assert status == 200 and b'"stored"' in answer, answer
            taken = [_taken(service, phone, number) - began for phone in told]
            if number > WARM:
                first.append(min(taken) * 1000)
                last.append(max(taken) * 1000)
        yield {"figure": "alert_to_first_push_ms", **_of(first)}
        yield {"figure": "alert_to_push_ms", "phones": COORDINATORS, **_of(last), "aim_p95": 250}


def _taken(service: PushService, phone: Phone, number: int) -> float:
    """When the phone's push service accepted the alert of this number, in seconds."""
    assert phone.browser is not None
    return service.wait_for(phone.browser, number)[number - 1].at


def _of(times: list[float]) -> dict[str, Any]:
    return {f"p{n}": percentile(times, n / 100) for n in (50, 95, 99)}
