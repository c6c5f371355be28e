"""A suggested plan: never over the seats, never the unqualified, never two shifts at once, never only newcomers; the same each time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.coverage.services.planner import DAY, Gap, Option, plan

HOUR = 3_600_000
NOW = 1_800_000_000_000
PEOPLE = [f"p{n}" for n in range(8)]


@st.composite
def gaps(draw):
    minimum = draw(st.integers(2, 4))
    seats = draw(st.integers(minimum, 6))
    taken = draw(st.integers(0, seats))
    start = NOW + draw(st.integers(0, 40)) * HOUR
    return Gap(
        id=str(draw(st.integers(0, 10**9))),
        rank=draw(st.integers(0, 4)),
        starts_at=start,
        ends_at=start + draw(st.integers(1, 8)) * HOUR,
        minimum=minimum,
        seats=seats,
        taken=taken,
        led=taken > 0 and draw(st.booleans()),
    )


@st.composite
def worlds(draw):
    those = draw(st.lists(gaps(), max_size=8, unique_by=lambda gap: gap.id))
    grown = draw(st.sets(st.sampled_from(PEOPLE)))
    asked = {person: draw(st.none() | st.integers(NOW - 60 * DAY, NOW)) for person in PEOPLE}
    options = {
        gap.id: [
            Option(person, person in grown, asked[person], draw(st.integers(0, 3)))
            for person in draw(st.lists(st.sampled_from(PEOPLE), unique=True))
        ]
        for gap in those
    }
    return those, options, draw(st.integers(1, 3)), draw(st.booleans())


@given(worlds())
def test_a_plan_breaks_no_rule_whatever_the_shifts_and_people(world):
    those, options, most, whole = world
    found = plan(those, options, NOW, most=most, whole=whole)
    assert sorted(one.gap.id for one in found) == sorted(gap.id for gap in those)
    given_to: dict[str, list[Gap]] = {}
    for one in found:
        people = [pick.person_id for pick in one.picks]
        assert len(set(people)) == len(people)
        assert one.gap.taken + len(people) <= one.gap.seats
        assert set(people) <= {option.person_id for option in options[one.gap.id]}
        if people:
            assert one.gap.led or any(pick.experienced for pick in one.picks)
        if not whole and one.gap.led:
            assert one.gap.taken + len(people) <= max(one.gap.minimum, one.gap.taken)
        for person in people:
            given_to.setdefault(person, []).append(one.gap)
    for mine in given_to.values():
        assert len(mine) <= most
        mine.sort(key=lambda gap: gap.starts_at)
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(mine))


@given(worlds())
def test_the_same_data_makes_the_same_plan_in_whatever_order_it_comes(world):
    those, options, most, whole = world
    turned = {key: list(reversed(values)) for key, values in reversed(options.items())}
    assert plan(those, options, NOW, most=most, whole=whole) == plan(those[::-1], turned, NOW, most=most, whole=whole)


@given(worlds())
def test_what_is_missing_is_said(world):
    those, options, most, whole = world
    for one in plan(those, options, NOW, most=most, whole=whole):
        assert one.missing == max(one.gap.minimum - one.gap.taken - len(one.picks), 0)
        led = one.gap.led or any(pick.experienced for pick in one.picks)
        assert one.why == ("led" if not led else "people" if one.missing else "")
        if one.missing and led:  # nobody who may is left over
            used = {pick.person_id for pick in one.picks}
            assert all(
                option.person_id in used or not _idle(option, those, options, most, whole)
                for option in options[one.gap.id]
            )


def _idle(option, those, options, most, whole):
    return not any(
        pick.person_id == option.person_id
        for one in plan(those, options, NOW, most=most, whole=whole)
        for pick in one.picks
    )


def gap(name="a", rank=0, at=0, taken=0, led=False, minimum=2, seats=4):
    return Gap(name, rank, NOW + at * HOUR, NOW + (at + 4) * HOUR, minimum, seats, taken, led)


def test_the_worst_gap_gets_the_only_one_who_leads():
    lead = Option("lead", True)
    new = [Option("new-1", False), Option("new-2", False)]
    options = {"bad": [lead, *new], "fair": [lead, *new]}
    found = plan([gap("fair", rank=2), gap("bad", rank=0)], options, NOW)
    assert [(one.gap.id, [pick.person_id for pick in one.picks]) for one in found] == [
        ("bad", ["lead", "new-1"]),
        ("fair", []),
    ]
    assert found[1].why == "led"


def test_someone_new_goes_beside_someone_experienced():
    options = {"a": [Option("old-1", True), Option("old-2", True), Option("new", False)]}
    (found,) = plan([gap()], options, NOW)
    assert [pick.person_id for pick in found.picks] == ["old-1", "new"]
    assert [pick.reasons for pick in found.picks] == [("leads", "never"), ("beside", "never")]


def test_the_least_recently_asked_come_first_and_among_them_who_likes_it():
    options = {
        "a": [
            Option("yesterday", False, NOW - DAY, 3),
            Option("month", False, NOW - 30 * DAY - HOUR, 0),
            Option("same-day-likes", False, NOW - 30 * DAY - 2 * HOUR, 2),
        ]
    }
    (found,) = plan([gap(taken=1, led=True)], options, NOW)
    assert [pick.person_id for pick in found.picks] == ["same-day-likes"]
    assert found.picks[0].reasons == ("beside", "likes", "rested")


def test_a_shift_with_enough_people_and_nobody_experienced_gets_one():
    (found,) = plan([gap(taken=2)], {"a": [Option("new", False), Option("old", True)]}, NOW)
    assert [pick.person_id for pick in found.picks] == ["old"]
    assert found.missing == 0


def test_the_seats_beyond_the_minimum_are_filled_only_when_asked_for():
    options = {"a": [Option(f"p{n}", n == 0) for n in range(6)]}
    assert len(plan([gap()], options, NOW)[0].picks) == 2
    assert len(plan([gap()], options, NOW, whole=True)[0].picks) == 4
