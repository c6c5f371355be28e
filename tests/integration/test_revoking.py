"""Revoking a certificate: its effect on coming shifts is shown first, and then all of it happens at once or not at all."""

from __future__ import annotations

import pytest

from fieldapp.core.clock import DAY
from fieldapp.shifts.models import Claim, Message, Shift
from fieldapp.shifts.services import claims
from fieldapp.training.models import Certificate, Grade
from tests.factories import Factory


@pytest.fixture
def school(make: Factory, sign_in, clock):
    """A trainer, somebody with a certificate, and shifts of theirs that need it."""

    class School:
        chapter = make.chapter()
        place = make.place(chapter, "Court of the certificate")
        trainer = make.person(chapter, "trainer", field_name="Juniper")
        fern = make.person(chapter, field_name="Fern")
        course = make.course(chapter, "Court watch basics")
        certificate = make.certificate(fern, course)
        days = 0

        @property
        def page(self):
            return sign_in(self.trainer)

        @property
        def path(self):
            return f"/training/certificates/{self.certificate.id}/revoke"

        def taken(self, *others, **more):
            self.days += 1
            shift = make.shift(
                self.place, starts_in=self.days * DAY, **{"minimum": 2, "course_id": self.course.id, **more}
            )
            for person in (*others, self.fern):
                claims.claim(person.id, shift.id, clock.now())
            return shift

    return School()


def watcher(make, school):
    person = make.person(school.chapter)
    make.keep(Grade(person_id=person.id, chapter_id=school.chapter.id, grade="watcher"))
    make.certificate(person, school.course)
    return person


def state_of(make, shift, person):
    return next(one.state for one in make.all(Claim) if (one.shift_id, one.person_id) == (shift.id, person.id))


def test_the_page_says_which_shifts_fall_short(make, school):
    one, two = watcher(make, school), watcher(make, school)
    school.taken(one)
    school.taken(one, two)
    shown = school.page.get(school.path).text
    assert "2 coming shifts are given back" in shown
    assert "1 of them falls short then" in shown
    assert "Falls short: 1 of 2" in shown
    assert "Still runs: 2 of 2" in shown


def test_revoking_gives_back_what_needs_it_and_tells_the_person_without_the_reason(make, school):
    needs, free = school.taken(watcher(make, school)), school.taken(course_id=None, minimum=4)
    answer = school.page.post(school.path, {"reason": "Filmed a family", "shifts": needs.id})
    assert answer.status_code == 302
    assert [one.revoke_reason for one in make.all(Certificate) if one.revoked_at] == ["Filmed a family"]
    assert state_of(make, needs, school.fern) == "released"
    assert state_of(make, free, school.fern) == "claimed"
    assert next(one.taken for one in make.all(Shift) if one.id == needs.id) == 1
    (told,) = [one for one in make.all(Message) if one.kind == "training"]
    assert told.person_id == school.fern.id
    assert "One shift of yours was given back." in told.detail["en"]
    assert "Filmed" not in str(told.detail)


def test_what_changed_since_it_was_looked_at_is_looked_at_again(make, school):
    shift = school.taken(watcher(make, school))
    answer = school.page.post(school.path, {"reason": "x", "shifts": ""})
    assert answer.status_code == 409
    assert "have changed since you looked" in answer.text
    assert [one for one in make.all(Certificate) if one.revoked_at] == []
    assert state_of(make, shift, school.fern) == "claimed"


def test_a_shift_that_another_certificate_covers_stays(make, school):
    shift = school.taken(watcher(make, school))
    make.certificate(school.fern, school.course)
    assert "No coming shift is touched" in school.page.get(school.path).text
    school.page.post(school.path, {"reason": "Given twice", "shifts": ""})
    assert state_of(make, shift, school.fern) == "claimed"


def test_without_a_reason_nothing_happens(make, school):
    shift = school.taken(watcher(make, school))
    answer = school.page.post(school.path, {"reason": "  ", "shifts": shift.id})
    assert answer.status_code == 422
    assert "Falls short" in answer.text
    assert [one for one in make.all(Certificate) if one.revoked_at] == []


def test_a_certificate_is_revoked_once(make, school):
    school.page.post(school.path, {"reason": "x", "shifts": ""})
    assert school.page.post(school.path, {"reason": "y", "shifts": ""}).status_code == 409
    assert make.all(Certificate)[0].revoke_reason == "x"


def test_a_shift_under_way_is_left_to_its_lead(make, school, clock):
    shift = school.taken(watcher(make, school))
    clock.advance(DAY + 1)
    assert "No coming shift is touched" in school.page.get(school.path).text
    school.page.post(school.path, {"reason": "x", "shifts": ""})
    assert state_of(make, shift, school.fern) == "claimed"
