"""A chapter changes its parameters of the response: what may be entered, who saved what, and the way back to the usual.

Only what differs from the usual is kept (``settings["alerts"]``), so that a better usual reaches whoever changed nothing. Beside it stands
who changed what (``settings["alerts_changed"]``): a count, which whoever saves must have seen, and the newest changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from fieldapp.accounts.models import Chapter, Person
from fieldapp.accounts.services import chapters
from fieldapp.alerts import policy
from fieldapp.alerts.services.rules import (
    CLIMB_MINUTES,
    LONGEST,
    MINUTES,
    NUMBERS,
    QUESTIONS,
    SECONDS,
    Rules,
    rules_of,
)
from fieldapp.core.actor import ADMIN, COORDINATOR, Actor
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid, NotFound, StepUpNeeded

KEPT, CHANGED = "alerts", "alerts_changed"  # in a chapter's settings
CLIMB = tuple(f"climb_{rung}" for rung in range(1, len(CLIMB_MINUTES) + 1))
ASK, MUST, SKIP = "ask", "must", "no"  # a question is asked, must be answered yes, is not asked
CHANGES_SHOWN = 20
USUAL = Rules()
WHOLE = {
    (1, LONGEST): N_("A whole number of minutes from 1 to 1440."),
    (1, 100): N_("A whole number from 1 to 100."),
    (1, 50): N_("A whole number from 1 to 50."),
    (1, 4): N_("A whole number from 1 to 4."),
}


@dataclass(frozen=True)
class Limit:
    """What a number may be, and what it usually is. ``minutes``: a span, else a count or kilometres."""

    usual: int
    least: int
    most: int
    minutes: bool


LIMITS = (
    {name: Limit(usual, 1, LONGEST, True) for name, usual in zip(CLIMB, CLIMB_MINUTES, strict=True)}
    | {name: Limit(usual, 1, LONGEST, True) for name, usual in MINUTES.items()}
    | {name: Limit(*limits, False) for name, limits in NUMBERS.items()}
)


@dataclass(frozen=True)
class Change:
    """One saving: by whom (a field name, empty where it is gone), when (ms UTC), and what: name → (before, after) as entered."""

    who: str
    at: int
    what: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Sheet:
    """A chapter's parameters as they hold: for the page. ``version`` counts the savings."""

    chapter: Chapter
    rules: Rules
    version: int
    changes: list[Change]
    may_change: bool

    @property
    def values(self) -> dict[str, str]:
        """As the form has them."""
        return entered(self.rules)


class ChangedMeanwhile(DomainError):
    """Somebody else saved between the page and the saving."""

    def __init__(self) -> None:
        super().__init__(
            "changed_meanwhile",
            N_("Somebody else saved other values while this page was open."),
            safe=N_("Theirs hold. Nothing of yours was saved; what you entered is still here."),
            do=N_("Compare, then save again, or leave it as it is."),
        )


def chapters_of(actor: Actor) -> list[Chapter]:
    """The chapters whose parameters the actor may read. Raises Forbidden when there are none."""
    found = chapters.tree(actor, COORDINATOR, ADMIN)
    if not found:
        raise Forbidden()
    return found


def sheet(actor: Actor, chapter_id: str) -> Sheet:
    """A chapter's parameters. Raises NotFound, Forbidden."""
    if chapter_id not in actor.chapters:
        raise NotFound()
    if not policy.can_read_rules(actor, chapter_id):
        raise Forbidden()
    chapter = db.session.get_one(Chapter, chapter_id)
    version, changes = _log(chapter.settings)
    return Sheet(
        chapter, rules_of(chapter.settings), version, _shown(changes), policy.can_change_rules(actor, chapter_id)
    )


def change(actor: Actor, chapter_id: str, values: Mapping[str, str], now: int) -> Rules:
    """Keep a chapter's parameters as entered; ``values["version"]`` is the count that the page showed.

    Raises NotFound, Forbidden, StepUpNeeded, Invalid naming each field, ChangedMeanwhile.
    """
    _may_change(actor, chapter_id, now)
    made = read(values)
    _keep(actor, chapter_id, made, values.get("version", ""), now)
    return made


def restore(actor: Actor, chapter_id: str, version: str, now: int) -> None:
    """Back to the usual. Raises NotFound, Forbidden, StepUpNeeded, ChangedMeanwhile."""
    _may_change(actor, chapter_id, now)
    _keep(actor, chapter_id, USUAL, version, now)


def entered(rules: Rules) -> dict[str, str]:
    """Parameters as the form has them."""
    values = {name: str(span // MINUTE) for name, span in zip(CLIMB, rules.climb, strict=True)}
    values |= {name: str(getattr(rules, name) // MINUTE) for name in MINUTES}
    values |= {name: str(getattr(rules, name)) for name in NUMBERS}
    values |= {f"q_{one}": _how(rules, one) for one in QUESTIONS}
    return values | {"second": rules.second}


def read(values: Mapping[str, str]) -> Rules:
    """What was entered, as parameters. Raises Invalid naming each field."""
    numbers = {name: _whole(values.get(name, ""), limit) for name, limit in LIMITS.items()}
    wrong = {name: WHOLE[LIMITS[name].least, LIMITS[name].most] for name, number in numbers.items() if number is None}
    said = {one: values.get(f"q_{one}", "") for one in QUESTIONS}
    wrong |= {f"q_{one}": N_("Choose one of the three.") for one, how in said.items() if how not in (ASK, MUST, SKIP)}
    if values.get("second") not in SECONDS:
        wrong["second"] = N_("Choose one of the two.")
    known = {name: number for name, number in numbers.items() if number is not None}
    wrong |= {name: text for name, text in _together(known).items() if name not in wrong}
    if wrong:
        raise Invalid(fields=wrong)
    return replace(
        USUAL,
        climb=tuple(known[name] * MINUTE for name in CLIMB),
        **{name: known[name] * MINUTE for name in MINUTES},
        **{name: known[name] for name in NUMBERS},
        second=values["second"],
        questions=tuple(one for one in QUESTIONS if said[one] != SKIP),
        required=tuple(one for one in QUESTIONS if said[one] == MUST),
    )


def _together(known: dict[str, int]) -> dict[str, str]:
    """What makes no sense beside another number."""
    wrong = {}
    for before, name in pairwise(CLIMB):
        if known.get(before, 0) > known.get(name, LONGEST):
            wrong[name] = N_("Not before the step above it.")
    if known.get("silent", LONGEST) <= known.get("still", 0):
        wrong["silent"] = N_("Longer than the time after which people are asked, or it would end before anybody was.")
    if known.get("unconfirmed", LONGEST) < known.get("verify", 0):
        wrong["unconfirmed"] = N_("Not shorter than the time that a pair has to look.")
    return wrong


def _whole(text: str, limit: Limit) -> int | None:
    text = text.strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else -1
    return number if limit.least <= number <= limit.most else None


def _how(rules: Rules, question: str) -> str:
    if question in rules.required:
        return MUST
    return ASK if question in rules.questions else SKIP


def _may_change(actor: Actor, chapter_id: str, now: int) -> None:
    if chapter_id not in actor.chapters:
        raise NotFound()
    if not policy.can_change_rules(actor, chapter_id):
        raise Forbidden()
    if not actor.stepped_up(now):
        raise StepUpNeeded()


def _keep(actor: Actor, chapter_id: str, made: Rules, seen: str, now: int) -> None:
    """Save it, unless somebody else did since the page was made. The same again is no change."""
    with write() as session:
        chapter = chapters.hold(session, chapter_id)
        settings = dict(chapter.settings or {})
        version, changes = _log(settings)
        if seen != str(version):
            raise ChangedMeanwhile()
        before, after = entered(rules_of(settings)), entered(made)
        what = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if not what:
            return
        line = {"by": actor.person_id, "at": now, "what": what}
        settings[KEPT] = _differing(settings.get(KEPT), made)
        settings[CHANGED] = {"version": version + 1, "changes": [line, *changes][:CHANGES_SHOWN]}
        chapter.settings = settings
        session.flush()
        chapters.touch(session, chapter_id)


def _differing(own: object, made: Rules) -> dict[str, Any]:
    """What differs from the usual, as ``rules_of`` reads it; what it does not know stays as it is."""
    all_of_it, usual = _as_settings(made), _as_settings(USUAL)
    others = {name: value for name, value in own.items() if name not in usual} if isinstance(own, Mapping) else {}
    return others | {name: value for name, value in all_of_it.items() if value != usual[name]}


def _as_settings(rules: Rules) -> dict[str, Any]:
    return {
        "climb_minutes": [span // MINUTE for span in rules.climb],
        **{f"{name}_minutes": getattr(rules, name) // MINUTE for name in MINUTES},
        **{name: getattr(rules, name) for name in NUMBERS},
        "second": rules.second,
        "questions": list(rules.questions),
        "required": list(rules.required),
    }


def _log(settings: Mapping[str, Any] | None) -> tuple[int, list[dict[str, Any]]]:
    kept = (settings or {}).get(CHANGED)
    return (int(kept["version"]), list(kept["changes"])) if isinstance(kept, Mapping) else (0, [])


def _shown(changes: list[dict[str, Any]]) -> list[Change]:
    wanted = {one["by"] for one in changes}
    query = select(Person.id, Person.field_name).where(Person.id.in_(wanted))
    names: dict[str, str] = dict(db.session.execute(query).tuples().all()) if wanted else {}
    return [
        Change(names.get(one["by"], ""), one["at"], {name: (was, now) for name, (was, now) in one["what"].items()})
        for one in changes
    ]
