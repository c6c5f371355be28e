"""Rules of RFC 5545, the part of them that a person can read back: days of the week, every so many weeks, or the month's nth.

A rule names local days (``VALUE=DATE``); the hours stand beside it and are wall-clock hours in the place's zone. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from dateutil.rrule import MONTHLY, WEEKLY, rrule, rruleset, weekday

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NTH = (1, 2, 3, 4, -1)  # a fifth one is not in every month: left out
LONGEST_STEP = 12
MOST_TIMES = 999
MOST_DATES = 100
LONGEST = 4_000
_PART = re.compile(r"\A(FREQ|INTERVAL|BYDAY|UNTIL|COUNT|WKST)=([A-Z0-9,+-]{1,60})\Z")
_LINE = re.compile(r"\A(RRULE|EXDATE|RDATE)(?:;VALUE=DATE)?:([A-Z0-9;=,+-]{1,1200})\Z")
_DAY = re.compile(r"\A([+-]?[1-9])?(MO|TU|WE|TH|FR|SA|SU)\Z")


class BadRule(ValueError):
    """Not a rule of the part that is understood here."""


@dataclass(frozen=True)
class Rule:
    """``days``: (nth, weekday) pairs, Monday is 0; nth is 0 for a weekly rule, else 1 to 4 or -1 (the month's last)."""

    freq: str
    days: tuple[tuple[int, int], ...]
    interval: int = 1
    until: date | None = None
    count: int | None = None
    left_out: tuple[date, ...] = ()
    added: tuple[date, ...] = ()

    @property
    def text(self) -> str:
        """The rule as RFC 5545 writes it, one property a line."""
        days = ",".join(f"{nth or ''}{CODES[day]}" for nth, day in self.days)
        parts = [f"FREQ={self.freq}", *([f"INTERVAL={self.interval}"] if self.interval > 1 else []), f"BYDAY={days}"]
        parts += [f"UNTIL={self.until:%Y%m%d}"] if self.until else []
        parts += [f"COUNT={self.count}"] if self.count else []
        lines = ["RRULE:" + ";".join(parts)]
        for name, dates in (("EXDATE", self.left_out), ("RDATE", self.added)):
            lines += [f"{name};VALUE=DATE:" + ",".join(f"{day:%Y%m%d}" for day in dates)] if dates else []
        return "\n".join(lines)

    def ending(self, last: date) -> Rule:
        """The same rule with ``last`` as its last day, added days too."""
        until = min(last, self.until) if self.until else last
        kept = tuple(day for day in self.added if day <= last)
        return replace(self, until=until, count=None, added=kept)


def weekly(*days: int) -> Rule:
    """Every week on these weekdays."""
    return Rule("WEEKLY", tuple((0, day) for day in sorted(set(days))))


def parse(text: str) -> Rule:
    """The rule in a text of RFC 5545. Raises BadRule for what is wrong, and for what is right and not understood here."""
    if len(text) > LONGEST:
        raise BadRule("too long")
    found: dict[str, str] = {}
    for line in text.split("\n"):
        match = _LINE.match(line)
        if match is None or match[1] in found:
            raise BadRule(line[:60])
        found[match[1]] = match[2]
    if "RRULE" not in found:
        raise BadRule("no RRULE")
    return replace(
        _rule(found["RRULE"]), left_out=_dates(found.get("EXDATE", "")), added=_dates(found.get("RDATE", ""))
    )


def _rule(text: str) -> Rule:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        match = _PART.match(part)
        if match is None or match[1] in parts:
            raise BadRule(part[:60])
        parts[match[1]] = match[2]
    if parts.get("WKST", "MO") != "MO" or ("UNTIL" in parts and "COUNT" in parts):
        raise BadRule(text[:60])
    freq = parts.get("FREQ", "")
    if freq not in {"WEEKLY", "MONTHLY"}:
        raise BadRule(freq)
    return Rule(
        freq,
        _days(parts.get("BYDAY", ""), freq),
        interval=_number(parts.get("INTERVAL", "1"), LONGEST_STEP),
        until=_date(parts["UNTIL"]) if "UNTIL" in parts else None,
        count=_number(parts["COUNT"], MOST_TIMES) if "COUNT" in parts else None,
    )


def _days(text: str, freq: str) -> tuple[tuple[int, int], ...]:
    found = set()
    for part in text.split(","):
        match = _DAY.match(part)
        if match is None:
            raise BadRule(part)
        nth = int(match[1] or 0)
        if (freq == "WEEKLY") != (nth == 0) or (nth and nth not in NTH):
            raise BadRule(part)
        found.add((nth, CODES.index(match[2])))
    return tuple(sorted(found, key=lambda pair: (pair[0] < 0, pair)))


def _number(text: str, most: int) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > most:
        raise BadRule(text)
    return int(text)


def _dates(text: str) -> tuple[date, ...]:
    parts = text.split(",") if text else []
    if len(parts) > MOST_DATES:
        raise BadRule("too many dates")
    return tuple(sorted({_date(part) for part in parts}))


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date() if re.fullmatch(r"[0-9]{8}", text) else _no(text)
    except ValueError as wrong:
        raise BadRule(text) from wrong


def _no(text: str) -> date:
    raise BadRule(text)


def occurrences(rule: Rule, first: date, after: date, before: date) -> list[date]:
    """The days of a rule that begins on ``first``, from ``after`` to ``before``, both among them. COUNT counts from ``first``."""
    every = rruleset()
    every.rrule(
        rrule(
            WEEKLY if rule.freq == "WEEKLY" else MONTHLY,
            dtstart=_midnight(first),
            interval=rule.interval,
            wkst=0,
            byweekday=[weekday(day, nth or None) for nth, day in rule.days],
            until=_midnight(rule.until) if rule.until else None,
            count=rule.count,
        )
    )
    for day in rule.added:
        every.rdate(_midnight(day))
    for day in rule.left_out:
        every.exdate(_midnight(day))
    if before < after:
        return []
    return [moment.date() for moment in every.between(_midnight(after), _midnight(before), inc=True)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def pair(old: Iterable[date], new: Iterable[date], freq: str) -> dict[date, date]:
    """Which day each old day becomes under another rule: the same day, or else another one of the same week (or month)."""
    before, after = sorted(set(old)), sorted(set(new))
    found = {day: day for day in before if day in set(after)}
    free: dict[object, list[date]] = {}
    for day in after:
        if day not in found:
            free.setdefault(_bucket(day, freq), []).append(day)
    for day in before:
        if day not in found and free.get(_bucket(day, freq)):
            found[day] = free[_bucket(day, freq)].pop(0)
    return found


def _bucket(day: date, freq: str) -> object:
    return day - timedelta(days=day.weekday()) if freq == "WEEKLY" else (day.year, day.month)
