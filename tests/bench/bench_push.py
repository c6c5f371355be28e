"""The push sender: messages a second over TLS through rows, on one core, beside pywebpush in a loop; and alerts while a broadcast is sent.

Aims: 6 times the loop; an alert's first push accepted within 250 ms (p95), 500 ms while 20,000 others are told. The push service, the
database server and this program share the other core. Shares: of the sender's processor time, encryption and rows measured apart.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from sqlalchemy import func, select, update

from fieldapp.accounts.models import Chapter
from fieldapp.alerts.models import Alert, Delivery, PushSubscription
from fieldapp.alerts.push import message
from fieldapp.alerts.push.sender import IN_FLIGHT, KEPT_FREE
from fieldapp.alerts.services import deliveries
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import db, write
from fieldapp.records import serverkeys
from tests.audience import gather, tell_all
from tests.bench.harness import Bench, percentile
from tests.phones import Phone, phone_of
from tests.processes import TOP
from tests.pushsink import Sink

AUDIENCE, LOOPED, APART = 20_000, 300, 4_000
ALERTS, WARM, GAP = 100, 5, 0.1
ALERTED = "/p/alert/ok"  # the coordinator's address
CORES = sorted(os.sched_getaffinity(0))
MINE, OTHERS = CORES[0], CORES[-1]


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """Rate and shares, then how soon an alert's first push is accepted, idle and beside a broadcast."""
    with Sink(bench.home, OTHERS) as sink:
        bench.server.env |= sink.env
        chapter = bench.make.chapter()
        raiser = phone_of(bench.make, bench.make.person(chapter), chapter)
        alert = raiser.raise_alert()
        people = gather(chapter, sink.origin, ["ok"] * AUDIENCE, bench.clock.now())
        loops = {kept: _loop(bench, sink, kept) for kept in (False, True)}
        sent = _sent(bench, sink, alert, people)
        yield {"figure": "push_per_second", "messages": AUDIENCE, "one_core": True, "tls": True, **_beside(sent, loops)}
        yield {"figure": "push_shares", **_shares(bench, sent)}
        yield from _alerts(bench, sink, chapter, alert)


def _loop(bench: Bench, sink: Sink, kept: bool) -> dict[str, float]:
    """pywebpush's own call, on the core that the sender will have; messages a second, and of processor time."""
    rows = db.session.scalars(select(PushSubscription).limit(LOOPED)).all()
    to = [{"endpoint": row.endpoint, "keys": {"p256dh": row.p256dh, "auth": row.auth}} for row in rows]
    key = serverkeys.ready(bench.home, bench.clock.now()).vapid.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    command = ["taskset", "-c", str(MINE), sys.executable, "-m", "tests.bench.push_loop", str(int(kept))]
    given = json.dumps({"to": to, "key": key.decode()})
    done = subprocess.run(
        command, input=given, env=bench.server.env, cwd=TOP, text=True, capture_output=True, check=True
    )
    took = json.loads(done.stdout)
    assert sink.count() == LOOPED
    sink.clear()
    return {"rate": LOOPED / took["seconds"], "cpu_rate": LOOPED / took["cpu"]}


@contextmanager
def _worker(bench: Bench) -> Iterator[int]:
    """The worker alone, on one core; its process id."""
    db.session.rollback()
    command = ["taskset", "-c", str(MINE), sys.executable, "-m", "fieldapp", "worker"]
    with subprocess.Popen(command, env=bench.server.env, cwd=TOP, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while "worker started" not in process.stderr.readline():
            assert process.poll() is None, "the worker did not start"
        time.sleep(1)
        try:
            yield process.pid
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _cpu(pid: int) -> float:
    """Seconds of processor time that it has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _sent(bench: Bench, sink: Sink, alert: Alert, people: list[str]) -> dict[str, float]:
    """A broadcast from its commit until the last row says accepted; and the first so many of it from the first to the last accepted."""
    left = select(func.count()).select_from(Delivery).where(Delivery.state == "waiting")
    with _worker(bench) as pid:
        tell_all(alert, people, bench.clock.now())
        began, worked = time.perf_counter(), _cpu(pid)
        while sink.count() < len(people):
            time.sleep(0.1)
        while db.session.scalar(left):
            db.session.rollback()
            time.sleep(0.02)
        took, used = time.perf_counter() - began, _cpu(pid) - worked
        db.session.rollback()
    states = dict(db.session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).tuples().all())
    assert states == {"accepted": len(people)} and sink.count() == len(people), states
    sink.clear()
    return {"rate": len(people) / took, "cpu_rate": len(people) / used, "cpu": used}


def _beside(sent: dict[str, float], loops: dict[bool, dict[str, float]]) -> dict[str, Any]:
    loop, kept = loops[False], loops[True]
    return {
        "per_second": round(sent["rate"]),
        "pywebpush_loop": round(loop["rate"]),
        "ratio": round(sent["rate"] / loop["rate"], 1),
        "aim_ratio": 6,
        "per_cpu_second": round(sent["cpu_rate"]),
        "pywebpush_loop_per_cpu_second": round(loop["cpu_rate"]),
        "cpu_ratio": round(sent["cpu_rate"] / loop["cpu_rate"], 1),
        "pywebpush_one_connection": round(kept["rate"]),
        "ratio_to_that": round(sent["rate"] / kept["rate"], 1),
    }


def _shares(bench: Bench, sent: dict[str, float]) -> dict[str, Any]:
    """Processor time of the sender's process for each message, in microseconds; on PostgreSQL the server's own is not in it."""
    whole = sent["cpu"] / AUDIENCE
    encryption, rows = _encryption(), _rows(bench)
    rest = whole - encryption - rows
    parts = {"encryption": encryption, "database": rows, "http_tls_and_loop": rest}
    return {
        "whole_us": round(whole * 1e6),
        **{f"{name}_us": round(part * 1e6) for name, part in parts.items()},
        **{f"{name}_share": round(part / whole, 2) for name, part in parts.items()},
    }


def _encryption() -> float:
    """Seconds of processor time to word and encrypt one message."""
    rows = db.session.scalars(select(PushSubscription).limit(APART)).all()
    began = time.process_time()
    for row in rows:
        message.encrypted(row.p256dh, row.auth, message.plaintext(row.id, "en", "https://field.example", proof=row.id))
    return (time.process_time() - began) / len(rows)


def _rows(bench: Bench) -> float:
    """Seconds of processor time to claim and to settle one delivery, in the batches that the sender has."""
    now = bench.clock.now()
    with write() as session:
        ids = list(session.scalars(select(Delivery.id).limit(APART)))
        session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(state="waiting", next_try_at=now))
    done, began = 0, time.process_time()
    while taken := deliveries.claim(now, MINUTE, IN_FLIGHT - KEPT_FREE):
        deliveries.settle([deliveries.Outcome(one, 201) for one in taken], now)
        done += len(taken)
    assert done == APART
    return (time.process_time() - began) / done


def _alerts(bench: Bench, sink: Sink, chapter: Chapter, first: Alert) -> Iterator[dict[str, Any]]:
    """From the moment before the POST to the first coordinator's push being accepted."""
    coordinator = bench.make.person(chapter, "coordinator")
    phone = phone_of(bench.make, coordinator, chapter)
    with write() as session:
        mine = session.scalars(select(PushSubscription).limit(1)).one()
        mine.device_id, mine.person_id, mine.endpoint = phone.inner.device_id, coordinator.id, sink.origin + ALERTED
    raising = [phone_of(bench.make, bench.make.person(chapter), chapter) for _ in range(2 * (ALERTS + WARM))]
    server = bench.serve()
    idle = _raise(bench, sink, mine.id, raising[: len(raising) // 2])
    yield {"figure": "alert_to_first_push_tls_idle_ms", "alerts": len(idle), **_of(idle), "aim_p95": 250}
    sink.clear()
    command = [sys.executable, "-m", "tests.bench.broadcasts", first.id]
    with subprocess.Popen(
        command, env=server.env, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as others:
        while sink.count() < 100:
            time.sleep(0.05)
        busy = _raise(bench, sink, mine.id, raising[len(raising) // 2 :])
        sent = sink.count()
        written = [round(float(line), 2) for line in others.communicate(timeout=120)[0].split()]
    yield {
        "figure": "alert_to_first_push_tls_beside_broadcast_ms",
        "alerts": len(busy),
        "audience": AUDIENCE,
        **_of(busy),
        "aim_p95": 500,
        "broadcast_pushes_meanwhile": sent,
        "broadcasts": len(written),
        "broadcast_written_s": max(written),
    }


def _raise(bench: Bench, sink: Sink, subscription_id: str, phones: list[Phone]) -> list[float]:
    """Milliseconds of each alert, without the first few. A push is known by its Topic: an older alert that climbs is another."""
    began: dict[str, float] = {}
    for phone in phones:
        said = {"/what": "ice_here", "/raised_at": bench.clock.now()}
        body = json.dumps({"v": 1, "records": [phone.inner.operation("alert", open=said)]}).encode()
        time.sleep(GAP)
        at = time.time()
        status, answer = bench.server.request("POST", "/api/v1/sync", body)
        (result,) = json.loads(answer)["results"]
        assert status == 200 and result["outcome"] == "stored", answer
        began[result["id"]] = at
    db.session.rollback()
    rows = db.session.execute(select(Alert.record_id, Alert.id).where(Alert.record_id.in_(began))).tuples().all()
    db.session.rollback()
    topics = {record: message.topic(subscription_id, alert) for record, alert in rows}
    until = time.monotonic() + 60
    while not (came := sink.told().get(ALERTED, {"topics": {}})["topics"]).keys() >= set(topics.values()):
        assert time.monotonic() < until, f"{len(came)} of {len(phones)} alerts were told"
        time.sleep(0.2)
    return [(came[topics[record]] - at) * 1000 for record, at in began.items()][WARM:]


def _of(times: list[float]) -> dict[str, float]:
    return {f"p{n}": percentile(times, n / 100) for n in (50, 95, 99)}
