"""How long a chapter waits before someone is looked for, and whom it asks: settings of the chapter, and who is there to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.services import chapters
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, Forbidden, Invalid, NotFound

LONGEST = 12 * 60
SHORTEST = 5


@dataclass(frozen=True)
class Timings:
    """Whole minutes: after the promised time the buddy is asked, so long after that the lead, so long after that the coordinators,
    and these again and again."""

    buddy: int = 45
    lead: int = 15
    coordinators: int = 15
    again: int = 30

    def wait(self, step: int) -> int:
        """How long after a step (0 buddy, 1 lead, 2 coordinators) the next one follows, in ms."""
        return MINUTE * (self.lead, self.coordinators)[step] if step < 2 else MINUTE * self.again


def timings(settings: Mapping[str, Any] | None) -> Timings:
    """A chapter's; whatever is no whole number of minutes in reach falls back to the default."""
    own = (settings or {}).get("care")
    own = own if isinstance(own, Mapping) else {}
    return Timings(**{name: own[name] for name in _NAMES if _minutes(own.get(name))})


def change(actor: Actor, chapter_id: str, values: Mapping[str, str]) -> Timings:
    """Keep a chapter's timings. Raises NotFound, Forbidden, Invalid naming each field."""
    _may(actor, chapter_id)
    said = {name: values.get(name, "").strip() for name in _NAMES}
    asked = {name: int(text) if text.isdecimal() and len(text) < 4 else None for name, text in said.items()}
    wrong = {name: N_("Between 5 minutes and 12 hours.") for name, minutes in asked.items() if not _minutes(minutes)}
    if wrong:
        raise Invalid(fields=wrong)
    made = Timings(**{name: minutes for name, minutes in asked.items() if minutes is not None})
    with write() as session:
        chapter = chapters.hold(session, chapter_id)
        chapter.settings = {**(chapter.settings or {}), "care": asdict(made)}
        session.flush()
        chapters.touch(session, chapter_id)
    return made


@dataclass(frozen=True)
class Asked:
    """Whom the coordinators' step asks: their ids, and where they coordinate; nobody at all leaves the hotline."""

    people: tuple[str, ...]
    above: tuple[str, ...]
    chapter: str = ""  # the chapter above whose coordinators they are
    hotline: str = ""


def coordinators(session: Session, chapter_id: str, but: str = "") -> Asked:
    """The chapter's coordinators without ``but``; where fewer than two are left, those of the next chapter above that has any."""
    home = session.get_one(Chapter, chapter_id)
    own = _of(session, chapter_id, but)
    if len(own) > 1:
        return Asked(own, (), hotline=home.hotline)
    for step in [step for step in home.path.split("/") if step][-2::-1]:
        if above := tuple(one for one in _of(session, step, but) if one not in own):
            return Asked(own, above, session.get_one(Chapter, step).name, home.hotline)
    return Asked(own, (), hotline=home.hotline)


def chapters_of(actor: Actor) -> list[Chapter]:
    """The chapters that the actor coordinates. Raises Forbidden when there are none."""
    found = chapters.tree(actor, COORDINATOR)
    if not found:
        raise Forbidden()
    return found


def of(actor: Actor, chapter_id: str) -> tuple[Timings, Asked]:
    """A chapter's timings, and who would be asked last. Raises NotFound, Forbidden."""
    _may(actor, chapter_id)
    return timings(db.session.get_one(Chapter, chapter_id).settings), coordinators(db.session(), chapter_id)


def _of(session: Session, chapter_id: str, but: str) -> tuple[str, ...]:
    query = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.chapter_id == chapter_id, Membership.role == COORDINATOR, Person.disabled_at.is_(None))
        .order_by(Membership.since, Membership.person_id)
    )
    return tuple(one for one in session.scalars(query) if one != but)


def _may(actor: Actor, chapter_id: str) -> None:
    if chapter_id not in actor.chapters:
        raise NotFound()
    if not actor.has(chapter_id, COORDINATOR):
        raise Forbidden()


def _minutes(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and SHORTEST <= value <= LONGEST


_NAMES = tuple(one.name for one in fields(Timings))
