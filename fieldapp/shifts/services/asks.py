"""Asking people to take a shift: those who may, least recently asked first, never more often than a week allows.

``candidates`` and ``ask`` are for everyone who fills shifts (the at-risk list, a suggested plan): nobody is asked unless a
coordinator says so.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, Invalid, NotFound
from fieldapp.shifts import policy
from fieldapp.shifts.models import Message, Wait
from fieldapp.shifts.services import fit, messages, planning, preferences, rules
from fieldapp.shifts.services.locks import lock_all

WEEK = 7 * DAY
CAP = 3  # asks of one person in a week, unless the chapter says otherwise
MOST_CAP = 20
MOST = 50  # people asked at once
NEAR = 12 * HOUR


@dataclass(frozen=True)
class Candidate:
    """Someone who may take a shift and may be asked: ``asked_at`` is when they were last asked for any (ms UTC), None for never."""

    person_id: str
    field_name: str
    asked_at: int | None
    likes: int  # how much of what they like it is: 0 to 3


def candidates(shift_ids: Collection[str], now: int) -> dict[str, list[Candidate]]:
    """For each shift those who may be asked at ``now`` (ms UTC): qualified and free, not asked for it yet, below the week's cap, who did
    not say "do not ask me for this"; the least recently asked first, then who likes it. A fixed number of queries, and
    two for each chapter.
    """
    pool = fit.pool(shift_ids, now)
    wishes = preferences.of(pool.who)
    said = _asked_of(pool, now)
    found: dict[str, list[Candidate]] = {}
    for shift_id, one in pool.around.items():
        cap = said.caps[one.shift.chapter_id]
        fits = [
            Candidate(person, pool.names[person], said.last.get(person), wishes.score(person, one))
            for person in pool.of(shift_id)
            if (shift_id, person) not in said.about
            and said.often.get(person, 0) < cap
            and not wishes.refuses(person, one)
            and not pool.verdict(shift_id, person, now)
        ]
        found[shift_id] = sorted(fits, key=lambda one: (one.asked_at or 0, -one.likes, one.field_name.casefold()))
    return found


@dataclass(frozen=True)
class _Said:
    last: dict[str, int]
    often: dict[str, int]
    about: set[tuple[str, str]]  # shift and person: asked already, whatever they said, or in its line
    caps: dict[str, int]


def _asked_of(pool: fit.Pool, now: int) -> _Said:
    people, homes = pool.who, {one.shift.chapter_id for one in pool.around.values()}
    asked = select(Message.person_id, func.max(Message.created_at)).where(
        Message.kind == "ask", Message.person_id.in_(people)
    )
    week = select(Message.person_id, func.count()).where(
        Message.kind == "ask", Message.person_id.in_(people), Message.created_at > now - WEEK
    )
    about = select(Message.shift_id, Message.person_id).where(
        Message.kind == "ask", Message.shift_id.in_(list(pool.around))
    )
    line = select(Wait.shift_id, Wait.person_id).where(
        Wait.shift_id.in_(list(pool.around)), Wait.state.in_(("waiting", "offered"))
    )
    settings = db.session.execute(select(Chapter.id, Chapter.settings).where(Chapter.id.in_(homes)))
    return _Said(
        dict(db.session.execute(asked.group_by(Message.person_id)).tuples().all()),
        dict(db.session.execute(week.group_by(Message.person_id)).tuples().all()),
        {(str(shift), person) for shift, person in [*db.session.execute(about), *db.session.execute(line)]},
        {chapter: cap_in(said) for chapter, said in settings},
    )


def last_asked(who: fit.Who) -> dict[str, int]:
    """When each person was last asked for or offered a place, ms UTC. One query."""
    query = select(Message.person_id, func.max(Message.created_at)).where(
        Message.kind.in_(("ask", "swap")), Message.person_id.in_(who)
    )
    return dict(db.session.execute(query.group_by(Message.person_id)).tuples().all())


def cap_in(settings: dict[str, Any] | None) -> int:
    """How often one person may be asked in a week, by a chapter's settings."""
    said = (settings or {}).get("asks_per_week", CAP)
    return said if isinstance(said, int) and 1 <= said <= MOST_CAP else CAP


def set_cap(actor: Actor, chapter_id: str, text: str) -> int:
    """Say how often one person may be asked in a week. Raises NotFound, Forbidden, Invalid."""
    if chapter_id not in actor.chapters:
        raise NotFound()
    policy.demand(policy.can_plan(actor, chapter_id))
    said = text.strip()
    cap = int(said) if said.isdecimal() and len(said) < 3 else 0
    if not 1 <= cap <= MOST_CAP:
        raise Invalid(fields={"cap": N_("Write a number from 1 to 20.")})
    with write() as session:
        chapter = chapters.hold(session, chapter_id)
        chapter.settings = {**(chapter.settings or {}), "asks_per_week": cap}
        session.flush()
        chapters.touch(session, chapter_id)
    return cap


def ask(actor: Actor, shift_id: str, person_ids: Collection[str], now: int) -> int:
    """Ask these people to take the shift; returns how many were asked. Whoever may not be asked (any more) is left out.

    Raises NotFound, Forbidden, and Refused when the shift has begun or is cancelled.
    """
    shift = planning.find_own(actor, shift_id)
    when = rules.timing(shift, now)
    if when:
        raise rules.Refused(when.code, **when.values)
    with write() as session:
        asked = list(dict.fromkeys(person_ids))[:MOST]
        lock_all(session, asked, [shift_id])  # two coordinators at once: one ask, and never over the cap
        may = {one.person_id for one in candidates([shift_id], now)[shift_id]}
        chosen = [person for person in asked if person in may]
        for person in chosen:
            messages.send(
                session,
                person_id=person,
                kind="ask",
                chapter_id=shift.chapter_id,
                now=now,
                shift_id=shift_id,
                until=shift.starts_at,
                from_id=actor.person_id,
                urgent=shift.starts_at - now <= NEAR,
                once=f"ask {shift_id} {person}",
            )
    return len(chosen)


def ask_next(actor: Actor, shift_id: str, count: int, now: int) -> int:
    """Ask the next ``count`` of those who may be asked, least recently asked first; returns how many. Raises as ``ask``."""
    planning.find_own(actor, shift_id)
    first = candidates([shift_id], now).get(shift_id, [])[: max(1, min(count, MOST))]
    return ask(actor, shift_id, [one.person_id for one in first], now)
