"""Shifts I may take, where there are hundreds: a page of them, the rest a link away, and a search that sees all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import write
from fieldapp.core.ids import new_id
from fieldapp.shifts.models import Shift
from tests.factories import Factory
from tests.people import Browser

Queries = Callable[[], AbstractContextManager[list[str]]]


def fill(make: Factory, count: int) -> object:
    """A chapter with so many shifts that nobody needs a course for, one of them in Yuma; and somebody experienced there."""
    chapter = make.chapter()
    place, other = make.place(chapter, "Court"), make.place(chapter, "Other court", city="Yuma")
    now = make.clock.now()
    with write() as session:
        session.add_all(
            Shift(
                id=new_id(),
                chapter_id=chapter.id,
                place_id=(other if n == count - 1 else place).id,
                starts_at=now + DAY + n * HOUR,
                ends_at=now + DAY + n * HOUR + HOUR,
                minimum=2,
                seats=3,
            )
            for n in range(count)
        )
    return chapter


def test_hundreds_of_shifts_come_by_the_page_and_each_is_on_one(make: Factory, sign_in: Browser) -> None:
    page = sign_in(make.person(fill(make, 100)))  # type: ignore[arg-type]
    seen = [page.get(f"/shifts/mine?page={n}").text.count("/take") for n in (1, 2, 3, 4)]
    assert seen == [30, 30, 30, 10]
    assert page.get("/shifts/mine?page=99").text.count("/take") == 10
    assert page.get("/shifts/mine?page=-1%27").text.count("/take") == 30
    assert "Page 1 of 4, 100 in all" in page.get("/shifts/mine").text


def test_the_search_sees_shifts_of_every_page(make: Factory, sign_in: Browser) -> None:
    page = sign_in(make.person(fill(make, 60)))  # type: ignore[arg-type]
    found = page.get("/shifts/mine?q=yuma").text
    assert found.count("/take") == 1
    assert "Other court" in found
    assert "No shift that you may take has" in page.get("/shifts/mine?q=<b>nowhere").text


def test_a_short_list_stands_on_one_page(make: Factory, sign_in: Browser) -> None:
    text = sign_in(make.person(fill(make, 5))).get("/shifts/mine").text  # type: ignore[arg-type]
    assert text.count("/take") == 5
    assert 'class="pager"' not in text


def test_the_page_asks_no_more_for_hundreds(make: Factory, sign_in: Browser, queries: Queries) -> None:
    few, many = (sign_in(make.person(fill(make, count))) for count in (3, 120))  # type: ignore[arg-type]
    cost = []
    for page in (few, many):
        page.get("/shifts/mine")
        with queries() as seen:
            page.get("/shifts/mine")
        cost.append(len(seen))
    assert cost[0] == cost[1]
    assert cost[1] <= 28


def test_what_is_planned_is_read_once_for_all_and_anew_when_somebody_takes_a_seat(
    make: Factory, sign_in: Browser, queries: Queries
) -> None:
    chapter = fill(make, 3)
    ivy, jay = (sign_in(make.person(chapter)) for _ in range(2))  # type: ignore[arg-type]
    cost = []
    for page in (ivy, jay):
        with queries() as seen:
            text = page.get("/shifts/mine").text
        cost.append(len(seen))
        assert text.count("3 places open") == 3
    assert cost[1] < cost[0]
    shift = make.all(Shift)[0]
    ivy.post(f"/shifts/{shift.id}/take")
    text = jay.get("/shifts/mine").text
    assert text.count("3 places open") == 2
