"""What a place needs, the series and shifts that meet it, and the claims on them: one file a subject."""

from __future__ import annotations

from fieldapp.shifts.models.care import Care, CareStep, Reach
from fieldapp.shifts.models.closure import Closure, WorkedHoliday
from fieldapp.shifts.models.feed import CalendarFeed
from fieldapp.shifts.models.message import Message
from fieldapp.shifts.models.move import Move
from fieldapp.shifts.models.need import Need, NeedDay
from fieldapp.shifts.models.partner_ask import PartnerAsk, PartnerAskShift
from fieldapp.shifts.models.rota import Rota, RotaTurn, RotaWindow, Spoken
from fieldapp.shifts.models.series import Series
from fieldapp.shifts.models.sheet import SheetImport
from fieldapp.shifts.models.shift import Claim, Shift
from fieldapp.shifts.models.signoff import SignOff
from fieldapp.shifts.models.wait import Preference, Swap, Wait

__all__ = [
    "CalendarFeed",
    "Care",
    "CareStep",
    "Claim",
    "Closure",
    "Message",
    "Move",
    "Need",
    "NeedDay",
    "PartnerAsk",
    "PartnerAskShift",
    "Preference",
    "Reach",
    "Rota",
    "RotaTurn",
    "RotaWindow",
    "Series",
    "SheetImport",
    "Shift",
    "SignOff",
    "Spoken",
    "Swap",
    "Wait",
    "WorkedHoliday",
]
