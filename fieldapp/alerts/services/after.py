"""Afterwards: how long each step of an alert took against the chapter's targets, and what became of the alerts of a period.

Read from the trail, which holds times, numbers and codes. What is exported names nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.alerts.models import Alert, AlertEvent
from fieldapp.alerts.services.rules import Rules, rules_of
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import DAY, SECOND, to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import Forbidden
from fieldapp.places.models import Place

PERIODS = (7, 30, 90)  # days
MOST = 500  # alerts of one page
FIRST = ("raised", "arrived", "got_it", "asked", "saw", "confirmed", "sent")
STEPS = ("arrived", "got_it", "asked", "saw", "decided", "sent", "ended")
COLUMNS = (
    *("alert", "kind", "source", "outcome", "raised", "arrived", "ended"),
    *(f"{name}_seconds" for name in STEPS),
)


@dataclass(frozen=True)
class Step:
    """One step: how long it took and how long it may take, in ms; ``took`` is None where it was never done."""

    name: str
    took: int | None
    target: int | None

    @property
    def met(self) -> bool | None:
        """Whether the target was met; None where there is none, or nothing to measure."""
        return None if self.took is None or self.target is None else self.took <= self.target


@dataclass(frozen=True)
class Past:
    """An alert that has ended. ``outcome``: confirmed, not_ice, unconfirmed, cancelled, or over without a finding."""

    alert: Alert
    place: str
    zone: str
    outcome: str
    steps: tuple[Step, ...]

    def step(self, name: str) -> Step | None:
        """One step by its name."""
        return next((one for one in self.steps if one.name == name), None)


@dataclass(frozen=True)
class Period:
    """Everything that ended in a period: counts by outcome, and each step's middle time and share within its target."""

    days: int
    rows: list[Past]
    outcomes: dict[str, int]
    middles: list[tuple[str, int, int | None, int, int]]  # name, median ms, target ms, met, of


def steps(alert: Alert, events: Iterable[AlertEvent], rules: Rules) -> tuple[Step, ...]:
    """The steps of an alert, from the first time that each was done. Times are counted from the step before it that was done."""
    first = _first(events)
    arrived = first.get("arrived", alert.arrived_at)
    has = first.get("got_it")
    asked = first.get("asked")
    ended = alert.closed_at
    decided = first.get("confirmed") or (ended if alert.result in ("not_ice", "unconfirmed") else None)
    found = (
        Step("arrived", _between(alert.raised_at, arrived), None),
        Step("got_it", _between(arrived, has), rules.climb[0]),
        Step("asked", _between(has, asked), None),
        Step("saw", _between(asked, first.get("saw")), rules.verify),
        Step("decided", _between(has, decided), rules.unconfirmed),
        Step("sent", _between(first.get("confirmed"), first.get("sent")), None),
        Step("ended", _between(arrived, ended), None),
    )
    return tuple(one for one in found if one.took is not None or one.name == "got_it")


def _first(events: Iterable[AlertEvent]) -> dict[str, int]:
    first: dict[str, int] = {}
    for event in events:
        if event.what in FIRST:
            first[event.what] = min(event.at, first.get(event.what, event.at))
    return first


def _between(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None else max(0, end - start)


def outcome(alert: Alert) -> str:
    """What became of an alert."""
    if alert.state == "cancelled":
        return "cancelled"
    return alert.result or "over"


def steps_of(alert: Alert) -> tuple[Step, ...]:
    """The steps of one alert, whose reader the caller has checked."""
    settings = db.session.scalar(select(Chapter.settings).where(Chapter.id == alert.chapter_id))
    events = db.session.scalars(select(AlertEvent).where(AlertEvent.alert_id == alert.id))
    return steps(alert, events, rules_of(settings))


def period(actor: Actor, days: int, now: int) -> Period:
    """What ended in the last ``days`` days where the actor coordinates, newest first; four queries. Raises Forbidden."""
    mine = actor.where(COORDINATOR)
    if not mine:
        raise Forbidden()
    days = days if days in PERIODS else PERIODS[1]
    ended = (Alert.chapter_id.in_(mine), Alert.closed_at > now - days * DAY, Alert.folded_into.is_(None))
    alerts = list(db.session.scalars(select(Alert).where(*ended).order_by(Alert.closed_at.desc()).limit(MOST)))
    rows = _rows(alerts)
    outcomes: dict[str, int] = {}
    for row in rows:
        outcomes[row.outcome] = outcomes.get(row.outcome, 0) + 1
    return Period(days, rows, outcomes, _middles(rows))


def _rows(alerts: list[Alert]) -> list[Past]:
    events = _events([one.id for one in alerts])
    chapters = _by_id(Chapter, {one.chapter_id for one in alerts})
    places = _by_id(Place, {one.place_id for one in alerts if one.place_id})
    found = []
    for alert in alerts:
        place, chapter = places.get(alert.place_id or ""), chapters[alert.chapter_id]
        made = steps(alert, events.get(alert.id, []), rules_of(chapter.settings))
        zone = place.zone if place else chapter.zone
        found.append(Past(alert, place.name if place else "", zone, outcome(alert), made))
    return found


def _events(alert_ids: list[str]) -> dict[str, list[AlertEvent]]:
    by_alert: dict[str, list[AlertEvent]] = {}
    which = (AlertEvent.alert_id.in_(alert_ids), AlertEvent.what.in_(FIRST))
    for event in db.session.scalars(select(AlertEvent).where(*which)) if alert_ids else ():
        by_alert.setdefault(event.alert_id, []).append(event)
    return by_alert


def _by_id(model: Any, ids: Collection[str]) -> Mapping[str, Any]:
    return {one.id: one for one in db.session.scalars(select(model).where(model.id.in_(ids)))} if ids else {}


def _middles(rows: list[Past]) -> list[tuple[str, int, int | None, int, int]]:
    """For each step that was ever done: its median, its target, how often that was met, and how often there was something to meet."""
    found = []
    for name in STEPS:
        done = [step for row in rows if (step := row.step(name)) and step.took is not None]
        if done:
            took = int(median(step.took or 0 for step in done))
            met = [step.met for step in done if step.met is not None]
            found.append((name, took, done[0].target, sum(met), len(met)))
    return found


def table(found: Period) -> list[dict[str, str]]:
    """The period as rows of ``COLUMNS``: times in UTC (RFC 3339), spans in whole seconds. No place, nobody named."""
    rows = []
    for row in found.rows:
        alert, took = row.alert, {step.name: step.took for step in row.steps}
        said = (str(alert.number), alert.what, alert.source, row.outcome)
        moments = [_moment(at) for at in (alert.raised_at, alert.arrived_at, alert.closed_at)]
        spans = ["" if (span := took.get(name)) is None else str(span // SECOND) for name in STEPS]
        rows.append(dict(zip(COLUMNS, (*said, *moments, *spans), strict=True)))
    return rows


def _moment(at: int | None) -> str:
    return "" if at is None else to_datetime(at, "UTC").strftime("%Y-%m-%dT%H:%M:%SZ")
