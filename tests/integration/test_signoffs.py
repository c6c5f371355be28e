"""Shadowed shifts: the lead signs off, a coordinator stands in, two make somebody ready, and one tap gives the grade."""

from __future__ import annotations

import pytest

from fieldapp.core.clock import DAY, HOUR
from fieldapp.shifts.models import Claim, SignOff
from fieldapp.training.models import Grade
from tests.factories import Factory


@pytest.fixture
def street(make: Factory, sign_in, clock):
    """A chapter with a lead, somebody who shadows, and shifts that are over."""

    class Street:
        chapter = make.chapter()
        place = make.place(chapter, "Court of the shadows")
        coordinator = make.person(chapter, "coordinator", field_name="Juniper")
        rowan = make.person(chapter, field_name="Rowan")
        fern = make.person(chapter, field_name="Fern")
        days = 0

        def grade(self, person, grade):
            make.keep(Grade(person_id=person.id, chapter_id=self.chapter.id, grade=grade))

        def over(self, *, lead=True, came=True):
            self.days += 1
            shift = make.shift(
                self.place, starts_in=-self.days * DAY, lasts=HOUR, taken=2, lead_id=self.rowan.id if lead else None
            )
            for person in (self.rowan, self.fern):
                at = shift.starts_at if came or person is self.rowan else None
                make.keep(
                    Claim(
                        shift_id=shift.id, person_id=person.id, state="confirmed", at=shift.starts_at - DAY, here_at=at
                    )
                )
            return shift

        def say(self, person, shift, result="signed", *codes, of=None):
            form = {"person_id": (of or self.fern).id, "result": result, "codes": list(codes)}
            return sign_in(person).post(f"/shifts/{shift.id}/shadows", form)

    made = Street()
    made.grade(made.rowan, "lead")
    made.grade(made.fern, "shadow")
    return made


def test_a_lead_signs_off_who_shadowed(street, make, sign_in):
    shift = street.over()
    shown = sign_in(street.rowan).get(f"/shifts/{shift.id}/shadows").text
    assert "Fern" in shown
    assert 'id="who-' + street.rowan.id not in shown
    assert street.say(street.rowan, shift).status_code == 302
    assert [(one.result, one.by_id) for one in make.all(SignOff)] == [("signed", street.rowan.id)]


def test_what_to_work_on_is_short_codes_and_no_text(street, make, sign_in):
    shift = street.over()
    assert street.say(street.rowan, shift, "work").status_code == 422
    assert street.say(street.rowan, shift, "work", "calm", "is always late!").status_code == 302
    assert [(one.result, one.codes) for one in make.all(SignOff)] == [("work", ["calm"])]
    assert "staying calm" in sign_in(street.fern).get("/shifts/mine").text


def test_the_last_word_counts(street, make):
    shift = street.over()
    street.say(street.rowan, shift, "work", "calm")
    street.say(street.rowan, shift)
    assert [(one.result, one.codes) for one in make.all(SignOff)] == [("signed", [])]


def test_nobody_signs_for_somebody_who_did_not_come(street):
    shift = street.over(came=False)
    assert street.say(street.rowan, shift).status_code == 404


def test_nobody_signs_a_shift_that_is_not_over(street, make, clock):
    shift = make.shift(street.place, starts_in=-HOUR, lasts=2 * HOUR, lead_id=street.rowan.id)
    assert street.say(street.rowan, shift).status_code == 409


def test_another_volunteer_does_not_sign_and_does_not_look(street, make, sign_in):
    shift, other = street.over(), make.person(street.chapter)
    assert street.say(other, shift).status_code == 403
    assert sign_in(street.fern).get(f"/shifts/{shift.id}/shadows").status_code == 403
    stranger = make.person(make.chapter(), "coordinator")
    assert street.say(stranger, shift).status_code == 404


def test_nobody_signs_for_themselves(street, make):
    street.grade(street.coordinator, "shadow")
    shift = street.over(lead=False)
    make.keep(
        Claim(shift_id=shift.id, person_id=street.coordinator.id, state="confirmed", at=1, here_at=shift.starts_at)
    )
    assert street.say(street.coordinator, shift, of=street.coordinator).status_code == 403


def test_without_a_lead_a_coordinator_is_asked(street, make, sign_in):
    shift = street.over(lead=False)
    shown = sign_in(street.coordinator).get("/training/newcomers").text
    assert f"/shifts/{shift.id}/shadows" in shown
    assert "Court of the shadows" in shown
    assert street.say(street.coordinator, shift).status_code == 302
    assert f"/shifts/{shift.id}/shadows" not in sign_in(street.coordinator).get("/training/newcomers").text


def test_the_leads_phone_is_reminded_until_it_is_said(street, sign_in):
    shift = street.over()
    page = sign_in(street.rowan)
    todo = page.get("/api/v1/field").get_json()["personal"]["todo"]
    assert {"kind": "signoff", "shift": shift.id, "place": "Court of the shadows", "n": 1} in todo
    assert "1 person shadowed" in page.get("/shifts/mine").text
    street.say(street.rowan, shift)
    todo = page.get("/api/v1/field").get_json()["personal"]["todo"]
    assert "signoff" not in {one["kind"] for one in todo}


def test_two_sign_offs_make_ready_and_one_tap_makes_a_watcher(street, make, sign_in):
    desk = sign_in(street.coordinator)
    street.say(street.rowan, street.over())
    assert "Make watcher" not in desk.get("/training/newcomers").text
    street.say(street.rowan, street.over())
    assert "Make watcher" in desk.get("/training/newcomers").text
    desk.post(f"/training/people/{street.fern.id}/grade", {"grade": "watcher"})
    assert {one.grade for one in make.all(Grade) if one.person_id == street.fern.id} == {"watcher"}
    assert "Make watcher" not in desk.get("/training/newcomers").text


def test_what_to_work_on_does_not_count_towards_ready(street, sign_in):
    street.say(street.rowan, street.over())
    street.say(street.rowan, street.over(), "work", "safety")
    assert "Make watcher" not in sign_in(street.coordinator).get("/training/newcomers").text
