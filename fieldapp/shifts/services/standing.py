"""How a shift stands: whether it can run, and what is missing. The roster, the lists and coverage ask the same function."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select

from fieldapp.accounts.models import Chapter
from fieldapp.core.db import db
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services.rules import Planned
from fieldapp.training.models import Grade
from fieldapp.training.services.grades import EXPERIENCED

# Worst first. ``none`` and ``few`` and ``novices`` cannot run; ``claimed`` runs only if those who claimed come.
CODES = ("none", "few", "novices", "claimed", "open", "full", "cancelled")
CANNOT_RUN = ("none", "few", "novices")


@dataclass(frozen=True)
class Standing:
    """Seats by state, and the code that sums them up."""

    code: str
    confirmed: int
    claimed: int
    open: int
    experienced: bool

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return CODES.index(self.code)

    @property
    def glyph(self) -> str:
        """The shape that says it: gap, wait, idle, ok."""
        if self.code in CANNOT_RUN:
            return "gap"
        return {"claimed": "wait", "full": "ok"}.get(self.code, "idle")


class Sized(Protocol):
    """What decides how a shift (or a need) stands, beside the people on it."""

    @property
    def minimum(self) -> int: ...
    @property
    def seats(self) -> int: ...
    @property
    def cancelled_at(self) -> int | None: ...


def stand(shift: Sized, confirmed: int, claimed: int, experienced: bool) -> Standing:
    """The standing of one shift, from its counts. Pure."""
    live = confirmed + claimed
    if shift.cancelled_at is not None:
        code = "cancelled"
    elif live == 0:
        code = "none"
    elif live < shift.minimum:
        code = "few"
    elif not experienced:
        code = "novices"
    elif confirmed < shift.minimum:
        code = "claimed"
    else:
        code = "open" if live < shift.seats else "full"
    return Standing(code, confirmed, claimed, max(shift.seats - live, 0), experienced)


def _counts(*which: ColumnElement[bool]) -> Select[str, Any, int, Any]:
    given, own = Chapter.__table__.alias("given"), Chapter.__table__.alias("own")
    seasoned = (
        select(Grade.person_id)
        .join(given, given.c.id == Grade.chapter_id)
        .where(Grade.person_id == Claim.person_id, Grade.grade.in_(EXPERIENCED), own.c.path.startswith(given.c.path))
        .correlate(Claim, own)
        .exists()
    )
    sure = func.sum(case((Claim.state == "confirmed", 1), else_=0))
    return (
        select(Claim.shift_id, sure, func.count(), func.max(case((seasoned, 1), else_=0)))
        .join(Shift, Shift.id == Claim.shift_id)
        .join(own, own.c.id == Shift.chapter_id)
        .where(Claim.state.in_(LIVE), *which)
        .group_by(Claim.shift_id)
    )


_COUNTS = _counts(Claim.shift_id.in_(bindparam("shifts", expanding=True)))


def of(shifts: Collection[Planned]) -> dict[str, Standing]:
    """The standing of many shifts, by id. One query."""
    if not shifts:
        return {}
    rows = db.session.execute(_COUNTS, {"shifts": [shift.id for shift in shifts]})
    counts = {shift: (int(sure), int(live) - int(sure), bool(seasoned)) for shift, sure, live, seasoned in rows}
    return {shift.id: stand(shift, *counts.get(shift.id, (0, 0, False))) for shift in shifts}


def between(*which: ColumnElement[bool]) -> dict[str, tuple[int, int, bool]]:
    """Confirmed, claimed, and whether someone experienced is on it, by shift id, of the shifts that ``which`` (conditions on Shift)
    names; those that nobody took are left out. One query."""
    rows = db.session.execute(_counts(*which))
    return {shift: (int(sure), int(live) - int(sure), bool(seasoned)) for shift, sure, live, seasoned in rows}
