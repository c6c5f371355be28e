"""A course's quiz: written at the desk version by version, taken on a page, needed for the certificate, and forgotten but for the pass."""

from __future__ import annotations

import re

import pytest

from fieldapp.core.clock import DAY, HOUR
from fieldapp.training.models import Attendance, Certificate, QuizStanding, QuizVersion, TrainingSession
from tests.factories import Factory

FORM = {
    "base": "0",
    "pass_mark": "60",
    "tries": "2",
    "q0_en": "May you film in the courtroom?",
    "q0_es": "¿Puedes grabar en la sala?",
    "q0_c0_en": "Yes",
    "q0_c0_es": "Sí",
    "q0_c1_en": "No",
    "q0_c1_es": "No",
    "q0_right": "1",
    "q0_why_en": "The court forbids it.",
    "q0_why_es": "La corte lo prohíbe.",
    "q1_en": "Who leads?",
    "q1_es": "¿Quién lidera?",
    "q1_c0_en": "The lead",
    "q1_c0_es": "Quien lidera",
    "q1_c1_en": "The guard",
    "q1_c1_es": "La guardia",
    "q1_right": "0",
}
RIGHT = {"number": "1", "q0": "1", "q1": "0"}
WRONG = {"number": "1", "q0": "0", "q1": "0"}


@pytest.fixture
def school(make: Factory, sign_in):
    """A course with a quiz, its trainer, and somebody who learns."""

    class School:
        chapter = make.chapter()
        trainer = make.person(chapter, "trainer", field_name="Juniper")
        fern = make.person(chapter, field_name="Fern")
        course = make.course(chapter, "Court watch basics")

        @property
        def desk(self):
            return sign_in(self.trainer)

        @property
        def page(self):
            return sign_in(self.fern)

        @property
        def path(self):
            return f"/training/courses/{self.course.id}/quiz"

        def write(self, **more):
            return self.desk.post(f"{self.path}/edit", {**FORM, **more})

    made = School()
    assert made.write().status_code == 302
    return made


def test_what_is_written_is_what_is_asked_and_the_explanation_comes_after_the_answer(school):
    asked = school.page.get(school.path).text
    assert "May you film in the courtroom?" in asked
    assert "The court forbids it." not in asked
    told = school.page.post(school.path, WRONG).text
    assert "Not passed yet, 50%." in told
    assert "The court forbids it." in told
    assert "Right would have been" not in told


def test_a_pass_is_kept_with_its_version_and_no_answer_is_kept_anywhere(make, school, clock):
    assert "Passed, 100%." in school.page.post(school.path, RIGHT).text
    (row,) = make.all(QuizStanding)
    assert (row.passed_number, row.passed_at, row.tries) == (1, clock.now(), 0)
    kept = {column.name for column in QuizStanding.__table__.columns}
    assert kept == {"person_id", "course_id", "passed_at", "passed_number", "tries", "since"}


def test_in_spanish_it_asks_in_spanish(make, school, sign_in):
    lark = make.person(school.chapter, lang="es")
    asked = sign_in(lark).get(school.path).text
    assert "¿Puedes grabar en la sala?" in asked
    assert "May you film" not in asked


def test_an_unanswered_question_costs_no_try(make, school):
    answer = school.page.post(school.path, {"number": "1", "q0": "1"})
    assert answer.status_code == 422
    assert "No try was counted." in answer.text
    assert make.all(QuizStanding) == []


@pytest.mark.parametrize("said", ["9", "-1", "x", "²", "00", ""])
def test_a_choice_that_is_not_there_is_no_answer(school, said):
    assert school.page.post(school.path, {**RIGHT, "q0": said}).status_code == 422


def test_tries_run_out_and_come_back_a_day_later(school, clock):
    for _ in range(2):
        assert school.page.post(school.path, WRONG).status_code == 200
    assert "There are no tries left today." in school.page.get(school.path).text
    assert school.page.post(school.path, RIGHT).status_code == 409
    clock.advance(DAY)
    assert "Passed" in school.page.post(school.path, RIGHT).text


def test_who_answered_an_older_version_answers_the_newer(school):
    school.write(base="1")
    answer = school.page.post(school.path, RIGHT)
    assert answer.status_code == 409
    assert "The quiz was changed meanwhile." in answer.text


def test_a_correction_keeps_passes_and_a_new_text_asks_again(make, school, sign_in, clock):
    school.page.post(school.path, RIGHT)
    school.write(base="1", keep="1")
    assert "You passed it on" in school.page.get(school.path).text
    school.write(base="2")
    assert "You passed it on" not in school.page.get(school.path).text
    assert [v.counts_from for v in sorted(make.all(QuizVersion), key=lambda v: v.number)] == [1, 1, 3]


def test_two_who_write_at_once_do_not_overwrite_each_other(make, school):
    school.write(base="1")
    answer = school.write(base="1")
    assert answer.status_code == 422
    assert "Somebody saved a newer version meanwhile." in answer.text
    assert len(make.all(QuizVersion)) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("q0_es", ""),
        ("q0_c1_es", ""),
        ("q0_right", "4"),
        ("q0_right", ""),
        ("pass_mark", "101"),
        ("tries", "0"),
        ("q0_why_es", ""),
    ],
)
def test_a_question_that_is_not_whole_names_what_is_missing(make, school, field, value):
    answer = school.write(base="1", **{field: value})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert len(make.all(QuizVersion)) == 1


def test_a_quiz_emptied_is_no_quiz(school):
    school.desk.post(f"{school.path}/edit", {"base": "1", "pass_mark": "80", "tries": "3"})
    assert school.page.get(school.path).status_code == 404


def sitting(make, school, clock, **more):
    made = make.keep(
        TrainingSession(
            course_id=school.course.id,
            chapter_id=school.chapter.id,
            starts_at=clock.now() - HOUR,
            ends_at=clock.now() + HOUR,
            zone="America/New_York",
            code="seedofquiz",
            **more,
        )
    )
    make.keep(
        Attendance(
            session_id=made.id, person_id=school.fern.id, state="here", at=clock.now(), here_at=clock.now(), how="code"
        )
    )
    return made


def test_certifying_needs_the_quiz_or_a_note_why_not(make, school, clock):
    made = sitting(make, school, clock)
    shown = school.desk.get(f"/training/sessions/{made.id}").text
    assert "Quiz not passed" in shown
    school.desk.post(f"/training/sessions/{made.id}/certify", {"all": "1"})
    assert make.all(Certificate) == []
    answer = school.desk.post(f"/training/sessions/{made.id}/certify", {"person_id": school.fern.id})
    assert answer.status_code == 422
    form = {"person_id": school.fern.id, "reason": "Answered aloud: reads no screen"}
    school.desk.post(f"/training/sessions/{made.id}/certify", form)
    assert [one.note for one in make.all(Certificate)] == ["Answered aloud: reads no screen"]


def test_with_the_quiz_passed_all_are_certified_at_once(make, school, clock):
    made = sitting(make, school, clock)
    school.page.post(school.path, RIGHT)
    school.desk.post(f"/training/sessions/{made.id}/certify", {"all": "1"})
    assert [one.person_id for one in make.all(Certificate)] == [school.fern.id]


def test_passing_renews_only_where_the_course_says_so_and_only_near_the_end(make, school, clock):
    edit = {"name_en": "Basics", "name_es": "Básico", "valid_days": "365", "renew_days": "10"}
    old = make.certificate(school.fern, school.course, ends_in=40 * DAY)
    school.page.post(school.path, RIGHT)
    assert len(make.all(Certificate)) == 1
    school.desk.post(f"/training/courses/{school.course.id}", {**edit, "renew_by": "quiz"})
    school.page.post(school.path, RIGHT)
    assert len(make.all(Certificate)) == 1, "40 days before its end there is nothing to renew yet"
    clock.advance(41 * DAY)
    assert "Your certificate is renewed until" in school.page.post(school.path, RIGHT).text
    (new,) = (one for one in make.all(Certificate) if one.id != old.id)
    assert new.how == "quiz"
    assert new.ends_at > clock.now() + 364 * DAY


def test_too_long_after_the_end_the_quiz_renews_nothing(make, school, clock):
    edit = {"name_en": "Basics", "name_es": "Básico", "valid_days": "365", "renew_days": "10", "renew_by": "quiz"}
    school.desk.post(f"/training/courses/{school.course.id}", edit)
    make.certificate(school.fern, school.course, ends_in=DAY)
    clock.advance(12 * DAY)
    school.page.post(school.path, RIGHT)
    assert len(make.all(Certificate)) == 1


def test_a_refresher_renews_and_never_gives_a_first_certificate(make, school, clock):
    school.page.post(school.path, RIGHT)
    made = sitting(make, school, clock, refresher=True)
    assert "Nothing to renew" in school.desk.get(f"/training/sessions/{made.id}").text
    school.desk.post(f"/training/sessions/{made.id}/certify", {"all": "1"})
    assert make.all(Certificate) == []
    make.certificate(school.fern, school.course, ends_in=5 * DAY)
    school.desk.post(f"/training/sessions/{made.id}/certify", {"all": "1"})
    assert sorted(one.how for one in make.all(Certificate)) == ["refresher", "session"]


def test_a_course_that_is_not_renewed_so_has_no_refreshers(school):
    when = {"day": "2026-11-24", "start": "18:00", "end": "19:00", "zone": "America/New_York", "refresher": "1"}
    answer = school.desk.post(f"/training/courses/{school.course.id}/session", when)
    assert answer.status_code == 422


def test_materials_are_guides_and_are_shown_with_the_quiz(school):
    edit = {"name_en": "Basics", "name_es": "Básico", "valid_days": "365", "materials": ["rights", "../evil", "gone"]}
    school.desk.post(f"/training/courses/{school.course.id}", edit)
    shown = school.page.get(school.path).text
    assert "/guides/rights" in shown
    assert "evil" not in shown
    assert "checked" in school.desk.get(f"/training/courses/{school.course.id}").text


def test_the_quiz_waits_on_today_for_whoever_signed_up(make, school, sign_in, clock):
    made = sitting(make, school, clock)
    page = sign_in(school.fern)
    todo = page.get("/api/v1/field").get_json()["personal"]["todo"]
    assert [one["kind"] for one in todo] == ["quiz", "path"]
    school.page.post(school.path, RIGHT)
    todo = page.get("/api/v1/field").get_json()["personal"]["todo"]
    assert [one["kind"] for one in todo] == ["path"]
    assert made.link not in page.get("/api/v1/field").text or made.link == ""


def test_before_the_answer_nothing_tells_which_is_right(school):
    asked = school.page.get(school.path).text
    assert "data-right" not in asked and "q0_right" not in asked and "prohíbe" not in asked
    swapped = school.write(base="1", q0_right="0", q1_right="1")
    assert swapped.status_code == 302

    def bare(text):
        return re.sub(r'(csrf[^>]*|nonce|name="number") ?(value|content)?="[^"]*"', "", text)

    assert bare(school.page.get(school.path).text).count("checked") == 0


def test_another_chapters_quiz_is_not_there(make, school, sign_in):
    stranger = make.person(make.chapter("Elsewhere"), "trainer")
    page = sign_in(stranger)
    for path in (school.path, f"{school.path}/edit"):
        assert (page.get(path).status_code, page.post(path, RIGHT).status_code) == (404, 404)
    assert not make.all(QuizStanding)


def test_a_try_that_is_sent_again_and_again_is_counted_each_time_and_then_says_nothing(make, school):
    page = school.page
    for _ in range(2):
        assert "Not right" in page.post(school.path, WRONG).text
    for said in (WRONG, RIGHT):
        answer = page.post(school.path, said)
        assert (answer.status_code, "Not right" in answer.text, "The court forbids it." in answer.text) == (
            409,
            False,
            False,
        )
    (row,) = make.all(QuizStanding)
    assert (row.tries, row.passed_at) == (2, None)
