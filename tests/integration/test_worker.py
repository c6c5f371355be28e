"""The worker is woken by a commit, works off what is due, and survives what it works on."""

from __future__ import annotations

import socket
import threading

import pytest

from fieldapp.core import jobs, wake
from fieldapp.core.db import db, write
from fieldapp.core.worker import Bell, turns


@pytest.fixture
def ear(app):
    made = wake.listen(db.engine)
    made.wait(0)  # on PostgreSQL the first call connects
    yield made
    made.close()


def leave_work(*, fail: bool = False) -> None:
    with write() as session:
        jobs.enqueue(session, "test.nothing", {}, run_at=0)
        if fail:
            raise ZeroDivisionError


def test_a_commit_that_leaves_work_wakes_a_listening_worker(ear):
    leave_work()
    assert ear.wait(10)
    assert not ear.wait(0)


def test_a_commit_without_work_and_a_rollback_wake_nobody(ear, make):
    make.chapter()
    with pytest.raises(ZeroDivisionError):
        leave_work(fail=True)
    make.chapter()
    assert not ear.wait(0.2)


def test_every_listening_worker_is_woken(app, ear):
    other = wake.listen(db.engine)
    other.wait(0)
    leave_work()
    assert ear.wait(10) and other.wait(10)
    other.close()


def test_a_dead_workers_socket_is_removed_and_a_long_path_is_no_matter(app, database, tmp_path, monkeypatch):
    if not database.startswith("sqlite"):
        return
    folder = tmp_path / "fieldapp.db.wake"
    folder.mkdir()
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    monkeypatch.chdir(folder)
    dead.bind("1-dead")
    dead.close()
    leave_work()
    assert not (folder / "1-dead").exists()
    deep = tmp_path / ("d" * 60) / ("e" * 60) / "deep.wake"
    deep.parent.mkdir(parents=True)
    ear = wake.SocketEar(deep)
    assert not ear.wait(0)
    ear.close()
    assert list(deep.iterdir()) == []


def test_a_loop_takes_turns_until_there_is_nothing_and_then_waits_for_the_bell(app, clock):
    stop = threading.Event()
    bell = Bell(stop)
    left = [3, 2, 1, 0]
    seen = []

    def turn(now: int) -> int:
        seen.append(now)
        if len(seen) == 4:
            stop.set()
        return left.pop(0)

    turns(turn)(app, bell)
    assert seen == [clock.now()] * 4


def test_a_job_that_raises_is_tried_again_later_and_the_others_are_done(app, clock):
    done = []

    @jobs.handler("test.breaks")
    def _breaks(payload, now):
        raise ZeroDivisionError

    @jobs.handler("test.works")
    def _works(payload, now):
        done.append(payload["n"])

    with write() as session:
        jobs.enqueue(session, "test.breaks", {}, run_at=0)
        jobs.enqueue(session, "test.works", {"n": 1}, run_at=1)
    assert jobs.run_due(clock.now()) == 2
    assert done == [1]
    (left,) = db.session.scalars(db.select(jobs.Job))
    assert left.kind == "test.breaks" and left.run_at > clock.now()
