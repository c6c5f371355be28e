"""What a place needs, the series and shifts that meet it, and the claims on them: one file a subject."""

from __future__ import annotations

from fieldapp.shifts.models.closure import Closure, WorkedHoliday
from fieldapp.shifts.models.need import Need
from fieldapp.shifts.models.rota import Rota, RotaTurn, RotaWindow, Spoken
from fieldapp.shifts.models.series import Series
from fieldapp.shifts.models.shift import Claim, Shift

__all__ = [
    "Claim",
    "Closure",
    "Need",
    "Rota",
    "RotaTurn",
    "RotaWindow",
    "Series",
    "Shift",
    "Spoken",
    "WorkedHoliday",
]
