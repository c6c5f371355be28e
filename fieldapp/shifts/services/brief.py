"""The brief card: what everyone on a shift must know before it, kept on their phones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fieldapp.accounts.models import Chapter
from fieldapp.places.models import Place
from fieldapp.shifts.models import Shift

FIELDS = {"meet": 300, "note": 600, "leave": 600, "media": 600}  # what a coordinator writes, and how long it may be


@dataclass(frozen=True)
class Brief:
    """Empty ``leave`` and ``media`` mean the standard words, which every face has in both languages."""

    meet: str
    lead: str
    legal_line: str
    hotline: str
    chat: str
    device_rules: Mapping[str, Any]
    note: str
    leave: str
    media: str
    version: int

    def as_data(self) -> dict[str, Any]:
        """As the snapshot carries it."""
        return asdict(self)


def card(shift: Shift, place: Place, chapter: Chapter, lead: str = "") -> Brief:
    """The card of a shift; ``lead`` is the lead's field name. What the shift does not say, the place or chapter does."""
    own = shift.brief or {}
    return Brief(
        meet=str(own.get("meet") or place.meeting_spot),
        lead=lead,
        legal_line=chapter.legal_line,
        hotline=chapter.hotline,
        chat=str((chapter.settings or {}).get("chat", "")),
        device_rules=place.device_rules or {},
        note=str(own.get("note", "")),
        leave=str(own.get("leave", "")),
        media=str(own.get("media", "")),
        version=shift.version,
    )


def clean(values: Mapping[str, str]) -> dict[str, str]:
    """What a coordinator wrote, trimmed and cut to size, without the empty ones."""
    kept = {name: str(values.get(name, "")).replace("\x00", "").strip()[:longest] for name, longest in FIELDS.items()}
    return {name: text for name, text in kept.items() if text}
