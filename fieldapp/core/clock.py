"""Time is injected: services take ``now``; only the edges ask a clock."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock:
    """The wall clock, in integer milliseconds since 1970-01-01T00:00:00Z."""

    def now(self) -> int:
        """The time now, ms UTC."""
        return time.time_ns() // 1_000_000


class FixedClock(Clock):
    """A clock that stands until it is moved."""

    def __init__(self, at: int) -> None:
        self.at = at

    def now(self) -> int:
        """The time this clock stands at, ms UTC."""
        return self.at

    def advance(self, ms: int) -> None:
        """Move the clock by ``ms`` milliseconds."""
        self.at += ms


def to_datetime(ms: int, zone: str = "UTC") -> datetime:
    """An aware datetime in the IANA zone ``zone`` for ``ms`` UTC."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC).astimezone(ZoneInfo(zone))


def to_ms(moment: datetime) -> int:
    """Milliseconds UTC of an aware datetime; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no place on the time line")
    return round(moment.timestamp() * 1000)


def local_ms(day: date, minutes: int, zone: str) -> int:
    """Milliseconds UTC of ``minutes`` after midnight of ``day`` on the wall clocks of ``zone``.

    As RFC 5545 3.3.5 decides it: a time that the clocks skip (2:30 when 2:00 becomes 3:00) counts from the offset before the
    change, so it is 3:30; a time that comes twice is the first of the two.
    """
    extra, minutes = divmod(minutes, 24 * 60)
    day = date.fromordinal(day.toordinal() + extra)
    wall = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=ZoneInfo(zone))
    return to_ms(wall)


def local_span(day: date, start: int, end: int, zone: str) -> tuple[int, int]:
    """From ``start`` to ``end`` (minutes after midnight of ``day``) on the wall clocks of ``zone``, as two moments, ms UTC.

    Hours that a change of the clocks swallows (2:15 to 3:10 on the night when 2:00 becomes 3:00) keep the length they have on paper.
    """
    starts_at, ends_at = local_ms(day, start, zone), local_ms(day, end, zone)
    return starts_at, ends_at if ends_at > starts_at else starts_at + (end - start) * MINUTE


def day_part(ms: int, zone: str) -> str:
    """``YYYY-MM-DD/part`` on the wall clocks of ``zone`` (docs/protocol.md 2.1)."""
    wall = to_datetime(ms, zone)
    hour = wall.hour
    part = (
        "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 17 else "evening" if 17 <= hour < 22 else "night"
    )
    return f"{wall.date().isoformat()}/{part}"


def round_up(ms: int, step: int) -> int:
    """``ms`` rounded up to a multiple of ``step``."""
    return -(-ms // step) * step
