"""Real processes that claim, give back, swap, answer, edit and cancel the same few shifts: nobody waits in a circle."""

from __future__ import annotations

import sys
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from fieldapp.core.clock import HOUR
from fieldapp.core.db import db
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.training.models import Grade
from tests.processes import Process, installation

PROCESSES = 4
_DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def broken() -> int:
    """How many deadlocks the server itself has broken in this database; SQLite has one writer."""
    if db.engine.dialect.name != "postgresql":
        return 0
    with db.engine.connect() as connection:
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        return int(connection.execute(_DEADLOCKS).scalar_one())


@pytest.fixture
def few(make):
    """Four shifts of a chapter and its pod, nine people, one coordinator."""
    top = make.chapter()
    places = [make.place(top), make.place(make.chapter(parent=top))]
    for number in range(4):
        make.shift(places[number % 2], starts_in=(24 + 4 * number) * HOUR, seats=9)
    for _ in range(9):
        make.keep(Grade(person_id=make.person(top).id, chapter_id=top.id, grade="watcher"))
    return make.person(top, "coordinator", "trainer")


def test_whatever_people_and_coordinators_do_to_a_few_shifts_at_once_nobody_waits_in_a_circle(
    database, tmp_path, few, make, clock
):
    before, go = broken(), tmp_path / "go"
    with ExitStack() as stack:
        started = []
        for seed in range(PROCESSES):
            command = [sys.executable, "-m", "tests.mixer", str(go), str(clock.now()), str(seed), few.id]
            started.append(Process(command, installation(tmp_path, database)))
            stack.callback(started[-1].end)
        for process in started:
            process.wait_for("ready")
        go.touch()
        for process in started:
            process.wait_for("finished", 120)
    said = "".join(line for process in started for line in process.lines)
    assert "failed" not in said, said
    assert all("did 0\n" not in process.lines for process in started)
    assert broken() == before
    live = [claim.shift_id for claim in make.all(Claim) if claim.state in LIVE]
    assert {one.id: one.taken for one in make.all(Shift)} == {one.id: live.count(one.id) for one in make.all(Shift)}
