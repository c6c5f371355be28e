"""Looking: a certified pair is asked to see for itself, with a time by which to report and signs of life of its own.

Who is asked: on shift at the place first, then those near it, the ones awake, and of these whoever was asked least recently. Nobody is
asked more often in a day than the chapter's cap. The others nearby are put on standby, silently: nothing unconfirmed leaves the verifiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Person
from fieldapp.alerts.models import Alert, AlertAsk, Notice
from fieldapp.alerts.services import answering, choices, near, paging, stages
from fieldapp.alerts.services.raising import Closed
from fieldapp.alerts.services.rules import Rules
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError
from fieldapp.places.models import Place

LOOK = "look"  # the kind of a notice that asks somebody to look
STANDBY_MOST = 200
REMEMBERED = 90 * DAY
ON_THE_WAY, THERE = "going", "here"
SAW = ("ice", "not_ice", "nothing")
ANSWERS = ("going", "cannot", "here", "well", "out", *SAW)
NIGHT = (21, 6)  # hours of the place's clocks between which signs of life are asked for more often


class NobodyToAsk(DomainError):
    """Nobody can be asked to look."""

    def __init__(self) -> None:
        super().__init__(
            "nobody_to_ask",
            N_("There is nobody left to ask: nobody certified is near, awake, and reached by push."),
            safe=N_("The alert is as it was. Nobody was told."),
            do=N_("Call somebody you know near there, or the hotline of the next chapter."),
        )


class NotAsked(DomainError):
    """This answer does not follow: the ask has ended, or the step before it is missing."""

    def __init__(self) -> None:
        super().__init__("not_asked", N_("You are not asked about this any more."), safe=N_("Nothing was changed."))


def candidates(session: Session, alert: Alert, rules: Rules, now: int) -> list[str]:
    """Who could look, in the order in which they would be asked: at the place first, then who is awake, then whoever was asked least
    recently. Never the raiser, nor anybody asked about this alert before, nor who does not want to be asked."""
    found = near.near(session, alert, rules.near_km, now)
    people = found.here | found.around
    asked = set(session.scalars(select(AlertAsk.person_id).where(AlertAsk.alert_id == alert.id)))
    lately = _asked_lately(session, people, now)
    known = choices.willing(session, people - asked, now)
    left = [
        one for one in people - asked if lately.get(one, (0, 0))[0] < rules.asks_a_day and known.wants(one, "verify")
    ]
    return sorted(left, key=lambda one: (one not in found.here, one in known.asleep, lately.get(one, (0, 0))[1], one))


def _asked_lately(session: Session, people: Iterable[str], now: int) -> dict[str, tuple[int, int]]:
    """For each person how often they were asked in the last 24 hours, and when last (ms UTC)."""
    today = func.sum(case((AlertAsk.asked_at > now - DAY, 1), else_=0))
    query = (
        select(AlertAsk.person_id, today, func.max(AlertAsk.asked_at))
        .where(AlertAsk.kind == "verify", AlertAsk.asked_at > now - REMEMBERED)
        .group_by(AlertAsk.person_id)
    )
    wanted = set(people)
    return {row[0]: (int(row[1] or 0), int(row[2])) for row in session.execute(query) if row[0] in wanted}


def ask_pair(actor: Actor, alert_id: str, now: int) -> list[str]:
    """Ask a pair to look; returns who was asked. Whoever asks has the alert, if nobody had.

    Raises NotFound, Forbidden, Closed, Confirmed, NobodyToAsk.
    """
    with write() as session:
        alert = stages.decided(session, actor, alert_id)
        if alert.stage in stages.LIVE:
            raise stages.Confirmed()
        rules = stages.of(session, alert)
        order = candidates(session, alert, rules, now)
        if not order:
            raise NobodyToAsk()
        stages.hold(session, alert, actor.person_id, now)
        pair = 1 + (session.scalar(select(func.max(AlertAsk.pair)).where(AlertAsk.alert_id == alert.id)) or 0)
        chosen = order[: rules.pair]
        _ask(session, alert, chosen, pair, actor.person_id, now, rules)
        known = choices.willing(session, order[rules.pair :], now)
        standby = [one for one in order[rules.pair :] if known.wants(one, "standby")][:STANDBY_MOST]
        for person in standby:
            session.add(
                AlertAsk(alert_id=alert.id, person_id=person, kind="standby", asked_by=actor.person_id, asked_at=now)
            )
        stages.enter(session, alert, "verifying", now)
        paging.note(session, alert, "asked", now, actor.person_id, people=len(chosen), standby=len(standby), pair=pair)
    return chosen


def _ask(
    session: Session, alert: Alert, people: Sequence[str], pair: int, by: str | None, now: int, rules: Rules
) -> None:
    for person in people:
        session.add(
            AlertAsk(
                alert_id=alert.id,
                person_id=person,
                kind="verify",
                pair=pair,
                asked_by=by,
                asked_at=now,
                report_by=now + rules.verify,
            )
        )
    session.flush()
    paging.tell_more(session, alert, LOOK, people, now)


@answering.on(LOOK)
def answer(session: Session, notice: Notice, said: str, now: int) -> None:
    """What somebody who was asked to look says, with their device's key: going, cannot, here, well, out, or what they saw.

    Raises Closed, NotAsked.
    """
    alert = session.get_one(Alert, notice.alert_id, populate_existing=True, with_for_update=True)
    ask = session.scalars(
        select(AlertAsk)
        .where(AlertAsk.alert_id == alert.id, AlertAsk.person_id == notice.person_id, AlertAsk.kind == "verify")
        .with_for_update()
    ).first()
    if ask is None:
        raise NotAsked()
    if alert.closed_at is not None and said not in ("out", "well"):
        raise Closed()
    steps = {"going": _going, "cannot": _cannot, "here": _here, "well": _well, "out": _out}
    steps.get(said, _saw)(session, alert, ask, said, now)
    alert.version += 1


def _going(session: Session, alert: Alert, ask: AlertAsk, said: str, now: int) -> None:
    if ask.state not in ("asked", "cannot"):
        return
    ask.state, ask.answered_at = "going", now
    paging.note(session, alert, "going", now, ask.person_id)


def _cannot(session: Session, alert: Alert, ask: AlertAsk, said: str, now: int) -> None:
    """Somebody else is asked in their place, at once, as far as there is anybody."""
    if ask.state not in ("asked", "going"):
        return
    ask.state, ask.answered_at = "cannot", now
    paging.note(session, alert, "cannot_look", now, ask.person_id)
    rules = stages.of(session, alert)
    if alert.stage != "verifying":
        return
    instead = candidates(session, alert, rules, now)[:1] or _from_standby(session, alert)
    if not instead:
        paging.note(session, alert, "nobody_to_ask", now)
        stages.tell_holder(session, alert, stages.BACK, now)
        return
    _ask(session, alert, instead, ask.pair, ask.asked_by, now, rules)
    paging.note(session, alert, "asked", now, None, people=1, standby=0, pair=ask.pair)


def _from_standby(session: Session, alert: Alert) -> list[str]:
    """The first of those on standby, who now is asked."""
    first = select(AlertAsk).where(AlertAsk.alert_id == alert.id, AlertAsk.kind == "standby", AlertAsk.state == "asked")
    found = session.scalars(first.order_by(AlertAsk.asked_at, AlertAsk.id).limit(1)).first()
    if found is None:
        return []
    person = found.person_id
    session.delete(found)
    session.flush()
    return [person]


def _here(session: Session, alert: Alert, ask: AlertAsk, said: str, now: int) -> None:
    if ask.state not in ("asked", "going", "cannot"):
        return
    ask.state, ask.answered_at, ask.here_at = THERE, ask.answered_at or now, now
    ask.next_check_at = now + check_every(session, alert, now)
    paging.note(session, alert, "on_scene", now, ask.person_id)


def _well(session: Session, alert: Alert, ask: AlertAsk, said: str, now: int) -> None:
    if ask.state == THERE:
        ask.next_check_at = now + check_every(session, alert, now)
        paging.note(session, alert, "well", now, ask.person_id)


def _out(session: Session, alert: Alert, ask: AlertAsk, said: str, now: int) -> None:
    if ask.out_at is None:
        ask.state, ask.out_at, ask.next_check_at = "out", now, None
        paging.note(session, alert, "out", now, ask.person_id)


def _saw(session: Session, alert: Alert, ask: AlertAsk, said: str, now: int) -> None:
    """What was seen goes to whoever has the alert: a person decides what it means."""
    if said not in SAW:
        raise NotAsked()
    if ask.here_at is None:
        _here(session, alert, ask, "here", now)
    ask.saw, ask.saw_at = said, now
    paging.note(session, alert, "saw", now, ask.person_id, saw=said)
    stages.tell_holder(session, alert, stages.BACK, now)


def check_every(session: Session, alert: Alert, now: int) -> int:
    """How long somebody on scene may be silent, ms: shorter at night."""
    rules = stages.of(session, alert)
    place = session.get(Place, alert.place_id) if alert.place_id else None
    hour = to_datetime(now, place.zone if place else "UTC").hour
    return rules.check_night if hour >= NIGHT[0] or hour < NIGHT[1] else rules.check


def checks_due(now: int, limit: int = 50) -> int:
    """Who is on scene and has not said that they are well is asked after, by whoever has the alert; returns how many were due (ms UTC)."""
    which = select(AlertAsk.id, AlertAsk.alert_id).where(AlertAsk.next_check_at <= now).limit(limit)
    due = list(db.session.execute(which).tuples())
    db.session.rollback()
    for ask_id, alert_id in due:
        with write() as session:  # the alert is locked before what hangs on it, here and where it is answered
            alert = session.get_one(Alert, alert_id, populate_existing=True, with_for_update=True)
            ask = session.get_one(AlertAsk, ask_id, populate_existing=True)
            if ask.next_check_at is None or ask.next_check_at > now:
                continue
            ask.next_check_at = now + check_every(session, alert, now)
            alert.version += 1
            paging.note(session, alert, "no_sign", now, ask.person_id)
            paging.tell_more(session, alert, LOOK, [ask.person_id], now)
            stages.tell_holder(session, alert, stages.BACK, now)
    return len(due)


def asks_of(alert_id: str) -> list[tuple[AlertAsk, str]]:
    """Everyone asked about an alert, with their field names, the pairs in their order."""
    query = (
        select(AlertAsk, Person.field_name)
        .join(Person, Person.id == AlertAsk.person_id)
        .where(AlertAsk.alert_id == alert_id, AlertAsk.kind == "verify")
        .order_by(AlertAsk.pair, AlertAsk.asked_at, AlertAsk.id)
    )
    return [(ask, name) for ask, name in db.session.execute(query).tuples()]


def look_of(notice: Notice) -> dict[str, Any] | None:
    """How far somebody who was asked to look is, for their phone. Times: ms UTC."""
    one = (AlertAsk.alert_id == notice.alert_id, AlertAsk.person_id == notice.person_id, AlertAsk.kind == "verify")
    ask = db.session.scalars(select(AlertAsk).where(*one)).first()
    if ask is None:
        return None
    return {
        "state": ask.state,
        "report_by": ask.report_by,
        "here_at": ask.here_at,
        "saw": ask.saw or None,
        "next_check_at": ask.next_check_at,
    }
