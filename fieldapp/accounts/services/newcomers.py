"""Newcomers by the step they wait for. Accounts knows the invites; the later steps are told by the domains that know them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from fieldapp.accounts.models import Person
from fieldapp.core.actor import VOLUNTEER
from fieldapp.core.clock import DAY

NEW = 180 * DAY  # who joined longer ago is no newcomer, whatever is missing
# Who of these people did the step, and when (ms UTC).
Done = Callable[[Collection[str]], dict[str, int]]


@dataclass(frozen=True)
class Step:
    """A step: ``name`` and ``waits`` are msgids, ``days`` the target, ``done`` one query for any number of people."""

    key: str
    order: int
    name: str
    waits: str
    days: int
    done: Done


@dataclass(frozen=True)
class Waiting:
    """A person who waits for a step since ``since`` (ms UTC)."""

    person: Person
    since: int
    days: int
    late: str  # "", "wait" past the target, "gap" past twice the target


_steps: dict[str, Step] = {}


def register(step: Step) -> None:
    """Add a step; the same key again replaces it."""
    _steps[step.key] = step


def steps() -> list[Step]:
    """All steps in their order."""
    return sorted(_steps.values(), key=lambda step: step.order)


def path(people: list[Person], now: int) -> list[tuple[Step, list[Waiting]]]:
    """Each step with the people who wait for it, the longest waiting first."""
    waiting = {p.id: p for p in people if _is_new(p, now)}
    since = {p.id: p.created_at for p in waiting.values()}
    found: list[tuple[Step, list[Waiting]]] = []
    for step in steps():
        done = step.done(waiting.keys()) if waiting else {}
        here = [_waiting(person, since[person.id], step, now) for person in waiting.values() if person.id not in done]
        found.append((step, sorted(here, key=lambda w: (w.since, w.person.id))))
        waiting = {person_id: person for person_id, person in waiting.items() if person_id in done}
        since = {person_id: max(since[person_id], done[person_id]) for person_id in waiting}
    return found


def _is_new(person: Person, now: int) -> bool:
    volunteers = any(m.role == VOLUNTEER for m in person.memberships)
    return volunteers and person.disabled_at is None and person.created_at > now - NEW


def _waiting(person: Person, since: int, step: Step, now: int) -> Waiting:
    days = max(0, (now - since) // DAY)
    late = "gap" if days > 2 * step.days else "wait" if days > step.days else ""
    return Waiting(person, since, days, late)
