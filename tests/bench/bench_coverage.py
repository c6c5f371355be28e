"""Coverage of 5,000 places with 100,000 shifts in a year and 1,000,000 records: map, grid, table. Aims: p95 150 ms; map under 300 kB.

``fresh``: after a change of one claim, where the process that answers has drawn the period before. ``first``: where it has not (a
worker's first look at a period: once after a start, or after six others). The rest: nothing changed since somebody last looked.
"""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import case, insert, select, text, update

from fieldapp.accounts.models import Chapter, Person
from fieldapp.accounts.services import chapters
from fieldapp.core.clock import DAY, HOUR, Clock, to_datetime
from fieldapp.core.db import write
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Need, Shift
from fieldapp.training.models import Grade
from tests.bench.bench_snapshot import _cookie
from tests.bench.harness import Bench, percentile

PLACES, SHIFTS, RECORDS, PEOPLE = 5_000, 100_000, 1_000_000, 1_000
WARM, TIMES, FRESH, FIRST = 3, 60, 60, 24
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """Server time as a client on loopback sees it."""
    began = time.perf_counter()
    chapter = seed(bench)
    yield {"figure": "coverage_seed_s", "seconds": round(time.perf_counter() - began), "records": RECORDS}
    cookie = _cookie(bench, bench.make.person(chapter, "coordinator"))
    server = bench.serve()
    month = f"{to_datetime(bench.clock.now(), ZONES[0]):%Y-%m}"
    asked = {
        "map": "/coverage/map",
        "grid": "/coverage",
        "table": "/coverage?view=table",
        "live": "/coverage/live",
        "map_month": f"/coverage/map?month={month}",
        "table_found": "/coverage?view=table&state=gap&q=court+1",
    }
    for name, path in asked.items():
        times, size = ask(server.port, path, cookie, WARM + TIMES)
        yield {"figure": f"coverage_{name}_ms", **_of(times[WARM:]), "kB": size, "aim_p95": 150}
    for name in ("map", "grid", "table", "table_found", "map_month"):
        for _ in range(8):  # each on a connection of its own, so that it is one process or the other
            ask(server.port, asked[name], cookie, 1)
        before = server.cpu_ms()
        times, _ = ask(server.port, asked[name], cookie, FRESH, before=lambda: _change(chapter))
        spent = round((server.cpu_ms() - before) / FRESH)
        yield {"figure": f"coverage_{name}_fresh_ms", **_of(times), "aim_p95": 150, "server_cpu_ms": spent}
    weeks = (
        f"/coverage/map?week={to_datetime(bench.clock.now() + n * 7 * DAY, ZONES[0]):%Y-%m-%d}" for n in range(1, 99)
    )
    times = [ask(server.port, week, cookie, 1)[0][0] for week, _ in zip(weeks, range(FIRST), strict=False)]
    yield {"figure": "coverage_map_first_ms", **_of(times)}


def ask(
    port: int, path: str, cookie: str, times: int, before: Callable[[], None] = lambda: None
) -> tuple[list[float], float]:
    """Milliseconds of each request, and the kB of the last answer as it came over the wire."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    spent, size = [], 0
    for _ in range(times):
        before()
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Cookie": cookie})
        answer = connection.getresponse()
        size = len(answer.read())
        spent.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200, answer.status
    return spent, round(size / 1000, 1)


def _change(chapter: Chapter) -> None:
    """Somebody whose seat was sure takes it back to claimed, or the other way round, in a shift of this week."""
    now = Clock().now()
    mine = select(Claim.shift_id, Claim.person_id).join(Shift, Shift.id == Claim.shift_id).where(Shift.starts_at >= now)
    state = case((Claim.state == "confirmed", "claimed"), else_="confirmed")
    with write() as session:
        shift, person = session.execute(mine.order_by(Shift.starts_at, Claim.shift_id).limit(1)).one()
        session.execute(update(Claim).where(Claim.shift_id == shift, Claim.person_id == person).values(state=state))
        chapters.touch(session, chapter.id)


def seed(bench: Bench) -> Chapter:
    """Everything in a few bulk inserts."""
    chance = random.Random(4)
    chapter = bench.make.chapter("Everywhere")
    now = bench.clock.now()
    monday = to_datetime(now, ZONES[0]).date()
    monday -= timedelta(days=monday.weekday())
    start = now - (now % DAY) - 26 * 7 * DAY
    places = [_place(number, chapter, chance, now) for number in range(PLACES)]
    needs = [
        {"id": f"n{n}-{day}", "place_id": f"p{n}", "weekday": day, "start_minute": 510, "end_minute": 750}
        for n in range(PLACES)
        for day in (n % 5, (n + 2) % 5)
    ]
    people = [
        {"id": f"w{n}", "field_name": f"Watcher {n}", "user_handle": f"w{n}", "created_at": now} for n in range(PEOPLE)
    ]
    shifts, claims = [], []
    for number in range(SHIFTS):
        at = start + (number * 364 // SHIFTS) * DAY + chance.choice((13, 14, 17, 18)) * HOUR
        taken = chance.choice((0, 1, 2, 2, 3, 4))
        shifts.append(
            {
                "id": f"s{number}",
                "chapter_id": chapter.id,
                "place_id": f"p{chance.randrange(PLACES)}",
                "starts_at": at,
                "ends_at": at + 4 * HOUR,
                "taken": taken,
            }
        )
        for n, person in enumerate(chance.sample(range(PEOPLE), taken)):
            state = "confirmed" if n < 2 else "claimed"
            claims.append({"shift_id": f"s{number}", "person_id": f"w{person}", "state": state, "at": at - DAY})
    grades = [
        {"person_id": f"w{n}", "chapter_id": chapter.id, "grade": "watcher" if n % 3 else "shadow"}
        for n in range(PEOPLE)
    ]
    with write() as session:
        for model, rows in ((Place, places), (Person, people), (Shift, shifts), (Claim, claims), (Grade, grades)):
            session.execute(insert(model), rows)
        session.execute(insert(Need), [{**need, "created_at": now} for need in needs])
    _records(bench, chapter)
    return chapter


def _place(number: int, chapter: Chapter, chance: random.Random, now: int) -> dict[str, Any]:
    lat, lon = 25 + chance.random() * 23, -122 + chance.random() * 52
    return {
        "id": f"p{number}",
        "chapter_id": chapter.id,
        "kind": "courthouse",
        "name": f"{chance.choice(('County', 'Federal', 'Municipal', 'Immigration'))} Court {number}",
        "city": f"City {chance.randrange(900)}",
        "state": chance.choice(("NY", "TX", "CA", "IL", "GA")),
        "zone": ZONES[number % len(ZONES)],
        "geom": f"SRID=4326;POINT({lon:.5f} {lat:.5f})",
        "created_at": now,
    }


def _records(bench: Bench, chapter: Chapter) -> None:
    """A million records, made by the database itself: nothing here reads what they say."""
    count = (
        f"SELECT generate_series AS n FROM generate_series(1, {RECORDS})"
        if bench.database == "postgis"
        else f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {RECORDS}) SELECT n FROM c"
    )
    columns = (
        "id, key, digest, kind, chapter_id, form, place_id, day, part, purpose, retention, body, sig, open, received_at"
    )
    values = (
        "'r' || n, 'key', 'digest' || n, 'observation', :chapter, 'master@2', 'p' || (n % :places), "
        "'2026-0' || (1 + n % 9) || '-' || (10 + n % 18), 'morning', 'monitoring', 'standard', :body, 'sig', '[]', n"
    )
    statement = (
        f"INSERT INTO records ({columns}, receipt, receipt_sig, reasons, flags, in_quarantine, leaf_index) "
        f"SELECT {values}, '{{}}', 'sig', '[]', '[]', :no, n FROM ({count}) numbers"
    )
    given = {"chapter": chapter.id, "places": PLACES, "body": "x" * 300, "no": False}
    with write() as session:
        session.execute(text(statement), given)
        session.execute(text("ANALYZE"))


def _of(times: list[float]) -> dict[str, Any]:
    return {f"p{n}": percentile(times, n / 100) for n in (50, 95)}
