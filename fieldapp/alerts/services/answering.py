"""Answers: I've got it, I can't, It's over. The first one wins, by a conditional UPDATE, and all see whose it was."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.alerts import policy
from fieldapp.alerts.models import Alert, AlertEvent, Delivery, Notice, PushSubscription
from fieldapp.alerts.services import folding, ladder, paging
from fieldapp.alerts.services.raising import Closed, Unknown, close
from fieldapp.alerts.services.rules import rules_of
from fieldapp.core.actor import Actor
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import write
from fieldapp.core.errors import N_, DomainError, Forbidden, NotFound

# An answer by the device's key alone lasts this long without a signed-in one: a seized phone must not silence an alert.
KEY_ALONE = 10 * MINUTE


Answer = Callable[[Session, Notice, str, int], None]
_others: dict[str, Answer] = {}


def on(what: str) -> Callable[[Answer], Answer]:
    """Register how notices of another kind than a page are answered: ``f(session, notice, answer, now)``, in the answer's transaction."""

    def keep(function: Answer) -> Answer:
        _others[what] = function
        return function

    return keep


class Already(DomainError):
    """Somebody else has it."""

    def __init__(self) -> None:
        super().__init__(
            "already",
            N_("Somebody else has it already."),
            safe=N_("The alert is with a person."),
            do=N_("Nothing to do, or take it over from them."),
        )


class Lapsed(DomainError):
    """This person's answer by a key alone has lapsed before: only a signed-in one counts now."""

    def __init__(self) -> None:
        super().__init__(
            "lapsed",
            N_("Your answer has lapsed. The others are asked again."),
            safe=N_("Nothing was changed."),
            do=N_("Sign in and answer again."),
        )


class NotYours(DomainError):
    """The notice was sent to another person or another device."""

    status = 404

    def __init__(self) -> None:
        super().__init__("not_yours", N_("This message was not for you."))


def was_sent_to(session: Session, notice: Notice, person_id: str | None, device_id: str) -> bool:
    """Whether a notice was sent to this person on this device."""
    if person_id is None or notice.person_id != person_id:
        return False
    sent = (
        select(Delivery.id)
        .join(PushSubscription, PushSubscription.id == Delivery.subscription_id)
        .where(Delivery.notice_id == notice.id, PushSubscription.device_id == device_id)
    )
    return session.scalar(sent.limit(1)) is not None


def answer_with_key(notice_id: str, answer: str, person_id: str | None, device_id: str, now: int) -> None:
    """Answer a notice with the device's key alone; ``answer`` is ``got_it`` or ``cannot``, or one of the notice's kind (``on``).

    A key alone gets its ten minutes once: else a seized phone could keep an alert quiet by answering every time it lapsed.
    Raises Unknown, NotYours, Closed, Already, Lapsed.
    """
    with write() as session:
        notice = session.get(Notice, notice_id)
        if notice is None or notice.alert_id is None:
            raise Unknown()
        if not was_sent_to(session, notice, person_id, device_id):
            raise NotYours()
        alert = session.get_one(Alert, notice.alert_id, populate_existing=True)
        if notice.what in _others:
            _others[notice.what](session, notice, answer, now)
        elif notice.what != paging.PAGE or answer not in ("got_it", "cannot"):
            raise Unknown()
        elif answer == "got_it":
            if alert.closed_at is None and alert.got_it_by is None and _has_lapsed(session, alert, notice.person_id):
                raise Lapsed()
            take(session, alert, notice.person_id, now, lapses_at=now + KEY_ALONE)
        elif alert.closed_at is not None:
            raise Closed()
        else:
            _decline(session, alert, notice, now)
        notice.answer, notice.read_at = answer, notice.read_at or now


def got_it(actor: Actor, alert_id: str, now: int) -> Alert:
    """A signed-in person has it; or confirms what they answered with their device's key.

    Raises NotFound, Forbidden, Closed, Already.
    """
    with write() as session:
        alert = find(session, actor, alert_id)
        if not policy.can_answer(actor, alert.chapter_id, told=_told(session, alert, actor.person_id)):
            raise Forbidden()
        take(session, alert, actor.person_id, now)
    return alert


def take_over(actor: Actor, alert_id: str, now: int) -> Alert:
    """A coordinator takes an alert over from the person who has it. Raises NotFound, Forbidden, Closed, Already."""
    with write() as session:
        alert = find(session, actor, alert_id)
        if not policy.can_decide(actor, alert.chapter_id):
            raise Forbidden()
        before = alert.got_it_by
        if not _set_holder(session, alert, actor.person_id, "coordinator", now, None, state="got_it", holder=before):
            raise Closed() if alert.closed_at is not None else Already()
        paging.note(session, alert, "taken_over", now, actor.person_id)
    return alert


def over(actor: Actor, alert_id: str, now: int, seen: int = 0) -> Alert:
    """A coordinator says that it's over, with all that are told with it up to number ``seen``, the highest that their page showed.
    What came after that nobody has looked at: it is passed on, and told at once. Raises NotFound, Forbidden, Closed."""
    with write() as session:
        alert = find(session, actor, alert_id)
        if not policy.can_decide(actor, alert.chapter_id):
            raise Forbidden()
        close(session, alert, now, "over", actor.person_id)
        close_with(session, alert, now, actor.person_id, Alert.number <= seen)
    return alert


def close_with(
    session: Session, alert: Alert, now: int, person_id: str | None, which: ColumnElement[bool], result: str = ""
) -> None:
    """Those told with an alert that has just ended end too, as far as ``which`` says; the others are told at once."""
    with_it = (Alert.folded_into == alert.id, Alert.closed_at.is_(None), which)
    for one in session.scalars(select(Alert).where(*with_it).order_by(Alert.id)):
        close(session, one, now, "over", person_id, result)
    folding.pass_on(session, alert, now, pause=0)


def find(session: Session, actor: Actor, alert_id: str) -> Alert:
    """An alert of a chapter that the actor belongs to, or that they were told of. Raises NotFound."""
    alert = session.get(Alert, alert_id, populate_existing=True)
    if alert is None or not (alert.chapter_id in actor.chapters or _told(session, alert, actor.person_id)):
        raise NotFound()
    return alert


def _told(session: Session, alert: Alert, person_id: str) -> bool:
    """Whether the person was asked to take it: who was asked to look, or told of a confirmed one, was not."""
    told = select(Notice.id).where(
        Notice.alert_id == alert.id, Notice.person_id == person_id, Notice.what == paging.PAGE
    )
    return session.scalar(told.limit(1)) is not None


def _has_lapsed(session: Session, alert: Alert, person_id: str) -> bool:
    """Whether the person answered this alert with a key alone before, and nobody confirmed it by signing in."""
    before = (AlertEvent.alert_id == alert.id, AlertEvent.what == "lapsed", AlertEvent.person_id == person_id)
    return session.scalar(select(AlertEvent.id).where(*before).limit(1)) is not None


def take(session: Session, alert: Alert, person_id: str, now: int, lapses_at: int | None = None) -> None:
    """First one wins. The same person again changes nothing, except that a signed-in answer makes it last."""
    role = "coordinator" if person_id in _coordinators(session, alert) else "lead"
    if _set_holder(session, alert, person_id, role, now, lapses_at, state="raised", holder=None):
        paging.stop(session, alert.id, paging.PAGE)
        paging.note(session, alert, "got_it", now, person_id, signed_in=lapses_at is None, step=alert.step)
    elif alert.closed_at is not None:
        raise Closed()
    elif alert.got_it_by != person_id:
        raise Already()
    elif lapses_at is None and alert.got_it_lapses_at is not None:
        alert.got_it_lapses_at = alert.next_step_at = None
        alert.version += 1
        paging.note(session, alert, "signed_in", now, person_id)


def _set_holder(
    session: Session,
    alert: Alert,
    person_id: str,
    role: str,
    now: int,
    lapses_at: int | None,
    *,
    state: str,
    holder: str | None,
) -> bool:
    """Make ``person_id`` the holder when state and holder are still as seen; either way ``alert`` is read anew."""
    values = {"state": "got_it", "got_it_by": person_id, "got_it_role": role, "got_it_at": now, "folded_into": None}
    due = _response_due(session, alert, now)
    done = session.execute(
        update(Alert)
        .where(Alert.id == alert.id, Alert.state == state, Alert.got_it_by.is_not_distinct_from(holder))
        .values(
            **values, got_it_lapses_at=lapses_at, next_step_at=lapses_at, stage_due_at=due, version=Alert.version + 1
        ),
        execution_options={"synchronize_session": False},
    )
    session.refresh(alert)
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _response_due(session: Session, alert: Alert, now: int) -> int | None:
    """When a report that somebody has from now on ends unconfirmed; what is confirmed goes its own way, a call for help never ends so."""
    if alert.stage in ("confirmed", "sent") or alert.what == "need_help":
        return alert.stage_due_at
    settings = session.scalar(select(Chapter.settings).where(Chapter.id == alert.chapter_id))
    ends = now + rules_of(settings).unconfirmed
    return min(ends, alert.stage_due_at) if alert.stage == "verifying" and alert.stage_due_at else ends


def _coordinators(session: Session, alert: Alert) -> set[str]:
    return ladder.coordinators(session, ladder.chain(session, alert.chapter_id))


def _decline(session: Session, alert: Alert, notice: Notice, now: int) -> None:
    """One person can't. When nobody who was told is left to answer, the next rung is told at once."""
    if notice.answer == "cannot":
        return
    notice.answer = "cannot"
    session.flush()
    paging.note(session, alert, "cannot", now, notice.person_id)
    left = select(Notice.id).where(
        Notice.alert_id == alert.id, Notice.step == alert.step, Notice.answer.is_distinct_from("cannot")
    )
    if (
        alert.state == "raised"
        and ladder.place_of(alert, alert.step) < ladder.TOP
        and session.scalar(left.limit(1)) is None
    ):
        alert.next_step_at = now
        session.info["wake_worker"] = True
    alert.version += 1
