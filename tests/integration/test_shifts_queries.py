"""The lists that phones and desks ask for cost the same number of questions, however many people and shifts there are."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from fieldapp.accounts.identity import actor_for
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim
from fieldapp.shifts.services import board, listing, newcomers, roster
from fieldapp.training.models import Attendance, Grade, TrainingSession
from fieldapp.training.services import held, rosters


@contextmanager
def counted():
    """Counts the statements sent to the database."""
    seen = []

    def note(connection, cursor, statement, *_):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def chapter(make, clock):
    """A chapter that can grow by people and by shifts that they are on."""

    class Chapter:
        home = make.chapter()
        place = make.place(home)
        course = make.course(home)
        coordinator = actor_for(make.person(home, "coordinator"))
        fern = actor_for(make.person(home, field_name="Fern"))
        people = []
        sitting = make.keep(
            TrainingSession(
                course_id=course.id,
                chapter_id=home.id,
                starts_at=clock.now() - HOUR,
                ends_at=clock.now() + HOUR,
                zone="America/New_York",
                code="seed",
            )
        )

        def grow(self, people, shifts):
            made = [make.person(self.home) for _ in range(people)]
            rotas = [
                make.shift(self.place, starts_in=DAY + n * 4 * HOUR, course_id=self.course.id) for n in range(shifts)
            ]
            with write() as session:
                for person in made:
                    session.add(Grade(person_id=person.id, chapter_id=self.home.id, grade="watcher"))
                    session.add(
                        Attendance(session_id=self.sitting.id, person_id=person.id, state="here", at=clock.now())
                    )
                for number, shift in enumerate(rotas):
                    for person in (made[number % people], made[(number + 1) % people]):
                        session.add(Claim(shift_id=shift.id, person_id=person.id, state="claimed", at=clock.now()))
                    if number % 3 == 0:
                        session.add(
                            Claim(shift_id=shift.id, person_id=self.fern.person_id, state="claimed", at=clock.now())
                        )
            return rotas

    return Chapter()


def phones_list(actor, now):
    """What the phone shows of shifts, with a board of its own."""
    return listing.snapshot(actor, board.of(actor, now), held.by(actor.person_id), now)


def own_shifts(actor, now):
    """The desk's list, with a board of its own."""
    return listing.listing(actor, board.of(actor, now), held.by(actor.person_id), now)


def test_no_list_asks_more_when_there_is_more(app, chapter, clock):
    sitting_id = chapter.sitting.id
    now, monday = clock.now(), roster.to_datetime(clock.now(), "America/New_York").date()
    asks = {
        "a phone's shifts": lambda: phones_list(chapter.fern, now),
        "one's own shifts": lambda: own_shifts(chapter.fern, now),
        "the week": lambda: roster.week(chapter.coordinator, monday, "America/New_York"),
        "the day as text": lambda: roster.day(chapter.coordinator, monday.replace(day=24), "America/New_York", now),
        "a roster": lambda: roster.see(chapter.coordinator, shift_id, now),
        "those who may be added": lambda: roster.candidates(roster.see(chapter.coordinator, shift_id, now), now),
        "the newcomers": lambda: newcomers.board(chapter.coordinator, now),
        "a session": lambda: rosters.see(chapter.coordinator, sitting_id, now),
    }
    shift_id = chapter.grow(people=3, shifts=3)[0].id
    few = {name: cost(app, ask) for name, ask in asks.items()}
    chapter.grow(people=20, shifts=30)
    many = {name: cost(app, ask) for name, ask in asks.items()}
    assert many == few
    assert max(many.values()) <= 14


def cost(app, ask):
    """How many statements ``ask`` sends with a session of its own, as in a request."""
    with app.app_context(), counted() as seen:
        ask()
        db.session.remove()
    return len(seen)


def test_the_phones_list_says_mine_open_and_why_not(make, chapter, clock):
    first, *others = chapter.grow(people=3, shifts=4)
    data = phones_list(chapter.fern, clock.now())
    assert [one["id"] for one in data["mine"]] == [first.id, others[2].id]
    assert {one["why"]["code"] for one in data["rest"]} == {"not_certified"}
    assert data["rest"][0]["why"]["course"] == chapter.course.id
    assert {mate["name"] for mate in data["mine"][0]["roster"]} >= {"Fern"}
    assert all("person" not in str(mate.keys()) for mate in data["mine"][0]["roster"])
    free = make.shift(chapter.place, starts_in=10 * DAY)
    assert [one["id"] for one in phones_list(chapter.fern, clock.now())["open"]] == [free.id]
