"""`family_card`, a kind that only counsel's own computer can read (docs/protocol.md 5.2)."""

from __future__ import annotations

from fieldapp.accounts.services.devices import KeyView
from fieldapp.records import registry
from fieldapp.records.registry import Kind, ParsedRecord
from fieldapp.review.services import family

PER_MINUTE = 6  # people write these by hand


def register() -> None:
    """Make ``family_card`` known to the door."""
    registry.register(Kind("family_card", evidence=False, apply=_take, per_minute=PER_MINUTE))


def _take(record: ParsedRecord, key: KeyView, now: int) -> None:
    del key  # the card says nothing of who sent it
    family.take(record, now)
