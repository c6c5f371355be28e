"""Many at once: never one too many on a shift, never nobody experienced, never one person twice at the same hour."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from random import Random
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from fieldapp.accounts.identity import actor_for
from fieldapp.core.canonical import dumps
from fieldapp.core.clock import HOUR
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import planning
from fieldapp.shifts.services.claims import with_experience
from fieldapp.training.models import Grade
from fieldapp.training.services.grades import set_grade
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


def test_a_claim_for_a_full_shift_costs_few_questions(make, court, race, queries):
    shift = make.shift(court.place, course_id=court.course.id, seats=1)
    first, second, third = court.crowd(3)
    race([first.operation("claim", shift=shift.id)])
    late = second.operation("claim", shift=shift.id)
    with queries() as seen:
        second.sync(late)
    assert len([one for one in seen if not one.startswith("BEGIN")]) <= 7
    assert second.sync(late)[0]["outcome"] == "duplicate"
    freed = [first.operation("release", shift=shift.id), third.operation("claim", shift=shift.id)]
    assert [one["outcome"] for one in third.sync(*freed)] == ["stored", "stored"]  # one makes room for the other


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


@pytest.fixture
def deadlocks(app):
    """The deadlocks that the database had to break meanwhile."""
    seen = []

    def note(context):
        if isinstance(context.original_exception, psycopg.errors.DeadlockDetected):
            seen.append(str(context.statement))

    event.listen(db.engine, "handle_error", note)
    yield seen
    event.remove(db.engine, "handle_error", note)


def test_a_storm_of_claims_releases_and_desk_work_over_chapter_and_pods_never_waits_in_a_circle(
    app, make, clock, deadlocks
):
    top = make.chapter()
    homes = [top, make.chapter(parent=top), make.chapter(parent=top)]
    places = [make.place(home) for home in homes]
    shifts = [make.shift(places[n % 3], starts_in=(12 + 4 * (n - n // 7)) * HOUR, seats=3 + n % 5) for n in range(8)]
    people = [make.person(top, "volunteer", "coordinator", "trainer") for _ in range(8)]
    phones = [make.phone(person) for person in people]
    for person in people:
        make.keep(Grade(person_id=person.id, chapter_id=top.id, grade="watcher"))
    actors = [actor_for(person) for person in people]
    ids = [shift.id for shift in shifts]
    now = clock.now()
    dice = Random(7)
    turns = []
    for number in range(120):
        phone = phones[number % 8]
        some = dice.sample(ids, dice.choice([1, 4, 6, 7]))
        kinds = dice.choices(["claim", "release", "check_in"], [5, 4, 1], k=len(some))
        records = [phone.operation(kind, shift=shift) for kind, shift in zip(kinds, some, strict=True)]
        if number % 5 == 0:  # another person's record in the same batch: the door takes it
            records.append(dice.choice(phones).operation("claim", shift=dice.choice(ids)))
        turns.append((dumps({"v": 1, "records": records}).encode(), dice.choice(actors), dice.choice(ids)))

    def turn(what):
        body, actor, shift = what
        with app.app_context():
            answer = app.test_client().post(
                "/api/v1/sync", data=body, content_type="application/json", base_url="https://localhost"
            )
            planning.confirm(actor, shift, None, now)
            set_grade(actor, dice.choice(people).id, top.id, dice.choice(["watcher", "lead"]), now)
            db.session.remove()
        return [result["outcome"] for result in answer.get_json()["results"]]

    with ThreadPoolExecutor(8) as threads:
        said = Counter(one for outcomes in threads.map(turn, turns) for one in outcomes)
    assert deadlocks == []
    assert said["later"] == 0
    live = [claim for claim in make.all(Claim) if claim.state in LIVE]
    by_id = {shift.id: shift for shift in make.all(Shift)}
    assert {id: shift.taken for id, shift in by_id.items()} == {id: sum(c.shift_id == id for c in live) for id in ids}
    assert all(shift.taken <= shift.seats for shift in by_id.values())
    for one, other in combinations(live, 2):
        if one.person_id == other.person_id:
            first, second = by_id[one.shift_id], by_id[other.shift_id]
            assert first.ends_at <= second.starts_at or second.ends_at <= first.starts_at


def test_the_database_itself_refuses_one_too_many(make, court):
    shift = make.shift(court.place, seats=2)
    with pytest.raises(IntegrityError), write() as session:
        session.get(Shift, shift.id).taken = 3
