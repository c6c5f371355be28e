"""What a person is told about shifts, shown on their phone and desk, and what their answer does."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from fieldapp.accounts.identity import actor_for
from fieldapp.core import jobs
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import db, write
from fieldapp.core.jobs import Job
from fieldapp.shifts.models import Claim, Message
from fieldapp.shifts.services import claims, messages, planning
from fieldapp.training.models import Grade


@pytest.fixture
def world(make, clock):
    """A court, a shift tomorrow, a certified watcher with a phone, and a way to tell them something."""
    chapter = make.chapter()
    course = make.course(chapter)
    fern = make.person(chapter)
    make.certificate(fern, course)
    make.keep(Grade(person_id=fern.id, chapter_id=chapter.id, grade="watcher"))
    shift = make.shift(make.place(chapter, "Broadway Court"), course_id=course.id)

    def tell(kind, person=fern, **more):
        with write() as session:
            values = {"shift_id": shift.id, "chapter_id": chapter.id, "now": clock.now(), **more}
            return messages.send(session, person_id=person.id, kind=kind, **values)

    return SimpleNamespace(chapter=chapter, course=course, fern=fern, shift=shift, tell=tell)


def outcome(phone, message, say):
    opened = {"/message": message if isinstance(message, str) else message.id, "/say": say}
    return phone.sync(phone.operation("answer", open=opened))[0]["outcome"]


def test_a_message_is_on_the_phone_until_it_is_answered_and_a_nudge_goes_out(make, world, sign_in, clock):
    page = sign_in(world.fern)
    before = page.get("/api/v1/field").headers["ETag"]
    told = world.tell("ask", until=clock.now() + HOUR)
    answer = page.get("/api/v1/field")
    [shown] = answer.get_json()["personal"]["messages"]
    assert answer.headers["ETag"] != before
    assert (shown["id"], shown["kind"], shown["shift"], shown["until"]) == (
        told.id,
        "ask",
        world.shift.id,
        clock.now() + HOUR,
    )
    assert (shown["starts_at"], shown["zone"]) == (world.shift.starts_at, "America/New_York")
    [job] = [one for one in make.all(Job) if one.kind == "alerts.nudge"]
    assert json.loads(job.payload) == {"message": told.id, "person": world.fern.id, "urgent": False}
    assert outcome(make.phone(world.fern), told, "no") == "stored"
    assert page.get("/api/v1/field").get_json()["personal"]["messages"] == []
    assert make.all(Claim) == []


def test_a_yes_takes_the_seat_by_the_same_rules_as_everyones(make, world):
    phone = make.phone(world.fern)
    told = world.tell("ask")
    assert outcome(phone, told, "yes") == "stored"
    [claim] = make.all(Claim)
    assert (claim.person_id, claim.state) == (world.fern.id, "claimed")
    novice = make.person(world.chapter)
    uncertified = world.tell("ask", novice)
    assert outcome(make.phone(novice), uncertified, "yes") == "not_applied/not_certified"
    assert make.all(Message)[-1].answered_at is None or len(make.all(Claim)) == 1


def test_an_answer_counts_once_in_time_and_only_from_whom_it_was_asked(make, world, clock):
    phone, other = make.phone(world.fern), make.phone(make.person(world.chapter))
    told, short = world.tell("changed"), world.tell("coming", until=clock.now() + HOUR)
    assert outcome(other, told, "ok") == "not_applied/not_yours"
    assert outcome(phone, "nothere", "ok") == "not_applied/not_yours"
    assert outcome(phone, told, "maybe") == "not_applied/invalid"
    assert outcome(phone, told, "ok") == "stored"
    assert outcome(phone, told, "ok") == "not_applied/already"
    clock.advance(HOUR)
    assert outcome(phone, short, "yes") == "not_applied/lapsed"


def test_what_is_past_full_or_cancelled_is_not_shown_but_a_change_is(make, world, clock):
    coordinator = actor_for(make.person(world.chapter, "coordinator"))
    world.tell("ask", until=clock.now() + HOUR)
    changed = world.tell("changed")
    assert {one.message.kind for one in messages.live_for([world.fern.id], clock.now())} == {"ask", "changed"}
    assert [one.message.kind for one in messages.live_for([world.fern.id], clock.now() + HOUR)] == ["changed"]
    planning.cancel(coordinator, world.shift.id, "The court is closed.", clock.now())
    db.session.expire_all()
    assert [one.message.id for one in messages.live_for([world.fern.id], clock.now())] == [changed.id]


def test_an_offer_is_gone_when_the_shift_is_full_or_the_person_has_it(make, world, clock):
    wren = make.person(world.chapter)
    world.tell("ask")
    world.tell("ask", wren)
    claims.claim(world.fern.id, world.shift.id, clock.now())
    assert [one.message.person_id for one in messages.live_for([world.fern.id, wren.id], clock.now())] == [wren.id]
    with write() as session:
        session.merge(world.shift).seats = 1
    db.session.expire_all()
    assert messages.live_for([wren.id], clock.now()) == []


def test_what_was_said_once_is_not_said_again(make, world):
    first = world.tell("coming", once="coming x")
    assert world.tell("coming", once="coming x").id == first.id
    assert len(make.all(Message)) == 1


def test_training_tells_a_person_something_through_a_job(make, world, clock):
    payload = {"person": world.fern.id, "kind": "training", "chapter": world.chapter.id, "detail": {"en": "It ends."}}
    with write() as session:
        jobs.enqueue(session, "shifts.message", {**payload, "once": "ends"}, run_at=clock.now(), job_id="a")
        jobs.enqueue(session, "shifts.message", {**payload, "once": "ends"}, run_at=clock.now(), job_id="b")
    jobs.run_due(clock.now())
    [told] = make.all(Message)
    assert (told.kind, told.detail, told.shift_id) == ("training", {"en": "It ends."}, None)


def test_the_desk_shows_the_same_cards_and_takes_the_answer(make, world, sign_in, clock):
    page = sign_in(world.fern)
    told = world.tell("ask", until=clock.now() + DAY)
    shown = page.get("/shifts/mine").text
    assert "Can you take this shift?" in shown
    assert "Broadway Court" in shown
    page.post(f"/shifts/messages/{told.id}", {"say": "yes"})
    assert make.all(Message)[0].answer == "yes"
    assert "Can you take this shift?" not in page.get("/shifts/mine").text
    page.post(f"/shifts/messages/{told.id}", {"say": "yes"})
    assert "taken already" in page.get("/shifts/mine").text
    assert len(make.all(Claim)) == 1


def test_what_was_said_is_forgotten_after_ninety_days(make, world, clock):
    world.tell("ask")
    assert messages.forget(clock.now() + 89 * DAY) == 0
    assert messages.forget(clock.now() + 90 * DAY) == 1
    assert make.all(Message) == []
