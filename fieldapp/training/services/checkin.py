"""Self check-in: a short code on the trainer's screen that changes each minute, so that it is worth nothing elsewhere."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select

from fieldapp.accounts.services import people
from fieldapp.core.actor import Actor
from fieldapp.core.clock import HOUR, MINUTE, SECOND
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError
from fieldapp.training.models import Attendance, TrainingSession
from fieldapp.training.services import sessions

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else
LENGTH = 6
EARLY, LATE = 2 * HOUR, HOUR
GRACE = 2  # a code is taken for two more minutes: people type slowly


@dataclass(frozen=True)
class Shown:
    """What the screen shows: the code and how long until the next, ms."""

    code: str
    window: int
    left: int

    @property
    def seconds(self) -> int:
        """How long until the next, in whole seconds under a minute."""
        return min(59, self.left // SECOND)

    @property
    def spaced(self) -> str:
        """In two groups, to be read aloud."""
        return f"{self.code[:3]} {self.code[3:]}"


def is_open(session: TrainingSession, now: int) -> bool:
    """Whether people may check themselves in at ``now``: from two hours before until an hour after, unless stopped."""
    within = session.starts_at - EARLY <= now <= session.ends_at + LATE
    return within and session.cancelled_at is None and session.stopped_at is None


def shown(session: TrainingSession, now: int) -> Shown:
    """The code of this minute."""
    window = now // MINUTE
    return Shown(_code(session.code, window), window, (window + 1) * MINUTE - now)


def _code(seed: str, window: int) -> str:
    number = int.from_bytes(hmac.new(seed.encode(), str(window).encode(), hashlib.sha256).digest()[:8])
    letters = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(letters)


def stop(actor: Actor, session_id: str, now: int, *, go_on: bool = False) -> None:
    """End self check-in, or open it again. Raises NotFound, Forbidden."""
    sessions.find_own(actor, session_id)
    with write() as session:
        session.get_one(TrainingSession, session_id).stopped_at = None if go_on else now


def arrive(actor: Actor, code: str, now: int) -> TrainingSession:
    """Check oneself in with the code on the screen. Twice is once. Raises DomainError("code")."""
    asked = "".join(letter for letter in code.upper() if letter.isascii() and letter.isalnum())[:12]
    found = next((s for s in _near(actor, now) if is_open(s, now) and _fits(s, asked, now)), None)
    if found is None:
        raise DomainError(
            "code",
            N_("No session here takes this code now."),
            safe=N_("You are not checked in yet."),
            do=N_("Look at the trainer's screen: the code changes each minute. Or ask the trainer to add you by hand."),
            status=422,
        )
    with write() as session:
        people.hold(session, [actor.person_id])
        row = session.get(Attendance, (found.id, actor.person_id), populate_existing=True)
        if row is None:
            row = Attendance(session_id=found.id, person_id=actor.person_id)
            session.add(row)
        if row.here_at is None:
            row.state, row.how, row.at, row.here_at = "here", "code", now, now
            session.flush()
            people.touch(session, actor.person_id)
    return found


def _near(actor: Actor, now: int) -> list[TrainingSession]:
    query = select(TrainingSession).where(
        TrainingSession.chapter_id.in_(actor.chapters | actor.above),
        TrainingSession.starts_at <= now + EARLY,
        TrainingSession.ends_at >= now - LATE,
        TrainingSession.cancelled_at.is_(None),
    )
    return list(db.session.scalars(query.limit(200)))


def _fits(session: TrainingSession, asked: str, now: int) -> bool:
    window = now // MINUTE
    return any(hmac.compare_digest(_code(session.code, window - back), asked) for back in range(GRACE + 1))
