"""Made-up counts of the demo's last year, so that the history has something to say."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.clock import local_ms
from fieldapp.coverage.models import CoverageCount, CoverageCounted
from fieldapp.coverage.services import counting
from fieldapp.shifts.models import Shift

WEEKS = 50


def add(session: Session, monday: date, zone: str, chance: random.Random) -> None:
    """A year of weeks for each court that has shifts, up to two weeks before ``monday``; what ended since is counted by the worker."""
    courts = (
        session.execute(select(Shift.place_id, Shift.chapter_id).distinct().order_by(Shift.place_id)).tuples().all()
    )
    rows: dict[tuple[str, str, str], CoverageCount] = {}
    for week in range(WEEKS, 2, -1):
        first = monday - timedelta(weeks=week)
        for place_id, chapter_id in courts:
            for span, starts_on in counting.starts(first).items():
                row = rows.setdefault(
                    (place_id, span, starts_on),
                    CoverageCount(place_id=place_id, span=span, starts_on=starts_on, chapter_id=chapter_id),
                )
                for _ in range(1 + (WEEKS - week) // 12 + chance.randrange(2)):
                    _add(row, chance, (WEEKS - week) / WEEKS)
    for row in rows.values():
        row.people = min(12, row.claims or 0)  # a dozen regulars
    session.add_all(rows.values())
    session.add(CoverageCounted(id="shifts", through=local_ms(monday - timedelta(weeks=2), 0, zone)))
    session.flush()


def _add(row: CoverageCount, chance: random.Random, late: float) -> None:
    claims = [counting.Was(int(chance.expovariate(1 / 5) * 86_400_000), chance.random() < 0.85 + late / 8)]
    while len(claims) < 4 and chance.random() < 0.45 + late / 4:
        claims.append(counting.Was(int(chance.expovariate(1 / 5) * 86_400_000), chance.random() < 0.85 + late / 8))
    for name, number in counting.outcome(2, 4, chance.random() < 0.04, claims).items():
        setattr(row, name, (getattr(row, name) or 0) + number)
