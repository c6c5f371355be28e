"""Sessions online and with few places, and what people are told: a session moved or called off, a certificate that ends."""

from __future__ import annotations

import threading

import pytest

from fieldapp.accounts.identity import actor_for
from fieldapp.core import jobs
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import db, write
from fieldapp.core.errors import DomainError
from fieldapp.shifts.models import Message
from fieldapp.training.models import Attendance, Certificate, TrainingSession
from fieldapp.training.services import checkin, expiry, sessions
from tests.factories import Factory

LINK = "https://meet.example.org/secret-room"
WHEN = {"day": "2026-11-25", "start": "18:00", "end": "20:00", "zone": "America/New_York", "where": "On a call"}


@pytest.fixture
def school(make: Factory, sign_in, clock):
    """A trainer with a course, and somebody who learns."""

    class School:
        chapter = make.chapter()
        trainer = make.person(chapter, "trainer", field_name="Juniper")
        fern = make.person(chapter, field_name="Fern")
        course = make.course(chapter, "Court watch basics")

        @property
        def desk(self):
            return sign_in(self.trainer)

        def plan(self, **more):
            answer = self.desk.post(f"/training/courses/{self.course.id}/session", {**WHEN, **more})
            assert answer.status_code == 302, answer.text
            return next(one for one in make.all(TrainingSession) if answer.location.endswith(one.id))

    return School()


def said(make, clock):
    """The messages there are once the worker has done its jobs."""
    while jobs.run_due(clock.now()):
        pass
    return [one for one in make.all(Message) if one.kind == "training"]


def test_the_link_is_for_those_signed_up_and_for_nobody_else(school, sign_in, make):
    session = school.plan(mode="online", link=LINK)
    page = sign_in(school.fern)
    assert LINK not in page.get("/training/mine").text
    assert "You see the link when you have signed up." in page.get("/training/mine").text
    page.post(f"/training/sessions/{session.id}/sign-up")
    assert LINK in page.get("/training/mine").text
    assert LINK not in page.get("/api/v1/field").text
    page.post(f"/training/sessions/{session.id}/leave")
    assert LINK not in page.get("/training/mine").text


@pytest.mark.parametrize("link", ["http://meet.example.org/x", "javascript:alert(1)", "https://a b", "x" * 500])
def test_a_link_that_is_none_is_not_kept(school, make, link):
    answer = school.desk.post(f"/training/courses/{school.course.id}/session", {**WHEN, "mode": "online", "link": link})
    assert answer.status_code == 422
    assert make.all(TrainingSession) == []


def test_a_session_in_person_keeps_no_link(school):
    assert school.plan(link=LINK).link == ""


def test_the_last_place_goes_to_one_and_comes_free_again(school, sign_in, make):
    session = school.plan(capacity="1")
    first, second = sign_in(school.fern), sign_in(make.person(school.chapter))
    first.post(f"/training/sessions/{session.id}/sign-up")
    assert second.post(f"/training/sessions/{session.id}/sign-up").status_code == 409
    assert "full" in second.get("/training/mine").text
    first.post(f"/training/sessions/{session.id}/leave")
    assert second.post(f"/training/sessions/{session.id}/sign-up").status_code == 302


def test_ten_at_once_take_three_places(app, school, make, clock):
    session_id = school.plan(capacity="3").id
    actors = [actor_for(make.person(school.chapter)) for _ in range(10)]
    db.session.remove()
    outcomes: list[str] = []
    now = clock.now()
    start = threading.Barrier(len(actors))

    def sign_up(actor):
        with app.app_context():
            start.wait()
            try:
                sessions.sign_up(actor, session_id, now)
                outcomes.append("in")
            except DomainError as no:
                outcomes.append(no.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=sign_up, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 7 + ["in"] * 3
    assert len(make.all(Attendance)) == 3


def test_forty_who_scan_at_the_same_moment_are_all_here_once(app, school, make, clock):
    session = make.keep(
        TrainingSession(
            course_id=school.course.id,
            chapter_id=school.chapter.id,
            starts_at=clock.now(),
            ends_at=clock.now() + HOUR,
            zone="America/New_York",
            code="seedofforty",
            capacity=1,
        )
    )
    code, now = checkin.shown(session, clock.now()).code, clock.now()
    actors = [actor_for(make.person(school.chapter)) for _ in range(20)] * 2
    db.session.remove()
    faults: list[Exception] = []

    def arrive(actor):
        with app.app_context():
            try:
                checkin.arrive(actor, code, now)
            except Exception as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=arrive, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [row.state for row in make.all(Attendance)] == ["here"] * 20


def test_those_signed_up_are_told_when_it_moves_or_is_called_off(school, sign_in, make, clock):
    session = school.plan(mode="online", link=LINK)
    sign_in(school.fern).post(f"/training/sessions/{session.id}/sign-up")
    form = {**WHEN, "mode": "online", "link": LINK}
    school.desk.post(f"/training/sessions/{session.id}/edit", {**form, "where": "On another call"})
    assert said(make, clock) == []
    school.desk.post(f"/training/sessions/{session.id}/edit", {**form, "start": "19:00", "end": "21:00"})
    (moved,) = said(make, clock)
    assert "19:00 (New York)" in moved.detail["en"]
    assert "miércoles 25 de noviembre" in moved.detail["es"]
    school.desk.post(f"/training/sessions/{session.id}/cancel")
    told = said(make, clock)
    assert len(told) == 2
    assert all(LINK not in str(one.detail) for one in told)


def test_people_are_warned_thirty_and_seven_days_before_and_once_each(make, school, clock):
    make.certificate(school.fern, school.course, ends_in=31 * DAY)
    assert expiry.warn(clock.now()) == 0
    clock.advance(2 * DAY)
    assert [expiry.warn(clock.now()) for _ in range(2)] == [1, 0]
    assert len(said(make, clock)) == 1
    clock.advance(23 * DAY)
    assert [expiry.warn(clock.now()) for _ in range(2)] == [1, 0]
    told = said(make, clock)
    assert [one.person_id for one in told] == [school.fern.id] * 2
    assert "Court watch basics ends on 24 December." in told[0].detail["en"]
    clock.advance(40 * DAY)
    assert expiry.warn(clock.now()) == 0


def test_what_is_renewed_revoked_retired_or_somebodys_who_left_is_not_warned_of(make, school, clock):
    renewed, left, none = (make.person(school.chapter) for _ in range(3))
    make.certificate(renewed, school.course, ends_in=5 * DAY)
    make.certificate(renewed, school.course, ends_in=365 * DAY)
    make.certificate(left, school.course, ends_in=5 * DAY)
    with write() as session:
        session.merge(left).disabled_at = clock.now()
    make.certificate(none, school.course, ends_in=5 * DAY, revoked_at=clock.now())
    old = make.course(school.chapter, retired_at=clock.now())
    make.certificate(school.fern, old, ends_in=5 * DAY)
    assert expiry.warn(clock.now()) == 0


def test_a_certificate_that_ends_within_a_week_when_it_is_first_seen_is_told_once(make, school, clock):
    make.certificate(school.fern, school.course, ends_in=3 * DAY)
    assert [expiry.warn(clock.now()) for _ in range(3)] == [1, 0, 0]
    assert [one.warned for one in make.all(Certificate)] == [7]


def test_the_message_names_what_renews_it(make, school, clock):
    edit = {"name_en": "Basics", "name_es": "Básico", "valid_days": "365", "renew_by": ["session", "quiz"]}
    school.desk.post(f"/training/courses/{school.course.id}", edit)
    make.certificate(school.fern, school.course, ends_in=3 * DAY)
    expiry.warn(clock.now())
    assert "Passing its quiz renews it" in said(make, clock)[0].detail["en"]
