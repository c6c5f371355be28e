"""What is said before it happens is what happens: the work is done in its transaction, reported, and undone unless it was said so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from fieldapp.core.db import write

ASKED, RELEASED, CANCELLED, BACK = "asked", "released", "cancelled", "back"


@dataclass(frozen=True)
class Touched:
    """Someone on a shift, and what becomes of it for them: asked, released (``why``: overlap or not_certified), cancelled, back."""

    person_id: str
    name: str
    what: str
    why: str = ""


@dataclass(frozen=True)
class Line:
    """A shift that changes: where, when it was and will be (ms UTC); ``off`` when it does not take place after this."""

    shift_id: str
    place: str
    zone: str
    was: tuple[int, int]
    hours: tuple[int, int]
    off: bool
    people: tuple[Touched, ...]


@dataclass(frozen=True)
class Report:
    """What an act does. ``made`` days get a new shift; ``alone`` were changed by themselves before and keep that."""

    lines: tuple[Line, ...] = ()
    made: int = 0
    alone: int = 0
    to: str = ""  # where the work ended: the id of a series, a shift
    done: bool = field(default=False, compare=False)

    def of(self, what: str) -> list[Touched]:
        """The places on shifts to which this happens."""
        return [one for line in self.lines for one in line.people if one.what == what]

    def people(self, what: str) -> int:
        """How many people that is."""
        return len({one.person_id for one in self.of(what)})

    def shifts(self, what: str) -> int:
        """On how many shifts."""
        return sum(any(one.what == what for one in line.people) for line in self.lines)

    @property
    def touches(self) -> bool:
        """Whether it changes anything for anybody."""
        return any(line.people for line in self.lines)

    @property
    def token(self) -> str:
        """What was said: it is done only if the same would still happen."""
        lines = [
            [one.shift_id, one.hours, one.off, sorted([p.person_id, p.what, p.why] for p in one.people)]
            for one in sorted(self.lines, key=lambda line: line.shift_id)
        ]
        said = json.dumps([lines, self.made, self.alone], separators=(",", ":"))
        return hashlib.sha256(said.encode()).hexdigest()[:24]


class _NotSaid(Exception):
    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def rehearse(act: Callable[[Session], Report], said: str | None, *, unasked: bool = False) -> Report:
    """Do ``act`` if ``said`` is the token of what it does; else undo it all and give back what it would do, ``done`` False.

    ``unasked``: what touches nobody is done at once.
    """
    try:
        with write() as session:
            report = act(session)
            if said != report.token and not (unasked and not report.touches):
                raise _NotSaid(report)
    except _NotSaid as no:
        return no.report
    return replace(report, done=True)
