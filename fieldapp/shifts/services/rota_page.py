"""What the page of rotas shows: who is on now, and a week with its gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from fieldapp.accounts.models import Chapter, Person
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import local_ms
from fieldapp.core.db import db
from fieldapp.shifts import policy
from fieldapp.shifts.models import Rota, RotaTurn, Spoken
from fieldapp.shifts.services import duty
from fieldapp.shifts.services.rotas import Holders, known
from fieldapp.training.models import Course
from fieldapp.training.services import certificates


@dataclass(frozen=True)
class Turn:
    """A place on a rota as the reader sees it: ``name`` only for coordinators and for oneself; ``may`` take it."""

    turn: RotaTurn
    name: str
    taken: bool
    mine: bool
    may: bool
    candidates: tuple[Person, ...] = ()


@dataclass(frozen=True)
class View:
    """A rota with a week's places, and those on now."""

    rota: Rota
    chapter: Chapter
    course: Course | None
    can_plan: bool
    turns: tuple[Turn, ...]
    now: tuple[Turn, ...]

    @property
    def gaps(self) -> int:
        """Places of the week that nobody has."""
        return sum(not one.taken for one in self.turns)


@dataclass(frozen=True)
class Page:
    """What the page of rotas shows."""

    views: tuple[View, ...]
    spoken: frozenset[str]
    can_plan: bool
    gaps: tuple[duty.Gap, ...]  # of the chapters' duty in the coming two weeks, for those who coordinate them


def page(actor: Actor, monday: date, now: int) -> Page:
    """The rotas that the actor coordinates or may hold a place on, with the week of ``monday`` on each chapter's own clocks.

    A fixed number of queries, and a few more for each chapter that the actor coordinates.
    """
    query = (
        select(Rota, Chapter, Course)
        .join(Chapter, Chapter.id == Rota.chapter_id)
        .outerjoin(Course, Course.id == Rota.course_id)
        .where(Rota.chapter_id.in_(actor.chapters), Rota.ended_at.is_(None))
        .order_by(Chapter.name, Rota.kind, Rota.language, Rota.id)
        .limit(60)
    )
    rows = list(db.session.execute(query).tuples())
    first, last = (local_ms(monday + timedelta(days=n), 0, "UTC") for n in (-1, 8))
    turns = select(RotaTurn, Person.field_name).outerjoin(Person, Person.id == RotaTurn.person_id)
    near = or_(
        (RotaTurn.starts_at >= first) & (RotaTurn.starts_at < last),
        (RotaTurn.starts_at <= now) & (RotaTurn.ends_at > now),
    )
    found: dict[str, list[tuple[RotaTurn, str]]] = defaultdict(list)
    turns = turns.where(RotaTurn.rota_id.in_([rota.id for rota, _, _ in rows]), RotaTurn.removed_at.is_(None), near)
    for turn, name in db.session.execute(turns.order_by(RotaTurn.starts_at, RotaTurn.id).limit(2000)):
        found[turn.rota_id].append((turn, name or ""))
    facts = _facts(actor, rows)
    views = []
    for rota, chapter, course in rows:
        people, holders = facts[chapter.id]
        view = _view(actor, (rota, chapter, course), found[rota.id], people, holders, monday, now)
        if view.can_plan or any(one.may or one.mine for one in (*view.turns, *view.now)):
            views.append(view)
    spoken = db.session.scalars(select(Spoken.language).where(Spoken.person_id == actor.person_id))
    open_hours = duty.gaps(db.session(), actor.where(COORDINATOR), now)
    return Page(tuple(views), frozenset(spoken), policy.can_plan(actor, actor.chapter_id), tuple(open_hours))


def _facts(
    actor: Actor, rows: Iterable[tuple[Rota, Chapter, Course | None]]
) -> dict[str, tuple[list[Person], Holders]]:
    courses: dict[str, set[str]] = defaultdict(set)
    for rota, chapter, _ in rows:
        courses[chapter.id] |= {rota.course_id} if rota.course_id else set()
    found = {}
    for chapter_id, asked in courses.items():
        people = certificates.people_of(chapter_id) if policy.can_plan(actor, chapter_id) else []
        found[chapter_id] = people, known({actor.person_id, *(one.id for one in people)}, chapter_id, asked)
    return found


def _view(
    actor: Actor,
    of: tuple[Rota, Chapter, Course | None],
    turns: list[tuple[RotaTurn, str]],
    people: list[Person],
    holders: Holders,
    monday: date,
    now: int,
) -> View:
    rota, chapter, course = of
    path = [step for step in chapter.path.split("/") if step]
    can_plan = policy.can_plan(actor, chapter.id)

    def shown(turn: RotaTurn, name: str) -> Turn:
        mine, open_now = turn.person_id == actor.person_id, turn.ends_at > now
        may = open_now and holders.may(rota, path, actor.person_id, turn.starts_at)
        able = [one for one in people if holders.may(rota, path, one.id, turn.starts_at)]
        free = turn.person_id is None and open_now
        return Turn(
            turn, name if can_plan or mine else "", turn.person_id is not None, mine, may, tuple(able if free else ())
        )

    every = [shown(turn, name) for turn, name in turns]
    days = {(monday + timedelta(days=n)).isoformat() for n in range(7)}
    week = tuple(one for one in every if one.turn.day in days)
    return View(
        rota, chapter, course, can_plan, week, tuple(o for o in every if o.turn.starts_at <= now < o.turn.ends_at)
    )
