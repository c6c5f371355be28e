"""Shifts I may take, for one of 50,000 people: the desk's page and the phone's snapshot, a new person with each request. Aim: p95 50 ms.

A chapter with 80 pods, half of the people in the chapter itself, where everything below is theirs to take; 4,000 coming shifts,
8,000 past ones, two claims in three of the seats, each person certified and one in three experienced.
"""

from __future__ import annotations

import http.client
import random
import secrets
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert, text

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.services import sessions
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import db, write
from fieldapp.core.ids import new_id
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Shift
from fieldapp.training.models import Certificate, Course, Grade
from tests.bench.harness import Bench, percentile
from tests.people import HERE
from tests.served import Server

PEOPLE, PODS, COMING, PAST = 50_000, 80, 4_000, 8_000
ASKING, WARM = 150, 10
AIM = 50


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """Milliseconds as a client on loopback sees them."""
    chance = random.Random(4)
    of_top, of_pods = _country(bench, chance)
    asked = {"everything": of_top, "pod": of_pods}
    cookies = {name: [_cookie(bench, person) for person in chance.sample(ids, ASKING)] for name, ids in asked.items()}
    with write() as session:
        session.execute(text("ANALYZE"))
    server = bench.serve()
    _settle(server)
    for page, path in (("page", "/shifts/mine"), ("phone", "/api/v1/field")):
        for name, those in cookies.items():
            before = server.cpu_ms()
            times, size = _ask(server.port, path, those)
            spent = round((server.cpu_ms() - before) / len(those), 2)
            shares = {f"p{n}": percentile(times, n / 100) for n in (50, 95, 99)}
            yield {
                "figure": f"may_take_{page}_{name}_ms",
                "people": PEOPLE,
                "shifts": COMING,
                **shares,
                "aim_p95": AIM,
                "server_cpu_ms": spent,
                "gzipped_kB": round(size / 1000, 1),
            }


def _country(bench: Bench, chance: random.Random) -> tuple[list[str], list[str]]:
    """Chapters, people, places, shifts and claims; returns who belongs to the top and who to a pod."""
    now = bench.clock.now()
    top = bench.make.chapter("Country")
    pods = [bench.make.chapter(f"Pod {n}", parent=top) for n in range(PODS)]
    course = bench.make.course(top)
    people = [new_id() for _ in range(PEOPLE)]
    half = PEOPLE // 2
    home = {person: top if n < half else pods[n % PODS] for n, person in enumerate(people)}
    _people(people, home, course, now)
    places = [_place(pod, n, now) for n in range(250) for pod in [chance.choice([top, *pods])]]
    with write() as session:
        session.execute(insert(Place), places)
    _shifts(people[:half], people[half:], home, places, course, chance, now)
    return people[:half], people[half:]


def _people(people: list[str], home: dict[str, Chapter], course: Course, now: int) -> None:
    with write() as session:
        session.execute(
            insert(Person),
            [
                {"id": one, "field_name": f"Person {n}", "user_handle": secrets.token_hex(40), "created_at": now}
                for n, one in enumerate(people)
            ],
        )
        session.execute(
            insert(Membership),
            [{"person_id": p, "chapter_id": c.id, "role": "volunteer", "since": now} for p, c in home.items()],
        )
        ends = [
            {"course_id": course.id, "confirmed_at": now - DAY, "ends_at": now + (n % 300) * DAY} for n in range(300)
        ]
        session.execute(
            insert(Certificate), [{"id": new_id(), "person_id": p, **ends[n % 300]} for n, p in enumerate(people)]
        )
        graded = [p for n, p in enumerate(people) if n % 3 == 0]
        session.execute(
            insert(Grade),
            [{"person_id": p, "chapter_id": home[p].id, "grade": "watcher", "set_at": now} for p in graded],
        )


def _place(chapter: Chapter, number: int, now: int) -> dict[str, Any]:
    named = {"kind": "immigration_court", "name": f"Court {number}", "city": f"City {number % 60}"}
    return {"id": new_id(), "chapter_id": chapter.id, "zone": "America/New_York", "created_at": now, **named}


def _shifts(
    first: list[str],
    others: list[str],
    home: dict[str, Chapter],
    places: list[dict[str, Any]],
    course: Course,
    chance: random.Random,
    now: int,
) -> None:
    in_pod: dict[str, list[str]] = {}
    for person in others:
        in_pod.setdefault(home[person].id, []).append(person)
    shifts, claims = [], []
    for number in range(COMING + PAST):
        place = chance.choice(places)
        days = chance.randrange(35) if number < COMING else -chance.randrange(1, 200)
        start = now - now % DAY + days * DAY + chance.choice((13, 18)) * HOUR + DAY
        seats = chance.choice((2, 3, 4))
        near = in_pod.get(place["chapter_id"], []) + chance.sample(first, 20)
        going = chance.sample(near, chance.randrange(seats + 1))
        chapter_id = place["chapter_id"]
        one = {"id": new_id(), "chapter_id": chapter_id, "place_id": place["id"], "course_id": course.id}
        shifts.append({**one, "starts_at": start, "ends_at": start + 4 * HOUR, "seats": seats, "taken": len(going)})
        over = number >= COMING  # those who were there said so: nobody is looked for
        was = {"here_at": start, "out_at": start + 4 * HOUR} if over else {"here_at": None, "out_at": None}
        claims += [
            {"shift_id": one["id"], "person_id": p, "state": chance.choice(("claimed", "confirmed")), "at": now, **was}
            for p in going
        ]
    with write() as session:
        session.execute(insert(Shift), shifts)
        session.execute(insert(Claim), claims)


def _settle(server: Server) -> None:
    """Wait until the worker has sent the day's reminders, at most a minute: its work is not the page's."""
    for _ in range(30):
        before = server.cpu_ms()
        time.sleep(2)
        if server.cpu_ms() - before < 200:
            return


def _cookie(bench: Bench, person_id: str) -> str:
    """The session cookie of a signed-in browser."""
    token = sessions.begin(db.session.get_one(Person, person_id), bench.clock.now(), label="Bench")
    client = bench.app.test_client()
    with client.session_transaction(base_url=HERE) as kept:
        kept["_user_id"], kept["_fresh"] = token, True
    name = bench.app.config["SESSION_COOKIE_NAME"]
    found = client.get_cookie(name)
    assert found is not None
    return f"{name}={found.value}"


def _ask(port: int, path: str, cookies: list[str]) -> tuple[list[float], int]:
    """Milliseconds of each person's only request after the first few, and the size of the last answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    spent: list[float] = []
    size = 0
    for number, cookie in enumerate(cookies):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Cookie": cookie})
        answer = connection.getresponse()
        size = len(answer.read())
        assert answer.status == 200
        if number >= WARM:
            spent.append((time.perf_counter() - began) * 1000)
    return spent, size
