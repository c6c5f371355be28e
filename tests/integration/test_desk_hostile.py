"""Numbers, days and files that a form of shifts, care or pods was never meant to get: refused in words, and nothing is kept."""

from __future__ import annotations

import io

import pytest

from fieldapp.accounts.models import Chapter
from fieldapp.shifts.models import Closure, Need, SheetImport

LONG = "1" * 5000  # more digits than an int is read from


@pytest.fixture
def chapter(make):
    return make.chapter()


@pytest.fixture
def page(make, chapter, sign_in):
    return sign_in(make.person(chapter, "coordinator"))


def test_times_of_care_with_thousands_of_digits_are_refused(page, chapter):
    said = {"buddy": LONG, "lead": "15", "coordinators": "15", "again": "30"}
    assert page.post(f"/shifts/care/{chapter.id}", said).status_code == 422


@pytest.mark.parametrize("cap", ["00000" + "1" * 4, "000001" + "9" * 5000, "21", "0", LONG])
def test_the_cap_of_asks_is_not_passed_by_zeros_before_it(make, page, chapter, cap):
    said = page.post("/shifts/at-risk/cap", {"chapter_id": chapter.id, "cap": cap})
    assert said.status_code == 422
    assert "Write a number from 1 to 20." in said.text
    assert "asks_per_week" not in (make.all(Chapter)[0].settings or {})


@pytest.mark.parametrize("first", ["9999-12-31", "0001-01-01"])
def test_days_at_the_ends_of_the_calendar_close_nothing(make, page, chapter, first):
    place = make.place(chapter)
    said = {"place_id": place.id, "from_day": first, "to_day": "9999-12-31", "reason": "Closed"}
    assert page.post("/shifts/closures", said).status_code == 422
    assert not make.all(Closure)


@pytest.mark.parametrize("week", ["9999-12-31", "0001-01-03", ""])
def test_shifts_are_not_copied_beyond_the_calendar(make, page, chapter, week):
    shift = make.shift(make.place(chapter), starts_in=6 * 24 * 60 * 60 * 1000)  # a Sunday
    said = {"action": "copy", "asked": "1", "shift_id": shift.id, "to_week": week}
    assert page.post("/shifts/bulk", said).status_code == 422


def test_a_pods_need_is_on_one_of_seven_weekdays(make, page, chapter):
    place = make.place(chapter, city="Trenton", kind="immigration_court")
    pod = {"parent": chapter.id, "name": "Pod", "near": "Trenton", "template": "courts", "place": f"place:{place.id}"}
    row = {"kind": "immigration_court", "start": "8:30", "end": "12:30", "minimum": "2", "seats": "4"}
    asked = {**pod, **{f"w-0-{name}": text for name, text in row.items()}}
    assert page.post("/pods", {**asked, "w-0-day": ["12", "0123456", "3"]}).status_code == 200
    assert [need.weekday for need in make.all(Need) if need.place_id == place.id] == [3]


def test_a_file_with_a_hundred_thousand_columns_is_refused_at_once(make, page, chapter):
    head = ",".join(f"c{n}" for n in range(100_000)).encode()
    sent = {"kind": "needs", "chapter": chapter.id, "file": (io.BytesIO(head + b"\n"), "x.csv")}
    said = page.post("/shifts/files", sent, content_type="multipart/form-data")
    assert said.status_code == 422
    assert "more than 100 columns" in said.text
    assert not make.all(SheetImport)


def test_a_file_asks_no_place_to_be_watched_by_one_person_alone(make, page, chapter):
    make.place(chapter, "Court")
    data = b"place,weekday,start,end,minimum,seats\nCourt,Monday,8:30,12:30,1,4\n"
    sent = {"kind": "needs", "chapter": chapter.id, "file": (io.BytesIO(data), "x.csv")}
    made = page.post("/shifts/files", sent, content_type="multipart/form-data")
    page.post(made.location, {})
    assert not make.all(Need)
