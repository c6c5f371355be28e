"""Telling those on a shift that it changed: the one place from which series, closures and bulk send messages."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.shifts.models import Message, Shift
from fieldapp.shifts.services import messages
from fieldapp.shifts.services.rehearse import Touched

HOURS, CANCELLED, OFF, BACK = "hours", "cancelled", "off", "back"
WORDS = {
    HOURS: (
        "Its hours have changed. Look at them: if you cannot come then, give it back. You will be asked to confirm again.",
        "Su horario ha cambiado. Míralo: si no puedes ir a esa hora, devuélvelo. Se te pedirá confirmar otra vez.",
    ),
    CANCELLED: ("It is cancelled. {reason}", "Se canceló. {reason}"),
    OFF: (
        "It does not take place: {reason}. If that changes you will be told.",
        "No tiene lugar: {reason}. Si eso cambia, se te avisará.",
    ),
    BACK: (
        "It takes place after all. If you cannot come any more, give it back. You will be asked to confirm again.",
        "Al final sí tiene lugar. Si ya no puedes ir, devuélvelo. Se te pedirá confirmar otra vez.",
    ),
    "overlap": (
        "It was moved and now runs at the same time as another shift of yours: you are not on it any more.",
        "Se movió y ahora coincide con otro turno tuyo: ya no estás en él.",
    ),
    "not_certified": (
        "It needs a certificate that you will not hold on its day: you are not on it any more.",
        "Necesita un certificado que no tendrás ese día: ya no estás en él.",
    ),
}


def changed(session: Session, shift: Shift, people: Iterable[Touched], now: int, *, why: str, reason: str = "") -> None:
    """Tell each of them, in the caller's transaction, what became of the shift for them; ``why`` names the words. ms UTC.

    What was told of this shift before, and not answered, is told no more: the newest word stands.
    """
    found = list(people)
    if not found:
        return
    old = (
        Message.shift_id == shift.id,
        Message.kind == "changed",
        Message.answered_at.is_(None),
        Message.person_id.in_([one.person_id for one in found]),
    )
    if session.scalar(select(Message.id).where(*old).limit(1)):
        session.execute(update(Message).where(*old).values(answered_at=now, answer="gone"))
    for one in found:
        kind = one.why or why
        english, spanish = (text.format(reason=reason).strip() for text in WORDS[kind])
        messages.send(
            session,
            person_id=one.person_id,
            kind="changed",
            chapter_id=shift.chapter_id,
            shift_id=shift.id,
            now=now,
            until=max(shift.ends_at, now + 1),
            detail={"what": kind, "en": english, "es": spanish},
        )
