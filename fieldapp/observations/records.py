"""What the catalogue says of evidence that arrives: reasons for quarantine, never for refusing (DESIGN 2.4); and `paper`, what became
of a printed sheet (docs/protocol.md 5)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fieldapp.accounts.services.devices import KeyView
from fieldapp.core.protocol import EVIDENCE_KINDS
from fieldapp.observations import catalogue
from fieldapp.observations.services import paper
from fieldapp.observations.validate import validate_answers
from fieldapp.records import registry
from fieldapp.records.registry import Arrival, Kind, ParsedRecord


def register() -> None:
    """Have every piece of evidence looked at by ``examine``, and make ``paper`` known to the door."""
    registry.examiner(examine)
    registry.register(Kind("paper", evidence=False, apply=_paper))


def _paper(record: ParsedRecord, key: KeyView, now: int) -> None:
    del key  # the statement itself says which key signed it; the sheet's row names nobody
    paper.state(record, now)


def examine(arrivals: Sequence[Arrival], now: int) -> list[list[str]]:
    """The reasons of each arrival, in order: an unknown form, one that is not what it names, open answers that do not fit."""
    del now
    return [_reasons(record) if record.kind in EVIDENCE_KINDS else [] for record, _ in arrivals]


def _reasons(record: ParsedRecord) -> list[str]:
    named = catalogue.definition(record.body.get("form"))
    if named is None:
        return ["unknown_form"]
    if catalogue.form_hash_of(named) != record.body.get("form_hash"):
        return ["form_mismatch"]
    cells = [(path, value) for _, path, value in json.loads(record.open_text)]
    problems = validate_answers(named, cells, amendment=record.kind == "amendment")
    return ["answers_invalid"] if problems else []
