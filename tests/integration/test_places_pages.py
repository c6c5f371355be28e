"""Places at the desk: who sees them, changing them, their lists, their position."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from fieldapp.core import geo
from fieldapp.core.db import db
from fieldapp.places.models import Place, PlacePick
from fieldapp.places.services import listing

FACTS = {
    "name": "Federal Plaza",
    "kind": "immigration_court",
    "zone": "America/New_York",
    "city": "New York",
    "state": "NY",
}


@pytest.fixture
def chapter(make):
    return make.chapter()


@pytest.fixture
def coordinator(make, sign_in, chapter):
    return sign_in(make.person(chapter, "coordinator"))


def version(make) -> int:
    return make.all(Place)[0].version


def test_a_coordinator_adds_a_place_by_numbers_alone(coordinator, chapter, make):
    answer = coordinator.post("/places/new", {"chapter": chapter.id, **FACTS, "lat": "40.7153", "lon": "-74.0037"})
    assert answer.status_code == 302
    [place] = make.all(Place)
    assert (place.name, geo.lat_lon(place.geom), place.precision) == ("Federal Plaza", (40.7153, -74.0037), "exact")
    assert "Federal Plaza" in coordinator.get(answer.location).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "A place needs a name."),
        ({"name": "x" * 161}, "This is too long."),
        ({"zone": "Mars/Olympus"}, "Choose a time zone"),
        ({"kind": "spaceport"}, "Choose a kind"),
        ({"phones": "maybe"}, "Choose a rule"),
        ({"lat": "40,7", "lon": "-74"}, "not a number"),
        ({"lat": "-74", "lon": "40.7"}, "look swapped"),
        ({"lat": "91", "lon": "181"}, "not degrees of WGS84"),
        ({"area": "40.7, -74.0\n40.8, -74.0"}, "three corners or more"),
        ({"area": "40.7, -74.0\n40.8, -73.9\n40.7, -73.9\n40.8, -74.0"}, "crosses itself"),
        ({"area": "here\nthere\neverywhere"}, "one corner a line"),
        ({"area": "1,2\n" * 9_000}, "200 corners"),
    ],
)
def test_what_cannot_be_a_place_is_said_beside_its_field_and_nothing_is_lost(coordinator, chapter, make, wrong, said):
    answer = coordinator.post("/places/new", {"chapter": chapter.id, **FACTS, "address": "26 Federal Plaza", **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert "26 Federal Plaza" in answer.text
    assert make.all(Place) == []


def test_a_place_of_the_chapter_above_is_read_and_not_changed(make, sign_in, chapter):
    place = make.place(chapter, "Court above")
    below = sign_in(make.person(make.chapter(parent=chapter), "coordinator"))
    page = below.get(f"/places/{place.id}")
    assert page.status_code == 200
    assert "Its coordinators can change it" in page.text
    assert below.post(f"/places/{place.id}", {**FACTS, "version": "1"}).status_code == 403


def test_another_chapters_place_is_not_there(make, sign_in, chapter):
    place = make.place(make.chapter(), "Elsewhere")
    page = sign_in(make.person(chapter, "coordinator"))
    assert page.get(f"/places/{place.id}").status_code == 404
    assert "Elsewhere" not in page.get("/places").text
    assert page.post(f"/places/{place.id}/close").status_code == 404


def test_device_rules_and_the_meeting_spot_are_saved_and_phones_are_told(coordinator, chapter, make):
    place = make.place(chapter)
    before = make.all(type(chapter))[0].version
    rules = {
        "phones": "locker",
        "note_en": "Lockers cost a quarter.",
        "note_es": "El casillero cuesta 25 centavos.",
        "meeting_spot": "By the clock",
    }
    assert coordinator.post(f"/places/{place.id}", {**FACTS, **rules, "version": "1"}).status_code == 302
    [kept] = listing.snapshot([chapter.id])
    assert (kept["phones"], kept["note"]["es"], kept["meeting"]) == (
        "locker",
        "El casillero cuesta 25 centavos.",
        "By the clock",
    )
    assert make.all(type(chapter))[0].version > before


def test_who_saves_second_overwrites_nothing_of_the_first(coordinator, chapter, make):
    place = make.place(chapter)
    assert coordinator.post(f"/places/{place.id}", {**FACTS, "name": "First", "version": "1"}).status_code == 302
    late = coordinator.post(f"/places/{place.id}", {**FACTS, "name": "Second", "version": "1"})
    assert late.status_code == 409
    assert make.all(Place)[0].name == "First"


def test_a_zone_that_does_not_fit_the_position_is_refused(coordinator, chapter, make):
    place = make.place(chapter)
    answer = coordinator.post(f"/places/{place.id}", {**FACTS, "zone": "Pacific/Guam", "version": "1"})
    assert "not in that time zone" in answer.text


def test_a_neighbourhood_is_drawn_as_lines_of_text(coordinator, chapter, make):
    place = make.place(chapter, kind="neighbourhood", at=None)
    area = "40.70, -74.00\n40.71, -74.00\n40.71, -73.99\n40.70, -73.99"
    answer = coordinator.post(f"/places/{place.id}/where", {"lat": "", "lon": "", "area": area, "version": "1"})
    assert answer.status_code == 302
    [kept] = make.all(Place)
    assert geo.corners_of(kept.area) == [(40.7, -74.0), (40.71, -74.0), (40.71, -73.99), (40.7, -73.99)]
    assert geo.lat_lon(kept.geom) is not None
    again = coordinator.post(
        f"/places/{place.id}/where", {"lat": "40.7", "lon": "-74", "area": "", "version": version(make)}
    )
    assert again.status_code == 302
    assert make.all(Place)[0].area is None


def test_a_judge_is_added_renamed_with_history_retired_and_put_back(coordinator, chapter, make):
    place = make.place(chapter)
    coordinator.post(f"/places/{place.id}/lists/judges", {"label": "  Judge   Reyes "})
    [pick] = make.all(PlacePick)
    assert pick.label == "Judge Reyes"
    change = f"/places/{place.id}/picks/{pick.id}"
    coordinator.post(change, {"what": "rename", "label": "Judge Reyes-Ortiz"})
    page = coordinator.get(f"/places/{place.id}").text
    assert "Judge Reyes-Ortiz" in page
    assert "formerly Judge Reyes" in page
    coordinator.post(change, {"what": "retire"})
    assert listing.snapshot([chapter.id])[0]["judges"] == []
    coordinator.post(change, {"what": "restore"})
    assert listing.snapshot([chapter.id])[0]["judges"] == [{"id": pick.id, "label": "Judge Reyes-Ortiz"}]


def test_the_same_name_twice_in_a_list_is_refused_and_a_retired_one_comes_back(coordinator, chapter, make):
    place = make.place(chapter)
    add = f"/places/{place.id}/lists/courtrooms"
    coordinator.post(add, {"label": "Room 12"})
    assert coordinator.post(add, {"label": "Room 12"}).status_code == 422
    [pick] = make.all(PlacePick)
    coordinator.post(f"/places/{place.id}/picks/{pick.id}", {"what": "retire"})
    assert coordinator.post(add, {"label": "Room 12"}).status_code == 302
    assert [(p.id, p.retired_at) for p in make.all(PlacePick)] == [(pick.id, None)]


def test_an_entry_of_another_place_cannot_be_changed_through_this_one(coordinator, chapter, make):
    here, there = make.place(chapter), make.place(make.chapter())
    foreign = make.keep(PlacePick(place_id=there.id, list="judges", label="Judge"))
    assert coordinator.post(f"/places/{here.id}/picks/{foreign.id}", {"what": "retire"}).status_code == 404
    assert coordinator.post(f"/places/{here.id}/lists/secrets", {"label": "x"}).status_code == 404


def test_a_closed_place_leaves_the_phones_and_can_be_opened_again(coordinator, chapter, make):
    place = make.place(chapter)
    coordinator.post(f"/places/{place.id}/close")
    assert listing.snapshot([chapter.id]) == []
    assert "Closed on" in coordinator.get(f"/places/{place.id}").text
    coordinator.post(f"/places/{place.id}/reopen")
    assert len(listing.snapshot([chapter.id])) == 1


def test_the_list_takes_as_many_queries_for_a_hundred_places_as_for_one(coordinator, chapter, make):
    make.place(chapter)
    one = queries(lambda: coordinator.get("/places"))
    for _ in range(60):
        make.place(chapter)
    assert queries(lambda: coordinator.get("/places")) == one


def queries(act) -> int:
    """How many statements ``act`` sends to the database."""
    seen: list[str] = []
    keep = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", keep)
    act()
    event.remove(db.engine, "before_cursor_execute", keep)
    return len(seen)
