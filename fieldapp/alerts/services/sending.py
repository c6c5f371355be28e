"""Beyond the verifiers: a confirmed alert is sent by rings, to the whole chapter only by two people, and never past the chapter's caps.

Rings, each with the ones before it: on shift at that place, on duty, certified and near and opted in, the chapter. One person sends to the
first three; the chapter needs a second one, both with a fresh user verification, so that no one person and no stolen session can
frighten a community. What was sent is kept as a text signed by the server: a message that is not among them was never sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.alerts import policy
from fieldapp.alerts.models import Alert, AlertSend, Notice, SendingStop
from fieldapp.alerts.services import answering, choices, copies, ladder, near, paging, stages
from fieldapp.alerts.services.raising import Closed
from fieldapp.alerts.services.rules import Rules
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import DAY, MINUTE
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid, NotFound, StepUpNeeded

NEWS = copies.NEWS
RINGS = PLACE, DUTY, NEAR, CHAPTER = ("place", "duty", "near", "chapter")
DISPATCHER = "dispatcher"  # the second person's role, where the chapter's parameters admit it
WAITS = 30 * MINUTE  # a proposal that nobody has seconded is out of date


class Unanswered(DomainError):
    """A question that must be answered yes before sending was not."""

    def __init__(self) -> None:
        super().__init__(
            "unanswered",
            N_("A question that must be answered with yes is not."),
            safe=N_("Nothing was sent. Only the verifiers know of it."),
            do=N_("Answer the questions before sending, or change the chapter's parameters."),
        )


class Stopped(DomainError):
    """Sending is stopped in this chapter."""

    def __init__(self) -> None:
        super().__init__(
            "stopped",
            N_("Sending is stopped in this chapter."),
            safe=N_("Nothing was sent. Alerts are still raised, answered and looked after."),
            do=N_("Find out why, and let it go on when that is settled."),
        )


class TooMany(DomainError):
    """The whole chapter was told too often today."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "too_many_sends",
            N_("The whole chapter was told as often today as its parameters allow."),
            safe=N_("Nothing was sent to it."),
            do=N_("Send to those near, or on duty: that is not capped."),
        )


class SamePerson(DomainError):
    """The second person must be another one."""

    def __init__(self) -> None:
        super().__init__(
            "same_person",
            N_("Another person must say yes, not the one who proposed it."),
            safe=N_("Nothing was sent yet."),
            do=N_("Ask an on-duty dispatcher or a coordinator of the chapter, or of the one above."),
        )


class Decided(DomainError):
    """Somebody has decided about it already."""

    def __init__(self) -> None:
        super().__init__("decided", N_("That was decided already."), safe=N_("Nothing was changed."))


@dataclass(frozen=True)
class Reach:
    """How many people a ring has now who were not told yet, and all that it has."""

    ring: str
    new: int
    all: int


def people_of(session: Session, alert: Alert, ring: str, rules: Rules, now: int) -> set[str]:
    """The people of a ring and of those before it, without the raiser; disabled ones left out."""
    found = near.on_shift(session, alert, now)
    if ring in (DUTY, NEAR, CHAPTER):
        found |= ladder.on_duty_now(session, alert, now)
    if ring in (NEAR, CHAPTER):
        around = near.near(session, alert, rules.near_km, now)
        known = choices.willing(session, around.around, now)
        found |= around.here | {one for one in around.around if known.wants(one, "near")}  # asleep too: they chose it
    if ring == CHAPTER:
        found |= _members(session, alert)
    return found - {alert.person_id or ""}


def _members(session: Session, alert: Alert) -> set[str]:
    path = session.scalar(select(Chapter.path).where(Chapter.id == alert.chapter_id)) or ""
    query = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .join(Chapter, Chapter.id == Membership.chapter_id)
        .where(Chapter.path.startswith(path, autoescape=True), Person.disabled_at.is_(None))
    )
    return set(session.scalars(query))


def reach(alert: Alert, now: int) -> list[Reach]:
    """How far each ring goes, for the page that asks whom to tell."""
    session = db.session()
    rules, told = stages.of(session, alert), _told(session, alert)
    rings = [(ring, people_of(session, alert, ring, rules, now)) for ring in RINGS]
    return [Reach(ring, len(people - told), len(people)) for ring, people in rings]


def propose(actor: Actor, alert_id: str, ring: str, now: int) -> AlertSend:
    """Send to a ring; to the whole chapter it is proposed, for a second person to say yes.

    Raises NotFound, Forbidden, Invalid, Closed, NotConfirmed, Unanswered, Stopped, TooMany, StepUpNeeded.
    """
    with write() as session:
        alert = stages.decided(session, actor, alert_id)
        if ring not in RINGS:
            raise Invalid()
        lock(session, [f"sends {alert.chapter_id}"])  # the cap is counted, and two of the same are one
        rules = stages.of(session, alert)
        _may_leave(session, alert, rules, now)
        if ring == CHAPTER:
            if not actor.stepped_up(now):
                raise StepUpNeeded()
            _under_cap(session, alert, rules, now)
        waiting = _waiting(session, alert, ring, now)
        if waiting is not None:
            return waiting
        send = AlertSend(
            alert_id=alert.id, chapter_id=alert.chapter_id, ring=ring, proposed_by=actor.person_id, proposed_at=now
        )
        session.add(send)
        session.flush()
        alert.version += 1
        if ring == CHAPTER:
            paging.note(session, alert, "proposed", now, actor.person_id, ring=ring)
            stages.tell_seconds(session, alert, actor.person_id, now)
        else:
            _send(session, alert, send, actor.person_id, [COORDINATOR], rules, now)
    return send


def _waiting(session: Session, alert: Alert, ring: str, now: int) -> AlertSend | None:
    query = select(AlertSend).where(
        AlertSend.alert_id == alert.id,
        AlertSend.ring == ring,
        AlertSend.state == "proposed",
        AlertSend.proposed_at > now - WAITS,
    )
    return session.scalars(query).first()


def second(actor: Actor, alert_id: str, send_id: str, yes: bool, now: int) -> AlertSend:
    """The second person's answer to a proposal.

    Raises NotFound, Forbidden, SamePerson, StepUpNeeded, Decided, and all that propose does.
    """
    with write() as session:
        send = session.get(AlertSend, send_id, populate_existing=True)
        if send is None or send.alert_id != alert_id:
            raise NotFound()
        alert = answering.find(session, actor, send.alert_id)
        if not may_second(session, actor, alert, now):
            raise Forbidden()
        lock(session, [f"sends {alert.chapter_id}"])
        session.refresh(alert, with_for_update=True)
        session.refresh(send)
        if send.state != "proposed" or send.proposed_at <= now - WAITS:
            raise Decided()
        if alert.closed_at is not None:
            raise Closed()
        if not yes:
            _decide(session, send, "declined", actor.person_id, now)
            alert.version += 1
            paging.note(session, alert, "declined", now, actor.person_id, ring=send.ring)
            return send
        if actor.person_id == send.proposed_by:
            raise SamePerson()
        if not actor.stepped_up(now):
            raise StepUpNeeded()
        rules = stages.of(session, alert)
        _may_leave(session, alert, rules, now)
        _under_cap(session, alert, rules, now)
        by = [COORDINATOR, COORDINATOR if policy.can_decide(actor, alert.chapter_id) else DISPATCHER]
        _send(session, alert, send, actor.person_id, by, rules, now)
    return send


def may_second(session: Session, actor: Actor, alert: Alert, now: int) -> bool:
    """A coordinator; where the chapter's parameters say so, a dispatcher on duty too."""
    if policy.can_decide(actor, alert.chapter_id):
        return True
    on_duty = actor.person_id in ladder.on_duty_now(session, alert, now)
    return on_duty and stages.of(session, alert).second == "dispatcher"


def _may_leave(session: Session, alert: Alert, rules: Rules, now: int) -> None:
    """Only what is confirmed, with every required answer, where sending is not stopped."""
    if alert.stage not in stages.LIVE:
        raise stages.NotConfirmed()
    if any(alert.checks.get(name) != "yes" for name in rules.required):
        raise Unanswered()
    if stopped(session, alert.chapter_id) is not None:
        raise Stopped()


def _under_cap(session: Session, alert: Alert, rules: Rules, now: int) -> None:
    sent = select(func.count()).where(
        AlertSend.chapter_id == alert.chapter_id,
        AlertSend.ring == CHAPTER,
        AlertSend.state == "sent",
        AlertSend.decided_at > now - DAY,
    )
    if (session.scalar(sent) or 0) >= rules.sends_a_day:
        raise TooMany()


def _send(session: Session, alert: Alert, send: AlertSend, decider: str, by: list[str], rules: Rules, now: int) -> None:
    """It goes out: notices and deliveries are rows of this transaction. ``by``: the roles of those who gave it."""
    people = people_of(session, alert, send.ring, rules, now) - _told(session, alert) - {decider, send.proposed_by}
    _decide(session, send, "sent", decider, now)
    send.people = len(people)
    copies.sign(session, send, alert, by, now)
    phones = paging.tell_more(session, alert, NEWS, people, now, paging.RANK_OF[send.ring])
    without = len(people) - len({person for person, _ in phones})
    stages.enter(session, alert, "sent", now)
    paging.note(
        session, alert, "sent", now, decider, ring=send.ring, people=len(people), phones=len(phones), without=without
    )


def _decide(session: Session, send: AlertSend, state: str, person_id: str, now: int) -> None:
    done = session.execute(
        update(AlertSend)
        .where(AlertSend.id == send.id, AlertSend.state == "proposed")
        .values(state=state, decided_by=person_id, decided_at=now),
        execution_options={"synchronize_session": False},
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Decided()
    session.refresh(send)


def _told(session: Session, alert: Alert) -> set[str]:
    """Who knows that it is confirmed, of this round: whoever was told so."""
    query = select(Notice.person_id).where(Notice.alert_id == alert.id, Notice.what == NEWS)
    return set(session.scalars(query.where(Notice.created_at >= (alert.opened_at or 0))))


def stopped(session: Session, chapter_id: str) -> SendingStop | None:
    """The stop that holds in a chapter: its own, or one of a chapter above."""
    holds = (SendingStop.chapter_id.in_(ladder.chain(session, chapter_id)), SendingStop.lifted_at.is_(None))
    return session.scalars(select(SendingStop).where(*holds).order_by(SendingStop.stopped_at)).first()


def stop(actor: Actor, chapter_id: str, now: int) -> SendingStop:
    """The kill switch, at once and by one person: nothing more leaves the verifiers, and what is on its way and was not sent is dropped.

    Raises NotFound, Forbidden.
    """
    _coordinates(actor, chapter_id)
    with write() as session:
        lock(session, [f"sends {chapter_id}"])
        own = (SendingStop.chapter_id == chapter_id, SendingStop.lifted_at.is_(None))
        stop = session.scalars(select(SendingStop).where(*own)).first()
        if stop is None:
            stop = SendingStop(chapter_id=chapter_id, stopped_by=actor.person_id, stopped_at=now)
            session.add(stop)
        for alert in _open_below(session, chapter_id):
            paging.stop(session, alert.id, NEWS)
            paging.note(session, alert, "stopped", now, actor.person_id)
            alert.version += 1
    return stop


def lift(actor: Actor, chapter_id: str, now: int) -> None:
    """Sending may go on. It needs a fresh user verification: whoever stopped it had a reason. Raises NotFound, Forbidden, StepUpNeeded."""
    _coordinates(actor, chapter_id)
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    with write() as session:
        own = (SendingStop.chapter_id == chapter_id, SendingStop.lifted_at.is_(None))
        session.execute(
            update(SendingStop).where(*own).values(lifted_by=actor.person_id, lifted_at=now),
            execution_options={"synchronize_session": False},
        )


def stop_for(actor: Actor, alert_id: str, now: int) -> None:
    """The kill switch of an alert's chapter. Raises NotFound, Forbidden."""
    stop(actor, answering.find(db.session(), actor, alert_id).chapter_id, now)


def lift_for(actor: Actor, alert_id: str, now: int) -> None:
    """Sending may go on in an alert's chapter, as far as it was stopped there or above. Raises NotFound, Forbidden, StepUpNeeded."""
    alert = answering.find(db.session(), actor, alert_id)
    held = stopped(db.session(), alert.chapter_id)
    lift(actor, held.chapter_id if held else alert.chapter_id, now)


def _coordinates(actor: Actor, chapter_id: str) -> None:
    if chapter_id not in actor.chapters:
        raise NotFound()
    if not policy.can_decide(actor, chapter_id):
        raise Forbidden()


def _open_below(session: Session, chapter_id: str) -> list[Alert]:
    path = session.scalar(select(Chapter.path).where(Chapter.id == chapter_id)) or ""
    query = (
        select(Alert)
        .join(Chapter, Chapter.id == Alert.chapter_id)
        .where(Chapter.path.startswith(path, autoescape=True), Alert.closed_at.is_(None), Alert.stage == "sent")
    )
    return list(session.scalars(query.order_by(Alert.id)))


def sends_of(alert_id: str) -> list[AlertSend]:
    """What was proposed and sent of an alert, newest first."""
    query = select(AlertSend).where(AlertSend.alert_id == alert_id)
    return list(db.session.scalars(query.order_by(AlertSend.proposed_at.desc(), AlertSend.id)))
