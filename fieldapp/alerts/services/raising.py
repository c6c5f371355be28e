"""An alert is raised, and taken back, by a phone's signed record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.alerts import policy
from fieldapp.alerts.models import WORD, Alert, AlertAsk, AlertSend
from fieldapp.alerts.services import folding, forgetting, ladder, paging
from fieldapp.core.actor import Actor
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import lock, write
from fieldapp.core.errors import N_, DomainError, NotFound, StepUpNeeded
from fieldapp.places.models import Place
from fieldapp.shifts.models import Shift

KINDS = ("ice_here", "being_taken", "need_help")
DESK = "desk"  # the key of an alert that somebody typed in: no phone raised it
HOTLINE = "hotline"
PARTNER = "partner"  # a partner organisation's people typed it in; the key is the organisation's id
TYPED = (HOTLINE, PARTNER)
LATE = 2 * MINUTE  # a gap between raised and arrived that people must be told of


@dataclass(frozen=True)
class Report:
    """What a phone says. Times: ms UTC, ``raised_at`` by the phone's clock; positions: microdegrees. ``device_id`` is empty where the
    key's link to its phone was dropped."""

    record_id: str
    key: str
    chapter_id: str
    person_id: str | None
    what: str
    raised_at: int
    device_id: str = ""
    place_id: str | None = None
    cell: str | None = None
    shift_id: str | None = None
    lat: int | None = None
    lon: int | None = None
    source: str = "phone"
    counts: Mapping[str, int] = field(default_factory=dict)  # of a call: what was seen, in numbers


class Unknown(DomainError):
    """There is no such alert for this key."""

    status = 404

    def __init__(self) -> None:
        super().__init__("unknown_alert", N_("The server does not know that alert."))


class Closed(DomainError):
    """The alert is over or was taken back."""

    def __init__(self) -> None:
        super().__init__(
            "closed",
            N_("This alert is over already."),
            safe=N_("Nothing was changed."),
            do=N_("Go back to the open alerts."),
        )


def raise_alert(report: Report, now: int, told: folding.Place | None = None) -> Alert:
    """Raise an alert and tell the first rung, all in one transaction. A place or shift that is not known to the
    chapter does not stop an alert, nor does none at all: it is raised without. One of very many by one phone is told
    with another (folding); ``told`` says so for one that no phone raised."""
    with write() as session:
        lock(session, [f"alert number {report.chapter_id}"])  # numbers never repeat
        chapter = session.scalars(select(Chapter).where(Chapter.id == report.chapter_id)).one()
        facts = _facts(session, report, chapter)
        if told is None:
            told = folding.Place() if report.key == WORD else folding.place(session, facts, report.device_id, now)
        alert = Alert(
            **facts,
            number=1 + (session.scalar(select(func.max(Alert.number)).where(Alert.chapter_id == chapter.id)) or 0),
            state="raised",
            raised_at=min(report.raised_at, now),
            arrived_at=now,
            **_steps(told, ladder.ladder_of(chapter.settings), now),
            version=1,
        )
        session.add(alert)
        session.flush()
        forgetting.plan_open(session, alert.id, now)
        if report.source in TYPED:
            said = "called" if report.source == HOTLINE else "partner"
            paging.note(session, alert, said, now, report.person_id, seen=alert.raised_at, **report.counts)
        else:
            paging.note(session, alert, "raised", alert.raised_at, report.person_id)
            paging.note(session, alert, "arrived", now, late=is_late(alert))
        if told.into:
            paging.note(session, alert, "folded", now)
        elif not told.pause:
            paging.page(session, alert, 0, now)
    return alert


def _steps(told: folding.Place, plan: ladder.Ladder, now: int) -> dict[str, object]:
    """What happens next by itself: nothing to one that is told with another."""
    if told.into:
        return {"step": 0, "next_step_at": None, "folded_into": told.into}
    if told.pause:
        return {"step": -1, "next_step_at": now + folding.PAUSE}
    return {"step": 0, "next_step_at": plan.next_at(now, 0, now)}


def is_late(alert: Alert) -> bool:
    """Whether the alert waited on the phone for a network."""
    return alert.source not in TYPED and alert.arrived_at - alert.raised_at > LATE


def _facts(session: Session, report: Report, chapter: Chapter) -> dict[str, object]:
    place = session.get(Place, report.place_id) if report.place_id else None
    shift = session.get(Shift, report.shift_id) if report.shift_id else None
    if place is not None and place.chapter_id not in chapter.path.split("/"):
        place = None
    if shift is not None and shift.chapter_id not in chapter.path.split("/"):
        shift = None
    return {
        "record_id": report.record_id,
        "key": report.key,
        "chapter_id": chapter.id,
        "place_id": place.id if place else None,
        "cell": report.cell,
        "shift_id": shift.id if shift else None,
        "person_id": report.person_id,
        "source": report.source,
        "what": report.what,
        "lat": report.lat,
        "lon": report.lon,
    }


class OtherPhone(DomainError):
    """The person's own alert, but raised from another phone of theirs."""

    def __init__(self) -> None:
        super().__init__("not_yours", N_("That alert was raised from another phone. Sign in and take it back there."))


def cancel(record_id: str, key: str, person_id: str | None, device_id: str, now: int) -> None:
    """An alert is taken back by the phone that raised it: by the same key, or another of that device.

    Whoever holds somebody's other phone must not silence what they call for with this one; signed in, with a fresh user
    verification, they take it back anywhere (``take_back``). Raises Unknown, OtherPhone, Closed. Whoever was told is told
    that it is over.
    """
    with write() as session:
        own = Alert.key == key
        mine = or_(own, Alert.person_id == person_id) if person_id else own
        alert = session.scalars(select(Alert).where(Alert.record_id == record_id, mine, Alert.key != WORD)).first()
        if alert is None:
            raise Unknown()
        same = select(Alert.id).where(Alert.id == alert.id, folding.by_phone(key, device_id))
        if session.scalar(same) is None:
            raise OtherPhone()
        _take_back(session, alert, person_id, now)


def take_back(actor: Actor, alert_id: str, now: int) -> Alert:
    """The raiser, signed in, takes back their own alert, whatever phone it came from. Raises NotFound, StepUpNeeded, Closed."""
    with write() as session:
        alert = session.get(Alert, alert_id, populate_existing=True)
        if alert is None or alert.key == WORD or not policy.can_take_back(actor, alert.person_id):
            raise NotFound()
        if not actor.stepped_up(now):
            raise StepUpNeeded()
        _take_back(session, alert, actor.person_id, now)
    return alert


def _take_back(session: Session, alert: Alert, person_id: str | None, now: int) -> None:
    close(session, alert, now, "cancelled", person_id)
    folding.pass_on(session, alert, now)


def first_step_due(session: Session, alert: Alert, now: int) -> int:
    """When an alert that is told anew from ``now`` on climbs for the first time."""
    settings = session.scalar(select(Chapter.settings).where(Chapter.id == alert.chapter_id)) or {}
    return ladder.ladder_of(settings).next_at(now, 0, now)


def close(session: Session, alert: Alert, now: int, state: str, person_id: str | None, result: str = "") -> None:
    """End an alert once: ``state`` is ``over`` or ``cancelled``, ``result`` what was found, where that is told by its end. Raises Closed
    when it ended before."""
    found = {"result": result} if result else {}
    ended = session.execute(
        update(Alert)
        .where(Alert.id == alert.id, Alert.closed_at.is_(None))
        .values(state=state, closed_at=now, closed_by=person_id, next_step_at=None, version=Alert.version + 1)
        .values(stage="ended", stage_at=now, stage_due_at=None, **found),
        execution_options={"synchronize_session": False},
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise Closed()
    session.refresh(alert)
    paging.stop(session, alert.id)
    _end_asks(session, alert, now)
    paging.note(session, alert, result or state, now, person_id)
    paging.tell_over(session, alert, now, person_id)
    forgetting.plan(session, alert.id, now)


def _end_asks(session: Session, alert: Alert, now: int) -> None:
    """Nobody is asked any more, and nothing waits for a second person. Who is on scene hears the end, and says when they are out."""
    for model, open_states in ((AlertAsk, ("asked", "going")), (AlertSend, ("proposed",))):
        waiting = (model.alert_id == alert.id, model.state.in_(open_states))
        session.execute(
            update(model).where(*waiting).values(state="ended"), execution_options={"synchronize_session": "fetch"}
        )
