"""When an alert climbs, and to whom: on duty, the backup where there is one, all of the chapter, the parent's, everybody above."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Device, Membership, Person
from fieldapp.alerts.models import Alert, Duty, Notice, PushSubscription
from fieldapp.alerts.services.rules import Rules, rules_of
from fieldapp.core.actor import ADMIN, COORDINATOR
from fieldapp.core.clock import MINUTE
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services import duty as duty_rota

RUNGS = ("duty", "chapter", "parent", "everyone")
WITH_BACKUP = ("duty", "backup", "chapter", "everyone")  # at the same times; the parent's are told with everyone then
TOP = len(RUNGS) - 1
Path = tuple[str, ...]


@dataclass(frozen=True)
class OnDuty:
    """Who is on duty in a chapter now: told first, and told next. Where nobody is first, the backup is."""

    first: frozenset[str]
    backup: frozenset[str]

    @property
    def path(self) -> Path:
        """The rungs of an alert that is told now."""
        return WITH_BACKUP if self.backup else RUNGS


@dataclass(frozen=True)
class Ladder:
    """Times after arrival at which the second, third and last rung are told, and how often the last one is told again."""

    climb: tuple[int, ...]
    repeat: int

    def rung_at(self, elapsed: int) -> int:
        """The rung that should be told ``elapsed`` ms after arrival."""
        return sum(1 for moment in self.climb if moment <= elapsed)

    def step_after(self, step: int, elapsed: int, first: int = 0) -> int:
        """The step taken ``elapsed`` ms after arrival: the next one, or after an outage the highest that is due."""
        return max(step + 1, first + self.rung_at(elapsed))

    def next_at(self, arrived_at: int, step: int, now: int) -> int:
        """When the step after ``step`` is due, ms UTC."""
        planned = arrived_at + self.climb[step] if step < len(self.climb) else now + self.repeat
        return max(planned, now + MINUTE)


def ladder_of(settings: Mapping[str, Any]) -> Ladder:
    """The chapter's ladder."""
    return of_rules(rules_of(settings))


def of_rules(rules: Rules) -> Ladder:
    """The ladder of these parameters."""
    return Ladder(rules.climb, rules.repeat)


def place_of(alert: Alert, step: int) -> int:
    """The rung of a step: an alert that was opened again begins at the first one."""
    return min(max(step - alert.first_step, 0), TOP)


def choose(session: Session, alert: Alert, step: int, now: int) -> set[str]:
    """Who is told at ``step``: the step's rung, or the next one up on which somebody can be reached by push.

    Not the raiser, and nobody who answered "I can't", unless nobody else is left.
    """
    no = set(
        session.scalars(
            select(Notice.person_id).where(
                Notice.alert_id == alert.id, Notice.answer == "cannot", Notice.what == "alert"
            )
        )
    )
    everyone: set[str] = set()
    duty = on_duty(session, alert.chapter_id, now)
    for rung in duty.path[place_of(alert, step) :]:
        everyone = people_on(session, alert, rung, duty) - {alert.person_id or ""}
        if reachable(session, everyone - no):
            return everyone - no
    return everyone


def people_on(session: Session, alert: Alert, rung: str, duty: OnDuty) -> set[str]:
    """The people of a rung. Each rung holds the ones below it: who was told and has not answered is told again."""
    above = chain(session, alert.chapter_id)
    lead = _lead(session, alert)
    if rung == "duty" and duty.first:
        return lead | duty.first
    if rung == "backup":
        return lead | duty.first | duty.backup
    reach = {"duty": 1, "chapter": 1, "parent": 2}.get(rung, len(above))
    return coordinators(session, above[:reach]) | lead or _with_role(session, above, ADMIN)


def on_duty_now(session: Session, alert: Alert, now: int) -> set[str]:
    """Who is on duty in the alert's chapter, backups too, disabled ones left out."""
    duty = on_duty(session, alert.chapter_id, now)
    return set(duty.first | duty.backup)


def on_duty(session: Session, chapter_id: str, now: int) -> OnDuty:
    """Which coordinators of the chapter are on duty at ``now`` (ms UTC), by the switch or by the rota."""
    return on_duty_in(session, [chapter_id], now)[chapter_id]


def on_duty_in(session: Session, chapter_ids: Collection[str], now: int) -> dict[str, OnDuty]:
    """The same for several chapters, in two queries."""
    first: dict[str, set[str]] = {chapter: set() for chapter in chapter_ids}
    backup: dict[str, set[str]] = {chapter: set() for chapter in chapter_ids}
    for chapter, person in session.execute(_switched_on(chapter_ids, now)):
        first[chapter].add(person)
    for seat in duty_rota.seats(session, chapter_ids, now):
        (backup if seat.backup else first)[seat.chapter.id].add(seat.person_id)
    return {
        chapter: OnDuty(frozenset(people), frozenset(backup[chapter] - people))
        if people
        else OnDuty(frozenset(backup[chapter]), frozenset())
        for chapter, people in first.items()
    }


def rung_of(session: Session, alert: Alert, step: int, now: int) -> str:
    """The name of a step's rung, if it is told at ``now`` (ms UTC)."""
    return on_duty(session, alert.chapter_id, now).path[place_of(alert, step)]


def coordinators(session: Session, chapter_ids: list[str]) -> set[str]:
    """Coordinators given that role in these chapters, disabled ones left out."""
    return _with_role(session, chapter_ids, COORDINATOR)


def reachable(session: Session, people: set[str]) -> bool:
    """Whether any of these people has a living push subscription."""
    return bool(people) and session.execute(living(people).limit(1)).first() is not None


def living(people: set[str]) -> Select[str, str]:
    """Person and subscription of each phone that these people can be told on: not ended, of a device that is not revoked."""
    return (
        select(PushSubscription.person_id, PushSubscription.id)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(PushSubscription.person_id.in_(people), PushSubscription.ended_at.is_(None), Device.revoked_at.is_(None))
    )


def _with_role(session: Session, chapter_ids: list[str], role: str) -> set[str]:
    query = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.chapter_id.in_(chapter_ids), Membership.role == role, Person.disabled_at.is_(None))
    )
    return set(session.scalars(query))


def _switched_on(chapter_ids: Collection[str], now: int) -> Select[str, str]:
    """Chapter and person of those who switched themselves on and coordinate that chapter."""
    return (
        select(Duty.chapter_id, Duty.person_id)
        .join(
            Membership,
            (Membership.person_id == Duty.person_id)
            & (Membership.chapter_id == Duty.chapter_id)
            & (Membership.role == COORDINATOR),
        )
        .join(Person, Person.id == Duty.person_id)
        .where(Duty.chapter_id.in_(chapter_ids), Duty.until > now, Person.disabled_at.is_(None))
    )


def chain(session: Session, chapter_id: str) -> list[str]:
    """The chapter, its parent, and so on up to the top."""
    path = session.scalar(select(Chapter.path).where(Chapter.id == chapter_id)) or f"{chapter_id}/"
    return [step for step in path.split("/") if step][::-1]


def _lead(session: Session, alert: Alert) -> set[str]:
    """Who needs help is looked for by the lead of their shift too."""
    if alert.what != "need_help" or alert.shift_id is None:
        return set()
    lead = session.scalar(
        select(Shift.lead_id)
        .join(Person, Person.id == Shift.lead_id)
        .where(Shift.id == alert.shift_id, Person.disabled_at.is_(None))
    )
    return {lead} if lead else set()
