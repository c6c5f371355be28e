"""Blanks: minting the sheets of a print, listing them, and what phones say became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import Forbidden, Invalid, NotFound
from fieldapp.core.ids import new_id
from fieldapp.core.protocol import RECEIVED_AT_STEP_MS
from fieldapp.observations import catalogue, policy, serials
from fieldapp.observations.models import PaperSheet, PaperStatement
from fieldapp.records.registry import NotApplied, ParsedRecord

MOST = 50  # sheets of one print
LISTED = 200
#: What may be said of a sheet, and with whom it then is.
FATES: dict[str, tuple[str, ...]] = {
    "entered": (),
    "kept": ("me", "chapter", "counsel"),
    "given": ("coordinator", "counsel"),
    "destroyed": (),
}


def mint(actor: Actor, form: str, lang: str, count: int, now: int) -> str:
    """Sheets of a form for the actor's own chapter, at ``now`` (ms UTC); returns their batch. Raises Invalid, Forbidden."""
    if catalogue.definition(form) is None or lang not in ("en", "es") or not 1 <= count <= MOST:
        raise Invalid
    if not policy.can_print(actor, actor.chapter_id):
        raise Forbidden
    batch = new_id(20)
    with write() as session:
        for number, serial in enumerate(_unused(session, count), 1):
            kept = {"chapter_id": actor.chapter_id, "batch": batch, "serial": serial, "form": form, "lang": lang}
            session.add(PaperSheet(**kept, number=number, of=count, printed_at=now))
    return batch


def _unused(session: Session, count: int) -> Sequence[str]:
    """As many serials that no sheet has yet."""
    found: set[str] = set()
    while len(found) < count:
        more = {serials.mint() for _ in range(count - len(found))}
        found |= more - set(session.scalars(select(PaperSheet.serial).where(PaperSheet.serial.in_(more))))
    return sorted(found)


def batch(actor: Actor, name: str) -> list[PaperSheet]:
    """The sheets of one print, in order. Raises NotFound where there are none, or not for this actor."""
    found = list(db.session.scalars(select(PaperSheet).where(PaperSheet.batch == name).order_by(PaperSheet.number)))
    if not found or not policy.can_print(actor, found[0].chapter_id):
        raise NotFound
    return found


@dataclass(frozen=True)
class Followed:
    """The list of a coordinator or counsel: ``waiting`` counts those typed in whose fate nobody has said yet."""

    sheets: list[PaperSheet]
    waiting: int
    more: bool


def followed(actor: Actor, *, only_open: bool = False) -> Followed | None:
    """The newest sheets of the chapters that the actor follows; None where there is none."""
    chapters = actor.where(*policy.FOLLOWERS)
    if not chapters:
        return None
    there = PaperSheet.chapter_id.in_(chapters)
    unsaid = (PaperSheet.entered_at.is_not(None), PaperSheet.fate.is_(None))
    query = select(PaperSheet).where(there, *(unsaid if only_open else ()))
    newest = query.order_by(PaperSheet.printed_at.desc(), PaperSheet.batch, PaperSheet.number).limit(LISTED + 1)
    sheets = list(db.session.scalars(newest))
    waiting = db.session.scalar(select(db.func.count()).select_from(PaperSheet).where(there, *unsaid)) or 0
    return Followed(sheets[:LISTED], waiting, len(sheets) > LISTED)


def state(record: ParsedRecord, now: int) -> None:
    """Apply what a phone says of a sheet of its chapter, of one above it or of a pod below. Raises NotApplied ``invalid``."""
    said = record.opened.keys()
    serial, fate, whom = (record.opened.get(path) for path in ("/serial", "/fate", "/with"))
    known = FATES.get(fate) if isinstance(fate, str) else None
    fits = known is not None and (whom in known if known else "/with" not in said)
    number = serials.normal(serial) if fits and said <= {"/serial", "/fate", "/with"} else None
    if number is None:
        raise NotApplied("invalid")
    with write() as session:
        sheet = session.scalar(select(PaperSheet).where(PaperSheet.serial == number))
        if sheet is None or not _related(session, sheet.chapter_id, record.chapter_id):
            raise NotApplied("invalid")
        _note(session, sheet, record, str(fate), whom if isinstance(whom, str) else None, now)


def _related(session: Session, printed: str, named: str) -> bool:
    """Whether one of the two chapters is the other or lies above it."""
    both = session.execute(select(Chapter.id, Chapter.path).where(Chapter.id.in_({printed, named})))
    above = {name: path.split("/") for name, path in both}
    return printed in above.get(named, ()) or named in above.get(printed, ())


def _note(session: Session, sheet: PaperSheet, record: ParsedRecord, fate: str, whom: str | None, now: int) -> None:
    at = -(-now // RECEIVED_AT_STEP_MS) * RECEIVED_AT_STEP_MS
    signed = {"digest": record.digest, "body": record.text, "sig": record.sig, "open": record.open_text}
    session.add(PaperStatement(sheet_id=sheet.id, fate=fate, whom=whom, at=at, **signed))
    mine = update(PaperSheet).where(PaperSheet.id == sheet.id)
    if fate == "entered":
        session.execute(mine.where(PaperSheet.entered_at.is_(None)).values(entered_at=at))
    else:
        session.execute(mine.values(fate=fate, whom=whom, fate_at=at))
