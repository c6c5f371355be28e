"""Whatever people, coordinators, workers and time do to shifts, in whatever order: the rules hold after every step.

A machine takes steps that Hypothesis chooses, over the real services on both databases. What it checks it works out by itself from the
rows, not by the services' own rules.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from fieldapp.accounts.identity import actor_for
from fieldapp.accounts.models import Membership, Person
from fieldapp.core import jobs
from fieldapp.core.canonical import b64u
from fieldapp.core.clock import DAY, HOUR, MINUTE, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.errors import DomainError
from fieldapp.core.ids import new_id
from fieldapp.core.jobs import Job
from fieldapp.shifts.models import Claim, Message, Shift, Swap, Wait
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import answers, asks, claims, planning, swaps, waitlist
from fieldapp.training.models import Certificate, Grade
from tests.conftest import NOON

WATCHERS, NOVICES, LAPSING, UNCERTIFIED = range(3), range(3, 6), 6, 7
PEOPLE = st.integers(0, 7)
SHIFTS = st.integers(0, 2)
SAYS = st.sampled_from(["yes", "yes", "no"])
# Starts (hours from the beginning), length, seats: the first two run at the same time, the last one begins after a certificate ends.
PLAN = ((20, 4, 2), (22, 3, 3), (40, 3, 2))


class Shifts(RuleBasedStateMachine):
    """One chapter with eight people, of whom three are experienced, and three shifts."""

    make: Any

    def __init__(self) -> None:
        super().__init__()
        make, self.now = self.make, NOON
        chapter = make.chapter()
        course, place = make.course(chapter), make.place(chapter, zone="UTC")
        self.course, self.chapter = course.id, chapter.id
        self.boss = actor_for(make.person(chapter, "coordinator"))
        with write() as session:
            session.execute(delete(Job))
            self.people = [new_id() for _ in range(8)]
            for number, person in enumerate(self.people):
                handle = b64u(person.encode())
                session.add(Person(id=person, field_name=f"P{number}", user_handle=handle, created_at=NOON))
            session.flush()
            for number, person in enumerate(self.people):
                session.add(Membership(person_id=person, chapter_id=chapter.id, role="volunteer", since=NOON))
                if number in WATCHERS:
                    session.add(Grade(person_id=person, chapter_id=chapter.id, grade="watcher"))
                if number != UNCERTIFIED:
                    ends = NOON + (30 * HOUR if number == LAPSING else 365 * DAY)
                    row = {"person_id": person, "course_id": course.id, "confirmed_at": NOON, "ends_at": ends}
                    session.add(Certificate(**row))
            self.shifts = []
            for starts, lasts, seats in PLAN:
                at = {"starts_at": NOON + starts * HOUR, "ends_at": NOON + (starts + lasts) * HOUR}
                made = Shift(
                    chapter_id=chapter.id, place_id=place.id, course_id=course.id, seats=seats, minimum=2, **at
                )
                session.add(made)
                session.flush()
                self.shifts.append(made.id)
        self.place = place.id
        self.declined: set[tuple[str, str]] = set()
        self.offered: set[tuple[str, str]] = set()

    # ---------- what is there, read anew ----------

    def rows(self, model: Any) -> list[Any]:
        db.session.rollback()
        db.session.expire_all()
        where = model.id.in_(self.shifts) if model is Shift else model.shift_id.in_(self.shifts)
        return list(db.session.scalars(select(model).where(where)))

    def shift(self, shift_id: str) -> Shift:
        return next(one for one in self.rows(Shift) if one.id == shift_id)

    def crew(self, shift_id: str) -> set[str]:
        return {one.person_id for one in self.rows(Claim) if one.shift_id == shift_id and one.state in LIVE}

    def grown(self, people: set[str]) -> bool:
        return any(self.people[number] in people for number in WATCHERS)

    def certified(self, person: str, shift: Shift) -> bool:
        number = self.people.index(person)
        return number != UNCERTIFIED and not (number == LAPSING and shift.starts_at >= NOON + 30 * HOUR)

    def free(self, person: str, shift: Shift) -> bool:
        by_id = {one.id: one for one in self.rows(Shift)}
        mine = [by_id[c.shift_id] for c in self.rows(Claim) if c.person_id == person and c.state in LIVE]
        return not any(
            one.cancelled_at is None and one.starts_at < shift.ends_at and one.ends_at > shift.starts_at for one in mine
        )

    def attempt(self, act: Callable[[], object]) -> bool:
        """Whether it was done; a rule may say no, nothing else may go wrong."""
        try:
            act()
        except DomainError:
            db.session.rollback()
            return False
        return True

    def took(self, person: str, shift_id: str) -> None:
        """Whoever has just been given a seat had the right to it."""
        shift, crew = self.shift(shift_id), self.crew(shift_id)
        assert person in crew
        assert self.certified(person, shift)
        assert shift.cancelled_at is None
        assert self.now < shift.starts_at
        assert shift.taken < shift.minimum or self.grown(crew)

    # ---------- steps ----------

    @rule(p=PEOPLE, s=SHIFTS)
    def claim(self, p: int, s: int) -> None:
        person, shift_id = self.people[p], self.shifts[s]
        before, held = self.shift(shift_id), (shift_id, person) in self.standing()
        room = before.taken + before.held - held < before.seats
        if self.attempt(lambda: claims.claim(person, shift_id, self.now)):
            assert room
            self.took(person, shift_id)

    @rule(p=PEOPLE, s=SHIFTS)
    def release(self, p: int, s: int) -> None:
        person, shift_id = self.people[p], self.shifts[s]
        if self.attempt(lambda: claims.release(person, shift_id, self.now)):
            assert person not in self.crew(shift_id)

    @rule(p=PEOPLE, s=SHIFTS)
    def confirm(self, p: int, s: int) -> None:
        self.attempt(lambda: planning.confirm(self.boss, self.shifts[s], [self.people[p]], self.now))

    @rule(p=PEOPLE, s=SHIFTS)
    def wait(self, p: int, s: int) -> None:
        person, shift_id = self.people[p], self.shifts[s]
        if self.attempt(lambda: waitlist.join(person, shift_id, self.now)):
            assert self.certified(person, self.shift(shift_id))
            assert person not in self.crew(shift_id)

    @rule(p=PEOPLE, s=SHIFTS)
    def unwait(self, p: int, s: int) -> None:
        self.attempt(lambda: waitlist.leave(self.people[p], self.shifts[s], self.now))

    @rule(p=PEOPLE, s=SHIFTS)
    def offer_place(self, p: int, s: int) -> None:
        person, shift_id = self.people[p], self.shifts[s]
        if self.attempt(lambda: swaps.offer(person, shift_id, self.now)):
            assert person in self.crew(shift_id)
            asked = [one for one in self.rows(Message) if one.kind == "swap" and one.from_id == person]
            live = [one for one in asked if one.shift_id == shift_id and one.answered_at is None]
            assert all(self.certified(one.person_id, self.shift(shift_id)) for one in live)
            assert all(self.free(one.person_id, self.shift(shift_id)) for one in live)

    @rule(p=PEOPLE, s=SHIFTS)
    def keep_place(self, p: int, s: int) -> None:
        self.attempt(lambda: swaps.withdraw(self.people[p], self.shifts[s], self.now))

    @rule(s=SHIFTS, count=st.integers(1, 3))
    def ask(self, s: int, count: int) -> None:
        self.attempt(lambda: asks.ask_next(self.boss, self.shifts[s], count, self.now))

    @rule(which=st.integers(0, 9), say=SAYS, late=st.booleans())
    def answer(self, which: int, say: str, late: bool) -> None:
        """One of the open messages is answered; ``late``: also one whose time is over."""
        open_ones = [
            one for one in self.rows(Message) if one.answered_at is None and one.kind in ("ask", "seat", "swap")
        ]
        open_ones = [one for one in open_ones if late or one.until is None or one.until > self.now]
        if not open_ones:
            return
        message = sorted(open_ones, key=lambda one: (one.created_at, one.id))[which % len(open_ones)]
        person, shift_id, leaver = message.person_id, str(message.shift_id), str(message.from_id)
        kind, until, before = message.kind, message.until, self.shift(shift_id)
        taken, crew = before.taken, self.crew(shift_id)
        swap = (message.detail or {}).get("swap")
        done = self.attempt(lambda: answers.answer(person, message.id, say, self.now))
        assert not done or until is None or self.now < until
        if done and say == "yes":
            self.took(person, shift_id)
        if done and say == "yes" and kind == "swap":
            after = self.crew(shift_id)
            assert after == crew - {leaver} | {person}
            assert self.shift(shift_id).taken == taken
            assert [one.to_id for one in self.rows(Swap) if one.id == swap] == [person]
        if done and say == "no" and kind == "ask":
            self.declined.add((shift_id, person))
        if not done and kind == "swap":
            assert self.crew(shift_id) == crew

    @rule(minutes=st.sampled_from([1, 16, 60, 121, 300, 600]))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule()
    def jobs_run(self) -> None:
        jobs.run_due(self.now)

    @rule()
    def jobs_run_twice(self) -> None:
        for shift_id in self.shifts:
            waitlist.settle_one({"shift": shift_id}, self.now)
            waitlist.settle_one({"shift": shift_id}, self.now)

    @rule()
    def a_worker_dies_with_its_jobs(self) -> None:
        """It took them under its lease, and nothing came of it."""
        jobs.claim(self.now)

    @rule()
    def jobs_are_lost(self) -> None:
        with write() as session:
            session.execute(delete(Job))

    @rule()
    def sweep(self) -> None:
        waitlist.sweep(self.now)
        swaps.sweep(self.now)
        assert not [one for one in self.rows(Wait) if one.state == "offered" and one.until <= self.now]
        assert not [one for one in self.rows(Swap) if one.state == "open" and one.until <= self.now]

    @rule(s=SHIFTS, seats=st.integers(2, 4))
    def other_seats(self, s: int, seats: int) -> None:
        shift = self.shift(self.shifts[s])
        start, end = to_datetime(shift.starts_at), to_datetime(shift.ends_at)
        values = {"day": start.date().isoformat(), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "minimum": "2"}
        values |= {"seats": str(seats), "course_id": self.course}
        self.attempt(lambda: planning.edit(self.boss, shift.id, values, self.now))
        waitlist.sweep(self.now)

    @rule(s=SHIFTS, sure=st.integers(0, 5))
    def cancel(self, s: int, sure: int) -> None:
        if sure == 0:
            self.attempt(lambda: planning.cancel(self.boss, self.shifts[s], "Closed", self.now))

    # ---------- what always holds ----------

    def standing(self) -> set[tuple[str, str]]:
        return {(one.shift_id, one.person_id) for one in self.rows(Wait) if one.state == "offered"}

    @invariant()
    def never_over_capacity_and_every_seat_counted(self) -> None:
        waits = self.rows(Wait)
        for shift in self.rows(Shift):
            assert shift.taken == len(self.crew(shift.id)) <= shift.seats
            assert shift.held == sum(one.shift_id == shift.id and one.state == "offered" for one in waits)
            assert shift.taken + shift.held <= shift.seats

    @invariant()
    def never_an_unqualified_or_overlapping_claim(self) -> None:
        by_id = {one.id: one for one in self.rows(Shift)}
        live = [one for one in self.rows(Claim) if one.state in LIVE and by_id[one.shift_id].cancelled_at is None]
        assert all(self.certified(one.person_id, by_id[one.shift_id]) for one in live)
        for one, other in combinations(live, 2):
            if one.person_id == other.person_id:
                first, second = by_id[one.shift_id], by_id[other.shift_id]
                assert first.ends_at <= second.starts_at or second.ends_at <= first.starts_at

    @invariant()
    def a_seat_is_offered_in_the_order_of_the_line(self) -> None:
        """Nobody before someone who was offered a seat in this step could have had it."""
        new = self.standing() - self.offered
        waits = self.rows(Wait)
        for row in [one for one in waits if (one.shift_id, one.person_id) in new]:
            shift, crew = self.shift(row.shift_id), self.crew(row.shift_id)
            assert row.until <= shift.starts_at
            assert row.until <= self.now + 2 * HOUR
            assert self.certified(row.person_id, shift)
            assert self.free(row.person_id, shift)
            for ahead in waits:
                if ahead.shift_id == row.shift_id and ahead.state == "waiting" and ahead.number < row.number:
                    could = self.free(ahead.person_id, shift) and (self.grown({ahead.person_id}) or self.grown(crew))
                    assert not could, "passed over"
        self.offered = self.standing()

    @invariant()
    def nobody_is_asked_twice_or_after_a_no(self) -> None:
        asked = [(one.shift_id, one.person_id) for one in self.rows(Message) if one.kind == "ask"]
        assert len(asked) == len(set(asked))

    @invariant()
    def only_those_on_a_shift_offer_their_place(self) -> None:
        for one in self.rows(Swap):
            if one.state == "open":
                assert one.from_id in self.crew(one.shift_id)
                assert one.until <= self.shift(one.shift_id).starts_at


def test_no_order_of_steps_breaks_a_rule(make):
    machine = type("Machine", (Shifts,), {"make": make})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
