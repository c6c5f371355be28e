"""The notice door: a device's key fetches the one notice that a push announced, or the alert that it raised itself."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import or_, select, update

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services.devices import KeyView, find_key
from fieldapp.alerts.models import WORD, Alert, Notice
from fieldapp.alerts.services import dispatch, folding, verifying
from fieldapp.alerts.services.answering import was_sent_to
from fieldapp.alerts.services.paging import PAGE
from fieldapp.alerts.services.proof import TEST
from fieldapp.core import canonical, p256
from fieldapp.core.canonical import unb64u
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, NotFound
from fieldapp.core.protocol import DOMAIN_NOTICE, VERSION
from fieldapp.places.models import Place

MEMBERS = {"key", "nonce", "type", "v"}
_ID = re.compile(r"\A[A-Za-z0-9_-]{1,40}\Z")
_THUMBPRINT = re.compile(r"\A[A-Za-z0-9_-]{43}\Z")


class BadRequest(DomainError):
    """The request is not what docs/protocol.md 11 describes, or not signed by the key that it names."""

    status = 400

    def __init__(self, code: str = "bad_shape") -> None:
        super().__init__(code, N_("The request could not be read."), safe=N_("Nothing was changed."))


def open_notice(body: Any, now: int) -> dict[str, Any]:
    """Answer a signed request. Raises BadRequest, NotFound (also for a notice that went to another device)."""
    key, said = asked(body)
    if "notice" in said:
        return _for_reader(key, said["notice"], now)
    return _for_raiser(key, said["alert"])


def asked(body: Any) -> tuple[KeyView, dict[str, str]]:
    """Who asks, by a key that holds, and for which ``notice`` or ``alert``. Raises BadRequest, NotFound."""
    said, text, sig = _read(body)
    key = find_key(said["key"])
    if key is None or key.revoked_at is not None or key.disabled:
        raise NotFound()
    if not p256.verifies(p256.public_key(key.x, key.y), sig, DOMAIN_NOTICE, text):
        raise BadRequest("bad_signature")
    return key, said


def sent_to(key: KeyView, notice_id: str) -> Notice:
    """A notice that was sent to this key's device. Raises NotFound."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or not was_sent_to(db.session(), notice, key.person_id, key.device_id):
        raise NotFound()
    return notice


def _for_reader(key: KeyView, notice_id: str, now: int) -> dict[str, Any]:
    notice = sent_to(key, notice_id)
    if notice.read_at is None:
        with write() as session:
            unread = (Notice.id == notice.id, Notice.read_at.is_(None))
            session.execute(update(Notice).where(*unread).values(read_at=now))
    if notice.what == TEST:
        return {"notice": notice.id, "answer": None, "alert": None, "open": "test"}
    if notice.alert_id is None:  # a message of the app's Today: nothing of it is shown without a session
        return {"notice": notice.id, "answer": None, "alert": None, "open": "today"}
    alert = db.session.get_one(Alert, notice.alert_id)
    shown = show(alert, key.person_id) | {"more": folding.count(db.session(), alert.id)}
    if alert.key == WORD and alert.person_id != key.person_id:
        shown["by_word"] = (
            True  # whoever answers must not call that phone; its own person is told nothing, whatever they are besides
        )
    if notice.what in (PAGE, verifying.LOOK):
        shown["details"] = dispatch.count(
            db.session(), alert, now
        )  # sealed: those who may open it ask for it by itself
    look = verifying.look_of(notice) if notice.what == verifying.LOOK else None
    return {"notice": notice.id, "kind": notice.what, "answer": notice.answer, "alert": shown, "look": look}


def raised_with(key: KeyView, record_id: str) -> Alert:
    """The alert of this record's id. A phone's keys rotate: any of the raiser's own may ask. Raises NotFound."""
    mine = Alert.key == key.thumbprint
    query = select(Alert).where(
        Alert.record_id == record_id,
        Alert.key != WORD,
        or_(mine, Alert.person_id == key.person_id) if key.person_id else mine,
    )
    alert = db.session.scalars(query).first()
    if alert is None:
        raise NotFound()
    return alert


def _for_raiser(key: KeyView, record_id: str) -> dict[str, Any]:
    alert = raised_with(key, record_id)
    return {
        "notice": None,
        "kind": "mine",
        "answer": None,
        "look": None,
        "alert": _as_told(alert, key.person_id) | {"more": 0},
    }


def _as_told(alert: Alert, person_id: str | None) -> dict[str, Any]:
    """An alert to its raiser: one that is told with another is with whoever has that one."""
    said = show(alert, person_id)
    head = db.session.get(Alert, alert.folded_into) if alert.folded_into else None
    if head is None or alert.closed_at is not None or head.got_it_by is None:
        return said
    return said | {name: show(head, person_id)[name] for name in ("state", "got_it", "mine", "lapses_at")}


def show(alert: Alert, person_id: str | None) -> dict[str, Any]:
    """What a device may know of an alert without a session: people are roles, no exact position."""
    place = db.session.get(Place, alert.place_id) if alert.place_id else None
    chapter = db.session.get_one(Chapter, alert.chapter_id)
    held = alert.got_it_by is not None
    return {
        "id": alert.id,
        "number": alert.number,
        "what": alert.what,
        "state": alert.state,
        "place": {"name": place.name, "address": place.address} if place else None,
        "cell": alert.cell,
        "zone": place.zone if place else chapter.zone,
        "raised_at": alert.raised_at,
        "arrived_at": alert.arrived_at,
        "got_it": {"role": alert.got_it_role, "at": alert.got_it_at} if held else None,
        "mine": held and alert.got_it_by == person_id,
        "lapses_at": alert.got_it_lapses_at,
        "closed_at": alert.closed_at,
        "result": alert.result,
        "seen_at": alert.seen_at,
        "hotline": chapter.hotline,
    }


def _read(body: Any) -> tuple[dict[str, str], str, str]:
    if not isinstance(body, dict) or set(body) != {"text", "sig"}:
        raise BadRequest()
    text, sig = body["text"], body["sig"]
    if not isinstance(text, str) or not isinstance(sig, str) or len(text) > 1_000 or len(sig) != 86:
        raise BadRequest()
    said = canonical.loads(text)
    if not isinstance(said, dict) or canonical.dumps(said) != text:
        raise BadRequest("not_canonical")
    if set(said) - MEMBERS not in ({"notice"}, {"alert"}) or MEMBERS - set(said):
        raise BadRequest()
    if said["v"] != VERSION or said["v"] is True or said["type"] != "notice":
        raise BadRequest()
    wanted = said.get("notice", said.get("alert"))
    if not isinstance(wanted, str) or not isinstance(said["key"], str):
        raise BadRequest()
    if not _ID.match(wanted) or not _THUMBPRINT.match(said["key"]) or len(unb64u(said["nonce"])) != 16:
        raise BadRequest()
    return said, text, sig
