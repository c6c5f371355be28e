"""A rescue file comes in: what a phone could not send itself goes through the same door (docs/protocol.md 14)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fieldapp.core.actor import Actor
from fieldapp.core.age import AgeError, Source, opened
from fieldapp.core.errors import N_, DomainError, Forbidden, Later
from fieldapp.core.protocol import MAX_BATCH_BYTES, MAX_BATCH_RECORDS
from fieldapp.records import body as bodies
from fieldapp.records import here, policy, registry, rescue, serverkeys
from fieldapp.records.envelope import read_request
from fieldapp.records.services.accept import accept

MEDIA_ID = bodies.SALT  # b64u of 16 bytes, too
FAULTS = {
    "not_age": N_("This is not a rescue file: it is not an encrypted file of this app."),
    "not_rescue": N_("This is not a rescue file: it opens, but something else is in it."),
    "other_recipient": N_("This rescue file was made for another installation. Only that one can open it."),
    "damaged": N_("The file is damaged, or was cut short. What came before the damage was taken."),
    "busy": N_("The server was too busy to finish. What was taken is safe."),
    "no_key": N_("This installation has no hand-in key, so it cannot open rescue files."),
}
DO = {
    "not_age": N_("Choose the file that the phone saved. Its name begins with “rescue”."),
    "not_rescue": N_("Choose the file that the phone saved. Its name begins with “rescue”."),
    "other_recipient": N_("Ask the person which chapter's app it is from."),
    "damaged": N_("Ask for the file once more. Handing it in again changes nothing that is here already."),
    "busy": N_("Hand the same file in again in a minute."),
    "no_key": N_("Ask your admin."),
}


@dataclass(frozen=True)
class Line:
    """What became of one entry: its number in the file, its id and kind where they could be read (``media`` for a photo, film or sound),
    the outcome of docs/protocol.md 3.1 or 14."""

    number: int
    id: str | None
    kind: str | None
    outcome: str


@dataclass
class HandedIn:
    """What became of a file. ``fault`` (of FAULTS) says why it was not read to its end."""

    lines: list[Line] = field(default_factory=list)
    fault: str | None = None

    @property
    def safe(self) -> int:
        """Entries that the server has, by this file or before it."""
        return sum(is_in(line.outcome) for line in self.lines)


def is_in(outcome: str) -> bool:
    """Whether the server holds it and its receipt, so that the phone will let go of it."""
    return outcome in {"stored", "duplicate", "quarantined"} or outcome.startswith("not_applied/")


def hand_in_as(actor: Actor, source: Source, now: int) -> HandedIn:
    """``hand_in`` for a person at the desk. Raises Forbidden to all but coordinators, counsel and admins."""
    if not policy.can_hand_in(actor):
        raise Forbidden()
    return hand_in(source, now)


def hand_in(source: Source, now: int) -> HandedIn:
    """Take everything in a rescue file through its door at ``now`` (ms UTC); each stands on its own signature, whoever brings it.

    Idempotent. Never raises for what is in the file: that is told in ``fault``, and what came before is in.
    """
    made = HandedIn()
    identities = serverkeys.hand_in(here.settings().data_dir)
    if not identities:
        made.fault = "no_key"
        return made
    try:
        for found in _batches(rescue.entries(opened(source, identities))):
            if isinstance(found, rescue.Entry):
                _take_media(found, made, now)
            else:
                _accept(found, made, now)
    except (AgeError, rescue.RescueError) as error:
        made.fault = error.code
    except Later:
        made.fault = "busy"
    return made


def _batches(found: Iterator[rescue.Entry]) -> Iterator[list[bytes] | rescue.Entry]:
    """Records, as many at a time as one request may bring; also those that came before a damage. Media one by one, in their place."""
    batch: list[bytes] = []
    weight = 0
    fault: Exception | None = None
    try:
        for entry in found:
            if entry.kind == rescue.MEDIA:
                if batch:
                    yield batch
                batch, weight = [], 0
                yield entry
                continue
            text = b"".join(entry.pieces)
            if batch and (len(batch) == MAX_BATCH_RECORDS or weight + len(text) > MAX_BATCH_BYTES):
                yield batch
                batch, weight = [], 0
            batch.append(text)
            weight += len(text)
    except (AgeError, rescue.RescueError) as error:
        fault = error
    if batch:
        yield batch
    if fault:
        raise fault


def _take_media(entry: rescue.Entry, made: HandedIn, now: int) -> None:
    """One sealed item, by who takes media here; its bytes are read as they come."""
    take, media = registry.take_media(), entry.said.get("media")
    outcome = take(entry.said, entry.size, entry.pieces, now) if take else "refused/unsupported"
    shaped = isinstance(media, str) and MEDIA_ID.match(media)
    made.lines.append(Line(len(made.lines) + 1, media if shaped else None, rescue.MEDIA, outcome))


def _accept(batch: list[bytes], made: HandedIn, now: int) -> None:
    envelopes = [_envelope(text) for text in batch]
    for result, envelope in zip(accept(envelopes, now), envelopes, strict=True):
        made.lines.append(Line(len(made.lines) + 1, result.id, _kind(envelope), result.outcome))


def _envelope(text: bytes) -> Any:
    """One envelope, read as the door reads it; None, which the door refuses, for what is no JSON."""
    try:
        found = read_request(b'{"v":1,"records":[' + text + b"]}")
    except DomainError:
        return None
    return found[0] if len(found) == 1 else None


def _kind(envelope: Any) -> str | None:
    """What kind of record it says it is, for the list of outcomes."""
    try:
        said = json.loads(envelope["body"])["kind"]
    except (TypeError, KeyError, ValueError, RecursionError):
        return None
    return said if isinstance(said, str) and len(said) <= 40 else None
