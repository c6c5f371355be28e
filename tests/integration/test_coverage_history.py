"""What was, in numbers: charts with a table of the same numbers, for those who see coverage, and never a person's."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.coverage import charts
from fieldapp.coverage.models import CoverageCount
from fieldapp.coverage.services import history
from fieldapp.coverage.services.history import Row, Sums

WEEK = "2026-11-09"


@pytest.fixture
def chapter(make):
    return make.chapter("Northeast")


@pytest.fixture
def page(make, sign_in, chapter):
    return sign_in(make.person(chapter, "coordinator"))


@pytest.fixture
def counted(make, chapter):
    """Adds the counts of a week at a new place."""

    def add(*, home=chapter, name="", week=WEEK, **numbers):
        place = make.place(home, name)
        day = date.fromisoformat(week)
        for span, first in (("week", week), ("month", day.replace(day=1).isoformat())):
            make.keep(CoverageCount(place_id=place.id, chapter_id=home.id, span=span, starts_on=first, **numbers))
        return place

    return add


def cells(text):
    """Every row of every table, as words."""
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", text, re.S):
        found.append(
            [re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        )
    return found


def test_the_page_says_seats_shifts_who_came_and_how_early(page, counted):
    counted(shifts=6, cancelled=1, seats=24, claims=18, came=15, ran=4, enough=5, lead_0=3, lead_7=15)
    rows = cells(page.get("/coverage/history").text)
    assert ["9 Nov", "24", "18", "6", "75 %"] in rows
    assert ["9 Nov", "6", "4", "1", "1", "1"] in rows
    assert ["9 Nov", "18", "15", "3", "17 %"] in rows
    assert ["under 1 day", "3", "17 %"] in rows


def test_every_chart_is_named_and_described_and_well_formed(page, counted):
    counted(shifts=6, seats=24, claims=18, came=15, ran=4, enough=5, lead_0=18)
    drawn = re.findall(r"<svg viewBox=.*?</svg>", page.get("/coverage/history?span=month").text, re.S)
    charts_drawn = [ElementTree.fromstring(one) for one in drawn if 'role="img"' in one]
    assert len(charts_drawn) == 4
    for one in charts_drawn:
        title, says = one.find("title"), one.find("desc")
        assert title is not None and title.text and says is not None and says.text
        assert one.get("aria-labelledby") == f"{title.get('id')} {says.get('id')}"


def test_nothing_is_said_of_who_came_where_few_were(page, counted):
    counted(name="Small court", shifts=2, seats=8, claims=3, came=1, ran=0, enough=1, lead_0=3)
    text = page.get("/coverage/history").text
    rows = cells(text)
    assert ["9 Nov", "8", "3", "5", "38 %"] in rows  # seats are no person's
    assert ["9 Nov", "3", "– too few people to say", "– too few people to say", "– too few people to say"] in rows
    assert "Too few people to say." in text  # nor how early


def test_one_hidden_row_cannot_be_found_by_subtracting():
    rows = history.guard(
        [Row("a", Sums(claims=3)), Row("b", Sums(claims=9)), Row("c", Sums(claims=40)), Row("d", Sums())]
    )
    assert [row.hidden for row in rows] == [True, True, False, False]
    assert [row.hidden for row in history.guard([Row("a", Sums(claims=9)), Row("b", Sums(claims=40))])] == [
        False,
        False,
    ]


def test_a_coordinator_sees_their_chapter_and_its_pods_and_no_other(make, sign_in, chapter, counted):
    pod = make.chapter("Pod", parent=chapter)
    other = make.chapter("Elsewhere")
    counted(name="Top court", seats=10, shifts=1)
    below = counted(home=pod, name="Pod court", seats=20, shifts=1)
    far = counted(home=other, name="Far court", seats=40, shifts=1)
    page = sign_in(make.person(chapter, "coordinator"))
    assert ["9 Nov", "30", "0", "30", "0 %"] in cells(page.get("/coverage/history").text)
    assert ["9 Nov", "20", "0", "20", "0 %"] in cells(page.get(f"/coverage/history?chapter={pod.id}").text)
    assert ["9 Nov", "20", "0", "20", "0 %"] in cells(page.get(f"/coverage/history?place={below.id}").text)
    assert "Far court" not in page.get("/coverage/history").text
    assert page.get(f"/coverage/history?place={far.id}").status_code == 404
    assert page.get(f"/coverage/history?chapter={other.id}").status_code == 404
    assert sign_in(make.person(chapter)).get("/coverage/history").status_code == 403


def test_the_page_costs_the_same_for_many_places(page, counted, queries):
    def cost():
        page.get("/coverage/history")
        with queries() as seen:
            page.get("/coverage/history")
        return len(seen)

    counted(shifts=1, seats=4)
    few = cost()
    for _ in range(20):
        counted(shifts=1, seats=4, claims=4)
    assert cost() == few <= 24


def test_nothing_yet_says_when_there_will_be(page):
    assert "The first count is made" in page.get("/coverage/history").text


@pytest.mark.parametrize(
    "query", ["from=x&until=9999-99-99", "span=year", "from=2026-12-01&until=2025-01-01", "from=0001-01-01"]
)
def test_no_period_breaks_the_page(page, query):
    assert page.get(f"/coverage/history?{query}").status_code == 200


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)), max_size=60))
def test_columns_stay_inside_the_picture_and_in_proportion(pairs):
    drawn = charts.columns([str(n) for n in range(len(pairs))], [[("full", a), ("open", b)] for a, b in pairs])
    for bar in drawn.bars:
        assert drawn.left <= bar.x and bar.x + bar.width <= drawn.right
        assert bar.y >= charts.TOP - 0.2 and bar.y + bar.height <= charts.HEIGHT - charts.BOTTOM + 0.2
    assert len(drawn.names) <= charts.LABELS
    assert len({tick.text for tick in drawn.ticks}) == len(drawn.ticks) >= 2


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.sampled_from(["week", "month"]), st.integers(-30, 30))
def test_steps_of_weeks_and_months_come_back(day, kind, by):
    first = history.first_of(day, kind)
    assert history.step(history.step(first, kind, by), kind, -by) == first
    assert history.first_of(first, kind) == first
