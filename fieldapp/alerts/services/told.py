"""Who was told of an alert, and how far it came to each: sent, accepted by the push service, shown, opened, answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Subquery, and_, case, func, or_, select

from fieldapp.accounts.models import Person
from fieldapp.alerts.models import Alert, Delivery, Notice
from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.shifts.services import reaching

MOST = 40  # people listed; however many were told, the page stays a page
NONE, REFUSED, WAITING, DROPPED, ACCEPTED, SHOWN, READ, ANSWERED = range(8)  # the least reached first


@dataclass(frozen=True)
class ToldPerson:
    """One person: ``came`` is how far it came, ``at`` when (ms UTC), ``answer`` what they said, ``how`` what they themselves wrote on how
    to reach them, where the viewer may read it."""

    person_id: str
    name: str
    came: int
    at: int | None
    answer: str
    how: str = ""


@dataclass(frozen=True)
class Reach:
    """How far an alert reached: people told, how many of them have no push, phones tried, pushes taken by their services, people who
    were shown it, opened it, answered it; and the first of them, the least reached first."""

    people: int
    without: int
    phones: int
    accepted: int
    waiting: int
    read: int
    shown: int
    answered: int
    lines: tuple[ToldPerson, ...]


def reach(actor: Actor, alert: Alert, now: int) -> Reach:
    """How far it reached, in a fixed number of questions however many were told. The caller answers for who may see it."""
    people = _people(alert.id)
    rows = db.session.execute(
        select(
            func.count(),
            func.count(case((people.c.sent == 0, 1))),
            func.count(people.c.read_at),
            func.count(people.c.shown_at),
            func.count(people.c.answer),
        ).select_from(people)
    ).one()
    phones = _phones(alert.id)
    return Reach(
        people=rows[0],
        without=rows[1],
        phones=phones[0],
        accepted=phones[1],
        waiting=phones[2],
        read=rows[2],
        shown=rows[3],
        answered=rows[4],
        lines=_lines(people, _how(actor, alert, now)),
    )


def _people(alert_id: str) -> Subquery:
    """For each person told: what became of it on the best of their phones."""
    dropped = and_(Delivery.state == "ended", Delivery.status.is_(None))
    return (
        select(
            Notice.person_id.label("person_id"),
            func.max(Notice.read_at).label("read_at"),
            func.max(Notice.answer).label("answer"),
            func.count(Delivery.id).label("sent"),
            func.max(Delivery.accepted_at).label("accepted_at"),
            func.max(Delivery.shown_at).label("shown_at"),
            func.max(case((Delivery.state == "waiting", 1), else_=0)).label("waiting"),
            func.max(case((dropped, 1), else_=0)).label("dropped"),
        )
        .outerjoin(Delivery, Delivery.notice_id == Notice.id)
        .where(Notice.alert_id == alert_id, Notice.step >= 0)
        .group_by(Notice.person_id)
        .subquery()
    )


def _phones(alert_id: str) -> tuple[int, int, int]:
    """Phones tried, those whose service took it, those it is still on the way to."""
    each = (
        select(
            func.max(case((Delivery.state == "accepted", 1), else_=0)).label("accepted"),
            func.max(case((Delivery.state == "waiting", 1), else_=0)).label("waiting"),
        )
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(Notice.alert_id == alert_id, Notice.step >= 0)
        .group_by(Delivery.subscription_id)
        .subquery()
    )
    query = select(
        func.count(),
        func.count(case((each.c.accepted == 1, 1))),
        func.count(case((and_(each.c.waiting == 1, each.c.accepted == 0), 1))),
    ).select_from(each)
    found = db.session.execute(query).one()
    return found[0], found[1], found[2]


def _lines(people: Subquery, how: Mapping[str, str]) -> tuple[ToldPerson, ...]:
    column: Any = people.c
    came = case(
        (column.answer.is_not(None), ANSWERED),
        (column.read_at.is_not(None), READ),
        (column.shown_at.is_not(None), SHOWN),
        (column.accepted_at.is_not(None), ACCEPTED),
        (column.waiting == 1, WAITING),
        (column.dropped == 1, DROPPED),
        (or_(column.sent == 0, column.sent.is_(None)), NONE),
        else_=REFUSED,
    ).label("came")
    query = (
        select(
            column.person_id,
            Person.field_name,
            came,
            column.read_at,
            column.shown_at,
            column.accepted_at,
            column.answer,
        )
        .join(Person, Person.id == column.person_id)
        .order_by(came, Person.field_name, column.person_id)
        .limit(MOST)
    )
    lines = []
    for person_id, name, far, read_at, shown_at, accepted_at, answer in db.session.execute(query):
        at = {READ: read_at, SHOWN: shown_at, ACCEPTED: accepted_at}.get(far)
        lines.append(
            ToldPerson(person_id, name, far, at, answer or "", how.get(person_id, "") if far <= REFUSED else "")
        )
    return tuple(lines)


def _how(actor: Actor, alert: Alert, now: int) -> dict[str, str]:
    """What people on the alert's shift wrote on how to reach them, as far as the viewer may read it anyway."""
    if alert.shift_id is None:
        return {}
    return {one.person: one.words for one in reaching.shown(actor, alert.shift_id, now)}
