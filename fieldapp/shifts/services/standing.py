"""How a shift stands: whether it can run, and what is missing. The roster, the lists and coverage ask the same function."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func, select

from fieldapp.core.db import db
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services.claims import with_experience

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


def stand(shift: Shift, confirmed: int, claimed: int, experienced: bool) -> Standing:
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


def of(shifts: Collection[Shift]) -> dict[str, Standing]:
    """The standing of many shifts, by id. Two queries."""
    ids = [shift.id for shift in shifts]
    if not ids:
        return {}
    sure = func.sum(case((Claim.state == "confirmed", 1), else_=0))
    query = select(Claim.shift_id, sure, func.count()).where(Claim.shift_id.in_(ids), Claim.state.in_(LIVE))
    counts = {shift: (int(c), int(n) - int(c)) for shift, c, n in db.session.execute(query.group_by(Claim.shift_id))}
    sound = with_experience(ids)
    return {s.id: stand(s, *counts.get(s.id, (0, 0)), s.id in sound) for s in shifts}
