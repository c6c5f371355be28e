"""A file of places: what it will do, what it did, and every bad row with its line and reason."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.core.db import write
from fieldapp.places.models import Place, PlaceImport

REAL = Path(__file__).resolve().parents[2] / "data/places/us_immigration_courts_and_ice_offices.csv"
HEAD = "id,name,timezone,lat,lon,kind,address\n"
ROW = "a,Court A,America/New_York,40.7153,-74.0037,immigration_court,26 Federal Plaza\n"


def upload(page, data: bytes, name: str = "places.csv", chapter: str = ""):
    answer = page.post("/places/import", {"file": (io.BytesIO(data), name), "chapter": chapter})
    return page.get(answer.location) if answer.status_code == 302 else answer


def import_all(page, data: bytes, name: str = "places.csv", chapter: str = ""):
    answer = page.post("/places/import", {"file": (io.BytesIO(data), name), "chapter": chapter})
    assert answer.status_code == 302, answer.text
    return page.post(answer.location)


@pytest.fixture
def chapter(make):
    return make.chapter()


@pytest.fixture
def coordinator(make, sign_in, chapter):
    return sign_in(make.person(chapter, "coordinator"))


def test_the_real_file_places_94_and_names_the_3_it_cannot(coordinator, chapter, make):
    text = upload(coordinator, REAL.read_bytes(), chapter=chapter.id).text
    assert "Import 94 places" in text
    assert text.count("No coordinates: it could not be placed.") == 3
    assert text.count("No time zone.") == 3
    assert "is not known" not in text
    import_all(coordinator, REAL.read_bytes(), chapter=chapter.id)
    assert len(make.all(Place)) == 94


def test_nothing_changes_before_it_is_confirmed(coordinator, chapter, make):
    upload(coordinator, (HEAD + ROW).encode(), chapter=chapter.id)
    assert make.all(Place) == []


def test_importing_the_same_file_again_changes_nothing(coordinator, chapter, make):
    data = (HEAD + ROW).encode()
    import_all(coordinator, data, chapter=chapter.id)
    before = [(p.id, p.version, p.name) for p in make.all(Place)]
    assert "Back to the places" in upload(coordinator, data, chapter=chapter.id).text
    import_all(coordinator, data, chapter=chapter.id)
    assert [(p.id, p.version, p.name) for p in make.all(Place)] == before


def test_a_changed_row_is_shown_with_before_and_after_and_keeps_what_the_file_does_not_know(coordinator, chapter, make):
    import_all(coordinator, (HEAD + ROW).encode(), chapter=chapter.id)
    [place] = make.all(Place)
    with write() as session:
        session.get_one(Place, place.id).meeting_spot = "The clock"
    again = (HEAD + ROW.replace("Court A", "Court B")).encode()
    text = upload(coordinator, again, chapter=chapter.id).text
    assert "Court A" in text
    assert "Court B" in text
    import_all(coordinator, again, chapter=chapter.id)
    [place] = make.all(Place)
    assert (place.name, place.meeting_spot) == ("Court B", "The clock")


def test_the_centre_of_a_zip_area_never_replaces_an_exact_position(coordinator, chapter, make):
    import_all(coordinator, (HEAD + ROW).encode(), chapter=chapter.id)
    rough = (HEAD + ROW.replace("40.7153,-74.0037", "40.9,-74.2")).replace("address\n", "address,geo_precision\n")
    rough = rough.replace("Plaza\n", "Plaza,zip_centroid\n")
    assert "Back to the places" in upload(coordinator, rough.encode(), chapter=chapter.id).text


def test_the_same_id_in_two_chapters_is_two_places(coordinator, chapter, make, sign_in):
    other = make.chapter()
    import_all(coordinator, (HEAD + ROW).encode(), chapter=chapter.id)
    import_all(sign_in(make.person(other, "admin")), (HEAD + ROW).encode(), chapter=other.id)
    assert len(make.all(Place)) == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("b,,America/New_York,40.7,-74,other,", "The column name is empty."),
        (",B,America/New_York,40.7,-74,other,", "The column id is empty."),
        ("b,B,,40.7,-74,other,", "No time zone."),
        ("b,B,EST,40.7,-74,other,", "is not an IANA zone"),
        ("b,B,America/Gotham,40.7,-74,other,", "is not an IANA zone"),
        ("b,B,America/New_York,,,other,", "No coordinates"),
        ("b,B,America/New_York,north,-74,other,", "is not a number"),
        ("b,B,America/New_York,nan,-74,other,", "is not a number"),
        ("b,B,America/New_York,-74.0,40.7,other,", "look swapped"),
        ("b,B,America/Los_Angeles,-118.2,34.0,other,", "look swapped"),
        ("b,B,America/New_York,583960,4507523,other,", "not degrees of WGS84"),
        ("b,B,America/New_York,0,0,other,", "nobody filled them in"),
        ("b,B,Pacific/Honolulu,40.7,-74,other,", "not in that time zone"),
        ("b,B,America/New_York,40.7,-74,spaceport,", "is not known"),
        ("b,=HYPERLINK(1),America/New_York,40.7,-74,other,", "spreadsheet formula"),
        ("b,B\x00B,America/New_York,40.7,-74,other,", "cannot be seen"),
        ("b,B,America/New_York,40.7,-74,other", "has 6 cells, the header 7"),
        (f"b,{'x' * 200_000},America/New_York,40.7,-74,other,", "longer than 160 characters"),
        ("a,Twice,America/New_York,40.7,-74,other,", "is in row 2 already"),
        ('b,"never closed,America/New_York,40.7,-74,other,', "cells, the header 7"),
    ],
)
def test_a_bad_row_is_listed_with_its_line_and_reason_and_the_others_go_in(coordinator, chapter, make, row, reason):
    data = (HEAD + ROW + row + "\n").encode()
    text = upload(coordinator, data, chapter=chapter.id).text
    assert reason in text
    assert '<td class="num">3</td>' in text
    import_all(coordinator, data, chapter=chapter.id)
    assert [p.source_id for p in make.all(Place)] == ["a"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ((HEAD + ROW).encode("utf-16"), "UTF-16, not UTF-8"),
        ((HEAD + ROW).encode("utf-16-le"), "UTF-16, not UTF-8"),
        ((HEAD + ROW.replace("Court A", "Cañón")).encode("latin-1"), "not UTF-8 (first seen in line 2)"),
        (b"", "The file is empty."),
        (b"name,city\nA,B\n", "missing: id, timezone, lat, lon"),
        (b"id,id,name,timezone,lat,lon\n", "named twice: id"),
        (b"x" * 2_000_001, "larger than 2 MB"),
        (b'{"type": "Feature"}', "a FeatureCollection is expected"),
        (b'{"type": "FeatureCollection", "features": [', "a FeatureCollection is expected"),
        (b"{" * 100_000, "a FeatureCollection is expected"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_clear_error(coordinator, chapter, data, reason, make):
    answer = upload(coordinator, data, chapter=chapter.id)
    assert answer.status_code == 422
    assert reason in answer.text
    assert "Nothing was imported." in answer.text
    assert make.all(PlaceImport) == []


@pytest.mark.parametrize(
    "data",
    [
        (HEAD + ROW).encode("utf-8-sig"),
        (HEAD + ROW).replace("\n", "\r\n").encode(),
        (HEAD + ROW).replace(",", ";").encode(),
    ],
)
def test_a_byte_order_mark_windows_lines_and_semicolons_are_fine(coordinator, chapter, make, data):
    import_all(coordinator, data, chapter=chapter.id)
    assert [p.name for p in make.all(Place)] == ["Court A"]


def collection(*features) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def feature(geometry, **properties):
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {"id": "n", "name": "North End", "timezone": "America/New_York", **properties},
    }


def square(*corners):
    return {"type": "Polygon", "coordinates": [[list(one) for one in corners]]}


NORTH = square((-74.0, 40.7), (-74.0, 40.71), (-73.99, 40.71), (-73.99, 40.7), (-74.0, 40.7))


def test_a_polygon_becomes_a_neighbourhood_with_a_pin_inside(coordinator, chapter, make):
    import_all(coordinator, collection(feature(NORTH)), "areas.geojson", chapter.id)
    [place] = make.all(Place)
    assert (place.kind, place.area is not None, place.geom is not None) == ("neighbourhood", True, True)
    assert "Back to the places" in upload(coordinator, collection(feature(NORTH)), "areas.geojson", chapter.id).text


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (square((-74, 40.7), (-73.9, 40.8), (-73.9, 40.7), (-74, 40.8), (-74, 40.7)), "The outline crosses itself."),
        (square((-74, 40.7), (-74, 40.8), (-74, 40.7)), "three corners or more"),
        (square((-74, 40.7), (-74.1, 40.7), (-74.2, 40.7), (-74, 40.7)), "The corners lie on one line."),
        (square((-74, 40), (-70, 40), (-70, 44), (-74, 40)), "wider than 3 degrees"),
        (square((40.7, -74), (40.8, -74), (40.8, -73.9), (40.7, -74)), "look swapped"),
        (
            {"type": "Polygon", "coordinates": [NORTH["coordinates"][0], NORTH["coordinates"][0]]},
            "one outline and no holes",
        ),
        ({"type": "LineString", "coordinates": [[-74, 40.7], [-74, 40.8]]}, "Only points and polygons"),
        ({"type": "Point", "coordinates": [583960, 4507523]}, "not degrees of WGS84"),
        ({"type": "Point", "coordinates": [40.7, -74.0]}, "look swapped"),
        ({"type": "Point", "coordinates": ["-74", None]}, "not degrees of WGS84"),
        ({"type": "Point", "coordinates": [float("nan"), 40]}, "is not a number"),
        ({"type": "Point", "coordinates": [10**400, 40]}, "not degrees of WGS84"),
        ("Point", "Only points and polygons"),
        (None, "No coordinates"),
    ],
)
def test_a_geometry_that_cannot_be_a_place_says_why(coordinator, chapter, geometry, reason):
    assert reason in upload(coordinator, collection(feature(geometry)), "a.json", chapter.id).text.replace("&#39;", "'")


@pytest.mark.parametrize(
    "bad", [None, 7, "x", [], {"properties": None}, {"properties": []}, {"properties": {"id": 1e400, "name": {"a": 1}}}]
)
def test_a_feature_of_any_shape_is_a_reason_not_a_fault(coordinator, chapter, bad):
    answer = upload(coordinator, collection(bad), "a.json", chapter.id)
    assert answer.status_code == 200
    assert "No row of this file can be imported." in answer.text


def test_geojson_of_another_coordinate_system_is_refused(coordinator, chapter):
    named = {"type": "FeatureCollection", "features": [], "crs": {"type": "name", "properties": {"name": "EPSG:3857"}}}
    assert "not WGS84" in upload(coordinator, json.dumps(named).encode(), "a.json", chapter.id).text


def test_a_kept_file_is_for_its_person_only_and_for_an_hour(coordinator, chapter, make, sign_in, clock):
    answer = coordinator.post(
        "/places/import", {"file": (io.BytesIO((HEAD + ROW).encode()), "a.csv"), "chapter": chapter.id}
    )
    colleague = sign_in(make.person(chapter, "coordinator"))
    assert colleague.get(answer.location).status_code == 404
    assert colleague.post(answer.location).status_code == 404
    clock.advance(HOUR - MINUTE)
    assert coordinator.get(answer.location).status_code == 200
    clock.advance(MINUTE)
    assert coordinator.post(answer.location).status_code == 404
    assert make.all(Place) == []


def test_confirming_twice_imports_once(coordinator, chapter, make):
    answer = coordinator.post(
        "/places/import", {"file": (io.BytesIO((HEAD + ROW).encode()), "a.csv"), "chapter": chapter.id}
    )
    assert coordinator.post(answer.location).status_code == 302
    assert coordinator.post(answer.location).status_code == 404
    assert len(make.all(Place)) == 1


def test_an_import_counts_as_a_change_for_the_chapters_phones(coordinator, chapter, make):
    before = make.all(type(chapter))[0].version
    import_all(coordinator, (HEAD + ROW).encode(), chapter=chapter.id)
    assert make.all(type(chapter))[0].version > before


def test_the_command_imports_and_lists_what_it_could_not_place(app, make, chapter):
    runner = app.test_cli_runner()
    dry = runner.invoke(args=["import-places", str(REAL), "--dry-run"])
    assert "Would import into" in dry.output
    assert make.all(Place) == []
    done = runner.invoke(args=["import-places", str(REAL), "--chapter", chapter.id])
    assert "94 new, 0 changed, 0 unchanged, 3 not taken" in done.output
    assert done.output.count("No coordinates") == 3
    assert "0 new, 0 changed, 94 unchanged" in runner.invoke(args=["import-places", str(REAL)]).output
    assert runner.invoke(args=["import-places", str(REAL), "--chapter", "nowhere"]).exit_code == 1


def test_the_command_says_of_an_unreadable_file_what_is_safe_and_what_to_do(app, make, chapter, tmp_path):
    odd = tmp_path / "places.csv"
    odd.write_bytes(b"\x00\x01\x02")
    told = app.test_cli_runner().invoke(args=["import-places", str(odd)])
    assert told.exit_code == 1
    assert "Nothing was" in told.output
    assert make.all(Place) == []
