"""What the desk sees: the open alerts, worst first, one of them with its trail; and what the map needs of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select

from fieldapp.accounts.models import Chapter, Person
from fieldapp.alerts import policy
from fieldapp.alerts.models import Alert, AlertEvent, Delivery, Duty, Notice
from fieldapp.alerts.services import ladder
from fieldapp.alerts.services.raising import is_late
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db
from fieldapp.core.errors import Forbidden, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim

OVER_SHOWN = DAY


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
class Row:
    """An alert in the list. ``due`` is when the target for "I've got it" ends, ``next_at`` when the next rung is told, ``more`` are the
    alerts that are told with it (folding), ``of`` the number of the one that it is told with itself."""

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
    more: list[Alert]
    of: int | None


@dataclass(frozen=True)
class Reach:
    """How far an alert reached: people told, how many of them have no push, phones tried, pushes taken by their services."""

    people: int
    without: int
    phones: int
    accepted: int
    waiting: int
    read: int


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
    over: list[Row]
    chosen: Row | None
    trail: list[Line]
    reach: Reach | None
    mark: str

    @property
    def open(self) -> int:
        """How many are open."""
        return len(self.waiting) + len(self.held)


def open_for(chapter_ids: Collection[str]) -> list[OpenAlert]:
    """The open alerts of these chapters, oldest first. The caller answers for who may see them (coordinators)."""
    return [
        OpenAlert(
            a.id, a.number, a.chapter_id, a.place_id, a.cell, a.what, a.state, a.raised_at, a.arrived_at, a.lat, a.lon
        )
        for a in db.session.scalars(_alerts(chapter_ids, Alert.closed_at.is_(None)))
    ]


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
    open_now = list(db.session.scalars(_alerts(mine, Alert.closed_at.is_(None))))
    over = list(db.session.scalars(_alerts(mine, Alert.closed_at > now - OVER_SHOWN).order_by(None)))
    over.sort(key=lambda a: a.closed_at or 0, reverse=True)
    chosen = _chosen(actor, alert_id, open_now, over)
    extra = [chosen] if chosen is not None and chosen not in open_now + over else []
    rows = {row.alert.id: row for row in _rows(open_now + over + extra)}
    reach = _reach(chosen.id) if chosen else None
    return Board(
        waiting=sorted((rows[a.id] for a in open_now if a.state == "raised" and not a.folded_into), key=_worst_first),
        held=[rows[a.id] for a in open_now if a.state == "got_it"],
        over=[rows[a.id] for a in over if not a.folded_into],
        chosen=rows[chosen.id] if chosen else None,
        trail=_trail(chosen.id) if chosen else [],
        reach=reach,
        mark=_mark(chosen, open_now + over, reach),
    )


def count_on_duty(actor: Actor, now: int) -> int:
    """How many people are on duty in the chapters that the actor coordinates."""
    query = select(func.count(Duty.person_id.distinct())).where(
        Duty.chapter_id.in_(actor.where(COORDINATOR)), Duty.until > now
    )
    return db.session.scalar(query) or 0


def _alerts(chapter_ids: Iterable[str], *more: ColumnElement[bool]) -> Any:
    return select(Alert).where(Alert.chapter_id.in_(chapter_ids), *more).order_by(Alert.arrived_at)


def _worst_first(row: Row) -> tuple[bool, int]:
    return row.alert.what != "need_help", row.alert.arrived_at


def _chosen(actor: Actor, alert_id: str | None, open_now: list[Alert], over: list[Alert]) -> Alert | None:
    if alert_id is None:
        told = [a for a in open_now if not a.folded_into]
        raised = sorted(told, key=lambda a: (a.state != "raised", a.what != "need_help", a.arrived_at))
        return raised[0] if raised else None
    found = next((a for a in open_now + over if a.id == alert_id), None) or db.session.get(Alert, alert_id)
    if found is None or found.chapter_id not in actor.chapters:
        raise NotFound()
    if not policy.can_see(actor, found.chapter_id):
        raise Forbidden()
    return found


def _rows(alerts: list[Alert]) -> list[Row]:
    """Everything that the list says of these alerts, in four queries."""
    chapters = {c.id: c for c in _by_id(Chapter, (a.chapter_id for a in alerts))}
    places = {p.id: p for p in _by_id(Place, (a.place_id for a in alerts))}
    people = {p.id: p.field_name for p in _by_id(Person, (a.got_it_by for a in alerts))}
    here = _here({a.shift_id for a in alerts if a.shift_id})
    heads = {a.id: a.number for a in alerts}
    with_it: dict[str, list[Alert]] = {}
    for a in sorted((a for a in alerts if a.folded_into), key=lambda a: a.number):
        with_it.setdefault(a.folded_into or "", []).append(a)
    return [
        replace(
            _row(a, chapters[a.chapter_id], places.get(a.place_id or ""), people, here),
            more=with_it.get(a.id, []),
            of=heads.get(a.folded_into or ""),
        )
        for a in alerts
    ]


def _row(alert: Alert, chapter: Chapter, place: Place | None, people: dict[str, str], here: dict[str, int]) -> Row:
    plan = ladder.ladder_of(chapter.settings)
    raised = alert.state == "raised"
    return Row(
        alert=alert,
        chapter=chapter.name,
        place=place,
        zone=place.zone if place else chapter.zone,
        holder=people.get(alert.got_it_by or "", ""),
        late=is_late(alert),
        due=alert.arrived_at + plan.climb[0],
        next_at=alert.next_step_at if raised else alert.got_it_lapses_at,
        next_rung=ladder.RUNGS[min(alert.step + 1, ladder.TOP)],
        on_shift=here.get(alert.shift_id or "", 0),
        more=[],
        of=None,
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
    order = {"raised": 0, "arrived": 1, "lapsed": 2}
    found = sorted(db.session.execute(query), key=lambda r: (r[0].at, order.get(r[0].what, 5)), reverse=True)
    return [Line(e.at, e.what, name or "", e.detail) for e, name in found]


def _reach(alert_id: str) -> Reach:
    told = select(Notice.person_id, func.max(Notice.read_at)).where(Notice.alert_id == alert_id, Notice.step >= 0)
    people = db.session.execute(told.group_by(Notice.person_id)).all()
    sent = (
        select(Delivery.state, Notice.person_id, Delivery.subscription_id)
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(Notice.alert_id == alert_id, Notice.step >= 0)
    )
    rows = db.session.execute(sent).all()
    phones = {subscription for _, _, subscription in rows}
    accepted = {subscription for state, _, subscription in rows if state == "accepted"}
    waiting = {subscription for state, _, subscription in rows if state == "waiting"} - accepted
    reached = {person for _, person, _ in rows}
    read = sum(1 for _, at in people if at is not None)
    return Reach(len(people), len(people) - len(reached), len(phones), len(accepted), len(waiting), read)


def _mark(chosen: Alert | None, alerts: list[Alert], reach: Reach | None) -> str:
    said = [(a.id, a.version, a.state, a.step) for a in alerts]
    return hashlib.sha256(repr((chosen and (chosen.id, chosen.version), said, reach)).encode()).hexdigest()[:24]
