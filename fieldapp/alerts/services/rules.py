"""A chapter's own parameters of the response (RESPONSE, "Rapid response"): kept as data in ``settings["alerts"]``, read with care.

What is missing or makes no sense falls back to the default: an alert never fails for a wrong parameter. Times are whole minutes there and
ms here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldapp.core.clock import MINUTE

LONGEST = 24 * 60
CLIMB_MINUTES = (3, 5, 10)
MINUTES = {
    "repeat": 5,  # the last rung is told again
    "verify": 7,  # a pair looks
    "unconfirmed": 30,  # from "I've got it": then it could not be confirmed
    "still": 20,  # confirmed: "still there?"
    "silent": 60,  # without an answer to that: closed
    "check": 30,  # people on scene say that they are well
    "check_night": 15,
}
NUMBERS = {
    "near_km": (5, 1, 100),  # the ring of those nearby, kilometres
    "pair": (2, 1, 4),  # how many look together
    "asks_a_day": (3, 1, 50),  # one person, in 24 hours
    "sends_a_day": (3, 1, 50),  # to the whole chapter, in 24 hours
}
QUESTIONS = ("firsthand", "reporter_known", "specific", "recent", "two_or_lead", "partner_asked")
REQUIRED = ("specific", "two_or_lead")
SECONDS = (
    "dispatcher",
    "coordinator",
)  # who may be the second person besides a coordinator: an on-duty dispatcher, or nobody else


@dataclass(frozen=True)
class Rules:
    """The parameters of a chapter. Spans in ms."""

    climb: tuple[int, ...] = tuple(MINUTE * m for m in CLIMB_MINUTES)
    repeat: int = 5 * MINUTE
    verify: int = 7 * MINUTE
    unconfirmed: int = 30 * MINUTE
    still: int = 20 * MINUTE
    silent: int = 60 * MINUTE
    check: int = 30 * MINUTE
    check_night: int = 15 * MINUTE
    near_km: int = 5
    pair: int = 2
    asks_a_day: int = 3
    sends_a_day: int = 3
    second: str = "dispatcher"
    questions: tuple[str, ...] = QUESTIONS
    required: tuple[str, ...] = field(default=REQUIRED)  # those that must be answered yes before it is sent


def rules_of(settings: Mapping[str, Any] | None) -> Rules:
    """The chapter's parameters, or the defaults where it has none."""
    own = settings.get("alerts") if isinstance(settings, Mapping) else None
    own = own if isinstance(own, Mapping) else {}
    spans = {name: _minutes(own.get(f"{name}_minutes"), usual) for name, usual in MINUTES.items()}
    numbers = {name: _number(own.get(name), *limits) for name, limits in NUMBERS.items()}
    questions = _among(own.get("questions"), QUESTIONS, QUESTIONS)
    required = tuple(one for one in _among(own.get("required"), QUESTIONS, REQUIRED) if one in questions)
    second = own.get("second") if own.get("second") in SECONDS else SECONDS[0]
    return Rules(
        _climb(own.get("climb_minutes")), **spans, **numbers, second=str(second), questions=questions, required=required
    )


def _climb(value: object) -> tuple[int, ...]:
    """Rising whole minutes, one for each rung but the first."""
    minutes = value if isinstance(value, list) and len(value) == len(CLIMB_MINUTES) else list(CLIMB_MINUTES)
    if not all(_is_number(m, 1, LONGEST) for m in minutes) or minutes != sorted(minutes):
        minutes = list(CLIMB_MINUTES)
    return tuple(MINUTE * m for m in minutes)


def _minutes(value: Any, usual: int) -> int:
    return MINUTE * _number(value, usual, 1, LONGEST)


def _number(value: Any, usual: int, least: int, most: int) -> int:
    return int(value) if _is_number(value, least, most) else usual


def _is_number(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _among(value: object, known: tuple[str, ...], usual: tuple[str, ...]) -> tuple[str, ...]:
    """Of a list of names those that are known, in their own order; an empty list is an answer too."""
    return tuple(one for one in known if one in value) if isinstance(value, list) else usual
