"""A push that a message waits: generic, in waking hours, behind every alert, and not for what was answered meanwhile."""

from __future__ import annotations

import json

import pytest

from fieldapp.alerts.models import Delivery, Notice
from fieldapp.alerts.push import message as pushed
from fieldapp.alerts.services import deliveries, nudges
from fieldapp.core import jobs
from fieldapp.core.clock import DAY, HOUR, MINUTE, local_ms, to_datetime
from fieldapp.core.db import write
from fieldapp.shifts.services import messages
from tests.phones import phone_of
from tests.pushservice import PushService

NEW_YORK = "America/New_York"


class Scene:
    """Fern has a phone with push, in New York, where it is ten in the morning."""

    def __init__(self, make, sign_in, clock) -> None:
        self.make, self.sign_in, self.clock = make, sign_in, clock
        self.chapter = make.chapter(zone=NEW_YORK)
        self.fern = make.person(self.chapter)
        self.phone = phone_of(make, self.fern, self.chapter)
        self.phone.subscribe(PushService())

    def at(self, hour: int) -> None:
        """The next time that the clocks in New York show this hour."""
        here = to_datetime(self.clock.now(), NEW_YORK)
        moment = local_ms(here.date(), hour * 60, NEW_YORK)
        self.clock.at = moment if moment > self.clock.now() else moment + DAY

    def send(self, *, urgent: bool = False, until: int | None = None) -> str:
        with write() as session:
            sent = messages.send(
                session, person_id=self.fern.id, kind="chapter", chapter_id=self.chapter.id, now=self.clock.now(),
                urgent=urgent, until=until, detail={"en": "The meeting moved"},
            )  # fmt: skip
        jobs.run_due(self.clock.now())
        return sent.id

    def taken(self) -> list[deliveries.Outgoing]:
        return deliveries.claim(self.clock.now(), MINUTE, 10)


@pytest.fixture
def scene(make, sign_in, clock) -> Scene:
    return Scene(make, sign_in, clock)


def test_a_message_is_pushed_with_generic_words_that_open_today(scene: Scene) -> None:
    scene.send()
    (one,) = scene.taken()
    said = json.loads(pushed.plaintext(one.notice_id, "en", "https://field.example", today=True))
    assert said["notification"]["body"] == "1 new message"
    assert (said["open"], said["notification"]["navigate"]) == ("today", "https://field.example/#/today")
    assert "meeting" not in json.dumps(said)


def test_a_message_in_the_night_waits_for_the_morning(scene: Scene) -> None:
    scene.at(23)
    scene.send()
    assert scene.taken() == []
    scene.at(7)
    jobs.run_due(scene.clock.now())
    assert scene.taken() == []
    scene.at(8)
    jobs.run_due(scene.clock.now())
    assert len(scene.taken()) == 1


def test_an_urgent_one_waits_too_unless_the_person_wants_it(scene: Scene) -> None:
    scene.at(23)
    scene.send(urgent=True)
    assert scene.taken() == []
    form = {"start": "21:00", "end": "8:00", "urgent": "yes"}
    assert scene.sign_in(scene.fern).post("/me/quiet-hours", form).status_code == 302
    scene.send(urgent=True)
    assert len(scene.taken()) == 1


def test_ones_own_hours_hold_and_equal_ones_mean_never(scene: Scene) -> None:
    page = scene.sign_in(scene.fern)
    page.post("/me/quiet-hours", {"start": "9:00", "end": "11:00"})
    scene.send()
    assert scene.taken() == []
    page.post("/me/quiet-hours", {"start": "0:00", "end": "0:00"})
    scene.send()
    assert len(scene.taken()) == 1
    assert page.post("/me/quiet-hours", {"start": "half nine", "end": "11:00"}).status_code == 422


def test_what_was_answered_or_is_past_before_it_went_is_dropped(scene: Scene) -> None:
    first, _ = scene.send(), scene.send(until=scene.clock.now() + HOUR)
    messages.answer(scene.fern.id, first, "ok", scene.clock.now())
    scene.clock.advance(2 * HOUR)
    assert scene.taken() == []
    assert {one.state for one in scene.make.all(Delivery)} == {"ended"}


def test_what_was_answered_in_the_night_is_not_pushed_in_the_morning(scene: Scene) -> None:
    scene.at(23)
    sent = scene.send()
    messages.answer(scene.fern.id, sent, "ok", scene.clock.now())
    scene.at(9)
    jobs.run_due(scene.clock.now())
    assert scene.make.all(Notice) == []


def test_an_alert_goes_before_messages_that_wait_longer(scene: Scene) -> None:
    coordinator = phone_of(scene.make, scene.make.person(scene.chapter, "coordinator"), scene.chapter)
    coordinator.subscribe(PushService())
    for _ in range(3):
        scene.send()
    scene.clock.advance(MINUTE)
    scene.phone.raise_alert()
    (one,) = deliveries.claim(scene.clock.now(), MINUTE, 1)
    assert one.rank == 0


def test_twice_the_same_job_is_one_push(scene: Scene) -> None:
    sent = scene.send()
    nudges.nudge({"message": sent, "person": scene.fern.id}, scene.clock.now())
    assert len(scene.make.all(Delivery)) == 1


def test_the_notice_door_says_nothing_of_a_message_but_where_it_is(scene: Scene) -> None:
    scene.send()
    (one,) = scene.taken()
    answer = scene.sign_in.nobody().client.post("/api/v1/notice", json=scene.phone.asks(notice=one.notice_id))
    assert answer.get_json() == {"notice": one.notice_id, "answer": None, "alert": None, "open": "today"}


def test_who_was_told_by_which_phone_is_forgotten(scene: Scene) -> None:
    scene.send()
    jobs.run_due(scene.clock.now() + 15 * DAY)
    assert scene.make.all(Notice) == scene.make.all(Delivery) == []


@pytest.mark.parametrize(
    ("start", "end", "minute", "waits"),
    [(21, 8, 22, 10), (21, 8, 3, 5), (21, 8, 8, 0), (21, 8, 20, 0), (1, 5, 2, 3), (1, 5, 5, 0), (6, 6, 6, 0)],
)
def test_quiet_hours_end_on_the_clocks_of_the_person(start: int, end: int, minute: int, waits: int) -> None:
    now = local_ms(to_datetime(1_795_446_000_000, NEW_YORK).date(), minute * 60, NEW_YORK)
    assert nudges.Hours(start * 60, end * 60).wait_until(now, NEW_YORK) == now + waits * HOUR
