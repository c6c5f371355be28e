"""What phones write to shifts: claim, release, check_in, quiet, check_out, after, answer (docs/protocol.md 5)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import words
from fieldapp.accounts.services.devices import KeyView
from fieldapp.core.db import db
from fieldapp.core.errors import Invalid
from fieldapp.records import registry
from fieldapp.records.registry import Arrival, Kind, NotApplied, ParsedRecord
from fieldapp.shifts.models import Message, Shift
from fieldapp.shifts.services import answers, claims, messages, preferences, said, swaps, waitlist
from fieldapp.shifts.services.locks import lock_all
from fieldapp.shifts.services.rules import Refused
from fieldapp.training.services import certificates

MOVES = ("claim", "release", "answer", "wait", "unwait", "swap", "unswap")  # kinds that change who is on a shift
HOLDS = (
    *MOVES,
    "check_in",
    "quiet",
    "check_out",
    "after",
)  # kinds that change claims: a batch locks them all in one order
CHECK_OUTS = 6  # a minute by one key: whoever holds a phone must not try words
Act = Callable[[str, str, ParsedRecord, int], object]


def _operation(act: Act) -> registry.Apply:
    """An operation by the key's person on the shift that the body names; a rule that says no becomes its code."""

    def apply(record: ParsedRecord, key: KeyView, now: int) -> None:
        if key.person_id is None:
            raise NotApplied("not_yours")
        try:
            act(key.person_id, record.shift_id or "", record, now)
        except Refused as no:
            raise NotApplied(no.code) from no
        except Invalid as wrong:
            raise NotApplied("void") from wrong

    return apply


def _quiet(person: str, shift: str, record: ParsedRecord, now: int) -> object:
    until = record.opened.get("/until")
    if not isinstance(until, int) or isinstance(until, bool) or until < 0:
        raise NotApplied("void")
    return claims.quiet(person, shift, until, now)


def _check_out(person: str, shift: str, record: ParsedRecord, now: int) -> object:
    if record.opened.get("/word") is None:
        return claims.check_out(person, shift, now)
    meaning = str(record.known.get("meaning", ""))
    if not meaning:
        raise NotApplied("invalid")
    return claims.check_out(person, shift, now, meaning=meaning)


def _hear(record: ParsedRecord, key: KeyView, now: int) -> None:
    """What a sealed word means: its hash is slow on purpose."""
    sealed = record.opened.get("/word")
    if sealed is None or key.person_id is None:
        return
    with contextlib.suppress(words.NotAWord):
        record.known["meaning"] = words.heard(db.session(), key.person_id, said.word(sealed))


def _foresee(record: ParsedRecord, key: KeyView, now: int) -> str | None:
    full = key.person_id is not None and claims.is_full(key.person_id, record.shift_id or "", now)
    return "full" if full else None


def _answer(person: str, _: str, record: ParsedRecord, now: int) -> object:
    message, say = record.opened.get("/message"), record.opened.get("/say")
    if not isinstance(message, str) or say not in messages.SAYS or len(record.opened) != 2:
        raise NotApplied("invalid")
    return answers.answer(person, message, say, now)


def _prefer(person: str, _: str, record: ParsedRecord, now: int) -> object:
    likes, never = record.opened.get("/likes"), record.opened.get("/never")
    if not isinstance(likes, dict) or not isinstance(never, dict) or len(record.opened) != 2:
        raise NotApplied("invalid")
    return preferences.save(person, likes, never, now)


def _prepare(session: Session, arrived: Sequence[Arrival]) -> None:
    """Hold all that these operations change, in one order: what an answer changes is said by the message that it answers."""
    people = {key.person_id for _, key in arrived if key.person_id}
    shifts = {record.shift_id for record, _ in arrived if record.shift_id}
    named = {str(record.opened.get("/message")) for record, _ in arrived if record.kind == "answer"}
    asked = list(session.scalars(select(Message).where(Message.id.in_(named)))) if named else []
    people |= {one.from_id for one in asked if one.kind == "swap" and one.from_id}
    lock_all(session, people, shifts | {one.shift_id for one in asked if one.shift_id})


def register() -> None:
    """Make the kinds known to the door."""
    acts: dict[str, Act] = {
        "claim": lambda person, shift, record, now: claims.claim(person, shift, now, key=record.key),
        "release": lambda person, shift, _, now: claims.release(person, shift, now),
        "check_in": lambda person, shift, _, now: claims.check_in(person, shift, now),
        "quiet": _quiet,
        "check_out": _check_out,
        "answer": _answer,
        "wait": lambda person, shift, _, now: waitlist.join(person, shift, now),
        "unwait": lambda person, shift, _, now: waitlist.leave(person, shift, now),
        "swap": lambda person, shift, _, now: swaps.offer(person, shift, now),
        "unswap": lambda person, shift, _, now: swaps.withdraw(person, shift, now),
        "prefer": _prefer,
        "after": lambda person, shift, record, now: claims.after(person, shift, str(record.opened.get("/how")), now),
    }
    for name, act in acts.items():
        foresee = _foresee if name == "claim" else None
        prepare = _prepare if name in HOLDS else None
        often = CHECK_OUTS if name == "check_out" else None
        urgent = (
            name == "check_out"
        )  # it may carry a word that calls for help; with or without one it must look the same
        kind = Kind(
            name,
            evidence=False,
            apply=_operation(act),
            foresee=foresee,
            prepare=prepare,
            ahead=_hear if name == "check_out" else None,
            urgent=urgent,
            per_minute=often,
        )
        registry.register(kind)
    registry.examiner(examine)


def examine(arrived: Sequence[Arrival], now: int) -> list[list[str]]:
    """Why evidence waits for a person: a shift that its chapter does not have, a certificate not held on the shift's date.

    Two queries, and one more for each different start.
    """
    named = {record.shift_id for record, _ in arrived if record.shift_id}
    if not named:
        return [[] for _ in arrived]
    query = select(Shift, Chapter.path).join(Chapter, Chapter.id == Shift.chapter_id).where(Shift.id.in_(named))
    known = {shift.id: (shift, path) for shift, path in db.session.execute(query)}
    people = {key.person_id for _, key in arrived if key.person_id}
    starts = {shift.starts_at for shift, _ in known.values() if shift.course_id}
    held = {start: certificates.valid_courses(people, start) for start in starts}
    return [_reasons(record, key, known.get(record.shift_id or ""), held) for record, key in arrived]


def _reasons(
    record: ParsedRecord,
    key: KeyView,
    found: tuple[Shift, str] | None,
    held: dict[int, dict[str, set[str]]],
) -> list[str]:
    if not record.shift_id:
        return []
    if found is None or not {record.chapter_id, key.chapter_id} & set(found[1].split("/")):
        return ["unknown_shift"]
    shift = found[0]
    if shift.course_id and shift.course_id not in held[shift.starts_at].get(key.person_id or "", ()):
        return ["not_certified"]
    return []
