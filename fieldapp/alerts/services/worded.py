"""What follows from a word. A safe word closes care, which is done when it is heard; a duress word calls for help besides, without a
sign on the phone of whoever said it: no phone raised this alert, none may ask after it, and its person is not told of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fieldapp.accounts.services.words import DURESS
from fieldapp.alerts.models import WORD, Alert
from fieldapp.alerts.services import raising
from fieldapp.core import jobs
from fieldapp.core.db import write
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services.claims import WORD_SAID


@jobs.handler(WORD_SAID)
def word_said(payload: dict[str, Any], now: int) -> None:
    """Raise "I need help" for a duress word, once, however often the job runs. ``now``: ms UTC."""
    with write() as session:
        shift = session.get(Shift, payload["shift"])
        if shift is None or payload["said"].strip() != DURESS:
            return
        if session.scalar(select(Alert.id).where(Alert.key == WORD, Alert.record_id == payload["id"])):
            return
        report = raising.Report(
            record_id=payload["id"],
            key=WORD,
            chapter_id=shift.chapter_id,
            person_id=payload["person"],
            what="need_help",
            raised_at=now,
            place_id=shift.place_id,
            shift_id=shift.id,
        )
        raising.raise_alert(report, now)
