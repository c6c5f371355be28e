"""The dispatch box of a chapter: a key pair of one day, for whoever answers alerts (docs/protocol.md 8.2).

A coordinator's browser makes it, with the first look at the board on a day, and seals its private key to the reading keys of the devices
that may need it: coordinators', those of the people on shift, and of who was asked to look. The server keeps signed and sealed texts
and can open none. Boxes and what is sealed with them are in no backup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Device, Person
from fieldapp.accounts.services.devices import find_key
from fieldapp.alerts.models import Alert, AlertAsk, AlertDetail, DispatchBox, DispatchGrant, DispatchReader
from fieldapp.alerts.services import ladder
from fieldapp.alerts.services.subscriptions import own_device
from fieldapp.core import jobs, p256
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.canonical import CanonicalError, unb64u
from fieldapp.core.clock import DAY, to_datetime
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import Forbidden, Invalid, NotFound
from fieldapp.core.protocol import ALERT_DETAILS_MS, DISPATCH_BOX_MS
from fieldapp.records import manifests
from fieldapp.records.manifests import Manifest, ManifestFault
from fieldapp.records.services.arrivals import is_hybrid_age
from fieldapp.records.services.boxes import MAX_GRANT, BadBox
from fieldapp.shifts.models import Claim, Shift

DISPATCH = "dispatch"
LATE = DAY  # details written without network still fit a box for so long after it is sealed to no more
READERS_MOST = 400
Reader = tuple[str, str]  # device id, age recipient


@dataclass(frozen=True)
class Standing:
    """What a coordinator's browser must know of a box that is in use: its grants for the actor's own devices, and who lacks one."""

    box: DispatchBox
    own: list[DispatchGrant]
    missing: list[Reader]


@dataclass(frozen=True)
class Duties:
    """What is to be done in the actor's chapter: ``due`` says that today has no box yet; ``readers`` are whom to seal its key to."""

    chapter: str
    due: bool
    readers: list[Reader]
    boxes: list[Standing]


def read_with(actor: Actor, body: Any, now: int) -> None:
    """Keep the public reading key of the actor's own device. Raises Invalid, NotFound."""
    said = body if isinstance(body, dict) else {}
    if said.keys() != {"device", "recipient"} or not isinstance(said["device"], str):
        raise Invalid()
    if not manifests.is_recipient(said["recipient"]):
        raise Invalid()
    device = own_device(actor, said["device"])
    before = db.session.get(DispatchReader, device.id)
    if before is not None and (before.person_id, before.recipient) == (actor.person_id, said["recipient"]):
        return  # phones say it at each start
    with write() as session:
        kept = session.get(DispatchReader, device.id)
        if kept is None:
            kept = DispatchReader(device_id=device.id)
            session.add(kept)
        elif kept.recipient != said["recipient"]:  # what was sealed to the one before opens with it no more
            session.execute(delete(DispatchGrant).where(DispatchGrant.device_id == device.id))
        kept.person_id, kept.recipient, kept.at = actor.person_id, said["recipient"], now


def duties(actor: Actor, now: int) -> Duties:
    """For coordinators: whether their chapter needs today's box, and who lacks a grant on the boxes in use. Raises Forbidden."""
    mine = actor.where(COORDINATOR)
    if not mine:
        raise Forbidden()
    session = db.session()
    home = actor.chapter_id if actor.chapter_id in mine else ""
    due = bool(home) and not _made_today(session, home, now)
    own = set(session.scalars(select(Device.id).where(Device.person_id == actor.person_id)))
    return Duties(
        chapter=home,
        due=due,
        readers=_readers(session, home, now) if due else [],
        boxes=[_standing(session, box, own, now) for box in _in_use(session, mine, now)],
    )


def is_due(actor: Actor, now: int) -> bool:
    """Whether phones of the actor's own chapter have no box to seal to, so that a coordinator's browser must make one."""
    return actor.has(actor.chapter_id, COORDINATOR) and box_for(db.session(), actor.chapter_id, now) is None


def _made_today(session: Session, chapter_id: str, now: int) -> bool:
    """Whether the chapter's newest box is of this day on its own clocks."""
    zone = session.scalar(select(Chapter.zone).where(Chapter.id == chapter_id)) or "UTC"
    query = select(DispatchBox.made_at).where(DispatchBox.chapter_id == chapter_id)
    newest = session.scalar(query.order_by(DispatchBox.made_at.desc()).limit(1))
    return newest is not None and to_datetime(newest, zone).date() == to_datetime(now, zone).date()


def _in_use(session: Session, chapter_ids: Iterable[str], now: int) -> list[DispatchBox]:
    """Boxes that are sealed to, or that something of an alert is still sealed to."""
    held = select(AlertDetail.id).where(AlertDetail.box_id == DispatchBox.id).exists()
    live = or_(DispatchBox.made_at > now - DISPATCH_BOX_MS, held)
    query = select(DispatchBox).where(DispatchBox.chapter_id.in_(chapter_ids), live)
    return list(session.scalars(query.order_by(DispatchBox.made_at.desc(), DispatchBox.id)))


def _standing(session: Session, box: DispatchBox, own: set[str], now: int) -> Standing:
    grants = {
        one.device_id: one for one in session.scalars(select(DispatchGrant).where(DispatchGrant.box_id == box.id))
    }
    missing = [one for one in _readers(session, box.chapter_id, now) if one[0] not in grants]
    return Standing(box, [grants[one] for one in sorted(own & grants.keys())], missing)


def _readers(session: Session, chapter_id: str, now: int) -> list[Reader]:
    """Devices whose people answer alerts of this chapter or its pods now, with their public reading keys."""
    people = _answering(session, chapter_id, now)
    query = (
        select(DispatchReader.device_id, DispatchReader.recipient)
        .join(Device, Device.id == DispatchReader.device_id)
        .join(Person, Person.id == DispatchReader.person_id)
        .where(
            DispatchReader.person_id.in_(people),
            Device.person_id == DispatchReader.person_id,
            Device.revoked_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(DispatchReader.device_id)
        .limit(READERS_MOST)
    )
    return [(row.device_id, row.recipient) for row in session.execute(query)]


def _answering(session: Session, chapter_id: str, now: int) -> set[str]:
    """Coordinators of the chapter and of those above; who is on shift within a day; who was asked about an alert that matters still."""
    path = session.scalar(select(Chapter.path).where(Chapter.id == chapter_id)) or f"{chapter_id}/"
    below = select(Chapter.id).where(Chapter.path.startswith(path, autoescape=True))
    on_shift = (
        select(Claim.person_id)
        .join(Shift, Shift.id == Claim.shift_id)
        .where(Shift.chapter_id.in_(below), Shift.cancelled_at.is_(None))
        .where(Shift.starts_at <= now + DAY, Shift.ends_at > now, Claim.state != "released", Claim.out_at.is_(None))
    )
    asked = (
        select(AlertAsk.person_id)
        .join(Alert, Alert.id == AlertAsk.alert_id)
        .where(Alert.chapter_id.in_(below), Alert.closed_at.is_(None), AlertAsk.state != "cannot")
    )
    who = ladder.coordinators(session, ladder.chain(session, chapter_id))
    return who | set(session.scalars(on_shift)) | set(session.scalars(asked))


def make(actor: Actor, body: Any, now: int) -> str:
    """Keep a day's box that the actor's browser made; returns its id. Somebody was faster: that one's.

    The manifest is signed by one of the actor's device keys. Raises NotFound, Forbidden, Invalid, BadBox.
    """
    if not actor.where(COORDINATOR):
        raise Forbidden()
    said = body if isinstance(body, dict) else {}
    if said.keys() != {"manifest", "grants"}:
        raise Invalid()
    manifest, sig = _signed(said["manifest"])
    chapter_id = str(manifest.said["chapter"])
    if chapter_id not in actor.chapters:
        raise NotFound()
    if not actor.has(chapter_id, COORDINATOR):
        raise Forbidden()
    _by_own_key(actor, manifest)
    try:
        with write() as session:
            lock(session, [f"dispatch box {chapter_id}"])
            if _made_today(session, chapter_id, now):
                return _newest(session, [chapter_id]).id
            sealed = _grants(session, said["grants"], chapter_id, now)
            if not sealed:
                raise BadBox("bad_grants")
            box = DispatchBox(
                id=manifest.box,
                chapter_id=chapter_id,
                made_by=actor.person_id,
                text=manifest.text,
                sig=sig,
                made_at=now,
            )
            session.add(box)
            session.flush()
            _keep(session, box.id, sealed, now)
            jobs.enqueue(session, "alerts.forget_boxes", {}, run_at=now + DISPATCH_BOX_MS + LATE)
    except IntegrityError as error:  # the id is taken
        raise BadBox("taken") from error
    return manifest.box


def grant(actor: Actor, box_id: str, body: Any, now: int) -> None:
    """More devices may open a box: its key, sealed to them by a coordinator's browser that can.

    Raises NotFound, Forbidden, Invalid, BadBox.
    """
    box = db.session.get(DispatchBox, box_id)
    if box is None or box.chapter_id not in actor.chapters:
        raise NotFound()
    if not actor.has(box.chapter_id, COORDINATOR):
        raise Forbidden()
    said = body if isinstance(body, dict) else {}
    if said.keys() != {"grants"}:
        raise Invalid()
    with write() as session:
        lock(session, [f"dispatch box {box.chapter_id}"])
        sealed = _grants(session, said["grants"], box.chapter_id, now)
        known = set(session.scalars(select(DispatchGrant.device_id).where(DispatchGrant.box_id == box_id)))
        _keep(session, box_id, {device: data for device, data in sealed.items() if device not in known}, now)


def _signed(signed: Any) -> tuple[Manifest, str]:
    if not isinstance(signed, dict) or signed.keys() != {"text", "sig"} or not isinstance(signed["sig"], str):
        raise BadBox("bad_shape")
    try:
        manifest = manifests.read(signed["text"])
        manifests.check_first(manifest, signed["sig"])
    except ManifestFault as fault:
        raise BadBox(fault.code) from fault
    if manifest.said["purpose"] != DISPATCH or manifest.said["successor"] is not None or len(manifest.holders) != 1:
        raise BadBox("bad_shape")
    return manifest, signed["sig"]


def _by_own_key(actor: Actor, manifest: Manifest) -> None:
    """Its one holder is a device of the actor's, by a key that the server knows."""
    ((device_id, (_, jwk)),) = manifest.holders.items()
    key = find_key(p256.thumbprint(jwk["x"], jwk["y"])) if jwk else None
    if key is None or key.person_id != actor.person_id or key.device_id != device_id or key.revoked_at is not None:
        raise BadBox("unknown_holder")


def _grants(session: Session, said: Any, chapter_id: str, now: int) -> Mapping[str, bytes]:
    """The key sealed to devices, each an age file; only those that may need it."""
    if not isinstance(said, list) or len(said) > READERS_MOST:
        raise BadBox("bad_grants")
    if not all(isinstance(one, dict) and one.keys() == {"device", "sealed"} for one in said):
        raise BadBox("bad_grants")
    try:
        sealed = {str(one["device"]): unb64u(one["sealed"]) for one in said}
    except CanonicalError as error:
        raise BadBox("bad_grants") from error
    if not all(len(data) <= MAX_GRANT and is_hybrid_age(data) for data in sealed.values()):
        raise BadBox("bad_grants")
    wanted = {device for device, _ in _readers(session, chapter_id, now)}
    return {device: data for device, data in sealed.items() if device in wanted}


def _keep(session: Session, box_id: str, sealed: Mapping[str, bytes], now: int) -> None:
    session.add_all(DispatchGrant(box_id=box_id, device_id=one, sealed=data, at=now) for one, data in sealed.items())
    session.flush()


def _newest(session: Session, chapter_ids: Iterable[str]) -> DispatchBox:
    query = select(DispatchBox).where(DispatchBox.chapter_id.in_(chapter_ids))
    return session.scalars(query.order_by(DispatchBox.made_at.desc()).limit(1)).one()


def box_for(session: Session, chapter_id: str, now: int) -> DispatchBox | None:
    """The box that phones of a chapter seal to at ``now`` (ms UTC): its own newest, else that of the nearest chapter above."""
    above = ladder.chain(session, chapter_id)
    query = select(DispatchBox).where(DispatchBox.chapter_id.in_(above), DispatchBox.made_at > now - DISPATCH_BOX_MS)
    found = list(session.scalars(query))
    return min(found, key=lambda one: (above.index(one.chapter_id), -one.made_at), default=None)


def fits(session: Session, box_id: str, chapter_id: str, now: int) -> bool:
    """Whether details of an alert of this chapter may be sealed to this box: of the chapter or of one above it, and not long past."""
    box = session.get(DispatchBox, box_id)
    recent = box is not None and box.made_at > now - DISPATCH_BOX_MS - LATE
    return box is not None and recent and box.chapter_id in ladder.chain(session, chapter_id)


def about(alert: Alert) -> ColumnElement[bool]:
    """Sealed about this alert, or about one that is told with it."""
    with_it = select(Alert.id).where(Alert.folded_into == alert.id)
    return or_(AlertDetail.alert_id == alert.id, AlertDetail.alert_id.in_(with_it))


def is_past(alert: Alert, now: int) -> bool:
    """Whether the time of what was sealed is over, even where the job that deletes it has not run yet."""
    return alert.closed_at is not None and alert.closed_at <= now - ALERT_DETAILS_MS


def count(session: Session, alert: Alert, now: int) -> int:
    """How many sealed parts there are, for the pages that then fetch them."""
    if is_past(alert, now):
        return 0
    return session.scalar(select(func.count()).select_from(AlertDetail).where(about(alert))) or 0


def sweep(session: Session, now: int) -> None:
    """Boxes that nobody seals to any more, and that nothing is sealed to, go with all their grants."""
    held = select(AlertDetail.id).where(AlertDetail.box_id == DispatchBox.id).exists()
    past = select(DispatchBox.id).where(DispatchBox.made_at <= now - DISPATCH_BOX_MS - LATE, ~held)
    ids = list(session.scalars(past))
    session.execute(delete(DispatchGrant).where(DispatchGrant.box_id.in_(ids)))
    session.execute(delete(DispatchBox).where(DispatchBox.id.in_(ids)))


@jobs.handler("alerts.forget_boxes")
def forget_boxes(payload: dict[str, Any], now: int) -> None:
    """Sweep three days after a box was made."""
    del payload
    with write() as session:
        sweep(session, now)
