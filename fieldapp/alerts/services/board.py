"""What the desk sees: the open alerts, worst first, one of them with its trail; and what the map needs of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select

from fieldapp.accounts.models import Chapter, Person
from fieldapp.alerts import policy
from fieldapp.alerts.models import WORD, Alert, AlertEvent
from fieldapp.alerts.services import duty, folding, ladder, told
from fieldapp.alerts.services.raising import is_late
from fieldapp.alerts.services.told import Reach
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db
from fieldapp.core.errors import Forbidden, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Shift

OVER_SHOWN = DAY
STAGES = ("verifying", "confirmed", "sent")
MORE_SHOWN = 20  # of those that are told with one; however many there are, the page stays a page


@dataclass(frozen=True)
class OpenAlert:
    """An open alert as the map shows it. Times: ms UTC; positions: microdegrees, exact, for coordinators only."""

    id: str
    number: int
    chapter_id: str
    place_id: str | None
    cell: str | None
    what: str
    state: str
    raised_at: int
    arrived_at: int
    lat: int | None
    lon: int | None


@dataclass(frozen=True)
class Told:
    """An alert that is told with another one, and where it was raised."""

    alert: Alert
    place: Place | None
    shift: Shift | None


@dataclass(frozen=True)
class Row:
    """An alert in the list. ``due`` is when the target for "I've got it" ends, ``next_at`` when the next rung is told, ``count`` how many
    alerts are told with it (folding), ``more`` the newest of them where it is the one looked at, ``of`` the number of the one that it
    is told with itself."""

    alert: Alert
    chapter: str
    place: Place | None
    zone: str
    holder: str
    late: bool
    due: int
    next_at: int | None
    next_rung: str
    on_shift: int
    count: int = 0
    flood: int = 0  # how many its phone sent within an hour, where that is more than is told at once
    more: Sequence[Told] = ()
    of: int | None = None

    @property
    def by_word(self) -> bool:
        """Whether a duress word raised it: whoever answers must not call that phone."""
        return self.alert.key == WORD

    @property
    def seen(self) -> int:
        """The highest number that the page shows of those told with this one."""
        return max((one.alert.number for one in self.more), default=0)


@dataclass(frozen=True)
class Line:
    """A line of the trail; ``who`` is a field name, or empty."""

    at: int
    what: str
    who: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Board:
    """The whole board. ``mark`` changes whenever anything on it does, and never with the clock."""

    waiting: list[Row]
    held: list[Row]
    verifying: list[Row]
    confirmed: list[Row]
    sent: list[Row]
    over: list[Row]
    chosen: Row | None
    trail: list[Line]
    reach: Reach | None
    duty: duty.Here
    mark: str

    @property
    def open(self) -> int:
        """How many are open."""
        return len(self.waiting) + len(self.held) + len(self.verifying) + len(self.confirmed) + len(self.sent)


def open_for(chapter_ids: Collection[str]) -> list[OpenAlert]:
    """The open alerts of these chapters, oldest first; one stands for those that are told with it, and the
    board says where each of them is.
    The caller answers for who may see them (coordinators)."""
    return [
        OpenAlert(
            a.id, a.number, a.chapter_id, a.place_id, a.cell, a.what, a.state, a.raised_at, a.arrived_at, a.lat, a.lon
        )
        for a in db.session.scalars(_heads(chapter_ids, Alert.closed_at.is_(None)))
    ]


def raised_by(actor: Actor) -> list[Told]:
    """The actor's own open alerts, newest first, and where each was raised."""
    query = (
        select(Alert, Place)
        .outerjoin(Place, Place.id == Alert.place_id)
        .where(Alert.person_id == actor.person_id, Alert.closed_at.is_(None), Alert.key != WORD)
        .order_by(Alert.arrived_at.desc(), Alert.number.desc())
        .limit(MORE_SHOWN)
    )
    return [Told(alert, place, None) for alert, place in db.session.execute(query).tuples()]


def count_open(actor: Actor) -> int:
    """How many alerts are open where the actor coordinates."""
    mine = actor.where(COORDINATOR)
    open_now = (Alert.chapter_id.in_(mine), Alert.closed_at.is_(None), Alert.folded_into.is_(None))
    query = select(func.count()).select_from(Alert).where(*open_now)
    return (db.session.scalar(query) or 0) if mine else 0


def board(actor: Actor, now: int, alert_id: str | None = None) -> Board:
    """The board of every chapter that the actor coordinates. Raises Forbidden, NotFound for an alert elsewhere."""
    mine = actor.where(COORDINATOR)
    if alert_id is None and not mine:
        raise Forbidden()
    open_now = list(db.session.scalars(_heads(mine, Alert.closed_at.is_(None))))
    over = list(db.session.scalars(_heads(mine, Alert.closed_at > now - OVER_SHOWN).order_by(None)))
    over.sort(key=lambda a: a.closed_at or 0, reverse=True)
    chosen = _chosen(actor, alert_id, open_now, over)
    extra = [chosen] if chosen is not None and chosen not in open_now + over else []
    folded = _folded(open_now + over + extra)
    rows = {row.alert.id: row for row in _rows(open_now + over + extra, folded, now)}
    on_duty = duty.here(actor, now)
    looked_at = _with_more(rows[chosen.id]) if chosen else None
    reach = told.reach(actor, chosen, now) if chosen else None
    return Board(
        waiting=sorted((rows[a.id] for a in open_now if a.state == "raised"), key=_worst_first),
        held=[rows[a.id] for a in open_now if a.state == "got_it" and a.stage == "reported"],
        **{stage: [rows[a.id] for a in open_now if a.state == "got_it" and a.stage == stage] for stage in STAGES},
        over=[rows[a.id] for a in over],
        chosen=looked_at,
        trail=_trail(chosen.id) if chosen else [],
        reach=reach,
        duty=on_duty,
        mark=_mark(looked_at, open_now + over, folded, reach, on_duty),
    )


def _heads(chapter_ids: Iterable[str], *more: ColumnElement[bool]) -> Any:
    """Alerts that are told by themselves: of those told with another the board counts all and shows the newest."""
    told = (Alert.chapter_id.in_(chapter_ids), Alert.folded_into.is_(None))
    return select(Alert).where(*told, *more).order_by(Alert.arrived_at)


def _folded(alerts: list[Alert]) -> dict[str, tuple[int, int]]:
    """For each alert that others are told with: how many, and a sum that grows with every change of one of them."""
    query = (
        select(Alert.folded_into, func.count(), func.sum(Alert.version))
        .where(Alert.folded_into.in_([a.id for a in alerts]))
        .group_by(Alert.folded_into)
    )
    return {str(row[0]): (row[1], int(row[2])) for row in db.session.execute(query)} if alerts else {}


def _with_more(row: Row) -> Row:
    """The row of the alert that is looked at, with the newest of those told with it, or the one that it is told with."""
    newest = select(Alert).where(Alert.folded_into == row.alert.id).order_by(Alert.number.desc()).limit(MORE_SHOWN)
    found = list(db.session.scalars(newest))
    places = {p.id: p for p in _by_id(Place, (a.place_id for a in found))}
    shifts = {s.id: s for s in _by_id(Shift, (a.shift_id for a in found))}
    head = db.session.get(Alert, row.alert.folded_into) if row.alert.folded_into else None
    more = [Told(a, places.get(a.place_id or ""), shifts.get(a.shift_id or "")) for a in found]
    return replace(row, more=more, of=head.number if head else None)


def _worst_first(row: Row) -> tuple[bool, int]:
    return row.alert.what != "need_help", row.alert.arrived_at


def _chosen(actor: Actor, alert_id: str | None, open_now: list[Alert], over: list[Alert]) -> Alert | None:
    if alert_id is None:
        raised = sorted(open_now, key=lambda a: (a.state != "raised", a.what != "need_help", a.arrived_at))
        return raised[0] if raised else None
    found = next((a for a in open_now + over if a.id == alert_id), None) or db.session.get(Alert, alert_id)
    if found is None or found.chapter_id not in actor.chapters:
        raise NotFound()
    if not policy.can_see(actor, found.chapter_id):
        raise Forbidden()
    return found


def _rows(alerts: list[Alert], folded: dict[str, tuple[int, int]], now: int) -> list[Row]:
    """Everything that the list says of these alerts, in seven queries."""
    chapters = {c.id: c for c in _by_id(Chapter, (a.chapter_id for a in alerts))}
    places = {p.id: p for p in _by_id(Place, (a.place_id for a in alerts))}
    people = {p.id: p.field_name for p in _by_id(Person, (a.got_it_by for a in alerts))}
    here = _here({a.shift_id for a in alerts if a.shift_id})
    on_duty = ladder.on_duty_in(db.session(), chapters, now)
    floods = folding.of_one_phone(db.session(), [a for a in alerts if a.closed_at is None], now)
    return [
        replace(
            _row(a, chapters[a.chapter_id], places.get(a.place_id or ""), people, here, on_duty[a.chapter_id].path),
            count=folded.get(a.id, (0, 0))[0],
            flood=floods.get(a.id, 0),
        )
        for a in alerts
    ]


def _row(
    alert: Alert,
    chapter: Chapter,
    place: Place | None,
    people: dict[str, str],
    here: dict[str, int],
    path: ladder.Path,
) -> Row:
    plan = ladder.ladder_of(chapter.settings)
    raised = alert.state == "raised"
    return Row(
        alert=alert,
        chapter=chapter.name,
        place=place,
        zone=place.zone if place else chapter.zone,
        holder=people.get(alert.got_it_by or "", ""),
        late=is_late(alert),
        due=(alert.opened_at or alert.arrived_at) + plan.climb[0],
        next_at=alert.next_step_at if raised else alert.got_it_lapses_at,
        next_rung=path[ladder.place_of(alert, alert.step + 1)],
        on_shift=here.get(alert.shift_id or "", 0),
    )


def _by_id(model: Any, ids: Iterable[str | None]) -> list[Any]:
    wanted = {one for one in ids if one}
    return list(db.session.scalars(select(model).where(model.id.in_(wanted)))) if wanted else []


def _here(shift_ids: set[str]) -> dict[str, int]:
    """How many people have taken each of these shifts."""
    if not shift_ids:
        return {}
    query = (
        select(Claim.shift_id, func.count())
        .where(Claim.shift_id.in_(shift_ids), Claim.state != "released")
        .group_by(Claim.shift_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _trail(alert_id: str) -> list[Line]:
    query = (
        select(AlertEvent, Person.field_name)
        .outerjoin(Person, Person.id == AlertEvent.person_id)
        .where(AlertEvent.alert_id == alert_id)
    )
    order = {"raised": 0, "called": 0, "partner": 0, "arrived": 1, "lapsed": 2}
    found = sorted(db.session.execute(query), key=lambda r: (r[0].at, order.get(r[0].what, 5)), reverse=True)
    return [Line(e.at, e.what, name or "", e.detail) for e, name in found]


def _mark(
    row: Row | None, alerts: list[Alert], folded: dict[str, tuple[int, int]], reach: Reach | None, on_duty: duty.Here
) -> str:
    said = [(a.id, a.version, a.state, a.step, a.stage) for a in alerts]
    looked_at = row and (row.alert.id, row.alert.version, row.of)
    return hashlib.sha256(repr((looked_at, said, sorted(folded.items()), reach, on_duty.said())).encode()).hexdigest()[
        :24
    ]
