"""What the parameters' page says would happen, is what the machine's own functions say: minute by minute."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldapp.alerts.services import ladder, rehearsal
from fieldapp.alerts.services.rehearsal import NOBODY, SEEN, Count, Crew, play, shown
from fieldapp.alerts.services.rules import Rules
from fieldapp.core.clock import MINUTE

CREW = Crew(tuple(Count(n + 1) for n in range(len(ladder.RUNGS))), 4, (("place", 2), ("chapter", 90)))
USUAL = Rules()


def told(lines):
    return [(line.at // MINUTE, line.what) for line in lines]


def test_nobody_answers_it_climbs_and_repeats_and_never_ends_by_itself():
    lines = play(USUAL, CREW, NOBODY)
    climbs = [0, *(span // MINUTE for span in USUAL.climb)]
    assert [at for at, _ in told(lines)] == [*climbs, climbs[-1] + 5, climbs[-1] + 10]
    assert [line.rung for line in lines[: len(ladder.RUNGS)]] == list(ladder.RUNGS)
    assert [line.count for line in lines[: len(ladder.RUNGS)]] == list(CREW.rungs)
    assert lines[-1].what == "on" and lines[-1].ends


def test_two_steps_that_are_due_together_are_still_a_minute_apart_as_in_the_machine():
    same = replace(USUAL, climb=tuple(3 * MINUTE for _ in USUAL.climb))
    lines = play(same, CREW, NOBODY)
    assert [at for at, what in told(lines) if what == "told"][:2] == [0, 3]
    assert lines[1].rung == ladder.RUNGS[-1]


def test_somebody_has_it_a_pair_sees_it_and_nobody_says_that_it_is_still_there():
    assert told(play(USUAL, CREW, SEEN)) == [
        (0, "told"),
        (2, "got_it"),
        (3, "asked"),
        (8, "confirmed"),
        (28, "still_asked"),
        (38, "check"),
        (48, "still_asked"),
        (68, "silent"),
    ]


def test_a_pair_that_is_slower_than_its_time_sends_it_back_first():
    lines = play(replace(USUAL, verify=4 * MINUTE), CREW, SEEN)
    assert told(lines)[2:5] == [(3, "asked"), (7, "no_report"), (8, "confirmed")]
    assert lines[2].by == 7 * MINUTE


def test_a_report_that_is_not_confirmed_in_time_ends_before_the_pair_is_there():
    lines = play(replace(USUAL, unconfirmed=5 * MINUTE, verify=5 * MINUTE), CREW, SEEN)
    assert told(lines)[-1] == (7, "unconfirmed") and lines[-1].ends


def test_somebody_slower_than_the_first_step_is_told_after_it():
    lines = play(replace(USUAL, climb=(MINUTE, *USUAL.climb[1:])), CREW, SEEN)
    assert told(lines)[:3] == [(0, "told"), (1, "told"), (2, "got_it")]


@pytest.mark.parametrize("minutes", [1, 1440])
def test_the_shortest_and_the_longest_times_make_a_page_too(minutes):
    spans = dict.fromkeys(("repeat", "verify", "unconfirmed", "still", "silent", "check"), minutes * MINUTE)
    rules = replace(USUAL, climb=tuple(minutes * MINUTE for _ in USUAL.climb), **spans)
    for acts in (NOBODY, SEEN):
        assert len(play(rules, CREW, acts)) <= rehearsal.MOST_LINES


def test_the_example_s_clock_begins_at_7_42_and_knows_the_next_day():
    assert (shown(0), shown(18 * MINUTE), shown(24 * 60 * MINUTE)) == (("7:42", 0), ("8:00", 0), ("7:42", 1))
