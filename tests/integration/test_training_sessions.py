"""Courses, sessions, check-in by the code on the screen, and certifying: through the pages that trainers and volunteers use."""

from __future__ import annotations

import re

import pytest

from fieldapp.accounts.models import Person
from fieldapp.core.clock import DAY, HOUR, MINUTE, to_datetime
from fieldapp.training.models import Attendance, Certificate, Course, TrainingSession
from fieldapp.training.services import certificates, checkin

WHEN = {"day": "2026-11-23", "start": "10:00", "end": "12:00", "zone": "America/New_York", "where": "Room 4"}


@pytest.fixture
def school(make, sign_in, clock):
    """A chapter with a trainer's browser, a course, and a session that begins now."""

    class School:
        chapter = make.chapter()
        trainer = make.person(chapter, "trainer", field_name="Juniper")
        course = make.course(chapter)

        @property
        def page(self):
            return sign_in(self.trainer)

        def session(self, course=None, **more):
            path = f"/training/courses/{(course or self.course).id}/session"
            answer = self.page.post(path, {**WHEN, **more})
            assert answer.status_code == 302, answer.text
            return make.keep_last(TrainingSession, answer.location.rsplit("/", 1)[-1])

        def code(self, session):
            return self.page.get(f"/training/sessions/{session.id}/code").get_json()

        def post(self, session, act, **form):
            return self.page.post(f"/training/sessions/{session.id}/{act}", form, follow_redirects=True)

    make.keep_last = lambda model, key: next(row for row in make.all(model) if row.id == key)
    return School()


def states(make):
    return {row.person_id: (row.state, row.how) for row in make.all(Attendance)}


def test_a_session_is_planned_in_its_own_zone(make, school):
    session = school.session(zone="Pacific/Honolulu", start="18:30", end="20:30")
    start = to_datetime(session.starts_at, "Pacific/Honolulu")
    assert f"{start:%Y-%m-%d %H:%M}" == "2026-11-23 18:30"
    assert session.ends_at - session.starts_at == 2 * HOUR
    assert session.trainer_id == school.trainer.id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", "someday"),
        ("day", "2011-01-01"),
        ("start", "26:00"),
        ("end", "9:00"),
        ("zone", "New York"),
        ("trainer_id", "x"),
    ],
)
def test_a_session_that_makes_no_sense_names_the_field(make, school, field, value):
    answer = school.page.post(f"/training/courses/{school.course.id}/session", {**WHEN, field: value})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert make.all(TrainingSession) == []


def test_people_check_themselves_in_with_the_code_of_this_minute(make, school, sign_in, clock):
    session, fern = school.session(), make.person(school.chapter)
    shown = school.code(session)["code"]
    page = sign_in(fern)
    assert "You are checked in." in page.post("/training/here", {"code": shown.lower()}).text
    assert states(make) == {fern.id: ("here", "code")}
    assert page.post("/training/here", {"code": shown}).status_code == 200
    assert school.code(session)["here"] == 1


def test_a_code_lives_for_three_minutes_and_nowhere_else(make, school, sign_in, clock):
    session, fern = school.session(), make.person(school.chapter)
    shown = school.code(session)["code"]
    clock.advance(2 * MINUTE)
    assert sign_in(make.person(school.chapter)).post("/training/here", {"code": shown}).status_code == 200
    clock.advance(MINUTE)
    for code in (shown, "", "AAAAAA", "É" * 40, "x" * 5000):
        answer = sign_in(fern).post("/training/here", {"code": code})
        assert answer.status_code == 422
        assert "the code changes each minute" in answer.text
    stranger = make.person(make.chapter())
    assert sign_in(stranger).post("/training/here", {"code": school.code(session)["code"]}).status_code == 422


def test_members_of_a_pod_come_to_the_chapters_session(make, school, sign_in):
    session, fern = school.session(), make.person(make.chapter(parent=school.chapter))
    assert sign_in(fern).post("/training/here", {"code": school.code(session)["code"]}).status_code == 200


def test_a_stopped_session_takes_no_code_until_it_goes_on(make, school, sign_in):
    session, page = school.session(), sign_in(make.person(school.chapter))
    code = school.code(session)["code"]
    assert "Check-in is stopped." in school.post(session, "check-in").text
    assert page.post("/training/here", {"code": code}).status_code == 422
    school.post(session, "check-in", what="go")
    assert page.post("/training/here", {"code": code}).status_code == 200


def test_the_code_is_shown_from_two_hours_before_until_an_hour_after(make, school, clock):
    session = school.session(start="13:00", end="14:00")
    assert "Check-in is closed." in school.page.get(f"/training/sessions/{session.id}").text
    for hours, is_open in ((1, True), (3, True), (1, False)):
        clock.advance(hours * HOUR + 1)
        assert checkin.is_open(session, clock.now()) is is_open


def test_the_qr_is_an_svg_of_the_check_in_address(make, school):
    session = school.session()
    answer = school.page.get(f"/training/sessions/{session.id}/code.svg")
    assert answer.mimetype == "image/svg+xml"
    assert b"<script" not in answer.data
    assert b"style=" not in answer.data


def test_signing_up_and_taking_it_back(make, school, sign_in):
    session, page = school.session(), sign_in(make.person(school.chapter))
    assert "You are signed up" in page.post(f"/training/sessions/{session.id}/sign-up", follow_redirects=True).text
    page.post(f"/training/sessions/{session.id}/sign-up")
    assert [row.state for row in make.all(Attendance)] == ["signed_up"]
    page.post(f"/training/sessions/{session.id}/leave")
    assert make.all(Attendance) == []


def test_nobody_signs_up_for_what_is_over_or_called_off(make, school, sign_in, clock):
    over, off = school.session(), school.session()
    school.post(off, "cancel")
    assert school.page.post(f"/training/sessions/{off.id}/cancel").status_code == 409
    clock.advance(3 * HOUR)
    page = sign_in(make.person(school.chapter))
    assert page.post(f"/training/sessions/{over.id}/sign-up").status_code == 409
    assert page.post(f"/training/sessions/{off.id}/sign-up").status_code == 409


def test_all_who_came_are_certified_at_once_and_twice_is_once(make, school, clock):
    session = school.session()
    fern, wren, late = (make.person(school.chapter) for _ in range(3))
    for person in (fern, wren):
        school.post(session, "add", person_id=person.id)
    make.keep(Attendance(session_id=session.id, person_id=late.id, state="signed_up", at=clock.now()))
    assert "2 people are certified." in school.post(session, "certify", all="1").text
    assert "0 people are certified." in school.post(session, "certify", all="1").text
    given = make.all(Certificate)
    assert {one.person_id for one in given} == {fern.id, wren.id}
    for one in given:
        assert (one.confirmed_by, one.confirmed_at, one.session_id) == (school.trainer.id, clock.now(), session.id)
        end = to_datetime(one.ends_at - 1, "America/New_York")
        assert f"{end:%Y-%m-%d %H:%M}" == "2027-11-23 23:59"
    assert {p.version for p in make.all(Person) if p.id in {fern.id, wren.id}} == {3}  # arrived, certified


def test_one_is_certified_and_the_others_stay_as_they_are(make, school):
    session = school.session()
    fern, wren = make.person(school.chapter), make.person(school.chapter)
    for person in (fern, wren):
        school.post(session, "add", person_id=person.id)
    school.post(session, "certify", person_id=fern.id)
    assert [one.person_id for one in make.all(Certificate)] == [fern.id]
    school.post(session, "mark", person_id=wren.id, state="absent")
    assert "0 people are certified." in school.post(session, "certify", all="1").text
    assert (
        school.page.post(f"/training/sessions/{session.id}/mark", {"person_id": fern.id, "state": "absent"}).status_code
        == 409
    )


def test_whoever_lacks_a_prerequisite_is_certified_only_by_name_and_with_a_reason(make, school):
    watch = make.course(school.chapter, "ICE watch", needs=[school.course.id])
    session = school.session(watch)
    fern, wren = make.person(school.chapter, field_name="Fern"), make.person(school.chapter, field_name="Wren")
    make.certificate(fern, school.course)
    for person in (fern, wren):
        school.post(session, "add", person_id=person.id)
    text = school.page.get(f"/training/sessions/{session.id}").text
    assert "Exceptions 1: decide one by one" in text
    assert "Court watch basics missing" in text
    assert "1 person is certified." in school.post(session, "certify", all="1").text
    assert school.post(session, "certify", person_id=wren.id).status_code == 422
    school.post(session, "certify", person_id=wren.id, reason="Took the basics in Boston.")
    [one] = [c for c in make.all(Certificate) if c.person_id == wren.id]
    assert one.note == "Took the basics in Boston."


def test_nobody_is_certified_before_the_session_begins(make, school):
    session = school.session(start="11:00", end="12:00")
    school.post(session, "add", person_id=make.person(school.chapter).id)
    assert school.post(session, "certify", all="1").status_code == 409
    assert make.all(Certificate) == []


def test_revoking_needs_a_reason_keeps_the_history_and_lets_the_session_certify_again(make, school, clock):
    session, fern = school.session(), make.person(school.chapter)
    school.post(session, "add", person_id=fern.id)
    school.post(session, "certify", all="1")
    [given] = make.all(Certificate)
    path = f"/training/certificates/{given.id}/revoke"
    assert school.page.post(path, {"reason": "  ", "person_id": fern.id}).status_code == 422
    text = school.page.post(path, {"reason": "Left at 10:20."}, follow_redirects=True).text
    assert "Left at 10:20. · Juniper" in text
    assert school.page.post(path, {"reason": "Again."}).status_code == 409
    assert not certificates.holds(fern.id, school.course.id, clock.now())
    school.post(session, "certify", all="1")
    assert certificates.holds(fern.id, school.course.id, clock.now())
    assert len(make.all(Certificate)) == 2


def test_certificates_that_end_within_30_days_are_listed_and_those_renewed_are_not(make, school, clock):
    names = {"Soon": 5, "Later": 29, "Far": 31, "Renewed": 5}
    for name, days in names.items():
        make.certificate(make.person(school.chapter, field_name=name), school.course, ends_in=days * DAY)
    [renewed] = [p for p in make.all(Person) if p.field_name == "Renewed"]
    make.certificate(renewed, school.course)
    found = certificates.ending([school.chapter.id], clock.now())
    assert [(one.person.field_name, one.days, one.urgent) for one in found] == [("Soon", 5, True), ("Later", 29, False)]
    assert "5 days" in school.page.get("/training").text


def test_a_course_is_added_changed_and_retired(make, school):
    form = {"name_en": "ICE watch", "name_es": "Vigilancia de ICE", "valid_days": "180", "needs": [school.course.id]}
    school.page.post("/training/courses/new", form)
    [watch] = [course for course in make.all(Course) if course.name_en == "ICE watch"]
    assert (watch.valid_days, watch.needs, watch.chapter_id) == (180, [school.course.id], school.chapter.id)
    loop = {"name_en": "Basics", "name_es": "Bases", "valid_days": "365", "needs": [watch.id]}
    assert school.page.post(f"/training/courses/{school.course.id}", loop).status_code == 422
    for bad in (
        {"name_en": ""},
        {"name_es": "x" * 121},
        {"valid_days": "0"},
        {"valid_days": "∞"},
        {"needs": ["nothere"]},
    ):
        assert school.page.post(f"/training/courses/{watch.id}", {**form, **bad}).status_code == 422
    school.page.post(f"/training/courses/{watch.id}/retire")
    assert school.page.post(f"/training/courses/{watch.id}/retire").status_code == 409
    assert school.page.post(f"/training/courses/{watch.id}/session", WHEN).status_code == 422


def test_a_certificate_that_a_trainer_gives_opens_the_shift_that_needs_it(make, school, sign_in, clock):
    fern = make.person(school.chapter)
    shift = make.shift(make.place(school.chapter), course_id=school.course.id)
    phone = make.phone(fern, school.chapter)
    claim = lambda: phone.sync(phone.operation("claim", shift=shift.id))[0]["outcome"]  # noqa: E731
    assert claim() == "not_applied/not_certified"
    session = school.session()
    sign_in(fern).post("/training/here", {"code": school.code(session)["code"]})
    school.post(session, "certify", all="1")
    assert claim() == "stored"


def test_the_roster_shows_each_person_once_in_their_group(make, school, clock):
    session = school.session()
    make.certificate(tern := make.person(school.chapter, field_name="Tern"), school.course, ends_in=7 * DAY)
    school.post(session, "add", person_id=tern.id)
    awaited = make.person(school.chapter, field_name="Dove")
    make.keep(Attendance(session_id=session.id, person_id=awaited.id, state="signed_up", at=clock.now()))
    text = school.page.get(f"/training/sessions/{session.id}").text
    assert "Ready 1, latest arrival first" in text
    assert "Signed up, not here yet 1" in text
    assert "30 Nov 2026" in text
    assert "renewed" in text
    assert len(re.findall(r'<th scope="row">Tern</th>', text)) == 2  # on the roster, and among those that end soon


def test_grades_are_given_on_the_persons_page(make, school):
    fern = make.person(school.chapter, field_name="Fern")
    page = school.page
    assert page.post(f"/training/people/{fern.id}/grade", {"grade": "lead"}).status_code == 302
    assert re.search(r'value="lead" checked', page.get(f"/training/people/{fern.id}").text)
    assert page.post(f"/training/people/{fern.id}/grade", {"grade": "boss"}).status_code == 422
    assert "Fern" in page.get("/training/people").text


def test_a_newcomer_is_on_the_board_where_they_wait_and_sees_their_own_way(make, school, sign_in, clock):
    fern = make.person(school.chapter, field_name="Fern")
    clock.advance(16 * DAY)
    text = school.page.get("/training/newcomers").text
    assert "16 days" in text
    assert "Someone of your chapter calls you." in sign_in(fern).get("/shifts").text
    answer = school.page.post(f"/training/people/{fern.id}/welcome", {"what": "called"}, follow_redirects=True)
    assert "Plan a session for them" in answer.text
    assert "Sign up for a session under Training." in sign_in(fern).get("/shifts").text
    make.certificate(fern, school.course)
    assert "Take one from the list below." in sign_in(fern).get("/shifts").text
