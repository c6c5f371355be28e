"""What a person wants to be asked, and whether they are awake: read for many people at once, when it is decided whom to ask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Membership
from fieldapp.alerts.models import Quiet
from fieldapp.alerts.services.nudges import Hours
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write

AT_ONCE = 500  # people in one question


@dataclass(frozen=True)
class Choices:
    """Kinds of asks by name, as they hold for who has not chosen: to look at a report near one's places, to be ready for it, and to be told
    of a confirmed one near there."""

    verify: bool = True
    standby: bool = True
    near: bool = False


NAMES = tuple(Choices.__dataclass_fields__)


def of(person_id: str) -> Choices:
    """One person's choices."""
    found = db.session.get(Quiet, person_id)
    return _read(found.choices if found else {})


def _read(said: object) -> Choices:
    known = said if isinstance(said, dict) else {}
    return Choices(**{name: known[name] for name in NAMES if isinstance(known.get(name), bool)})


def choose(actor: Actor, chosen: dict[str, bool]) -> Choices:
    """Keep the actor's own choices; names that are not known are left out."""
    with write() as session:
        row = session.get(Quiet, actor.person_id) or Quiet(person_id=actor.person_id)
        row.choices = {name: chosen[name] for name in NAMES if name in chosen}
        session.add(row)
    return _read(row.choices)


@dataclass(frozen=True)
class Willing:
    """What is known of some people: their choices where they made any, and who of them is asleep now."""

    chosen: dict[str, Choices]
    asleep: frozenset[str]

    def wants(self, person_id: str, kind: str) -> bool:
        """Whether the person takes this kind of ask."""
        return bool(getattr(self.chosen.get(person_id, Choices()), kind))


def willing(session: Session, people: Collection[str], now: int) -> Willing:
    """Choices and sleep of these people at ``now`` (ms UTC), each on the clocks of their own chapter: two questions for 500 people."""
    chosen: dict[str, Choices] = {}
    asleep: set[str] = set()
    order = sorted(people)
    for some in (order[start : start + AT_ONCE] for start in range(0, len(order), AT_ONCE)):
        rows = {row.person_id: row for row in session.scalars(select(Quiet).where(Quiet.person_id.in_(some)))}
        zones = (
            select(Membership.person_id, Chapter.zone)
            .join(Chapter, Chapter.id == Membership.chapter_id)
            .where(Membership.person_id.in_(some))
            .order_by(Membership.since, Chapter.id)
        )
        homes: dict[str, str] = {}
        for person, zone in session.execute(zones).tuples():
            homes.setdefault(person, zone)
        chosen |= {person: _read(row.choices) for person, row in rows.items()}
        asleep |= {person for person, zone in homes.items() if _sleeps(_hours(rows.get(person)), now, zone)}
    return Willing(chosen, frozenset(asleep))


def _sleeps(hours: Hours, now: int, zone: str) -> bool:
    """In their quiet hours, and not willing to be woken by what is urgent."""
    return not hours.urgent and hours.wait_until(now, zone) > now


def _hours(row: Quiet | None) -> Hours:
    return Hours(row.from_minute, row.until_minute, row.urgent) if row else Hours()
