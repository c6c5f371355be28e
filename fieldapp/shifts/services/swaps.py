"""Offering one's own place: it goes to those who are qualified and free, and until one of them accepts, the claim stands.

The exchange is one transaction that leaves the count as it was, so a shift is never short by it; and never without anyone experienced.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.services import people
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim, Message, Swap
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import asks, claims, fit, messages, preferences, rules
from fieldapp.shifts.services.locks import lock_all
from fieldapp.shifts.services.rules import Refused

MOST = 30  # people who are offered a place: those asked least recently


def offer(person_id: str, shift_id: str, now: int) -> Swap:
    """Offer one's place on a shift that has not begun. Raises Refused: not_yours, already, started, ended, cancelled, unknown_shift."""
    with write() as session:
        lock_all(session, [person_id], [shift_id])
        shift, _ = claims.seen(session, person_id, shift_id)
        when = rules.timing(shift, now)
        if when:
            raise Refused(when.code, **when.values)
        if not _stands(session, person_id, shift_id):
            raise Refused("not_yours")
        if _open(session, person_id, shift_id) is not None:
            raise Refused("already")
        made = Swap(shift_id=shift_id, from_id=person_id, state="open", created_at=now, until=shift.starts_at)
        session.add(made)
        session.flush()
        for other in takers(shift_id, person_id, now)[:MOST]:
            messages.send(
                session,
                person_id=other,
                kind="swap",
                chapter_id=shift.chapter_id,
                now=now,
                shift_id=shift_id,
                until=made.until,
                detail={"swap": made.id},
                from_id=person_id,
            )
        people.touch(session, person_id)
    return made


def withdraw(person_id: str, shift_id: str, now: int) -> Swap:
    """Keep one's place after all. Raises Refused: not_yours (nothing is offered any more), unknown_shift."""
    with write() as session:
        lock_all(session, [person_id], [shift_id])
        claims.seen(session, person_id, shift_id)
        found = _open(session, person_id, shift_id)
        if found is None:
            raise Refused("not_yours")
        _end(session, found, "withdrawn", now)
    return found


def takers(shift_id: str, from_id: str, now: int) -> list[str]:
    """Those who could have this person's place at ``now`` (ms UTC), least recently asked first."""
    pool = fit.pool([shift_id], now)
    led = stays_led(shift_id, from_id)
    wishes = preferences.of(pool.who)
    fits = [
        person
        for person in pool.of(shift_id)
        if person != from_id
        and not wishes.refuses(person, pool.around[shift_id])
        and not pool.instead(shift_id, person, led, now)
    ]
    last = asks.last_asked(pool.who)
    return sorted(fits, key=lambda person: last.get(person, 0))


def stays_led(shift_id: str, without: str) -> bool:
    """Whether someone experienced is on the shift besides this person."""
    return bool(claims.with_experience([shift_id], besides=without))


@messages.on("swap")
def _answered(session: Session, message: Message, say: str, now: int) -> None:
    """A yes exchanges the two people, under the locks of both and of the shift; a no changes nothing."""
    if say != "yes":
        return
    swap = session.get(Swap, (message.detail or {}).get("swap", ""), populate_existing=True, with_for_update=True)
    if swap is None or swap.state != "open" or now >= swap.until:
        raise Refused("lapsed")
    shift, _ = claims.seen(session, message.person_id, swap.shift_id)
    row = session.get(Claim, (swap.shift_id, swap.from_id), populate_existing=True)
    if row is None or row.state not in LIVE or row.here_at is not None:
        raise Refused("lapsed")
    pool = fit.pool([shift.id], now, only=[message.person_id])
    no = pool.instead(shift.id, message.person_id, stays_led(shift.id, swap.from_id), now)
    if message.person_id not in pool.names or no:
        raise Refused(no.code if no else "disabled", **(no.values if no else {}))
    claims.exchange(session, shift, row, message.person_id, now)
    swap.to_id = message.person_id
    _end(session, swap, "done", now)
    messages.send(
        session,
        person_id=swap.from_id,
        kind="changed",
        chapter_id=shift.chapter_id,
        now=now,
        shift_id=shift.id,
        until=shift.starts_at,
        detail={
            "en": "Someone has taken over your place. It is not your shift any more.",
            "es": "Alguien tomó tu lugar. Ya no es tu turno.",
        },
    )


def _end(session: Session, swap: Swap, state: str, now: int) -> None:
    swap.state = state
    session.flush()
    messages.close(session, now, shift_id=swap.shift_id, kinds=("swap",), from_id=swap.from_id)
    people.touch(session, swap.from_id)


def _stands(session: Session, person_id: str, shift_id: str) -> bool:
    row = session.get(Claim, (shift_id, person_id), populate_existing=True)
    return row is not None and row.state in LIVE


def _open(session: Session, person_id: str, shift_id: str) -> Swap | None:
    query = select(Swap).where(Swap.shift_id == shift_id, Swap.from_id == person_id, Swap.state == "open")
    return session.scalars(query.execution_options(populate_existing=True)).first()


@claims.follows
def _after_a_release(session: Session, shift_id: str, person_id: str, now: int) -> None:
    """Whoever gave their place back has none to offer."""
    found = _open(session, person_id, shift_id)
    if found is not None and not _stands(session, person_id, shift_id):
        _end(session, found, "withdrawn", now)


def sweep(now: int) -> int:
    """Offers whose time is over at ``now`` (ms UTC) are closed; returns how many."""
    with write() as session:
        done = session.execute(update(Swap).where(Swap.state == "open", Swap.until <= now).values(state="over"))
    return int(done.rowcount)  # type: ignore[attr-defined]


def offered_by(person_id: str, now: int) -> set[str]:
    """The shifts whose place this person offers. One query."""
    query = select(Swap.shift_id).where(Swap.from_id == person_id, Swap.state == "open", Swap.until > now)
    return set(db.session.scalars(query))
