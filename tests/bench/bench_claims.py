"""1,000 people race for 100 seats over 32 connections, through the door. Aims: 0 over, done in 4 s."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fieldapp.accounts.models import Device, DeviceKey, Membership, Person
from fieldapp.core.canonical import b64u
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import db, write
from fieldapp.core.ids import new_id
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.services import claims
from fieldapp.training.models import Certificate, Grade
from tests.bench.harness import Bench, hammer, percentile
from tests.phone import Phone

PEOPLE, SEATS, CONNECTIONS = 1_000, 100, 32


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """One race; its figures say who got in, how many were over (never any), how long it took."""
    chapter = bench.make.chapter()
    course = bench.make.course(chapter)
    place = bench.make.place(chapter)
    shift = bench.make.shift(place, starts_in=DAY, course_id=course.id, seats=SEATS + 1)  # one is the lead's
    lead, *phones = crowd(bench, chapter, course, PEOPLE + 1)
    assert lead.person is not None
    bench.make.keep(Grade(person_id=lead.person.id, chapter_id=chapter.id, grade="lead"))
    claims.claim(lead.person.id, shift.id, bench.clock.now())
    asked = [phone.operation("claim", shift=shift.id, void_after=shift.ends_at) for phone in phones]
    bodies = [json.dumps({"v": 1, "records": [one]}).encode() for one in asked]
    server = bench.serve()
    outcomes: Counter[str] = Counter()
    before = server.cpu_ms()
    took, times = hammer(
        server.port,
        "/api/v1/sync",
        bodies,
        CONNECTIONS,
        lambda answer: outcomes.update([json.loads(answer)["results"][0]["outcome"]]),
    )
    spent = round((server.cpu_ms() - before) / PEOPLE, 2)
    db.session.rollback()
    live = db.session.scalar(db.select(db.func.count()).select_from(Claim).where(Claim.state == "claimed")) - 1
    taken = db.session.scalar(db.select(Shift.taken).where(Shift.id == shift.id)) - 1
    assert live == taken == outcomes["stored"] == SEATS, (live, taken, outcomes)
    yield {
        "figure": "claims_race",
        "people": PEOPLE,
        "seats": SEATS,
        "connections": CONNECTIONS,
        "got_in": live,
        "over": live - SEATS,
        "told_full": outcomes["not_applied/full"],
        "seconds": round(took, 2),
        **{f"p{n}_ms": percentile(times, n / 100) for n in (50, 95, 99)},
        "server_cpu_ms": spent,
    }


def crowd(bench: Any, chapter: Any, course: Any, count: int) -> list[Phone]:
    """Certified volunteers with a phone each, made in one transaction."""
    now = bench.clock.now()
    phones, rows = [], []
    for number in range(count):
        person = Person(
            id=new_id(),
            field_name=f"Volunteer {number}",
            user_handle=b64u(secrets.token_bytes(64)),
            created_at=now,
            memberships=[Membership(chapter_id=chapter.id, role="volunteer", since=now)],
        )
        phone = Phone(bench.app, bench.clock, person, chapter)
        device = Device(id=new_id(), person_id=person.id, name="Phone", created_at=now)
        place = {"person_id": person.id, "chapter_id": chapter.id, "x": phone.jwk["x"], "y": phone.jwk["y"]}
        rows.append((person, device, DeviceKey(thumbprint=phone.key, device_id=device.id, registered_at=now, **place)))
        phones.append(phone)
    with write() as session:
        for layer in zip(*rows, strict=True):
            session.add_all(layer)
            session.flush()
        ends = now + 365 * DAY
        session.add_all(
            Certificate(person_id=p.id, course_id=course.id, confirmed_at=now - HOUR, ends_at=ends) for p, _, _ in rows
        )
    return phones
