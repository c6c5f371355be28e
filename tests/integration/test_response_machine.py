"""Whatever people, phones, workers and time do to alerts, in whatever order: what the response promises holds after every step.

A machine takes steps that Hypothesis chooses, over the real services on both databases, with the clock in its hand. What it checks it works
out from the rows by itself: nothing unconfirmed leaves the verifiers; the chapter is told by two; who has an alert is not paged for it, and
one that nobody has climbs or repeats; everyone alarmed hears the end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete

from fieldapp.accounts.identity import actor_for
from fieldapp.alerts.models import Alert, AlertAsk, AlertEvent, AlertSend, Delivery, Notice, SendingStop
from fieldapp.alerts.services import answering, escalation, sending, stages, verifying
from fieldapp.core.actor import Actor
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import db, write
from fieldapp.core.errors import DomainError
from tests.responders import YES, Courthouse

KINDS = st.sampled_from(["ice_here", "being_taken", "need_help"])
BOSSES = st.integers(0, 2)
LOOKERS = st.integers(0, 3)
ANSWERS = st.sampled_from([*verifying.ANSWERS])
CONFIRMED = {"confirmed", "sent"}


class Response(RuleBasedStateMachine):
    """One chapter, three coordinators (one of them above), four verifiers, and a volunteer who was never asked."""

    make: Any
    clock: Any

    def __init__(self) -> None:
        super().__init__()
        with write() as session:
            for model in (Delivery, Notice, AlertEvent, AlertAsk, AlertSend, SendingStop, Alert):
                session.execute(delete(model))
        self.scene = Courthouse(self.make, self.clock)
        self.bosses = [
            self.scene.coordinator("Finch"),
            self.scene.coordinator("Juniper"),
            self.scene.coordinator("Above", self.scene.parent),
        ]
        self.lookers = [self.scene.observer(name) for name in ("Alder", "Birch", "Cedar", "Dogwood")]
        self.scene.observer("Never asked", certified=False)
        self.worked_at = self.clock.now()

    @property
    def now(self) -> int:
        """The clock's time, ms UTC."""
        return int(self.clock.now())

    def who(self, boss: int, fresh: bool = False) -> Actor:
        """A coordinator, signed in."""
        made = actor_for(self.bosses[boss].person)
        return replace(made, step_up_until=self.now + MINUTE) if fresh else made

    def alerts(self) -> list[Alert]:
        """Oldest first."""
        db.session.rollback()
        return sorted(self.make.all(Alert), key=lambda one: one.number)

    def one(self, pick: int) -> str | None:
        """One of the alerts."""
        found = self.alerts()
        return found[pick % len(found)].id if found else None

    def attempt(self, act: Any, *given: Any) -> None:
        """A person tries: what the rules refuse is refused, and nothing else may happen."""
        try:
            act(*given)
        except DomainError:
            db.session.rollback()

    @rule(kind=KINDS)
    def report(self, kind: str) -> None:
        if len(self.alerts()) < 3:
            self.scene.report(kind)

    @rule(
        boss=BOSSES,
        pick=st.integers(0, 2),
        act=st.sampled_from(["got_it", "take_over", "over", "open_again", "still_there", "ask_pair"]),
    )
    def decide(self, boss: int, pick: int, act: str) -> None:
        alert = self.one(pick)
        home = {"got_it": answering, "take_over": answering, "over": answering, "ask_pair": verifying}.get(act, stages)
        if alert:
            self.attempt(getattr(home, act), self.who(boss), alert, self.now)

    @rule(boss=BOSSES, pick=st.integers(0, 2), yes=st.booleans())
    def confirm(self, boss: int, pick: int, yes: bool) -> None:
        alert = self.one(pick)
        if alert:
            self.attempt(stages.confirm, self.who(boss), alert, YES if yes else {}, self.now)

    @rule(boss=BOSSES, pick=st.integers(0, 2), result=st.sampled_from(stages.RESULTS))
    def end_as(self, boss: int, pick: int, result: str) -> None:
        alert = self.one(pick)
        if alert:
            self.attempt(stages.end_as, self.who(boss), alert, result, self.now)

    @rule(boss=BOSSES, pick=st.integers(0, 2), ring=st.sampled_from(sending.RINGS), fresh=st.booleans())
    def propose(self, boss: int, pick: int, ring: str, fresh: bool) -> None:
        alert = self.one(pick)
        if alert:
            self.attempt(sending.propose, self.who(boss, fresh), alert, ring, self.now)

    @rule(boss=BOSSES, yes=st.booleans(), fresh=st.booleans())
    def second(self, boss: int, yes: bool, fresh: bool) -> None:
        for send in self.make.all(AlertSend):
            self.attempt(sending.second, self.who(boss, fresh), send.alert_id, send.id, yes, self.now)

    @rule(boss=BOSSES, on=st.booleans())
    def switch(self, boss: int, on: bool) -> None:
        act = sending.stop if on else sending.lift
        self.attempt(act, self.who(boss, True), self.scene.chapter.id, self.now)

    @rule(looker=LOOKERS, said=ANSWERS)
    def look(self, looker: int, said: str) -> None:
        phone = self.lookers[looker]
        notice = self.scene.notice(phone, "look")
        if notice:
            phone.answer(notice, said)

    @rule(boss=BOSSES, said=st.sampled_from(["got_it", "cannot"]))
    def answer_by_key(self, boss: int, said: str) -> None:
        phone = self.bosses[boss]
        notice = self.scene.notice(phone, "alert")
        if notice:
            phone.answer(notice, said)

    @rule(minutes=st.sampled_from([1, 3, 7, 11, 21, 35, 61]), workers=st.integers(0, 2))
    def time_passes(self, minutes: int, workers: int) -> None:
        """Any number of workers look, or none: they are all dead for a while."""
        self.clock.advance(minutes * MINUTE)
        for _ in range(workers):
            for turn in (escalation.climb_due, stages.respond_due, verifying.checks_due):
                turn(self.now)
        if workers:
            self.worked_at = self.now

    @invariant()
    def nothing_unconfirmed_leaves_the_verifiers(self) -> None:
        for alert in self.alerts():
            sent = [one for one in self.make.all(AlertSend) if one.alert_id == alert.id]
            news = [n for n in self.make.all(Notice) if n.alert_id == alert.id and n.what == "news"]
            confirmed = [e for e in self.make.all(AlertEvent) if e.alert_id == alert.id and e.what == "confirmed"]
            if sent or news:
                assert confirmed
                assert min(n.created_at for n in news) >= min(e.at for e in confirmed) if news else True
            asked = {a.person_id for a in self.make.all(AlertAsk) if a.alert_id == alert.id and a.kind == "verify"}
            looked = {n.person_id for n in self.make.all(Notice) if n.alert_id == alert.id and n.what == "look"}
            assert looked <= asked

    @invariant()
    def the_chapter_is_told_by_two(self) -> None:
        for send in self.make.all(AlertSend):
            if send.ring == "chapter" and send.state == "sent":
                assert send.decided_by not in (None, send.proposed_by)

    @invariant()
    def what_somebody_has_is_not_paged_and_what_nobody_has_goes_on(self) -> None:
        for alert in self.alerts():
            waiting = self.waiting(alert.id, "alert")
            if alert.closed_at is not None:
                assert alert.next_step_at is None and alert.stage_due_at is None and alert.stage == "ended"
                assert not self.waiting(alert.id, "look") and not self.waiting(alert.id, "news")
            elif alert.got_it_by is not None:
                assert not waiting
            elif alert.folded_into is None:
                assert alert.next_step_at is not None
                assert alert.next_step_at > self.worked_at

    def waiting(self, alert_id: str, what: str) -> list[Delivery]:
        """Deliveries on their way that do not tell of its end."""
        notices = {n.id for n in self.make.all(Notice) if n.alert_id == alert_id and n.what == what and n.step >= 0}
        return [d for d in self.make.all(Delivery) if d.notice_id in notices and d.state == "waiting"]

    @invariant()
    def an_open_response_has_its_next_moment(self) -> None:
        for alert in self.alerts():
            if alert.closed_at is None and alert.folded_into is None and alert.stage in CONFIRMED:
                assert alert.stage_due_at is not None
                assert alert.stage_due_at > self.worked_at

    @invariant()
    def everyone_alarmed_hears_the_end(self) -> None:
        for alert in self.alerts():
            if alert.closed_at is None:
                continue
            mine = [n for n in self.make.all(Notice) if n.alert_id == alert.id]
            told = {n.person_id for n in mine if n.step >= 0}
            heard = {n.person_id for n in mine if n.step == -1 - alert.round}
            assert told - heard <= {alert.closed_by}


def test_the_response_keeps_its_promises_whatever_happens(make, clock):
    machine = type("Machine", (Response,), {"make": make, "clock": clock})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
