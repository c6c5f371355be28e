"""Who is on duty by the dispatchers' rotas: the first seat and the backup, the hand-over between two, and the hours that nobody has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.core.actor import COORDINATOR
from fieldapp.core.clock import DAY, MINUTE
from fieldapp.core.errors import N_, DomainError
from fieldapp.shifts.models import Rota, RotaTurn

DISPATCHER = "dispatcher"
FIRST, BACKUP = SEATS = (0, 1)
HAND_OVER = 30 * MINUTE  # how long somebody stays on duty whose follower has not said that they have it
AHEAD = 14 * DAY
MOST_TURNS = 2000


@dataclass(frozen=True)
class Seat:
    """Somebody on duty now. ``until``: ms UTC, the end of their hours; ``staying``: their hours are over, the next one has not said yet
    that they have it."""

    turn: RotaTurn
    chapter: Chapter
    person_id: str
    name: str
    staying: bool

    @property
    def backup(self) -> bool:
        """Whether it is the backup's seat."""
        return self.turn.seat == BACKUP


@dataclass(frozen=True)
class Gap:
    """Planned hours that nobody has, from ``starts_at`` to ``ends_at`` (ms UTC)."""

    chapter: Chapter
    seat: int
    starts_at: int
    ends_at: int


def seats(session: Session, chapter_ids: Collection[str], now: int) -> list[Seat]:
    """Who is on duty in these chapters by their rotas at ``now`` (ms UTC): only who coordinates that chapter, for alerts are answered by
    coordinators. Somebody whose hours have just ended stays until the next one has it, for ``HAND_OVER`` at most. One query."""
    after = aliased(RotaTurn)
    takes_long = (
        select(after.id)
        .where(
            after.rota_id == RotaTurn.rota_id,
            after.seat == RotaTurn.seat,
            after.starts_at <= now,
            after.ends_at > now,
            after.starts_at >= RotaTurn.ends_at,
            after.removed_at.is_(None),
            after.person_id.is_not(None),
            after.person_id != RotaTurn.person_id,
            after.handed_over_at.is_(None),
        )
        .exists()
    )
    coordinates = (
        (Membership.person_id == RotaTurn.person_id)
        & (Membership.chapter_id == Rota.chapter_id)
        & (Membership.role == COORDINATOR)
    )
    query = (
        select(RotaTurn, Chapter, Person.field_name)
        .join(Rota, Rota.id == RotaTurn.rota_id)
        .join(Chapter, Chapter.id == Rota.chapter_id)
        .join(Membership, coordinates)
        .join(Person, Person.id == RotaTurn.person_id)
        .where(
            Rota.chapter_id.in_(chapter_ids),
            Rota.kind == DISPATCHER,
            Rota.ended_at.is_(None),
            RotaTurn.removed_at.is_(None),
            RotaTurn.starts_at <= now,
            (RotaTurn.ends_at > now) | ((RotaTurn.ends_at > now - HAND_OVER) & takes_long),
            Person.disabled_at.is_(None),
        )
        .order_by(Chapter.name, RotaTurn.seat, RotaTurn.starts_at, RotaTurn.id)
    )
    return [
        Seat(turn, chapter, turn.person_id or "", name, turn.ends_at <= now)
        for turn, chapter, name in session.execute(query).tuples()
    ]


def gaps(session: Session, chapter_ids: Collection[str], now: int) -> list[Gap]:
    """The planned hours of the coming two weeks that nobody has, hours that follow each other as one, the soonest first. One query."""
    query = (
        select(RotaTurn, Chapter)
        .join(Rota, Rota.id == RotaTurn.rota_id)
        .join(Chapter, Chapter.id == Rota.chapter_id)
        .where(
            Rota.chapter_id.in_(chapter_ids),
            Rota.kind == DISPATCHER,
            Rota.ended_at.is_(None),
            RotaTurn.removed_at.is_(None),
            RotaTurn.ends_at > now,
            RotaTurn.starts_at < now + AHEAD,
        )
        .order_by(RotaTurn.starts_at, RotaTurn.id)
        .limit(MOST_TURNS)
    )
    chapters: dict[str, Chapter] = {}
    turns: dict[tuple[str, int], list[RotaTurn]] = defaultdict(list)
    for turn, chapter in session.execute(query).tuples():
        chapters[chapter.id] = chapter
        turns[chapter.id, turn.seat].append(turn)
    found = [
        Gap(chapters[chapter], seat, starts_at, ends_at)
        for (chapter, seat), some in turns.items()
        for starts_at, ends_at in _without(some, now)
    ]
    return sorted(found, key=lambda gap: (gap.starts_at, gap.seat, gap.chapter.name))


def _without(turns: list[RotaTurn], now: int) -> list[tuple[int, int]]:
    """The spans of places that nobody has, less those that somebody has at the same time: of two rows for one hour one is enough."""
    open_now = _joined([(max(turn.starts_at, now), turn.ends_at) for turn in turns if turn.person_id is None])
    held = _joined([(turn.starts_at, turn.ends_at) for turn in turns if turn.person_id is not None])
    left = []
    for start, end in open_now:
        free_from = start
        for held_from, held_until in held:
            if free_from < held_until and held_from < end:
                left.append((free_from, held_from))
                free_from = held_until
        left.append((free_from, end))
    return [(start, end) for start, end in left if start < end]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap or follow each other as one, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def refuse_other_seat(session: Session, rota: Rota, turn: RotaTurn, person_id: str) -> None:
    """Nobody is their own backup. In the transaction that gives the seat away, under the rota's lock. Raises DomainError other_seat."""
    session.get_one(Rota, rota.id, populate_existing=True, with_for_update=True)
    query = select(RotaTurn.id).where(
        RotaTurn.rota_id == rota.id,
        RotaTurn.person_id == person_id,
        RotaTurn.seat != turn.seat,
        RotaTurn.removed_at.is_(None),
        RotaTurn.starts_at < turn.ends_at,
        RotaTurn.ends_at > turn.starts_at,
    )
    if session.scalar(query.limit(1)) is not None:
        raise DomainError(
            "other_seat",
            N_("Nobody is their own backup: this person has the other seat in these hours."),
            safe=N_("Nothing was changed."),
            do=N_("Choose somebody else, or give the other seat back first."),
        )
