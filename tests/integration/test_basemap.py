"""Streets under the desk's maps: the file that the installation names, in ranges, for those who see coverage."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.pmtiles import Archive, archive


@pytest.fixture
def streets() -> Archive:
    return archive()


@pytest.fixture
def file(app, tmp_path: Path, streets: Archive) -> Path:
    """The basemap of this installation."""
    path = tmp_path / "streets.pmtiles"
    path.write_bytes(streets.content)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], basemap=path)
    return path


@pytest.fixture
def chapter(make):
    made = make.chapter("Northeast")
    make.place(made, "Federal Plaza")  # a page without places has no map
    return made


@pytest.fixture
def page(make, chapter, sign_in):
    return sign_in(make.person(chapter, "coordinator"))


def named(page) -> str:
    """The address that the page of coverage names; empty without."""
    shown = page.get("/coverage").get_data(as_text=True)
    assert 'data-map="coverage"' in shown
    _, found, rest = shown.partition('data-basemap="')
    return rest.partition('"')[0] if found else ""


def test_a_range_of_the_file_is_sent_and_may_be_kept(page, file, streets) -> None:
    answer = page.get(named(page), headers={"Range": streets.range})
    assert answer.status_code == 206
    assert answer.data == streets.content[streets.first : streets.last + 1]
    assert answer.headers["Content-Range"] == f"{streets.range.replace('=', ' ')}/{len(streets.content)}"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"].startswith('"')


def test_the_first_look_at_a_small_file_gets_what_there_is(page, file, streets) -> None:
    answer = page.get("/coverage/basemap", headers={"Range": "bytes=0-16383"})
    assert answer.status_code == 206
    assert answer.data == streets.content


def test_a_range_past_the_end_is_refused_with_the_size(page, file, streets) -> None:
    answer = page.get("/coverage/basemap", headers={"Range": "bytes=9999999-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(streets.content)}"
    assert "immutable" not in answer.headers["Cache-Control"]


def test_what_a_browser_has_already_is_not_sent_again(page, file) -> None:
    tag = page.get("/coverage/basemap").headers["ETag"]
    assert page.get("/coverage/basemap", headers={"If-None-Match": tag}).status_code == 304


def test_another_file_has_another_address_and_the_old_one_is_not_kept(page, file) -> None:
    before = named(page)
    file.write_bytes(archive(attribution="New").content)
    os.utime(file, ns=(1, 1))
    assert named(page) != before
    assert page.get(before).headers["Cache-Control"] == "private, no-cache"


def test_nothing_of_the_request_names_a_file(page, file, streets) -> None:
    assert page.get("/coverage/basemap?v=../../etc/passwd&path=/etc/passwd").data == streets.content
    assert page.get("/coverage/basemap/../../etc/passwd").status_code == 404


def test_those_who_do_not_see_coverage_get_none(make, chapter, sign_in, client, file) -> None:
    volunteer = sign_in(make.person(chapter, "volunteer"))
    assert volunteer.get("/coverage/basemap").status_code == 403
    assert client.get("/coverage/basemap").status_code in {302, 401}


def test_without_a_basemap_pages_name_none_and_there_is_none(page) -> None:
    assert named(page) == ""
    assert page.get("/coverage/basemap").status_code == 404


def test_a_file_that_was_taken_away_leaves_the_pages_as_they_were(page, file) -> None:
    file.unlink()
    assert named(page) == ""
    assert page.get("/coverage/basemap").status_code == 404
