"""Reminders: the day before with coming or cannot, and two hours before; each once, and only where it is true."""

from __future__ import annotations

import pytest

from fieldapp.core.clock import DAY, HOUR, MINUTE
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim, Message, Shift
from fieldapp.shifts.services import answers, claims, messages, reminders
from fieldapp.shifts.services.rules import Refused


class Scene:
    """Fern takes a shift three days ahead."""

    def __init__(self, make, clock) -> None:
        self.make, self.clock = make, clock
        self.chapter = make.chapter()
        self.fern = make.person(self.chapter)
        self.shift = make.shift(make.place(self.chapter), starts_in=3 * DAY, minimum=4, seats=6)
        claims.claim(self.fern.id, self.shift.id, clock.now())

    def look(self, before: int) -> list[str]:
        """What waits for Fern so long before the start."""
        self.clock.at = self.shift.starts_at - before
        reminders.turn(self.clock.now())
        return [one.message.kind for one in messages.live_for([self.fern.id], self.clock.now())]

    def claim(self) -> Claim:
        found = db.session.get(Claim, (self.shift.id, self.fern.id))
        assert found is not None
        return found

    def change(self, **values: int) -> None:
        with write() as session:
            for name, value in values.items():
                setattr(session.get_one(Shift, self.shift.id), name, value)


@pytest.fixture
def scene(make, clock) -> Scene:
    return Scene(make, clock)


def test_one_is_reminded_a_day_before_and_two_hours_before_once_each(scene: Scene) -> None:
    assert scene.look(DAY + MINUTE) == []
    assert scene.look(DAY) == ["coming"]
    assert scene.look(DAY - MINUTE) == ["coming"]
    assert scene.look(2 * HOUR) == ["coming", "soon"]
    scene.look(HOUR)
    assert len(scene.make.all(Message)) == 2


def test_coming_confirms_and_cannot_gives_the_place_back(scene: Scene) -> None:
    scene.look(DAY)
    (message,) = scene.make.all(Message)
    answers.answer(scene.fern.id, message.id, "yes", scene.clock.now())
    assert scene.claim().state == "confirmed"


def test_cannot_gives_the_place_back(scene: Scene) -> None:
    scene.look(DAY)
    (message,) = scene.make.all(Message)
    answers.answer(scene.fern.id, message.id, "no", scene.clock.now())
    assert scene.claim().state == "released"
    assert db.session.get_one(Shift, scene.shift.id).taken == 0
    assert scene.look(2 * HOUR) == []


def test_a_cancelled_or_released_shift_reminds_nobody(scene: Scene) -> None:
    claims.release(scene.fern.id, scene.shift.id, scene.clock.now())
    assert scene.look(DAY) == []


def test_a_reminder_goes_with_the_shift_that_is_called_off(scene: Scene) -> None:
    assert scene.look(DAY) == ["coming"]
    scene.change(cancelled_at=scene.clock.now())
    assert scene.look(20 * HOUR) == []
    (message,) = scene.make.all(Message)
    assert message.answer == "gone"


def test_a_moved_shift_reminds_anew(scene: Scene) -> None:
    assert scene.look(DAY) == ["coming"]
    scene.change(starts_at=scene.shift.starts_at + HOUR, ends_at=scene.shift.ends_at + HOUR)
    scene.shift = db.session.get_one(Shift, scene.shift.id)
    assert scene.look(DAY) == ["coming"]
    assert sorted(one.answer or "" for one in scene.make.all(Message)) == ["", "gone"]


def test_who_took_it_an_hour_ago_is_not_asked_whether_they_come(scene: Scene) -> None:
    other = scene.make.person(scene.chapter)
    scene.clock.at = scene.shift.starts_at - 20 * HOUR
    claims.claim(other.id, scene.shift.id, scene.clock.now(), by=scene.fern.id)
    reminders.turn(scene.clock.now())
    assert messages.live_for([other.id], scene.clock.now()) == []


def test_who_is_there_already_is_not_told_that_it_starts_soon(scene: Scene) -> None:
    scene.clock.at = scene.shift.starts_at - 3 * HOUR
    claims.check_in(scene.fern.id, scene.shift.id, scene.clock.now())
    assert "soon" not in scene.look(HOUR)


def test_reminders_are_forgotten_after_thirty_days(scene: Scene) -> None:
    scene.look(DAY)
    assert reminders.forget(scene.clock.now() + 29 * DAY) == 0
    assert reminders.forget(scene.clock.now() + 30 * DAY) == 1
    assert scene.make.all(Message) == []


def test_a_cannot_that_comes_when_the_shift_has_begun_changes_nothing(scene: Scene) -> None:
    scene.look(DAY)
    (message,) = scene.make.all(Message)
    scene.clock.at = scene.shift.starts_at
    with pytest.raises(Refused):
        answers.answer(scene.fern.id, message.id, "no", scene.clock.now())
    assert scene.claim().state == "claimed"
