"""Nonsense in addresses and forms of shifts and training gets an answer in words, never a fault."""

from __future__ import annotations

import pytest

from fieldapp.core.clock import HOUR
from fieldapp.training.models import TrainingSession

HOSTILE = [
    "\x00",
    "a\x00b",
    "\ud7ff\U0010ffff",
    "9" * 5000,
    "-1",
    "1e9",
    "NaN",
    "../..",
    "'; DROP TABLE shifts;--",
    "<b>",
    "",
]
SHIFT_FORMS = {
    "edit": ["day", "start", "end", "minimum", "seats", "course_id", "meet", "note"],
    "cancel": ["reason"],
    "lead": ["lead_id"],
    "confirm": ["person_id"],
    "add": ["person_id"],
    "remove": ["person_id"],
    "mark": ["person_id", "what"],
}
SESSION_FORMS = {
    "edit": ["day", "start", "end", "zone", "where", "trainer_id"],
    "add": ["person_id"],
    "mark": ["person_id", "state"],
    "certify": ["person_id", "reason", "all"],
    "check-in": ["what"],
}
PLAN = {"day": "2026-11-24", "start": "8:30", "end": "12:30", "minimum": "2", "seats": "4", "zone": "America/New_York"}
FINE = {200, 302, 400, 404, 409, 422}


@pytest.fixture
def desk(make, sign_in, clock):
    """A coordinator who teaches too, with a shift, a course, a session and a person."""

    class Desk:
        chapter = make.chapter()
        page = sign_in(make.person(chapter, "coordinator", "trainer"))
        place = make.place(chapter)
        shift = make.shift(place)
        course = make.course(chapter)
        person = make.person(chapter)
        session = make.keep(
            TrainingSession(
                course_id=course.id,
                chapter_id=chapter.id,
                starts_at=clock.now() - HOUR,
                ends_at=clock.now() + HOUR,
                zone="America/New_York",
                code="seed",
            )
        )

    return Desk()


@pytest.mark.parametrize("nonsense", HOSTILE)
def test_forms_with_nonsense_are_answered(desk, nonsense):
    asks = [(f"/shifts/{desk.shift.id}/{act}", name) for act, names in SHIFT_FORMS.items() for name in names]
    asks += [
        (f"/training/sessions/{desk.session.id}/{act}", name) for act, names in SESSION_FORMS.items() for name in names
    ]
    asks += [("/shifts/new", name) for name in ("place_id", "repeat", "until", "day", "note")]
    asks += [("/training/courses/new", name) for name in ("name_en", "name_es", "valid_days", "needs")]
    asks += [(f"/training/courses/{desk.course.id}", name) for name in ("name_en", "valid_days", "needs")]
    asks += [(f"/training/people/{desk.person.id}/grade", "grade"), ("/training/here", "code")]
    for path, name in asks:
        answer = desk.page.post(path, {**PLAN, "place_id": desk.place.id, "repeat": "weekly", name: nonsense})
        assert answer.status_code in FINE, (path, name, nonsense[:20], answer.status_code)


@pytest.mark.parametrize("nonsense", ["%00", "a%00b", "%F4%8F%BF%BF", "%ED%A0%80", "x" * 3000, "%27%3B--"])
def test_addresses_with_nonsense_are_not_there(desk, nonsense):
    for path in (
        "/shifts/{}",
        "/shifts/{}/edit",
        "/training/sessions/{}",
        "/training/courses/{}",
        "/training/people/{}",
    ):
        assert desk.page.get(path.format(nonsense)).status_code in {400, 404}
    for query in ("/shifts?week={}", "/shifts?place={}", "/shifts/day?on={}", "/shifts/new?place={}&day={}"):
        assert desk.page.get(query.format(nonsense, nonsense)).status_code in {200, 400}
