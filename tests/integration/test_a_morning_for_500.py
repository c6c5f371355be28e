"""A morning on which 500 people take, arrive and leave: over HTTP, through the door, with real web and worker processes."""

from __future__ import annotations

import http.client
import json
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from fieldapp import create_app
from fieldapp.config import from_environment
from fieldapp.core import jobs, p256
from fieldapp.core.clock import HOUR, Clock
from fieldapp.core.db import db, write
from fieldapp.core.protocol import DOMAIN_RECEIPT
from fieldapp.records import serverkeys
from fieldapp.shifts.models import Claim, Message, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import messages
from fieldapp.training.models import Grade
from tests.bench.bench_claims import crowd
from tests.conftest import empty
from tests.factories import Factory
from tests.phone import Phone
from tests.served import Server, exchange

PEOPLE, SHIFTS, SEATS, CONNECTIONS = 500, 50, 8, 16


@pytest.fixture
def server(database: str, tmp_path: Path) -> Iterator[Server]:
    """The served product on an otherwise empty database."""
    made = Server(tmp_path, database)
    yield made
    made.stop(signal.SIGKILL)


@pytest.fixture
def app(server: Server) -> Iterator[Flask]:
    """The same installation, seen from here."""
    made = create_app(from_environment(server.env))
    with made.app_context():
        if db.engine.dialect.name == "postgresql":
            empty()
        yield made
        db.session.remove()
        db.engine.dispose()


class Door:
    """Sends one record each over a few kept connections; every answer must be a 200 with a receipt that proves it."""

    def __init__(self, server: Server, public: Any) -> None:
        self.port, self.public, self.mine = server.port, public, threading.local()

    def send(self, envelopes: list[dict[str, Any]]) -> list[str]:
        """The outcomes, in order."""
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            return list(threads.map(self._one, envelopes))

    def _one(self, envelope: dict[str, Any]) -> str:
        if not hasattr(self.mine, "line"):
            self.mine.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        body = json.dumps({"v": 1, "records": [envelope]}).encode()
        status, answer = exchange(self.mine.line, "POST", "/api/v1/sync", body)
        assert status == 200, (status, answer[:300])
        (result,) = json.loads(answer)["results"]
        receipt = result["receipt"]
        assert json.loads(receipt["text"])["digest"] == envelope["digest"]
        assert p256.verifies(self.public, receipt["sig"], DOMAIN_RECEIPT, receipt["text"])
        return str(result["outcome"])


@pytest.mark.long
def test_five_hundred_people_take_arrive_and_leave_and_nothing_is_lost(server: Server, app: Flask) -> None:
    clock = Clock()
    make = Factory(clock)
    chapter = make.chapter()
    course = make.course(chapter)
    place = make.place(chapter)
    shifts = [make.shift(place, starts_in=HOUR, course_id=course.id, seats=SEATS) for _ in range(SHIFTS)]
    phones = crowd(SimpleNamespace(app=app, clock=clock, make=make), chapter, course, PEOPLE)
    with write() as session:
        session.add_all(Grade(person_id=_person(one), chapter_id=chapter.id, grade="watcher") for one in phones)
    public = serverkeys.ready(app.config["SETTINGS"].data_dir, clock.now()).receipt.public_key()
    server.start()
    door = Door(server, public)

    with write() as session:  # the worker has its own to do meanwhile: everyone is told something
        for one in phones:
            payload = {"person": _person(one), "kind": "chapter", "chapter": chapter.id, "detail": {"en": "Welcome"}}
            jobs.enqueue(session, messages.TOLD, payload, run_at=clock.now())

    wanted = [shifts[number % SHIFTS] for number in range(PEOPLE)]
    taken = door.send([one.operation("claim", shift=at.id) for one, at in zip(phones, wanted, strict=True)])
    assert Counter(taken) == {"stored": SHIFTS * SEATS, "not_applied/full": PEOPLE - SHIFTS * SEATS}
    _seats_are_right(SHIFTS * SEATS)

    on = [(one, at) for one, at, said in zip(phones, wanted, taken, strict=True) if said == "stored"]
    assert set(door.send([one.operation("check_in", shift=at.id) for one, at in on])) == {"stored"}
    until = [{"/until": at.ends_at} for _, at in on]
    quiet = [one.operation("quiet", shift=at.id, open=said) for (one, at), said in zip(on, until, strict=True)]
    assert set(door.send(quiet)) == {"stored"}
    out = [one.operation("check_out", shift=at.id) for one, at in on]
    assert set(door.send(out)) == {"stored"}
    assert set(door.send(out)) == {"duplicate"}  # sent twice is harmless

    db.session.rollback()
    db.session.expire_all()
    claims = list(db.session.scalars(db.select(Claim).where(Claim.state.in_(LIVE))))
    assert {(claim.person_id, claim.shift_id) for claim in claims} == {(_person(one), at.id) for one, at in on}
    assert all(claim.here_at and claim.quiet_until and claim.out_at for claim in claims)
    _seats_are_right(SHIFTS * SEATS)
    _the_worker_is_done()
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == PEOPLE


def _person(phone: Phone) -> str:
    assert phone.person is not None
    return phone.person.id


def _seats_are_right(expected: int) -> None:
    """What each shift counts is what there is; none is over its seats."""
    db.session.rollback()
    db.session.expire_all()
    there = db.select(Claim.shift_id, db.func.count()).where(Claim.state.in_(LIVE)).group_by(Claim.shift_id)
    live = dict(db.session.execute(there).tuples().all())
    counted = {one.id: one.taken for one in db.session.scalars(db.select(Shift))}
    assert counted == {shift_id: live.get(shift_id, 0) for shift_id in counted}
    assert max(live.values()) == SEATS and sum(live.values()) == expected


def _the_worker_is_done() -> None:
    """Wait until no job of telling is left."""
    waiting = db.select(db.func.count()).select_from(jobs.Job).where(jobs.Job.kind == messages.TOLD)
    bell = threading.Event()
    for _ in range(600):
        db.session.rollback()
        if not db.session.scalar(waiting):
            return
        bell.wait(0.2)
    raise AssertionError("the worker did not finish")
