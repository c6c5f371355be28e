"""How a form says that a shift repeats, read into a rule, and a rule as the form shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal

from fieldapp.core.errors import N_, Invalid
from fieldapp.shifts.models import Series
from fieldapp.shifts.services import recurrence
from fieldapp.shifts.services.recurrence import BadRule, Rule

FIELDS = ("repeat", "every", "days", "nth", "until", "count", "left_out", "added")


def read(values: Mapping[str, str], first: date) -> Rule:
    """The rule in a form's values; ``days`` are weekday numbers with commas, none means that of ``first``.

    Raises Invalid, naming every field that needs another look.
    """
    wrong: dict[str, str] = {}
    every, count = _number(values.get("every", ""), 1), _number(values.get("count", ""), 0)
    if every is None or not 1 <= every <= recurrence.LONGEST_STEP:
        wrong["every"] = N_("A number from 1 to 12.")
    if count is None or count > recurrence.MOST_TIMES:
        wrong["count"] = N_("A number from 1 to 999, or nothing.")
    days = sorted({int(day) for day in re.findall(r"[0-6]", values.get("days", ""))}) or [first.weekday()]
    monthly = values.get("repeat") == "monthly"
    nth = values.get("nth", "").strip() or str(_nth(first))
    if monthly and nth not in {str(n) for n in recurrence.NTH}:
        wrong["nth"] = N_("Choose which one of the month.")
    until = _day(values.get("until", ""))
    if until is None or (until and until < first):
        wrong["until"] = N_("The last day cannot be before the first.")
    if until and count:
        wrong["count"] = N_("Either a last day or a number of times, not both.")
    left_out, added = _several(values.get("left_out", "")), _several(values.get("added", ""))
    for name, dates in (("left_out", left_out), ("added", added)):
        if dates is None or len(dates) > recurrence.MOST_DATES:
            wrong[name] = N_("Write days as 2026-12-24, with commas between them; 100 at most.")
    if wrong or every is None or left_out is None or added is None:
        raise Invalid(fields=wrong)
    return Rule(
        "MONTHLY" if monthly else "WEEKLY",
        tuple((int(nth) if monthly else 0, day) for day in days),
        interval=every,
        until=until or None,
        count=count or None,
        left_out=left_out,
        added=added,
    )


def form(rule: Rule) -> dict[str, str]:
    """A rule as the form's values."""
    return {
        "repeat": "monthly" if rule.freq == "MONTHLY" else "weekly",
        "every": str(rule.interval),
        "days": ",".join(str(day) for _, day in rule.days),
        "nth": str(rule.days[0][0] or ""),
        "until": rule.until.isoformat() if rule.until else "",
        "count": str(rule.count or ""),
        "left_out": ", ".join(day.isoformat() for day in rule.left_out),
        "added": ", ".join(day.isoformat() for day in rule.added),
    }


def of(series: Series) -> Rule:
    """The rule of a series; its ``until_day`` holds whatever the rule says."""
    rule = recurrence.parse(series.rule) if series.rule else recurrence.weekly(series.weekday)
    return rule.ending(date.fromisoformat(series.until_day)) if series.until_day and not rule.count else rule


def keep(series: Series, rule: Rule, first: date) -> None:
    """Write a rule into a series that begins on ``first``. Raises Invalid for more dates than the column's texts may have."""
    try:
        recurrence.parse(rule.text)
    except BadRule as wrong:
        raise Invalid(
            fields={"left_out": N_("Write days as 2026-12-24, with commas between them; 100 at most.")}
        ) from wrong
    series.rule, series.weekday, series.from_day = rule.text, first.weekday(), first.isoformat()
    series.until_day = rule.until.isoformat() if rule.until else None


def _nth(day: date) -> int:
    """Which of its weekday a day is in its month; a fifth is the last."""
    nth = (day.day - 1) // 7 + 1
    return nth if nth < 5 else -1


def _day(text: str) -> date | Literal[False] | None:
    """A day; False for nothing; None for what is none."""
    if not text.strip():
        return False
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.isoformat() == text.strip() else None


def _several(text: str) -> tuple[date, ...] | None:
    found = set()
    for part in re.split(r"[\s,;]+", text.strip()):
        day = _day(part)
        if day is None:
            return None
        if isinstance(day, date):
            found.add(day)
    return tuple(sorted(found))


def _number(text: str, empty: int) -> int | None:
    if not text.strip():
        return empty
    return int(text) if re.fullmatch(r"\s*[0-9]{1,4}\s*", text) else None
