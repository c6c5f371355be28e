"""What phones write to alerts: ``alert``, ``alert_cancel``, ``alert_details`` and ``acknowledge`` (docs/protocol.md 5)."""

from __future__ import annotations

from typing import Any

from fieldapp.accounts.services.devices import KeyView
from fieldapp.alerts.services import answering, details, raising, verifying
from fieldapp.core.errors import DomainError
from fieldapp.records.registry import Kind, NotApplied, ParsedRecord, register

ANSWERS = {"got_it", "cannot", *verifying.ANSWERS}
EDGE = (90_000_000, 180_000_000)  # microdegrees


def raise_alert(record: ParsedRecord, key: KeyView, now: int) -> None:
    """Raise it. Only what it is about must be known: a bad clock or position never stops an alert."""
    what = record.opened.get("/what")
    if what not in raising.KINDS:
        raise NotApplied("invalid")
    raised_at = record.opened.get("/raised_at")
    lat, lon = _position(record.opened.get("/position"))
    report = raising.Report(
        record_id=record.id,
        key=record.key,
        chapter_id=record.chapter_id,
        person_id=key.person_id,
        device_id=key.device_id,
        what=str(what),
        raised_at=raised_at if type(raised_at) is int and raised_at > 0 else now,
        place_id=record.place_id,
        cell=record.cell,
        shift_id=record.shift_id,
        lat=lat,
        lon=lon,
    )
    raising.raise_alert(report, now)


def cancel(record: ParsedRecord, key: KeyView, now: int) -> None:
    """The phone that raised it takes it back."""
    alert = record.opened.get("/alert")
    if not isinstance(alert, str):
        raise NotApplied("invalid")
    try:
        raising.cancel(alert, record.key, key.person_id, key.device_id, now)
    except DomainError as error:
        raise NotApplied(error.code) from error


def acknowledge(record: ParsedRecord, key: KeyView, now: int) -> None:
    """Answer a notice with the device's key alone."""
    notice, answer = record.opened.get("/notice"), record.opened.get("/answer")
    if not isinstance(notice, str) or answer not in ANSWERS:
        raise NotApplied("invalid")
    try:
        answering.answer_with_key(notice, str(answer), key.person_id, key.device_id, now)
    except DomainError as error:
        raise NotApplied(error.code) from error


def _position(said: Any) -> tuple[int | None, int | None]:
    """Latitude and longitude in microdegrees, or nothing where they are none."""
    found = (said.get("lat"), said.get("lon")) if isinstance(said, dict) else (None, None)
    if all(type(n) is int and abs(n) <= edge for n, edge in zip(found, EDGE, strict=True)):
        return found
    return None, None


PER_MINUTE = 60  # alerts of one key; nobody taps faster, a script does

for kind, apply in (("alert_cancel", cancel), ("acknowledge", acknowledge)):
    register(Kind(kind, evidence=False, apply=apply, urgent=True))
register(Kind("alert_details", evidence=False, apply=details.take, urgent=True, per_minute=PER_MINUTE))
register(Kind("alert", evidence=False, apply=raise_alert, urgent=True, per_minute=PER_MINUTE))
