"""WebAuthn challenges under way: kept as rows, used once, gone after five minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from fieldapp.accounts.models import Ceremony
from fieldapp.core.canonical import b64u, unb64u
from fieldapp.core.clock import MINUTE
from fieldapp.core.db import write
from fieldapp.core.errors import N_, DomainError
from fieldapp.core.ids import new_id

LASTS = 5 * MINUTE


@dataclass(frozen=True)
class Taken:
    """A ceremony that is being finished; its row is gone already."""

    challenge: bytes
    person_id: str | None
    data: dict[str, Any]


class CeremonyOver(DomainError):
    """Unknown, of another kind, finished before, or too old."""

    status = 400

    def __init__(self) -> None:
        super().__init__(
            "ceremony_over",
            N_("That took longer than five minutes, or was used already."),
            safe=N_("Nothing was changed."),
            do=N_("Start this step again."),
        )


def begin(
    kind: str, challenge: bytes, now: int, *, person_id: str | None = None, data: dict[str, Any] | None = None
) -> str:
    """Keep a challenge until ``now`` + 5 minutes; returns the ceremony's id. Old ones are swept away."""
    made = new_id(24)
    with write() as session:
        session.execute(delete(Ceremony).where(Ceremony.expires_at <= now))
        session.add(
            Ceremony(
                id=made,
                kind=kind,
                challenge=b64u(challenge),
                person_id=person_id,
                data=data or {},
                expires_at=now + LASTS,
            )
        )
    return made


def take(ceremony_id: Any, kind: str, now: int, *, person_id: str | None = None) -> Taken:
    """Use up a ceremony, whatever becomes of it. Raises CeremonyOver; with ``person_id``, also when it is another's."""
    if not isinstance(ceremony_id, str) or len(ceremony_id) > 40:
        raise CeremonyOver()
    with write() as session:
        row = session.get(Ceremony, ceremony_id)
        if row is None or row.kind != kind or row.expires_at <= now or (person_id and row.person_id != person_id):
            raise CeremonyOver()
        taken = Taken(unb64u(row.challenge), row.person_id, row.data)
        session.expunge(row)
        if session.execute(delete(Ceremony).where(Ceremony.id == ceremony_id)).rowcount != 1:  # type: ignore[attr-defined]
            raise CeremonyOver()
    return taken
