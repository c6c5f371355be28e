"""The signed copy of what was sent: its exact words in both languages, signed by the server, for every phone to check by itself.

Whoever wants to frighten people writes a message that looks like the chapter's. What is not among these copies was never sent; what is
differs in no word. A copy names nobody and holds no exact position.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel.dates import format_datetime
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.alerts.models import Alert, AlertSend, Notice
from fieldapp.core import canonical, p256
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import DAY, to_datetime
from fieldapp.core.db import db
from fieldapp.core.protocol import DOMAIN_BROADCAST, VERSION
from fieldapp.places.models import Place
from fieldapp.records import here, serverkeys

NEWS = "news"  # the kind of a notice that tells of a confirmed alert
CHAPTER = "chapter"  # the ring that everybody of the chapter is in
KEPT = 30 * DAY  # how far back phones are told of copies
MOST = 100
# Both languages stand here and not in the catalogues: what is signed is signed in both, whoever asks.
SAID = {
    "en": {
        "ice_here": "ICE is here",
        "being_taken": "Someone is being taken",
        "need_help": "Somebody needs help",
        "message": "{what}. Where: {where}. Last seen: {seen}. Alert {number} of {chapter}.",
        "hotline": "Hotline: {number}.",
        "nowhere": "place not given",
        "cell": "within about 1 km of {lat:.2f}, {lon:.2f}",
        "moment": "EEEE, MMMM d, y, h:mm a",
    },
    "es": {
        "ice_here": "ICE está aquí",
        "being_taken": "Se están llevando a alguien",
        "need_help": "Alguien necesita ayuda",
        "message": "{what}. Dónde: {where}. Visto por última vez: {seen}. Alerta {number} de {chapter}.",
        "hotline": "Línea de ayuda: {number}.",
        "nowhere": "lugar no indicado",
        "cell": "a un kilómetro o menos de {lat:.2f}, {lon:.2f}",
        "moment": "EEEE d 'de' MMMM 'de' y, H:mm",
    },
}


def sign(session: Session, send: AlertSend, alert: Alert, by: Sequence[str], now: int) -> None:
    """Keep the copy of what is being sent. ``by``: the roles of who proposed it and who said yes. ``now``: ms UTC."""
    ring = serverkeys.ring(here.settings().data_dir)
    chapter = session.get_one(Chapter, alert.chapter_id)
    place = session.get(Place, alert.place_id) if alert.place_id else None
    words = {lang: _words(alert, chapter, place, lang, now) for lang in SAID}
    said = {
        "type": "broadcast",
        "v": VERSION,
        "id": send.id,
        "chapter": chapter.id,
        "above": [step for step in chapter.path.split("/") if step and step != chapter.id],
        "chapter_name": chapter.name,
        "zone": place.zone if place else chapter.zone,
        "alert": alert.number,
        "what": alert.what,
        "place": alert.place_id,
        "seen_at": alert.seen_at,
        "sent_at": now,
        "ring": send.ring,
        "by": list(by),
        "words": words,
        "server_key": ring.receipt_thumbprint,
    }
    send.said = words
    send.kid = ring.receipt_thumbprint
    send.signed = canonical.dumps(said)
    send.sig = p256.sign(ring.receipt, DOMAIN_BROADCAST, send.signed)


def _words(alert: Alert, chapter: Chapter, place: Place | None, lang: str, now: int) -> str:
    """The message as people pass it on, in one language; times on the place's clocks."""
    texts = SAID[lang]
    said = texts["message"].format(
        what=texts[alert.what],
        where=_where(alert, place, texts),
        seen=_moment(alert.seen_at or now, place.zone if place else chapter.zone, lang),
        number=alert.number,
        chapter=chapter.name,
    )
    return f"{said} {texts['hotline'].format(number=chapter.hotline)}" if chapter.hotline else said


def _where(alert: Alert, place: Place | None, texts: Mapping[str, str]) -> str:
    """The place's name, or the cell of about a kilometre: never the exact position."""
    if place is not None:
        return place.name if place.city in place.name else f"{place.name}, {place.city}"
    if not alert.cell:
        return texts["nowhere"]
    lat, lon = (int(part) / 100 for part in alert.cell.split(","))
    return texts["cell"].format(lat=lat, lon=lon)


def _moment(at: int, zone: str, lang: str) -> str:
    moment = to_datetime(at, zone)
    return f"{format_datetime(moment, SAID[lang]['moment'], locale=lang)} {moment.strftime('%Z')}"


def recent(actor: Actor, now: int) -> list[dict[str, object]]:
    """The copies that the actor may have been sent, newest first: what went to the whole of their chapter or one above it; of smaller
    rings what they were told themselves, or coordinate. One query. ``over_at``, ms UTC, is not signed: it came later."""
    mine = select(Notice.alert_id).where(Notice.person_id == actor.person_id, Notice.what == NEWS)
    reached = or_(
        (AlertSend.ring == CHAPTER) & AlertSend.chapter_id.in_({actor.chapter_id} | actor.above),
        AlertSend.alert_id.in_(mine),
        AlertSend.chapter_id.in_(actor.where(COORDINATOR)),
    )
    query = (
        select(AlertSend.signed, AlertSend.sig, Alert.closed_at)
        .join(Alert, Alert.id == AlertSend.alert_id)
        .where(reached, AlertSend.state == "sent", AlertSend.decided_at > now - KEPT, AlertSend.sig != "")
        .order_by(AlertSend.decided_at.desc(), AlertSend.id)
        .limit(MOST)
    )
    return [{"text": text, "sig": sig, "over_at": closed} for text, sig, closed in db.session.execute(query)]
