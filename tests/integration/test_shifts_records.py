"""What a phone says of its shifts comes through the one door, and gets a signed answer."""

from __future__ import annotations

import json

import pytest

from fieldapp.core.clock import DAY, HOUR
from fieldapp.records.models import Record
from fieldapp.shifts.models import Claim, Shift
from fieldapp.training.models import Grade


@pytest.fixture
def world(make):
    """A court, a course, a shift tomorrow, and a certified watcher with a phone."""

    class World:
        chapter = make.chapter()
        place = make.place(chapter)
        course = make.course(chapter)
        shift = make.shift(place, course_id=course.id)

        def volunteer(self):
            person = make.person(self.chapter)
            make.certificate(person, self.course)
            make.keep(Grade(person_id=person.id, chapter_id=self.chapter.id, grade="watcher"))
            return person

        def phone(self, person=None):
            return make.phone(person or self.volunteer(), self.chapter)

    return World()


def say(phone, kind, shift, **opened):
    made = phone.operation(kind, shift=shift.id, open={f"/{name}": value for name, value in opened.items()})
    return phone.sync(made)[0]["outcome"]


def test_a_whole_shift_is_told_by_the_phone(make, world, clock):
    phone = world.phone()
    assert say(phone, "claim", world.shift) == "stored"
    assert say(phone, "release", world.shift) == "stored"
    assert say(phone, "claim", world.shift) == "stored"
    clock.advance(DAY)
    assert say(phone, "check_in", world.shift) == "stored"
    assert say(phone, "quiet", world.shift, until=clock.now() + HOUR) == "stored"
    assert say(phone, "check_out", world.shift) == "stored"
    assert say(phone, "after", world.shift, how="fine") == "stored"
    [claim] = make.all(Claim)
    assert (claim.state, claim.key, claim.after) == ("claimed", phone.key, "fine")
    assert claim.quiet_until == clock.now() + HOUR
    assert make.all(Record) == []


def test_the_same_claim_sent_twice_is_one_claim_with_one_receipt(make, world):
    phone = world.phone()
    claim = phone.operation("claim", shift=world.shift.id)
    first, second = phone.sync(claim, claim)
    [third] = phone.sync(claim)
    assert (first["outcome"], second["outcome"], third["outcome"]) == ("stored", "duplicate", "duplicate")
    assert first["receipt"] == third["receipt"]
    assert make.all(Shift)[0].taken == 1


def test_a_claim_that_cannot_be_applied_gets_a_signed_code_and_hurts_nothing_else(make, world):
    phone = world.phone()
    clash = make.shift(world.place, course_id=world.course.id)
    results = phone.sync(
        phone.operation("claim", shift=world.shift.id),
        phone.operation("claim", shift=clash.id),
        phone.operation("claim", shift="nothere"),
    )
    assert [r["outcome"] for r in results] == ["stored", "not_applied/overlap", "not_applied/unknown_shift"]
    assert json.loads(results[1]["receipt"]["text"])["outcome"] == "not_applied/overlap"


def test_nonsense_in_an_operation_is_void_and_never_a_fault(world, clock):
    phone = world.phone()
    say(phone, "claim", world.shift)
    clock.advance(DAY)
    assert say(phone, "quiet", world.shift, until="soon") == "not_applied/void"
    assert say(phone, "quiet", world.shift) == "not_applied/void"
    assert say(phone, "quiet", world.shift, until=True) == "not_applied/void"
    assert say(phone, "after", world.shift, how="splendid") == "not_applied/void"
    assert say(phone, "after", world.shift, how=["fine"]) == "not_applied/void"


def test_a_phone_off_until_the_end_of_time_is_cut_to_the_last_check_out(make, world, clock):
    phone = world.phone()
    say(phone, "claim", world.shift)
    assert say(phone, "quiet", world.shift, until=2**53 - 1) == "stored"
    assert make.all(Claim)[0].quiet_until == world.shift.ends_at + 12 * HOUR


def test_what_is_written_on_an_unknown_shift_or_without_a_certificate_waits_in_quarantine(make, world):
    certified, other = world.phone(), world.phone(make.person(world.chapter))
    elsewhere = make.shift(make.place(make.chapter()))
    seen = [
        certified.observation(shift=world.shift.id, place=world.place.id),
        certified.observation(shift=elsewhere.id, place=world.place.id),
        certified.observation(shift="nothere", place=world.place.id),
        other.observation(shift=world.shift.id, place=world.place.id),
    ]
    assert all(result["receipt"] for result in [*certified.sync(*seen[:3]), *other.sync(seen[3])])
    reasons = {record.digest: record.reasons for record in make.all(Record)}
    said = [{"unknown_shift", "not_certified"} & set(reasons[one["digest"]]) for one in seen]
    assert said == [set(), {"unknown_shift"}, {"unknown_shift"}, {"not_certified"}]
