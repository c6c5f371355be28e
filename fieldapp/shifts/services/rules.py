"""Whether a person may take a shift, as data: the code of the first rule that says no, and what would change it.

Pure: the phone's list and the claim itself ask the same function, so they never disagree. Codes: docs/protocol.md 3.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fieldapp.core.errors import N_, DomainError


class Planned(Protocol):
    """What the rules ask of a shift: its row has it, and so has a line of a board."""

    @property
    def id(self) -> str: ...
    @property
    def starts_at(self) -> int: ...
    @property
    def ends_at(self) -> int: ...
    @property
    def minimum(self) -> int: ...
    @property
    def seats(self) -> int: ...
    @property
    def taken(self) -> int: ...
    @property
    def held(self) -> int: ...
    @property
    def course_id(self) -> str | None: ...
    @property
    def cancelled_at(self) -> int | None: ...
    @property
    def cancel_reason(self) -> str: ...


@dataclass(frozen=True)
class Verdict:
    """Why not (``code``, with ``values`` to say it exactly); words.py says it in a language."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Refused(DomainError):
    """A rule says no; ``verdict`` says which and what would change it."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(
            code,
            N_("This cannot be done with the shift as it stands."),
            safe=N_("Nothing was changed."),
            do=N_("Load the page again to see how it stands now."),
        )
        self.verdict = Verdict(code, values)


@dataclass(frozen=True)
class Taken:
    """A shift that the person has already, with its place's name."""

    shift: Planned
    place: str
    zone: str


@dataclass(frozen=True)
class Asker:
    """What the rules must know about the person who asks."""

    certificate_ends: Mapping[str, int]  # course id → when the newest unrevoked certificate ends, ms UTC
    taken: tuple[Taken, ...]
    experienced: bool  # in the shift's chapter
    conduct: int | None = None  # the version of the code of conduct that must be accepted first


@dataclass(frozen=True)
class Asked:
    """What the rules must know about the shift beyond its own row."""

    has_experienced: bool
    place_closed_at: int | None = None
    course: tuple[str, str] = ("", "")  # its name, in English and Spanish


def timing(shift: Planned, now: int) -> Verdict | None:
    """What the clock and a cancellation say."""
    if shift.cancelled_at is not None:
        return Verdict("cancelled", {"reason": shift.cancel_reason})
    if now >= shift.ends_at:
        return Verdict("ended", {"ends_at": shift.ends_at})
    if now >= shift.starts_at:
        return Verdict("started", {"starts_at": shift.starts_at})
    return None


def overlapping(shift: Planned, taken: Iterable[Taken]) -> Taken | None:
    """The first of the person's shifts that runs at the same time; touching ends do not overlap."""
    clashing = (
        mine
        for mine in taken
        if mine.shift.id != shift.id and mine.shift.starts_at < shift.ends_at and mine.shift.ends_at > shift.starts_at
    )
    return min(clashing, key=lambda mine: mine.shift.starts_at, default=None)


def given(shift: Planned, *, holds: bool = False) -> int:
    """Seats that are taken, or held for someone in the line; ``holds``: one of those is held for whoever asks."""
    return shift.taken + shift.held - (1 if holds and shift.held else 0)


def needs_experience(shift: Planned, *, holds: bool = False) -> bool:
    """Whether the next person completes the minimum: that seat is kept for someone experienced while there is none."""
    return given(shift, holds=holds) + 1 >= shift.minimum


@dataclass(frozen=True)
class Without:
    """A shift as it is when one of those on it leaves and nobody in the line comes between: what a swap is measured by."""

    shift: Planned
    held: int = 0

    @property
    def taken(self) -> int:
        """One less."""
        return self.shift.taken - 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shift, name)


def seat(
    shift: Planned,
    taken: Iterable[Taken],
    now: int,
    *,
    closed_at: int | None = None,
    late: bool = False,
    holds: bool = False,
) -> Verdict | None:
    """The rules that need nothing but the shift and the person's own shifts: is there a seat to take at ``now``?

    ``late``: a coordinator adds someone to a running shift. ``holds``: a seat is held for the person.
    """
    when = timing(shift, now)
    if when and not (late and when.code == "started"):
        return when
    if closed_at is not None and closed_at <= shift.starts_at:
        return Verdict("cancelled", {"reason": ""})
    if any(mine.shift.id == shift.id for mine in taken):
        return Verdict("already")
    return Verdict("full", {"seats": shift.seats}) if given(shift, holds=holds) >= shift.seats else None


def verdict(
    shift: Planned, asker: Asker, asked: Asked, now: int, *, late: bool = False, holds: bool = False
) -> Verdict | None:
    """None when the person may take the shift at ``now``; otherwise the first rule that says no."""
    no = seat(shift, asker.taken, now, closed_at=asked.place_closed_at, late=late, holds=holds)
    if no:
        return no
    return fitness(shift, asker, asked, holds=holds)


def fitness(shift: Planned, asker: Asker, asked: Asked, *, holds: bool = False) -> Verdict | None:
    """What the rules say of the person where a seat is free: certificate on the shift's date, other shifts, experience."""
    if shift.course_id and asker.certificate_ends.get(shift.course_id, 0) <= shift.starts_at:
        ended = asker.certificate_ends.get(shift.course_id)
        values = {"course": shift.course_id, "name_en": asked.course[0], "name_es": asked.course[1], "ends_at": ended}
        return Verdict("not_certified", values)
    if asker.conduct is not None:
        return Verdict("conduct", {"number": asker.conduct})
    if clash := overlapping(shift, asker.taken):
        return Verdict("overlap", _clash(clash))
    if needs_experience(shift, holds=holds) and not asked.has_experienced and not asker.experienced:
        return Verdict("novices_only", {"minimum": shift.minimum})
    return None


def _clash(mine: Taken) -> dict[str, Any]:
    shift = mine.shift
    when = {"starts_at": shift.starts_at, "ends_at": shift.ends_at}
    return {"shift": shift.id, "place": mine.place, "zone": mine.zone, **when}
