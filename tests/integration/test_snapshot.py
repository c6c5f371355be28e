"""The snapshot that a phone fetches: what is in it, for whom, and when it is another (docs/snapshot.md)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from fieldapp.accounts.services import chapters, people
from fieldapp.core.clock import DAY, HOUR, FixedClock
from fieldapp.core.db import write
from fieldapp.shifts.services import claims
from fieldapp.training.models import Grade
from tests.factories import Factory
from tests.people import Browser

FIELD = "/api/v1/field"
Queries = Callable[[], AbstractContextManager[list[str]]]


def fetch(page: Any) -> dict[str, Any]:
    """The snapshot of a signed-in browser."""
    answer = page.get(FIELD)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_a_phone_without_a_session_gets_no_snapshot(sign_in: Browser) -> None:
    assert sign_in.nobody().get(FIELD).status_code == 401


def test_the_snapshot_says_who_and_what_to_believe(make: Factory, sign_in: Browser) -> None:
    top = make.chapter("New York", hotline="212-555-0142")
    pod = make.chapter("Queens", parent=top)
    person = make.person(pod, field_name="Juniper")
    found = fetch(sign_in(person))
    assert found["v"] == 1
    assert found["personal"]["me"]["field_name"] == "Juniper"
    assert found["public"]["chapter"]["name"] == "Queens"
    assert found["public"]["above"] == [top.id]
    assert {"log", "epoch", "root", "server_keys", "log_key", "vapid", "hand_in"} == set(found["public"]["server"])
    forms = {form["id"] for form in found["public"]["forms"]}
    assert forms == {"session", "master", "individual", "bond", "ice_courthouse", "salute", "bail"}
    assert {guide["id"] for guide in found["public"]["guides"]} == {"rights"}
    assert {guide["id"] for guide in found["personal"]["guides"]} == {"first_shift"}


def test_headers_tell_the_servers_time_and_the_body_holds_no_clock(
    make: Factory, sign_in: Browser, clock: FixedClock
) -> None:
    page = sign_in(make.person(make.chapter()))
    first = page.get(FIELD)
    assert first.headers["Fieldapp-Time"] == str(clock.now())
    assert first.headers["Fieldapp-Epoch"]
    clock.advance(HOUR)
    assert page.get(FIELD).get_json() == first.get_json()


def test_an_unchanged_snapshot_is_not_sent_again(make: Factory, sign_in: Browser, clock: FixedClock) -> None:
    page = sign_in(make.person(make.chapter()))
    tag = page.get(FIELD).headers["ETag"]
    clock.advance(HOUR)
    again = page.get(FIELD, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.headers["Fieldapp-Time"] == str(clock.now())


def test_a_locked_phone_gets_nothing_personal_but_who_is_signed_in(make: Factory, sign_in: Browser) -> None:
    chapter = make.chapter()
    person = make.person(chapter, field_name="Juniper")
    make.shift(make.place(chapter))
    page = sign_in(person)
    whole = page.get(FIELD)
    half = page.get(f"{FIELD}?half=public")
    assert half.get_json()["public"] == whole.get_json()["public"]
    assert set(half.get_json()["personal"]) == {"me"}
    for tag in (whole.headers["ETag"], half.headers["ETag"]):
        assert page.get(f"{FIELD}?half=public", headers={"If-None-Match": tag}).status_code == 304
    unlocked = page.get(FIELD, headers={"If-None-Match": half.headers["ETag"]})
    assert unlocked.get_json() == whole.get_json()


@pytest.mark.parametrize("whose", ["chapter", "above", "person"])
def test_each_version_counter_makes_another_snapshot(make: Factory, sign_in: Browser, whose: str) -> None:
    top = make.chapter()
    pod = make.chapter(parent=top)
    person = make.person(pod)
    page = sign_in(person)
    tag = page.get(FIELD).headers["ETag"]
    with write() as session:
        if whose == "person":
            people.touch(session, person.id)
        else:
            chapters.touch(session, pod.id if whose == "chapter" else top.id)
    assert page.get(FIELD, headers={"If-None-Match": tag}).status_code == 200


def test_another_chapters_change_leaves_the_snapshot_as_it_is(make: Factory, sign_in: Browser) -> None:
    page = sign_in(make.person(make.chapter()))
    other = make.chapter()
    tag = page.get(FIELD).headers["ETag"]
    make.place(other, "Elsewhere")
    with write() as session:
        chapters.touch(session, other.id)
    assert page.get(FIELD, headers={"If-None-Match": tag}).status_code == 304


def test_places_of_the_chapter_and_above_are_there_with_numbers_and_others_are_not(
    make: Factory, sign_in: Browser
) -> None:
    top = make.chapter()
    pod = make.chapter(parent=top)
    first = make.place(pod, "First")
    closed = make.place(pod, "Closed", closed_at=1)
    third = make.place(pod, "Third")
    above = make.place(top, "Above")
    make.place(make.chapter(), "Elsewhere")
    told = {one["id"]: one for one in fetch(sign_in(make.person(pod)))["public"]["places"]}
    assert set(told) == {first.id, third.id, above.id}
    assert closed.id not in told
    assert told[above.id]["n"] == 1
    assert len({told[first.id]["n"], told[third.id]["n"]} & {1, 2, 3}) == 2


def test_only_people_on_a_shift_see_who_else_is(make: Factory, sign_in: Browser, clock: FixedClock) -> None:
    chapter = make.chapter()
    one, two, three = (make.person(chapter, field_name=name) for name in ("Maple", "Rowan", "Sage"))
    make.keep(Grade(person_id=one.id, chapter_id=chapter.id, grade="lead"))
    shift = make.shift(make.place(chapter))
    for person in (one, two):
        claims.claim(person.id, shift.id, clock.now())
    mine = fetch(sign_in(two))["personal"]["shifts"]["mine"]
    assert {mate["name"] for mate in mine[0]["roster"]} == {"Maple", "Rowan"}
    stranger = sign_in(three).get(FIELD).text
    assert "Maple" not in stranger
    assert "Rowan" not in stranger


def test_the_roster_leaves_the_snapshot_at_check_out(make: Factory, sign_in: Browser, clock: FixedClock) -> None:
    chapter = make.chapter()
    one, two = (make.person(chapter, field_name=name) for name in ("Maple", "Rowan"))
    make.keep(Grade(person_id=one.id, chapter_id=chapter.id, grade="lead"))
    shift = make.shift(make.place(chapter), starts_in=HOUR)
    for person in (one, two):
        claims.claim(person.id, shift.id, clock.now())
    clock.advance(2 * HOUR)
    page = sign_in(two)
    assert fetch(page)["personal"]["shifts"]["mine"][0]["roster"]
    claims.check_out(two.id, shift.id, clock.now())
    assert fetch(page)["personal"]["shifts"]["mine"][0]["roster"] == []


def test_a_blocked_shift_says_which_training_is_missing(make: Factory, sign_in: Browser) -> None:
    chapter = make.chapter()
    course = make.course(chapter)
    make.shift(make.place(chapter), course_id=course.id)
    found = fetch(sign_in(make.person(chapter)))["personal"]
    assert [one["why"]["code"] for one in found["shifts"]["rest"]] == ["not_certified"]
    assert found["training"][0]["ends_at"] is None


def crowd(make: Factory, clock: FixedClock, size: int) -> Any:
    """A chapter of ``size`` people with 97 places, each with lists, and 120 shifts of two people; the asker is on three."""
    chapter = make.chapter("New York", hotline="212-555-0142")
    people_of = [make.person(chapter, field_name=f"Field name {n}") for n in range(size)]
    course = make.course(chapter)
    with write() as session:
        session.add_all(Grade(person_id=one.id, chapter_id=chapter.id, grade="watcher") for one in people_of)
    for one in people_of[:40]:
        make.certificate(one, course)
    places = [
        make.place(
            chapter, f"Immigration Court {n}", address=f"{n * 37 % 900} Federal Plaza, {n} floor", city="New York"
        )
        for n in range(97)
    ]
    for n in range(120):
        shift = make.shift(places[n % 97], starts_in=DAY * (1 + n % 30) + HOUR * (n % 7), course_id=course.id)
        for person in (people_of[n % 39 + 1], people_of[(n + 7) % 39 + 1]) if n > 2 else people_of[:2]:
            try:
                claims.claim(person.id, shift.id, clock.now())
            except claims.Refused:
                continue
    return people_of[0]


@pytest.mark.parametrize("database", ["spatialite"], indirect=True)
def test_a_chapter_of_500_fits_into_60_kilobytes(make: Factory, sign_in: Browser, clock: FixedClock) -> None:
    asker = crowd(make, clock, 500)
    answer = sign_in(asker).get(FIELD, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 60_000
    told = json.loads(gzip.decompress(answer.data))
    assert len(told["public"]["places"]) == 97
    assert len(told["personal"]["shifts"]["mine"]) == 3


def test_the_number_of_queries_does_not_grow_with_the_chapter(
    make: Factory, sign_in: Browser, clock: FixedClock, queries: Queries
) -> None:
    def count(people_in_it: int) -> tuple[int, int, int]:
        asker = crowd(make, clock, people_in_it)
        page = sign_in(asker)
        page.get(FIELD)
        with write() as session:
            chapters.touch(session, asker.memberships[0].chapter_id)
        return asked(page, 200), asked(page, 200), asked(page, 304, page.get(FIELD).headers["ETag"])

    def asked(page: Any, status: int, tag: str = "") -> int:
        with queries() as seen:
            assert page.get(FIELD, headers={"If-None-Match": tag}).status_code == status
        return len([text for text in seen if text.lstrip().upper().startswith("SELECT")])

    small, large = count(41), count(60)
    assert large == small
    first_after_a_change, next_ones, unchanged = small
    assert first_after_a_change <= 25
    assert next_ones == 12
    assert unchanged == 2


def test_the_list_that_is_kept_for_a_chapter_shows_a_claim_at_once(
    make: Factory, sign_in: Browser, clock: FixedClock
) -> None:
    chapter = make.chapter()
    one, two = (make.person(chapter, field_name=name) for name in ("Maple", "Rowan"))
    make.keep(Grade(person_id=one.id, chapter_id=chapter.id, grade="lead"))
    shift = make.shift(make.place(chapter), minimum=1)
    page = sign_in(two)
    assert fetch(page)["personal"]["shifts"]["rest"][0]["why"]["code"] == "novices_only"
    claims.claim(one.id, shift.id, clock.now())
    told = fetch(page)["personal"]["shifts"]
    assert told["rest"] == []
    assert [(offer["taken"], offer["experienced"]) for offer in told["open"]] == [(1, True)]
    claims.claim(two.id, shift.id, clock.now())
    told = fetch(page)["personal"]["shifts"]
    assert told["open"] == []
    assert [(mine["id"], mine["taken"]) for mine in told["mine"]] == [(shift.id, 2)]


def test_a_shift_that_has_begun_leaves_the_list_that_is_kept(
    make: Factory, sign_in: Browser, clock: FixedClock
) -> None:
    chapter = make.chapter()
    make.keep(Grade(person_id=(one := make.person(chapter)).id, chapter_id=chapter.id, grade="lead"))
    place = make.place(chapter)
    soon, later = make.shift(place, starts_in=2), make.shift(place, starts_in=30 * DAY)
    page = sign_in(one)
    assert [offer["id"] for offer in fetch(page)["personal"]["shifts"]["open"]] == [soon.id, later.id]
    clock.advance(2)
    assert [offer["id"] for offer in fetch(page)["personal"]["shifts"]["open"]] == [later.id]
    farther = make.shift(place, starts_in=35 * DAY + 1)
    with write() as session:
        chapters.touch(session, chapter.id)
    assert farther.id not in sign_in(one).get(FIELD).text
    clock.advance(1)
    assert [offer["id"] for offer in fetch(page)["personal"]["shifts"]["open"]] == [later.id, farther.id]


def test_a_list_kept_for_the_whole_chapter_is_not_shown_to_those_who_belong_to_a_pod_of_it(
    make: Factory, sign_in: Browser
) -> None:
    top = make.chapter()
    pod = make.chapter(parent=top)
    above, below = make.shift(make.place(top)), make.shift(make.place(pod))
    of_all = fetch(sign_in(make.person(top)))["personal"]["shifts"]["open"]
    assert {offer["id"] for offer in of_all} == {above.id, below.id}
    assert [offer["id"] for offer in fetch(sign_in(make.person(pod)))["personal"]["shifts"]["open"]] == [below.id]


def test_a_change_of_a_place_reaches_every_phone_of_the_chapter(make: Factory, sign_in: Browser) -> None:
    chapter = make.chapter()
    one, two = (sign_in(make.person(chapter)) for _ in range(2))
    assert fetch(one)["public"] == fetch(two)["public"]
    make.place(chapter, "New place")
    with write() as session:
        chapters.touch(session, chapter.id)
    for page in (one, two):
        assert [place["name"] for place in fetch(page)["public"]["places"]] == ["New place"]


def test_the_compressed_answer_says_the_same_as_the_plain_one(make: Factory, sign_in: Browser) -> None:
    page = sign_in(make.person(make.chapter("Ñandú")))
    packed = page.get(FIELD, headers={"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(packed.data)) == page.get(FIELD, headers={"Accept-Encoding": ""}).get_json()
