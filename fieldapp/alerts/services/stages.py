"""How far the response to an alert is: reported, verifying, confirmed, sent, ended; and what happens by itself on the way.

The paging (escalation) sees to it that somebody has the alert. From then on this does: a report that nobody confirms ends, a pair that does
not report sends it back, a confirmed one is asked after ("still there?") and ends when nobody answers, because a stale alert keeps
families at home. "I need help" never ends by itself. Everything is decided by a person, or by the clock as the chapter's parameters say.
"""

from __future__ import annotations

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.alerts import policy
from fieldapp.alerts.models import Alert, AlertEvent
from fieldapp.alerts.services import answering, forgetting, ladder, paging, raising
from fieldapp.alerts.services.raising import Closed
from fieldapp.alerts.services.rules import Rules, rules_of
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid

OPEN_AGAIN = DAY  # how long after its end an alert may be opened again: after that it is another one
LIVE = ("confirmed", "sent")
STILL, BACK, SECOND = (
    "still",
    "back",
    "second",
)  # notices to who decides: still there? a pair is back; say yes or no to sending
RESULTS = ("not_ice", "unconfirmed")
SILENT, STILL_ASKED, UNCONFIRMED, NO_REPORT = ("silent", "still_asked", "unconfirmed", "no_report")  # by the clock
ENDS = (SILENT, UNCONFIRMED)
SAID = ("yes", "no", "unknown")


class NotConfirmed(DomainError):
    """What nobody has confirmed is asked after, or sent: it stays with the verifiers."""

    def __init__(self) -> None:
        super().__init__(
            "not_confirmed",
            N_("Nobody has confirmed this alert."),
            safe=N_("Nothing was sent. Only the verifiers know of it."),
            do=N_("Ask a pair to look, or confirm it first."),
        )


class Confirmed(DomainError):
    """It was confirmed: it can only be over."""

    def __init__(self) -> None:
        super().__init__(
            "confirmed",
            N_("This alert is confirmed already."),
            safe=N_("Nothing was changed."),
            do=N_("Say that it is over when it is."),
        )


def of(session: Session, alert: Alert) -> Rules:
    """The parameters of the alert's chapter."""
    return rules_of(session.scalar(select(Chapter.settings).where(Chapter.id == alert.chapter_id)))


def next_due(alert: Alert, rules: Rules, now: int) -> int | None:
    """When something next happens by itself to the response (ms UTC), as the alert stands at ``now``."""
    if alert.closed_at is not None or alert.folded_into is not None:
        return None
    if alert.stage in LIVE:
        seen = alert.seen_at or now
        return min(seen + rules.silent, seen + rules.still * ((now - seen) // rules.still + 1))
    moments = []
    if alert.stage == "verifying" and alert.stage_at is not None and alert.stage_at + rules.verify > now:
        moments.append(alert.stage_at + rules.verify)
    if alert.state == "got_it" and alert.got_it_at is not None and alert.what != "need_help":
        moments.append(alert.got_it_at + rules.unconfirmed)
    return min(moments, default=None)


def plan(session: Session, alert: Alert, now: int) -> None:
    """Write down when the response goes on by itself: after every change of the alert, in its transaction."""
    alert.stage_due_at = next_due(alert, of(session, alert), now)


def enter(session: Session, alert: Alert, stage: str, now: int) -> None:
    """The response is at ``stage`` from ``now`` on."""
    alert.stage, alert.stage_at = stage, now
    alert.version += 1
    plan(session, alert, now)


def decided(session: Session, actor: Actor, alert_id: str) -> Alert:
    """An open alert that the actor may decide about, locked. Raises NotFound, Forbidden, Closed."""
    alert = answering.find(session, actor, alert_id)
    if not policy.can_decide(actor, alert.chapter_id):
        raise Forbidden()
    session.refresh(alert, with_for_update=True)
    if alert.closed_at is not None:
        raise Closed()
    return alert


def confirm(actor: Actor, alert_id: str, checks: dict[str, str], now: int) -> Alert:
    """A coordinator confirms it, with the answers to the chapter's questions; whoever confirms has it, if nobody had.

    Confirmed says that it is true, and no more: it is sent by another step. Raises NotFound, Forbidden, Closed, Invalid.
    """
    with write() as session:
        alert = decided(session, actor, alert_id)
        if alert.stage in LIVE:
            return alert
        hold(session, alert, actor.person_id, now)
        alert.checks = {**alert.checks, **checked(checks, of(session, alert))}
        alert.result, alert.seen_at = "confirmed", now
        enter(session, alert, "confirmed", now)
        paging.note(session, alert, "confirmed", now, actor.person_id)
    return alert


def check(actor: Actor, alert_id: str, checks: dict[str, str], now: int) -> Alert:
    """Answer questions of the checklist. Raises NotFound, Forbidden, Closed, Invalid."""
    with write() as session:
        alert = decided(session, actor, alert_id)
        said = checked(checks, of(session, alert))
        news = {name: answer for name, answer in said.items() if alert.checks.get(name) != answer}
        if news:
            alert.checks = {**alert.checks, **news}
            alert.version += 1
            paging.note(session, alert, "checked", now, actor.person_id, **news)
    return alert


def checked(checks: dict[str, str], rules: Rules) -> dict[str, str]:
    """Answers to questions that the chapter asks. Raises Invalid for others."""
    if any(name not in rules.questions or answer not in SAID for name, answer in checks.items()):
        raise Invalid()
    return dict(checks)


def hold(session: Session, alert: Alert, person_id: str, now: int) -> None:
    """Whoever decides has it, if nobody has: the paging of the others stops."""
    if alert.state == "raised":
        answering.take(session, alert, person_id, now)


def end_as(actor: Actor, alert_id: str, result: str, now: int, seen: int = 0) -> Alert:
    """It was not ICE, or it could not be confirmed: a normal outcome, kept, and told to everyone who was told of the alert; with all that
    are told with it up to number ``seen``, as ``answering.over`` has it.

    ``result``: not_ice or unconfirmed. Raises NotFound, Forbidden, Closed, Confirmed where it was sent to others than verifiers already.
    """
    if result not in RESULTS:
        raise Invalid()
    with write() as session:
        alert = decided(session, actor, alert_id)
        if alert.stage == "sent":
            raise Confirmed()
        raising.close(session, alert, now, "over", actor.person_id, result)
        answering.close_with(session, alert, now, actor.person_id, Alert.number <= seen, result)
    return alert


def still_there(actor: Actor, alert_id: str, now: int) -> Alert:
    """It is still there. Raises NotFound, Forbidden, Closed, NotConfirmed."""
    with write() as session:
        alert = decided(session, actor, alert_id)
        if alert.stage not in LIVE:
            raise NotConfirmed()
        alert.seen_at = now
        alert.version += 1
        plan(session, alert, now)
        paging.stop(session, alert.id, STILL)
        paging.note(session, alert, "still_there", now, actor.person_id)
    return alert


def open_again(actor: Actor, alert_id: str, now: int) -> Alert:
    """It was not over after all: everybody who is due is paged anew, as for a new one. Raises NotFound, Forbidden, Invalid for one that is
    open, was taken back, or ended more than a day ago."""
    with write() as session:
        alert = answering.find(session, actor, alert_id)
        if not policy.can_decide(actor, alert.chapter_id):
            raise Forbidden()
        session.refresh(alert, with_for_update=True)
        if not may_open_again(alert, now):
            raise Invalid(N_("This alert cannot be opened again."))
        alert.state, alert.closed_at, alert.closed_by = "raised", None, None
        alert.got_it_by = alert.got_it_at = alert.got_it_lapses_at = alert.seen_at = None
        alert.got_it_role, alert.result = "", ""
        alert.round, alert.first_step, alert.opened_at = alert.round + 1, alert.step + 1, now
        alert.step = alert.first_step
        alert.next_step_at = raising.first_step_due(session, alert, now)
        enter(session, alert, "reported", now)
        forgetting.plan_open(session, alert.id, now)
        paging.note(session, alert, "opened_again", now, actor.person_id)
        paging.page(session, alert, alert.step, now)
    return alert


def may_open_again(alert: Alert, now: int) -> bool:
    """Whether it ended, not long ago, by somebody who said so or by the clock; what was taken back stays so."""
    ended = alert.state == "over" and alert.closed_at is not None and alert.folded_into is None
    return ended and (alert.closed_at or 0) >= now - OPEN_AGAIN


def respond_due(now: int, limit: int = 50) -> int:
    """Do what is due at ``now`` (ms UTC); returns how many alerts that were. Any number of workers may."""
    due = list(db.session.scalars(select(Alert.id).where(Alert.stage_due_at <= now).limit(limit)))
    db.session.rollback()
    for alert_id in due:
        respond(alert_id, now)
    return len(due)


def respond(alert_id: str, now: int) -> bool:
    """Do one alert's due step; whether this call did it."""
    with write() as session:
        alert = session.get(Alert, alert_id, populate_existing=True)
        if alert is None or alert.stage_due_at is None or alert.stage_due_at > now:
            return False
        rules = of(session, alert)
        mine = (Alert.id == alert.id, Alert.stage_due_at == alert.stage_due_at, Alert.version == alert.version)
        taken = session.execute(
            update(Alert).where(*mine).values(stage_due_at=next_due(alert, rules, now), version=Alert.version + 1),
            execution_options={"synchronize_session": False},
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return False
        session.refresh(alert)
        _by_itself(session, alert, rules, now)
    return True


def what_is_due(alert: Alert, rules: Rules, now: int) -> str:
    """What happens by itself to an alert that is due at ``now`` (ms UTC), as its trail says it; empty for nothing. Pure."""
    if alert.stage in LIVE:
        return SILENT if now >= (alert.seen_at or now) + rules.silent else STILL_ASKED
    if _has_waited(alert, rules, now):
        return UNCONFIRMED
    return NO_REPORT if alert.stage == "verifying" else ""


def _by_itself(session: Session, alert: Alert, rules: Rules, now: int) -> None:
    what = what_is_due(alert, rules, now)
    if what in (SILENT, STILL_ASKED, NO_REPORT):
        paging.note(session, alert, what, now)
    if what in ENDS:
        _end(session, alert, now, UNCONFIRMED if what == UNCONFIRMED else "")
    elif what:
        tell_holder(session, alert, STILL if what == STILL_ASKED else BACK, now)


def _has_waited(alert: Alert, rules: Rules, now: int) -> bool:
    """Whether a report that somebody has was not confirmed in time."""
    held = alert.state == "got_it" and alert.got_it_at is not None and alert.what != "need_help"
    return held and now >= (alert.got_it_at or now) + rules.unconfirmed


def tell_holder(session: Session, alert: Alert, what: str, now: int) -> None:
    """Ask whoever has it; where nobody has, whoever is due by the paging."""
    people = {alert.got_it_by} if alert.got_it_by else paging.due_now(session, alert, now)
    paging.stop(session, alert.id, what)
    paging.tell_more(session, alert, what, people, now)


def tell_seconds(session: Session, alert: Alert, proposer: str, now: int) -> None:
    """Ask for a second person: those on duty, and where nobody else is, all coordinators up to the top."""
    people = ladder.on_duty_now(session, alert, now) - {proposer}
    if not ladder.reachable(session, people):
        people = ladder.coordinators(session, ladder.chain(session, alert.chapter_id)) - {proposer}
    paging.tell_more(session, alert, SECOND, people, now)


def _end(session: Session, alert: Alert, now: int, result: str = "") -> None:
    """It ends by the clock, with those told with it that were there when somebody last looked, or that somebody said are the same; a later
    one is passed on."""
    looked = alert.seen_at or alert.got_it_at or 0
    merged = select(AlertEvent.alert_id).where(AlertEvent.what == "merged")
    raising.close(session, alert, now, "over", None, result)
    with_it = or_(Alert.arrived_at <= looked, Alert.id.in_(merged))
    answering.close_with(session, alert, now, None, with_it, result)
