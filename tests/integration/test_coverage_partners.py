"""What a partner fetches by a link: whole months, cells of half a degree, late, rounded, nothing of few people; valid by RFC 7946."""

from __future__ import annotations

import json
from datetime import date

import geojson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape
from sqlalchemy import delete

from fieldapp.core.clock import DAY, FixedClock, local_ms
from fieldapp.core.db import write
from fieldapp.coverage.models import CoverageCount, CoverageCounted, PartnerLink
from fieldapp.coverage.services import counting, partners
from fieldapp.coverage.services.partners import Count
from fieldapp.shifts.models import Claim

NEW_YORK, ALASKA = (40.7153, -74.0037), (61.2181, -149.9003)


@pytest.fixture
def chapter(make):
    return make.chapter("Northeast")


@pytest.fixture
def page(make, sign_in, chapter):
    return sign_in(make.person(chapter, "coordinator"))


@pytest.fixture
def counted(make, chapter, clock):
    """Adds the counts of a month at a new place; all is counted up to two days ago."""
    make.keep(CoverageCounted(id="shifts", through=clock.now() - 2 * DAY))

    def add(month="2026-09", *, home=chapter, at=NEW_YORK, claims=12, **more):
        place = make.place(home, at=at)
        numbers = {"shifts": 4, "seats": 16, "ran": 3, "enough": 4, "came": 11, "claims": claims, "people": claims}
        numbers |= more
        make.keep(
            CoverageCount(place_id=place.id, chapter_id=home.id, span="month", starts_on=f"{month}-01", **numbers)
        )
        return place

    return add


def link(page, **values):
    """Make a link as the desk does; its address."""
    answer = page.post("/coverage/partners", {"label": "Legal aid", "from": "2026-01", **values})
    assert answer.status_code == 200, answer.text
    return "/coverage/shared/" + answer.text.split("/coverage/shared/")[1].split("<")[0]


def fetch(sign_in, address):
    """What somebody without a session gets."""
    return sign_in.nobody().get(address)


def test_a_partner_gets_rounded_counts_of_a_cell_and_never_a_places_point(page, sign_in, counted):
    counted(claims=12)
    counted(claims=11)
    answer = fetch(sign_in, link(page))
    (feature,) = answer.get_json()["features"]
    assert feature["properties"] == {
        "month": "2026-09",
        "shifts": 10,
        "shifts_ran": 5,
        "places_needed": 30,
        "places_taken": 25,
    }
    assert feature["bbox"] == [-74.5, 40.5, -74.0, 41.0]
    assert "40.71" not in answer.text and "Court" not in answer.text
    assert answer.mimetype == "application/geo+json"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_what_it_gives_is_valid_by_rfc_7946(page, sign_in, counted):
    counted()
    counted("2026-08", at=ALASKA)
    found = geojson.loads(fetch(sign_in, link(page)).text)
    assert isinstance(found, geojson.FeatureCollection)
    assert found.is_valid, found.errors()
    for one in found["features"]:
        assert one.is_valid and one["geometry"].is_valid
        assert shape(one["geometry"]).exterior.is_ccw  # the right-hand rule
        assert all(len(position) == 2 for position in one["geometry"]["coordinates"][0])  # no height
        assert list(shape(one["geometry"]).bounds) == one["bbox"]
    assert found["bbox"] == [-150.0, 40.5, -74.0, 61.5]
    assert "crs" not in found


def test_few_people_are_left_out(page, sign_in, counted):
    counted(claims=4)
    counted("2026-08", claims=7)
    assert [f["properties"]["month"] for f in fetch(sign_in, link(page)).get_json()["features"]] == ["2026-08"]
    assert fetch(sign_in, link(page, threshold="8")).get_json()["features"] == []


def test_a_month_comes_when_it_is_over_counted_and_its_delay_has_passed(page, sign_in, counted, make, clock):
    counted("2026-10")
    counted("2026-11")
    address, late = link(page), link(page, delay="40")

    def months(which):
        return [f["properties"]["month"] for f in fetch(sign_in, which).get_json()["features"]]

    assert months(address) == ["2026-10"]
    assert months(late) == []
    clock.at = local_ms(date(2026, 12, 20), 600, "UTC")
    assert months(address) == ["2026-10"]  # the count has not come so far

    counting.count(clock.now())
    assert months(address) == ["2026-10", "2026-11"]
    assert months(late) == ["2026-10"]


def test_two_days_and_two_links_tell_the_same_of_a_month(page, sign_in, counted, clock, make):
    counted("2026-09")
    counted("2026-08")
    one, other = link(page), link(page, **{"from": "2026-09", "delay": "1"})
    first = {f["id"]: f for f in fetch(sign_in, one).get_json()["features"]}
    (again,) = fetch(sign_in, other).get_json()["features"]
    assert first[again["id"]] == again
    clock.advance(DAY)
    assert {f["id"]: f for f in fetch(sign_in, one).get_json()["features"]} == first


def test_an_unchanged_answer_is_not_sent_again(page, sign_in, counted):
    counted()
    address = link(page)
    tag = fetch(sign_in, address).headers["ETag"]
    assert sign_in.nobody().get(address, headers={"If-None-Match": tag}).status_code == 304


def test_only_a_hash_of_the_link_is_kept_and_ended_it_gives_nothing(page, sign_in, counted, make, clock):
    address = link(page)
    (kept,) = make.all(PartnerLink)
    assert address.removeprefix("/coverage/shared/").removesuffix(".geojson") not in str(vars(kept))
    assert fetch(sign_in, address).status_code == 200
    assert page.post(f"/coverage/partners/{kept.id}/end").status_code == 302
    assert fetch(sign_in, address).status_code == 404
    assert fetch(sign_in, "/coverage/shared/guessed.geojson").status_code == 404


def test_a_link_ends_by_itself_after_a_year(page, sign_in, clock, counted):
    address = link(page)
    clock.advance(366 * DAY)
    assert fetch(sign_in, address).status_code == 404


def test_the_preview_is_what_the_link_gives(page, sign_in, counted):
    counted()
    preview = page.get("/coverage/partners?preview=1&label=Legal+aid&from=2026-01").text
    text = fetch(sign_in, link(page)).text
    assert text.replace('"', "&#34;") in preview


def test_a_link_gives_a_chapter_with_its_pods_and_no_other(make, sign_in, chapter, counted):
    pod = make.chapter("Pod", parent=chapter)
    counted(home=pod)
    counted(home=make.chapter("Elsewhere"), at=ALASKA)
    page = sign_in(make.person(chapter, "admin"))
    assert len(fetch(sign_in, link(page)).get_json()["features"]) == 1
    assert page.post("/coverage/partners", {"label": "x", "chapter": "elsewhere"}).status_code == 404
    below = sign_in(make.person(pod, "coordinator"))
    assert below.post("/coverage/partners", {"label": "x", "chapter": chapter.id}).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"delay": "0"}, {"threshold": "4"}, {"from": "2026-13"}, {"until": "2025-01"}, {"label": " "}, {"delay": "x"}],
)
def test_terms_that_give_too_much_or_make_no_sense_are_refused(page, make, wrong):
    answer = page.post("/coverage/partners", {"label": "Legal aid", "from": "2026-01", **wrong})
    assert answer.status_code == 422
    assert make.all(PartnerLink) == []


@given(
    st.dictionaries(
        st.tuples(st.integers(-180, 179), st.integers(-360, 359), st.sampled_from(["2026-08", "2026-09"])),
        st.builds(Count, *[st.integers(0, 400)] * 5),
        max_size=20,
    ),
    st.integers(0, 30),
)
def test_any_counts_make_a_valid_file_that_says_nothing_of_few(counts, threshold):
    found = geojson.loads(json.dumps(partners.collection(counts, threshold)))
    assert found.is_valid
    assert len(found["features"]) == sum(one.people >= max(threshold, 5) for one in counts.values())
    for one in found["features"]:
        assert all(n % 5 == 0 for name, n in one["properties"].items() if name != "month")


@given(st.floats(-89.9, 89.9), st.floats(-179.9, 179.9))
def test_every_point_lies_in_its_cell(lat, lon):
    west, south, east, north = (
        *partners.ring(partners.cell_of(lat, lon))[0],
        *partners.ring(partners.cell_of(lat, lon))[2],
    )
    assert west <= lon < east and south <= lat < north
    assert (east - west, north - south) == (0.5, 0.5)


def test_the_public_door_counts_its_callers(app, sign_in):
    app.config["RATELIMIT_ENABLED"] = True
    answers = [fetch(sign_in, "/coverage/shared/guessed.geojson").status_code for _ in range(32)]
    assert answers[0] == 404 and answers[-1] == 429


def test_the_clock_of_the_last_zone_decides(clock: FixedClock):
    noon = local_ms(date(2026, 12, 1), 720, "UTC")
    assert partners.last_month(noon, 1, noon) == "2026-10"  # in American Samoa it is still November
    later = noon + 4 * DAY
    assert partners.last_month(later, 1, later - 2 * DAY) == "2026-11"
    assert partners.last_month(later, 10, later - 2 * DAY) == "2026-10"


def test_one_person_with_many_shifts_is_one_person_and_is_left_out(make, sign_in, chapter, clock):
    near, far = make.place(chapter, at=NEW_YORK), make.place(chapter, at=ALASKA)
    crowd = [make.person(chapter) for _ in range(5)]
    one = make.person(chapter)

    def was(place, days_ago, *people):
        shift = make.shift(place, starts_in=-days_ago * DAY, taken=len(people), seats=8)
        for person in people:
            make.keep(Claim(shift_id=shift.id, person_id=person.id, state="confirmed", at=shift.starts_at - DAY))

    clock.advance(30 * DAY)  # to 23 December: November is over
    for days_ago in range(25, 49, 2):
        was(near, days_ago, one)  # twelve seats, one person
    for days_ago, person in zip(range(30, 40), [*crowd, *crowd], strict=True):
        was(far, days_ago, person)  # ten seats, five people
    while counting.count(clock.now()):
        pass
    counts = {row.place_id: (row.claims, row.people) for row in make.all(CoverageCount) if row.span == "month"}
    assert counts == {near.id: (12, 1), far.id: (10, 5)}
    page = sign_in(make.person(chapter, "coordinator"))
    [feature] = fetch(sign_in, link(page)).get_json(force=True)["features"]
    assert shape(feature["geometry"]).contains(shape({"type": "Point", "coordinates": ALASKA[::-1]}))
    assert feature["properties"]["places_taken"] == 10


def test_people_who_are_forgotten_are_not_counted_down_nor_twice(make, chapter, clock):
    place = make.place(chapter)
    people = [make.person(chapter) for _ in range(5)]

    def was(days_ago, *those):
        shift = make.shift(place, starts_in=-days_ago * DAY, taken=len(those), seats=8)
        for person in those:
            make.keep(Claim(shift_id=shift.id, person_id=person.id, state="confirmed", at=shift.starts_at - DAY))

    was(10, *people)
    counting.count(clock.now())
    with write() as session:
        session.execute(delete(Claim))
    was(3, *people[:2])
    counting.count(clock.now())
    assert [row.people for row in make.all(CoverageCount) if row.span == "month"] == [5]
