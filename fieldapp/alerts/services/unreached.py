"""Who of those that answer alerts cannot be reached by push right now: to be mended before it matters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from fieldapp.accounts.models import Chapter, Device, Membership, Person
from fieldapp.alerts.models import PushSubscription
from fieldapp.core.actor import COORDINATOR, VOLUNTEER, Actor
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import db
from fieldapp.core.errors import Forbidden
from fieldapp.training.models import Certificate

UNSEEN = 2 * MINUTE  # a test that was not shown within this was not shown
NEVER_ON, ENDED, NEVER_SHOWN, TEST_UNSEEN = "none", "ended", "never", "unseen"


@dataclass(frozen=True)
class Unreached:
    """One person: why no push reaches them for all that is known, since when, and when one was last shown (ms UTC)."""

    person_id: str
    name: str
    chapter: str
    role: str
    why: str
    since: int
    shown_at: int | None


@dataclass(frozen=True)
class Overview:
    """Those who cannot be reached, longest first, and how many people answer alerts."""

    people: list[Unreached]
    asked: int


@dataclass(frozen=True)
class _Phone:
    living: bool
    created_at: int
    tested_at: int | None
    shown_at: int | None
    over_at: int | None

    def unseen(self, now: int) -> bool:
        """Whether the last test was never shown."""
        return self.tested_at is not None and (self.shown_at or 0) < self.tested_at < now - UNSEEN


def overview(actor: Actor, now: int) -> Overview:
    """Of the chapters that the actor coordinates, in two questions. Raises Forbidden."""
    chapters = actor.where(COORDINATOR)
    if not chapters:
        raise Forbidden()
    wanted = _answering(chapters, now)
    phones: dict[str, list[_Phone]] = defaultdict(list)
    ids = wanted.with_only_columns(Membership.person_id)
    rows = (
        select(PushSubscription, Device.revoked_at)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(PushSubscription.person_id.in_(ids))
    )
    for one, revoked_at in db.session.execute(rows):
        over = [at for at in (one.ended_at, revoked_at) if at is not None]
        phones[one.person_id].append(
            _Phone(not over, one.created_at, one.tested_at, one.shown_at, min(over, default=None))
        )
    found: dict[str, Unreached | None] = {}
    order = (Membership.role != COORDINATOR, Membership.since)
    for person, name, chapter, role, since in db.session.execute(wanted.order_by(*order)):
        if person not in found:
            found[person] = _look(person, name, chapter, role, since, phones[person], now)
    people = [one for one in found.values() if one is not None]
    return Overview(sorted(people, key=lambda one: (one.since, one.name)), len(found))


def _answering(chapters: Sequence[str] | frozenset[str] | set[str], now: int) -> Select[str, str, str, str, int]:
    """Coordinators, and volunteers with a valid certificate."""
    certified = select(Certificate.person_id).where(Certificate.revoked_at.is_(None), Certificate.ends_at > now)
    able = (Membership.role == COORDINATOR) | ((Membership.role == VOLUNTEER) & Membership.person_id.in_(certified))
    return (
        select(Membership.person_id, Person.field_name, Chapter.name, Membership.role, Membership.since)
        .join(Person, Person.id == Membership.person_id)
        .join(Chapter, Chapter.id == Membership.chapter_id)
        .where(Membership.chapter_id.in_(chapters), Person.disabled_at.is_(None), able)
    )


def _look(
    person: str, name: str, chapter: str, role: str, since: int, phones: Sequence[_Phone], now: int
) -> Unreached | None:
    """None: a phone of theirs shows what it gets."""
    living = [one for one in phones if one.living]
    if any(one.shown_at is not None and not one.unseen(now) for one in living):
        return None
    shown = max((one.shown_at for one in phones if one.shown_at is not None), default=None)
    unseen = [one.tested_at for one in living if one.tested_at is not None and one.unseen(now)]
    if unseen:
        why, at = TEST_UNSEEN, min(unseen)
    elif living:
        why, at = NEVER_SHOWN, min(one.created_at for one in living)
    elif phones:
        why, at = ENDED, max(one.over_at or one.created_at for one in phones)
    else:
        why, at = NEVER_ON, since
    return Unreached(person, name, chapter, role, why, at, shown)
