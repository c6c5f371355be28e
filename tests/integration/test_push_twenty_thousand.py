"""Twenty thousand phones are told, though workers are killed in the middle and the push service answers as push services do."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from fieldapp.alerts.models import Delivery, PushSubscription
from fieldapp.alerts.push.sender import IN_FLIGHT
from fieldapp.core.clock import Clock
from fieldapp.core.db import db
from fieldapp.records import serverkeys
from tests.audience import gather, tell_all
from tests.factories import Factory
from tests.phones import phone_of
from tests.processes import worker
from tests.pushsink import Sink

PHONES = 20_000
MET = {"404": 150, "410": 150, "413": 20, "503": 60, "cut": 60, "slow": 40, "429": 5}
GONE, OURS = {"404", "410"}, {"413"}
KILLED_AT = (4_000, 11_000)
LONGEST = 600  # seconds until the test gives up; it says nothing about how fast


@pytest.mark.long
def test_each_of_twenty_thousand_phones_is_told_though_workers_die(app: Flask, database: str, tmp_path: Path) -> None:
    clock = Clock()
    make = Factory(clock)
    serverkeys.ready(tmp_path, clock.now())
    chapter = make.chapter()
    alert = phone_of(make, make.person(chapter), chapter).raise_alert()
    with Sink(tmp_path) as sink:
        people = gather(chapter, sink.origin, _mixed(), clock.now())
        env = {**sink.env, "FIELDAPP_PUSH_TIMEOUT": "2"}
        tell_all(alert, people, clock.now())
        for accepted in KILLED_AT:
            with worker(tmp_path, database, **env) as dies, worker(tmp_path, database, **env):
                _until(lambda enough=accepted: sink.count() >= enough)
                dies.kill()
        with worker(tmp_path, database, **env), worker(tmp_path, database, **env):
            _until(lambda: not _waiting())
        told = sink.told()
    _each_was_told_once(told)
    _rows_say_so()


def _mixed() -> list[str]:
    """What each phone's address meets, spread evenly: outages in one place would only show the breaker."""
    met = ["ok"] * PHONES
    odd = [what for what, number in MET.items() for _ in range(number)]
    for number, what in enumerate(odd):
        met[number * (PHONES // len(odd))] = what
    return met


def _until(done: object) -> None:
    ends = time.monotonic() + LONGEST
    assert callable(done)
    while not done():
        assert time.monotonic() < ends, "not told in time"
        time.sleep(0.2)


def _waiting() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "waiting")) or 0


def _each_was_told_once(told: dict[str, dict[str, Any]]) -> None:
    """Everybody whose push service can take it, under one Topic, so that a phone shows one; and twice only what was in flight in a worker
    that was killed."""
    reached = {path: one for path, one in told.items() if path.rpartition("/")[2] not in GONE | OURS}
    refused = {path: one for path, one in told.items() if path not in reached}
    assert len(told) == PHONES and len(refused) == sum(MET[what] for what in GONE | OURS)
    assert all(one["at"] and len(one["topics"]) == 1 for one in reached.values())
    assert not any(one["at"] for one in refused.values())
    again = sum(len(one["at"]) - 1 for one in reached.values())
    # both workers of a round are ended without warning when it is over: the one by name, its neighbour by the end of the block
    assert again <= 2 * len(KILLED_AT) * IN_FLIGHT + MET["slow"]


def _rows_say_so() -> None:
    states = Counter(
        dict(db.session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).tuples().all())
    )
    accepted = PHONES - sum(MET[what] for what in GONE | OURS)
    assert states["accepted"] == accepted and states["waiting"] == 0 and states.total() == PHONES, states
    ended = select(func.count()).select_from(PushSubscription).where(PushSubscription.ended_at.is_not(None))
    assert db.session.scalar(ended) == sum(MET[what] for what in GONE)
