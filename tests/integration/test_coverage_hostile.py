"""Coverage and its map under requests that no page of ours makes: other chapters' ids, wild periods, many parameters, odd ranges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldapp.places.models import Place
from fieldapp.shifts.models import Shift
from tests.pmtiles import archive

PATHS = ("/coverage", "/coverage/live", "/coverage/map")


@pytest.fixture
def chapter(make):
    made = make.chapter("Northeast")
    for name in ("Varick", "Elizabeth", "Newark"):
        make.shift(make.place(made, name))
    return made


@pytest.fixture
def other(make):
    made = make.chapter("Southwest")
    make.shift(make.place(made, "Secret court in Tucson"))
    return made


@pytest.fixture
def page(make, chapter, sign_in):
    return sign_in(make.person(chapter, "coordinator"))


@pytest.fixture
def file(app, tmp_path):
    path = tmp_path / "streets.pmtiles"
    path.write_bytes(archive().content)
    (tmp_path / "secret.txt").write_text("secret")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], basemap=path)
    return path


@pytest.mark.parametrize("path", PATHS)
def test_no_parameter_shows_another_chapters_places(make, page, other, path):
    for asked in (f"?chapter={other.id}", f"?chapter={other.id}&view=table", "?q=Secret", f"?kind={other.id}"):
        answer = page.get(path + asked)
        assert answer.status_code in {200, 404}
        assert "Secret court" not in answer.get_data(as_text=True)


def test_two_with_another_reach_never_get_each_others_map(make, page, chapter, other, sign_in):
    theirs = sign_in(make.person(other, "coordinator"))
    ours = page.get("/coverage/map")
    assert "Secret court" in theirs.get("/coverage/map").text
    again = theirs.get("/coverage/map", headers={"If-None-Match": ours.headers["ETag"]})
    assert (again.status_code, "Varick" in again.text) == (200, False)
    assert "Secret court" not in page.get("/coverage/map").text


def test_a_chapter_chosen_above_gets_a_map_of_its_own(make, sign_in):
    top = make.chapter("Top")
    pods = [make.chapter(name, top) for name in ("East", "West")]
    for pod in pods:
        make.shift(make.place(pod, f"Court {pod.name}"))
    page = sign_in(make.person(top, "coordinator"))
    east, west = (page.get(f"/coverage/map?chapter={pod.id}") for pod in pods)
    assert ("Court East" in east.text, "Court West" in east.text) == (True, False)
    assert ("Court East" in west.text, "Court West" in west.text) == (False, True)
    assert east.headers["ETag"] != west.headers["ETag"]


@pytest.mark.parametrize(
    "asked",
    [
        "from=2026-11-01&to=2027-06-01",
        "from=2026-11-01&to=1999-01-01",
        "from=0001-01-01&to=9999-12-31",
        "from=2200-12-31&to=2200-12-31",
        "month=9999-12",
        "month=%D9%A2%D9%A0%D9%A2%D9%A6-11",
        "week=2200-12-31",
        "day=2000-01-01",
        "page=999999999999999999999999",
        "page=-5",
        "cell=x.0001-01-01.am",
        "cell=x.9999-12-31.week",
        "cell=" + "x" * 4000,
        "q=" + "%25_" * 50,
        "q=%00",
        "state=%27&kind=%22",
        "&".join(f"chapter=c{n}" for n in range(300)),
    ],
)
def test_wild_periods_and_parameters_are_no_fault(page, asked):
    for path in PATHS:
        assert page.get(f"{path}?{asked}").status_code in {200, 400, 404, 422}


def test_a_longer_period_asks_no_more_questions(page, queries):
    counted = []
    for days in ("from=2026-11-23&to=2026-12-06", "from=2026-11-23&to=2027-02-22"):
        page.get(f"/coverage?{days}")
        with queries() as seen:
            page.get(f"/coverage?{days}")
        counted.append(len(seen))
    assert counted[1] <= counted[0] + 1


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-99999999999999999999",
        "bytes=0-1,2-3,4-5",
        "bytes=" + ",".join(f"{n}-{n}" for n in range(2000)),
        "bytes=-0",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=--1",
        "items=0-1",
        "bytes=",
        "bytes=99999999999-",
    ],
)
def test_odd_ranges_of_the_basemap_are_no_fault_and_never_more_than_the_file(page, file, asked):
    size = file.stat().st_size
    answer = page.get("/coverage/basemap", headers={"Range": asked})
    assert answer.status_code in {200, 206, 416}
    if answer.status_code != 416:
        assert len(answer.data) <= size
        assert answer.data in file.read_bytes()


def test_head_of_the_basemap_has_no_body_and_no_path_leads_elsewhere(page, file):
    head = page.send("HEAD", "/coverage/basemap")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(file.stat().st_size)
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/secret.txt", "%2f..%2fsecret.txt"):
        answer = page.get(f"/coverage/basemap{path}")
        assert (answer.status_code, b"secret" in answer.data.replace(b"secret.txt", b"")) == (404, False)
    for asked in ("?file=secret.txt", "?v=../secret.txt", "?path=/etc/passwd"):
        assert page.get(f"/coverage/basemap{asked}").data == file.read_bytes()
    assert page.send("PUT", "/coverage/basemap").status_code == 405


def test_tens_of_thousands_of_ids_in_a_form_are_no_fault(make, page, chapter, queries):
    place = next(one for one in make.all(Place) if one.chapter_id == chapter.id)
    shift = next(one for one in make.all(Shift) if one.place_id == place.id)
    course = make.course(chapter)
    many = [f"x{n}" for n in range(70_000)]  # more than a statement of PostgreSQL takes values
    forms = {
        "/shifts/bulk": {"shift_id": many, "act": "cancel", "reason": "x"},
        "/coverage/plan": {"ask": [f"{shift.id}.{one}" for one in many]},
        f"/coverage/places/{place.id}/needs/chosen": {"need": many, "to_weekday": ["1"]},
        f"/coverage/places/{place.id}/needs/chosen?": {"need": many, "what": "end"},
        f"/shifts/{shift.id}/confirm": {"person_id": many},
        f"/shifts/{shift.id}/ask": {"person_id": many},
        "/shifts/rotas/languages": {"language": many},
        "/shifts/preferences": {"likes-places": many, "never-places": many, "likes-kinds": many, "likes-days": many},
        "/pods": {"name": "Pod", "near": "Newark", "parent": chapter.id, "place": many},
        f"/training/courses/{course.id}": {"name_en": "A", "name_es": "B", "needs": many, "materials": many},
    }
    found = {}
    for path, form in forms.items():
        with queries() as seen:
            found[path] = page.post(path, form).status_code
        assert len(seen) < 150, path
    assert {path: status for path, status in found.items() if status >= 500} == {}
    assert [path for path, status in found.items() if status in {404, 405}] == []
