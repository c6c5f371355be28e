"""Real processes that answer at the same moment: one place goes to one person, whoever was quickest."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import ExitStack

import pytest

from fieldapp.accounts.identity import actor_for
from fieldapp.shifts.models import Claim, Message, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import asks, claims, swaps, waitlist
from fieldapp.training.models import Grade
from tests.processes import Process, installation

PROCESSES = 4


@pytest.fixture
def at_once(database, tmp_path, clock):
    """Answers from four processes at the same moment; gives their outcomes, counted."""

    def run(answers):
        go = tmp_path / "go"
        with ExitStack() as stack:
            started = []
            for number in range(PROCESSES):
                mine = answers[number::PROCESSES]
                command = [sys.executable, "-m", "tests.acceptor", str(go), str(clock.now()), *mine]
                process = Process(command, installation(tmp_path, database))
                stack.callback(process.end)
                started.append(process)
            for process in started:
                process.wait_for("ready")
            go.touch()
            for process in started:
                process.wait_for("finished")
            lines = [line.split()[1] for process in started for line in process.lines if line.startswith("outcome")]
        return Counter(lines)

    return run


@pytest.fixture
def crowd(make, clock):
    """A shift of two seats with two watchers on it, and eight more who may take it."""

    class Crowd:
        chapter = make.chapter()
        shift = make.shift(make.place(chapter), seats=2)

        def watcher(self):
            person = make.person(self.chapter)
            make.keep(Grade(person_id=person.id, chapter_id=self.chapter.id, grade="watcher"))
            return person

    made = Crowd()
    made.first = [made.watcher() for _ in range(2)]
    made.others = [made.watcher() for _ in range(8)]
    for person in made.first:
        claims.claim(person.id, made.shift.id, clock.now())
    return made


def told(make, kind):
    return [f"{one.person_id}:{one.id}:yes" for one in make.all(Message) if one.kind == kind and not one.answered_at]


def live(make):
    return [one.person_id for one in make.all(Claim) if one.state in LIVE]


def test_a_place_that_is_offered_to_eight_goes_to_one(make, crowd, clock, at_once):
    swaps.offer(crowd.first[0].id, crowd.shift.id, clock.now())
    outcomes = at_once(told(make, "swap"))
    assert outcomes == {"done": 1, "already": 7}
    assert len(live(make)) == make.all(Shift)[0].taken == 2
    assert crowd.first[0].id not in live(make)


def test_one_seat_that_is_asked_for_is_taken_once_and_the_one_held_in_the_line_stays(make, crowd, clock, at_once):
    boss = actor_for(make.person(crowd.chapter, "coordinator"))
    waitlist.join(crowd.others[0].id, crowd.shift.id, clock.now())
    claims.release(crowd.first[0].id, crowd.shift.id, clock.now())  # held for the line
    claims.release(crowd.first[1].id, crowd.shift.id, clock.now())  # free
    assert asks.ask(boss, crowd.shift.id, [one.id for one in crowd.others[1:]], clock.now()) == 7
    outcomes = at_once(told(make, "ask"))
    assert outcomes == {"done": 1, "full": 6}
    [shift] = make.all(Shift)
    assert (shift.taken, shift.held, len(live(make))) == (1, 1, 1)
    assert at_once(told(make, "seat")) == {"done": 1}
    assert crowd.others[0].id in live(make)
