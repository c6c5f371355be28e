"""What the raiser says of an alert for those who answer it only: where exactly, a plate, a photo; sealed on their phone to the day's
dispatch box. Handed out sealed to the pair that was asked and to coordinators; gone 24 h after the alert ended, and in no backup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select

from fieldapp.accounts.services.devices import KeyView
from fieldapp.alerts import policy
from fieldapp.alerts.models import (
    WORD,
    Alert,
    AlertAsk,
    AlertDetail,
    AlertEvent,
    DispatchGrant,
    DispatchReader,
    Notice,
)
from fieldapp.alerts.services import dispatch, folding, ladder, notices, paging, verifying
from fieldapp.core import jobs
from fieldapp.core.actor import Actor
from fieldapp.core.canonical import b64u
from fieldapp.core.db import db, write
from fieldapp.core.errors import Forbidden, NotFound
from fieldapp.core.protocol import ALERT_DETAILS_MS, MAX_DETAILS_BYTES
from fieldapp.records.registry import NotApplied, ParsedRecord
from fieldapp.records.services.arrivals import is_hybrid_age

MOST = 8  # of one alert
LOOKING = ("asked", "going", "here")
CAME, READ = "details", "details_read"  # lines of the trail


@dataclass(frozen=True)
class Sealed:
    """What is sealed about an alert, and the keys to it, each sealed to one of the reader's own devices."""

    details: list[AlertDetail]
    grants: list[DispatchGrant]


def take(record: ParsedRecord, key: KeyView, now: int) -> None:
    """Keep what a phone sealed about an alert that it raised itself, in the caller's transaction.

    Raises NotApplied: ``invalid`` for anything but one age file for a dispatch box of the chapter's; ``unknown_alert``, ``closed``,
    ``full``.
    """
    said = record.opened.get("/alert")
    if record.opened.keys() != {"/alert"} or not isinstance(said, str) or len(record.sealed) != 1:
        raise NotApplied("invalid")
    box_id, data = next(iter(record.sealed.items()))
    if len(data) > MAX_DETAILS_BYTES or not is_hybrid_age(data):
        raise NotApplied("invalid")
    with write() as session:
        own = (Alert.record_id == said, Alert.key != WORD, folding.by_phone(key.thumbprint, key.device_id))
        alert = session.scalars(select(Alert).where(*own).with_for_update()).first()
        if alert is None or alert.chapter_id != record.chapter_id:
            raise NotApplied("unknown_alert")
        if alert.closed_at is not None:
            raise NotApplied("closed")
        if not dispatch.fits(session, box_id, alert.chapter_id, now):
            raise NotApplied("invalid")
        count = select(func.count()).select_from(AlertDetail).where(AlertDetail.alert_id == alert.id)
        if (session.scalar(count) or 0) >= MOST:
            raise NotApplied("full")
        session.add(AlertDetail(alert_id=alert.id, box_id=box_id, sealed=data, received_at=now))
        alert.version += 1
        paging.note(session, alert, CAME, now, key.person_id)


def answer(body: Any, now: int) -> dict[str, Any]:
    """Answer a device's signed request (docs/protocol.md 11.1): to the raiser the box to seal to, to who was told what is sealed.

    Raises BadRequest, NotFound.
    """
    key, said = notices.asked(body)
    if "alert" in said:
        alert = notices.raised_with(key, said["alert"])
        box = dispatch.box_for(db.session(), alert.chapter_id, now) if alert.closed_at is None else None
        return {"box": {"text": box.text, "sig": box.sig} if box else None}
    notice = notices.sent_to(key, said["notice"])
    if notice.alert_id is None:
        raise NotFound()
    alert = db.session.get_one(Alert, notice.alert_id)
    if not _may_read(notice, alert, now):
        raise NotFound()
    return shown(_hand_out(alert, str(key.person_id), DispatchGrant.device_id == key.device_id, now))


def for_desk(actor: Actor, alert_id: str, now: int) -> Sealed:
    """For coordinators of the alert's chapter, signed in. Raises NotFound (elsewhere, or long over), Forbidden."""
    alert = db.session.get(Alert, alert_id)
    if alert is None or alert.chapter_id not in actor.chapters or dispatch.is_past(alert, now):
        raise NotFound()
    if not policy.can_see(actor, alert.chapter_id):
        raise Forbidden()
    mine = select(DispatchReader.device_id).where(DispatchReader.person_id == actor.person_id)
    return _hand_out(alert, actor.person_id, DispatchGrant.device_id.in_(mine), now)


def shown(found: Sealed) -> dict[str, Any]:
    """As it goes out: nothing of it is readable without a reading key."""
    return {
        "details": [
            {"id": one.id, "box": one.box_id, "at": one.received_at, "sealed": b64u(one.sealed)}
            for one in found.details
        ],
        "grants": [{"box": one.box_id, "device": one.device_id, "sealed": b64u(one.sealed)} for one in found.grants],
    }


def _may_read(notice: Notice, alert: Alert, now: int) -> bool:
    """Who was asked to look, while they look; who is asked to take it, as a coordinator, until 24 h after its end."""
    session = db.session()
    if dispatch.is_past(alert, now):
        return False
    if notice.what == paging.PAGE:
        above = ladder.chain(session, alert.chapter_id)
        return notice.person_id in ladder.coordinators(session, above)
    if notice.what != verifying.LOOK or alert.closed_at is not None:
        return False
    mine = (AlertAsk.alert_id == alert.id, AlertAsk.person_id == notice.person_id, AlertAsk.kind == "verify")
    return session.scalar(select(AlertAsk.state).where(*mine)) in LOOKING


def _hand_out(alert: Alert, person_id: str, devices: ColumnElement[bool], now: int) -> Sealed:
    """What is sealed, with the reader's own keys to it; the first time is a line of the trail."""
    session = db.session()
    boxes = list(session.scalars(select(AlertDetail.box_id).where(dispatch.about(alert)).distinct()))
    mine = select(DispatchGrant).where(DispatchGrant.box_id.in_(boxes), devices)
    if boxes and session.scalar(select(mine.exists())):
        _note_reading(alert.id, person_id, now)
    order = (AlertDetail.received_at, AlertDetail.id)
    details = list(session.scalars(select(AlertDetail).where(dispatch.about(alert)).order_by(*order)))
    return Sealed(details, list(session.scalars(mine.order_by(DispatchGrant.box_id, DispatchGrant.device_id))))


def _note_reading(alert_id: str, person_id: str, now: int) -> None:
    before = (AlertEvent.alert_id == alert_id, AlertEvent.what == READ, AlertEvent.person_id == person_id)
    if db.session.scalar(select(AlertEvent.id).where(*before).limit(1)) is not None:
        return
    with write() as session:
        paging.note(session, session.get_one(Alert, alert_id), READ, now, person_id)


@jobs.handler("alerts.forget_details")
def forget(payload: dict[str, Any], now: int) -> None:
    """Erase what was sealed about an alert 24 h after it ended (``open``: one that nobody ever ended), and the keys of past boxes that
    open nothing else."""
    with write() as session:
        which = [Alert.id == payload["alert"]]
        if not payload.get("open"):
            which.append(Alert.closed_at <= now - ALERT_DETAILS_MS)
        session.execute(delete(AlertDetail).where(AlertDetail.alert_id.in_(select(Alert.id).where(*which))))
        dispatch.sweep(session, now)
