"""Rules of series mean what RFC 5545 and dateutil say they mean, and nothing outside the part we understand gets in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.core.clock import HOUR, MINUTE, local_ms, local_span
from fieldapp.shifts.services import recurrence
from fieldapp.shifts.services.recurrence import BadRule, Rule, occurrences, pair, parse

days = st.dates(date(2026, 1, 1), date(2029, 12, 31))
dates = st.lists(days, max_size=5).map(lambda found: tuple(sorted(set(found))))
weekly = st.sets(st.integers(0, 6), min_size=1).map(lambda found: tuple((0, day) for day in sorted(found)))
nth = st.tuples(st.sampled_from(recurrence.NTH), st.integers(0, 6))
monthly = st.sets(nth, min_size=1, max_size=4).map(lambda found: tuple(sorted(found, key=lambda p: (p[0] < 0, p))))
ends = st.one_of(
    st.just({}), days.map(lambda day: {"until": day}), st.integers(1, 60).map(lambda count: {"count": count})
)


@st.composite
def rules(draw):
    freq = draw(st.sampled_from(["WEEKLY", "MONTHLY"]))
    return Rule(
        freq,
        draw(weekly if freq == "WEEKLY" else monthly),
        interval=draw(st.integers(1, 12)),
        left_out=draw(dates),
        added=draw(dates),
        **draw(ends),
    )


@settings(deadline=None)
@given(rules())
def test_what_is_written_is_read_again(rule):
    assert parse(rule.text) == rule


@settings(deadline=None)
@given(rules(), days)
def test_the_days_are_those_that_dateutil_finds_in_the_text(rule, first):
    text = f"DTSTART:{first:%Y%m%d}T000000\n{rule.text.replace(';VALUE=DATE', '')}"
    independent = rrulestr(text, forceset=True)
    until = first + timedelta(days=730)
    expected = [
        moment.date()
        for moment in independent.between(
            datetime(first.year, 1, 1), datetime(until.year, until.month, until.day), inc=True
        )
    ]
    assert occurrences(rule, first, date(first.year, 1, 1), until) == expected


@settings(deadline=None)
@given(rules(), days)
def test_the_days_are_those_that_counting_by_hand_finds(rule, first):
    """Without dateutil: every day of two years is looked at by the words of the RFC."""
    until = first + timedelta(days=730)
    found = []
    for step in range(731):
        day = first + timedelta(days=step)
        week = (day - timedelta(days=day.weekday()) - (first - timedelta(days=first.weekday()))).days // 7
        month = (day.year - first.year) * 12 + day.month - first.month
        from_end = ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day - day.day
        if rule.freq == "WEEKLY":
            fits = week % rule.interval == 0 and (0, day.weekday()) in rule.days
        else:
            here = {((day.day - 1) // 7 + 1, day.weekday()), *({(-1, day.weekday())} if from_end < 7 else ())}
            fits = month % rule.interval == 0 and bool(here & set(rule.days))
        if fits and (rule.until is None or day <= rule.until) and (rule.count is None or len(found) < rule.count):
            found.append(day)
    wanted = {day for day in {*found, *(d for d in rule.added if first <= d <= until)} if day not in rule.left_out}
    assert occurrences(rule, first, first, until) == sorted(wanted)


@settings(deadline=None)
@given(rules(), days, days)
def test_a_rule_that_ends_has_the_days_before_and_none_after(rule, first, last):
    span = (first, date(2030, 12, 31))
    whole = occurrences(rule, first, *span)
    if rule.count is None:
        assert occurrences(rule.ending(last), first, *span) == [day for day in whole if day <= last]
    assert all(day <= last for day in occurrences(rule.ending(last), first, date(2026, 1, 1), span[1]))


@settings(deadline=None)
@given(rules(), rules(), days)
def test_days_of_two_rules_are_paired_one_to_one_and_never_leave_their_week_or_month(old, new, first):
    before = occurrences(old, first, first, first + timedelta(days=56))
    after = occurrences(new, first, first, first + timedelta(days=56))
    found = pair(before, after, new.freq)
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(before)
    assert set(found.values()) <= set(after)
    assert all(found[day] == day for day in set(before) & set(after))
    for day, other in found.items():
        if new.freq == "WEEKLY":
            assert abs((day - other).days) < 7
        else:
            assert (day.year, day.month) == (other.year, other.month)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RRULE:FREQ=DAILY",
        "RRULE:FREQ=SECONDLY;BYDAY=MO",
        "RRULE:FREQ=WEEKLY",
        "RRULE:FREQ=WEEKLY;BYDAY=1MO",
        "RRULE:FREQ=MONTHLY;BYDAY=MO",
        "RRULE:FREQ=MONTHLY;BYDAY=5MO",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;BYHOUR=8",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;INTERVAL=0",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;INTERVAL=13",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=1000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3;UNTIL=20270101",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270230",
        "RRULE:FREQ=WEEKLY;BYDAY=MO\nRRULE:FREQ=WEEKLY;BYDAY=TU",
        "RRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE:20270101T080000Z",
        "RRULE:FREQ=WEEKLY;BYDAY=MO\nATTACH:http://example.org",
        "RDATE;VALUE=DATE:20270101",
        "RRULE:FREQ=WEEKLY;BYDAY=MO" + " " * 5000,
    ],
)
def test_what_is_outside_the_part_we_understand_is_refused(text):
    with pytest.raises(BadRule):
        parse(text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_does_anything_but_be_refused_or_read(text):
    try:
        assert parse(text).days
    except BadRule:
        return


@pytest.mark.parametrize(
    ("day", "start", "end", "begins", "lasts"),
    [
        (date(2027, 3, 14), 150, 360, "03:30", 2 * HOUR + 30 * MINUTE),  # 2:30 does not exist: it is 3:30
        (date(2027, 3, 14), 135, 190, "03:15", 55 * MINUTE),  # swallowed whole: it keeps its length
        (date(2027, 11, 7), 90, 240, "01:30", 3 * HOUR + 30 * MINUTE),  # 1:30 comes twice: it is the first
        (date(2027, 11, 6), 22 * 60, 30 * 60, "22:00", 9 * HOUR),
        (date(2027, 3, 13), 22 * 60, 30 * 60, "22:00", 7 * HOUR),
    ],
)
def test_a_local_time_that_does_not_exist_or_comes_twice_is_decided(day, start, end, begins, lasts):
    starts_at, ends_at = local_span(day, start, end, "America/New_York")
    wall = datetime.fromtimestamp(starts_at / 1000, UTC).astimezone(ZoneInfo("America/New_York"))
    assert f"{wall:%H:%M}" == begins
    assert ends_at - starts_at == lasts
    if begins == "01:30":
        assert wall.utcoffset() == timedelta(hours=-4)
    assert starts_at == local_ms(day, start, "America/New_York")
