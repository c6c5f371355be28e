"""What the alert page says of the response: who looks, what is still to be answered, who would be told, what waits for a second person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from fieldapp.accounts.models import Person
from fieldapp.alerts import policy
from fieldapp.alerts.models import Alert, AlertAsk, AlertSend, SendingStop
from fieldapp.alerts.services import sending, stages, verifying
from fieldapp.alerts.services.rules import Rules
from fieldapp.core.actor import Actor
from fieldapp.core.db import db


@dataclass(frozen=True)
class Question:
    """A question of the chapter's checklist. ``answer``: yes, no, unknown, or empty."""

    name: str
    answer: str
    required: bool


@dataclass(frozen=True)
class Proposal:
    """Something proposed or sent, with the field names of the two."""

    send: AlertSend
    proposer: str
    decider: str


@dataclass(frozen=True)
class Response:
    """Everything about the response to one alert. ``again``: it may be opened again."""

    rules: Rules
    asks: list[tuple[AlertAsk, str]]
    questions: list[Question]
    rings: list[sending.Reach]
    waiting: Proposal | None
    sent: list[Proposal]
    stop: SendingStop | None
    may_decide: bool
    mine: bool
    again: bool

    @property
    def missing(self) -> list[Question]:
        """Questions that must be answered yes and are not."""
        return [one for one in self.questions if one.required and one.answer != "yes"]

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(1 for one in self.questions if one.answer)


def response(actor: Actor, alert: Alert, now: int) -> Response:
    """The response to an alert that the actor may see, at ``now`` (ms UTC): a bounded number of queries."""
    session = db.session()
    rules = stages.of(session, alert)
    proposals = _proposals(sending.sends_of(alert.id))
    waiting = next((one for one in proposals if _waits(one.send, now)), None)
    live = alert.stage in stages.LIVE and alert.closed_at is None
    return Response(
        rules=rules,
        asks=verifying.asks_of(alert.id),
        questions=[Question(name, alert.checks.get(name, ""), name in rules.required) for name in rules.questions],
        rings=sending.reach(alert, now) if live else [],
        waiting=waiting,
        sent=[one for one in proposals if one.send.state == "sent"],
        stop=sending.stopped(session, alert.chapter_id),
        may_decide=policy.can_decide(actor, alert.chapter_id),
        mine=waiting is not None and waiting.send.proposed_by == actor.person_id,
        again=stages.may_open_again(alert, now),
    )


def _waits(send: AlertSend, now: int) -> bool:
    return send.state == "proposed" and send.proposed_at > now - sending.WAITS


def _proposals(sends: list[AlertSend]) -> list[Proposal]:
    people = {one for send in sends for one in (send.proposed_by, send.decided_by) if one}
    names: dict[str, str] = {}
    if people:
        query = select(Person.id, Person.field_name).where(Person.id.in_(people))
        names = {row.id: row.field_name for row in db.session.execute(query)}
    return [Proposal(send, names.get(send.proposed_by, ""), names.get(send.decided_by or "", "")) for send in sends]
