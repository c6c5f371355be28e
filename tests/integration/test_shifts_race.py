"""Many at once: never one too many on a shift, never nobody experienced, never one person twice at the same hour."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import IntegrityError

from fieldapp.core.canonical import dumps
from fieldapp.core.clock import HOUR
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.services.claims import with_experience
from fieldapp.training.models import Grade
from tests.bench.bench_claims import crowd


@pytest.fixture
def race(app, make, clock):
    """Sends one claim each for many phones, from eight threads at once; gives the outcomes, counted."""

    def send(envelope):
        with app.app_context():
            answer = app.test_client().post(
                "/api/v1/sync",
                data=dumps({"v": 1, "records": [envelope]}).encode(),
                content_type="application/json",
                base_url="https://localhost",
            )
            db.session.remove()
        assert answer.status_code == 200, answer.text
        return answer.get_json()["results"][0]["outcome"]

    def run(envelopes):
        with ThreadPoolExecutor(8) as threads:
            outcomes = Counter(threads.map(send, envelopes))
        db.session.rollback()
        db.session.expire_all()
        return outcomes

    return run


@pytest.fixture
def court(app, make, clock):
    """A chapter, its court and course, and as many certified volunteers with phones as asked."""
    chapter = make.chapter()
    course = make.course(chapter)
    bench = SimpleNamespace(app=app, clock=clock, make=make)
    return SimpleNamespace(
        chapter=chapter,
        place=make.place(chapter),
        course=course,
        crowd=lambda count: crowd(bench, chapter, course, count),
    )


def experienced(make, court, phone):
    make.keep(Grade(person_id=phone.person.id, chapter_id=court.chapter.id, grade="watcher"))


def test_sixty_people_race_for_ten_seats_and_none_is_over(make, court, race):
    shift = make.shift(court.place, course_id=court.course.id, seats=10)
    phones = court.crowd(60)
    for phone in phones:
        experienced(make, court, phone)
    outcomes = race([phone.operation("claim", shift=shift.id) for phone in phones])
    assert outcomes == {"stored": 10, "not_applied/full": 50}
    assert len(make.all(Claim)) == make.all(Shift)[0].taken == 10


def test_novices_who_race_leave_the_seat_that_someone_experienced_must_have(make, court, race):
    shift = make.shift(court.place, course_id=court.course.id, minimum=3, seats=6)
    phones = court.crowd(20)
    assert race([phone.operation("claim", shift=shift.id) for phone in phones])["stored"] == 2
    assert with_experience([shift.id]) == set()
    experienced(make, court, phones[0])
    race([phone.operation("claim", shift=shift.id) for phone in phones])
    row = make.all(Shift)[0]
    assert row.taken == len(make.all(Claim)) <= 6
    assert row.taken < row.minimum or with_experience([shift.id]) == {shift.id}


def test_one_person_on_many_phones_gets_one_of_the_shifts_of_an_hour(make, court, race):
    shifts = [make.shift(court.place, starts_in=12 * HOUR, course_id=court.course.id) for _ in range(12)]
    [phone] = court.crowd(1)
    others = [make.phone(phone.person, court.chapter) for _ in range(11)]
    asked = [one.operation("claim", shift=shift.id) for one, shift in zip([phone, *others], shifts, strict=True)]
    assert race(asked) == {"stored": 1, "not_applied/overlap": 11}


def test_batches_that_name_the_same_shifts_in_every_order_end_without_anyone_over(app, make, court, race):
    shifts = [
        make.shift(court.place, starts_in=(12 + 4 * n) * HOUR, course_id=court.course.id, seats=3) for n in range(4)
    ]
    phones = court.crowd(12)
    for phone in phones:
        experienced(make, court, phone)

    def batch(number):
        order = shifts[number % 4 :] + shifts[: number % 4]
        records = [phones[number].operation("claim", shift=shift.id) for shift in order]
        with app.app_context():
            answer = app.test_client().post(
                "/api/v1/sync",
                data=dumps({"v": 1, "records": records}).encode(),
                content_type="application/json",
                base_url="https://localhost",
            )
            db.session.remove()
        return [result["outcome"] for result in answer.get_json()["results"]]

    with ThreadPoolExecutor(8) as threads:
        said = Counter(one for outcomes in threads.map(batch, range(12)) for one in outcomes)
    assert said == {"stored": 12, "not_applied/full": 36}
    assert {shift.taken for shift in make.all(Shift)} == {3}


def test_the_database_itself_refuses_one_too_many(make, court):
    shift = make.shift(court.place, seats=2)
    with pytest.raises(IntegrityError), write() as session:
        session.get(Shift, shift.id).taken = 3
