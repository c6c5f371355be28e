"""The one door in: ``accept`` takes 1 to 100 envelopes and answers each (docs/protocol.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError

from fieldapp.core.clock import MINUTE
from fieldapp.core.db import write
from fieldapp.core.errors import Later
from fieldapp.records import here, serverkeys
from fieldapp.records.envelope import Refused
from fieldapp.records.receipts import Signed, Signer
from fieldapp.records.services import epochs
from fieldapp.records.services.arrivals import Arrived, examine, sift
from fieldapp.records.services.keep import Kept, Name, find_kept, keep

TRIES = 4
COME_BACK = MINUTE


@dataclass(frozen=True)
class Result:
    """What became of one envelope. ``receipt`` proves it; ``stored`` names the other digest of a conflict; ``anew``: it was written now,
    for the first time; times are ms UTC."""

    outcome: str
    id: str | None
    digest: str | None
    receipt: Signed | None = None
    stored: str | None = None
    not_before: int | None = None
    anew: bool = False

    @property
    def wire(self) -> dict[str, Any]:
        """As it is answered."""
        said: dict[str, Any] = {"id": self.id, "digest": self.digest, "outcome": self.outcome}
        if self.receipt:
            said["receipt"] = {"text": self.receipt.text, "sig": self.receipt.sig}
        if self.stored:
            said["stored"] = self.stored
        if self.not_before:
            said["not_before"] = self.not_before
        return said


def accept(envelopes: Sequence[Any], now: int) -> list[Result]:
    """Take envelopes in, each for itself, at ``now`` (ms UTC); answers come in the order asked.

    Everything is checked before the write transaction opens; receipts are handed out after COMMIT. Raises Later when the
    database is too busy: then nothing was taken.
    """
    mine = epochs.standing(now)
    sifted = sift(envelopes, mine)
    arrived = [one for one in sifted if isinstance(one, Arrived)]
    signer = Signer(serverkeys.ready(here.settings().data_dir, now), mine.origin, mine.epoch)
    known = find_kept(one.name for one in arrived) if arrived else {}
    fresh = _first_of_each(one for one in arrived if one.name not in known)
    examine(fresh, now)
    late = {one.name: _void(one, signer, now) for one in fresh if _is_past(one, now)}
    coming = [one for one in fresh if one.name not in late]
    made = _store(coming, signer, now) if coming else {}
    return _answers(sifted, {**known, **late, **made}, set(made) - set(known), now)


def _first_of_each(arrived: Any) -> list[Arrived]:
    """One of each name: the first of a batch that holds it twice."""
    first: dict[Name, Arrived] = {}
    for one in arrived:
        first.setdefault(one.name, one)
    return list(first.values())


def _is_past(one: Arrived, now: int) -> bool:
    return one.record.void_after is not None and one.record.void_after < now


def _void(one: Arrived, signer: Signer, now: int) -> Kept:
    """Past ``void_after`` nothing is written, so that a forgotten operation stays forgotten; the answer is always the same word."""
    outcome = "not_applied/void"
    return Kept(one.record.digest, signer.receipt(one.record.id, one.record.digest, None, now, outcome), outcome)


def _store(coming: list[Arrived], signer: Signer, now: int) -> dict[Name, Kept]:
    """The write transaction; tried again where databases may ask for that (a deadlock), carefully where a bulk step failed."""
    careful = False
    for _ in range(TRIES):
        try:
            with write() as session:
                return keep(session, coming, signer, now, careful=careful)
        except OperationalError:
            continue
        except DBAPIError:
            if careful:
                raise
            careful = True
    raise Later()


def _answers(sifted: Sequence[Arrived | Refused], have: dict[Name, Kept], made: set[Name], now: int) -> list[Result]:
    answered: set[Name] = set()
    results = []
    for one in sifted:
        if isinstance(one, Refused):
            results.append(Result(f"refused/{one.code}", one.id, one.digest or None))
            continue
        answer = _answer(one, have.get(one.name), one.name in answered, now)
        written = one.name in made and answer.receipt is not None and answer.outcome != "duplicate"
        results.append(replace(answer, anew=written))
        answered.add(one.name)
    return results


def _answer(one: Arrived, kept: Kept | None, again: bool, now: int) -> Result:
    record = one.record
    if kept is None:
        return Result("later", record.id, record.digest, not_before=now + COME_BACK)
    if kept.digest != record.digest:
        return Result("conflict", record.id, record.digest, stored=kept.digest)
    return Result("duplicate" if again else kept.outcome, record.id, record.digest, receipt=kept.receipt)
