"""Jobs are rows written in the domain's own transaction, claimed by a conditional UPDATE, done at least once under a lease (DESIGN 7)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Index, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fieldapp.core.clock import MINUTE, SECOND
from fieldapp.core.db import Base, db, write
from fieldapp.core.ids import new_id

log = logging.getLogger(__name__)
LEASE = 60 * SECOND
Handler = Callable[[dict[str, Any], int], None]
_handlers: dict[str, Handler] = {}


class Job(Base):
    """Work to be done once at ``run_at`` or later; removed when done."""

    __tablename__ = "jobs"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[str] = mapped_column(Text, default="{}")
    run_at: Mapped[int] = mapped_column(BigInteger)
    leased_until: Mapped[int] = mapped_column(BigInteger, default=0)
    tries: Mapped[int] = mapped_column(default=0)
    __table_args__ = (Index("ix_jobs_run_at", "run_at", "leased_until"),)


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of ``kind``: ``f(payload, now)``. It opens its own transactions and must bear running twice."""

    def keep(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return keep


def enqueue(session: Session, kind: str, payload: dict[str, Any], *, run_at: int, job_id: str | None = None) -> str:
    """Add a job in the caller's transaction. A ``job_id`` that exists already is moved to the earlier of both times."""
    if job_id and (job := session.get(Job, job_id)):
        job.run_at = min(job.run_at, run_at)
        return job_id
    job_id = job_id or new_id(16)
    session.add(Job(id=job_id, kind=kind, payload=json.dumps(payload), run_at=run_at, leased_until=0, tries=0))
    session.info["wake_worker"] = True
    return job_id


def claim(now: int, limit: int = 20) -> list[Job]:
    """Take up to ``limit`` due jobs under a lease of a minute; what another worker took in the meantime is not in the list."""
    due = (Job.run_at <= now, or_(Job.leased_until <= now))
    if not db.session.scalar(select(Job.id).where(*due).limit(1)):
        db.session.rollback()
        return []
    with write() as session:
        query = select(Job).where(*due).order_by(Job.run_at).limit(limit).with_for_update(skip_locked=True)
        taken = list(session.scalars(query))
        for job in taken:
            job.leased_until = now + LEASE
            job.tries += 1
    return taken


def finish(job_id: str) -> None:
    """Remove a job that is done."""
    with write() as session:
        job = session.get(Job, job_id)
        if job:
            session.delete(job)


def retry(job_id: str, run_at: int) -> None:
    """Give a job back, to be tried again at ``run_at`` (ms UTC)."""
    with write() as session:
        session.execute(update(Job).where(Job.id == job_id).values(run_at=run_at, leased_until=0))


def run_due(now: int, limit: int = 20) -> int:
    """Do the jobs that are due at ``now``; returns how many were taken. A job that raises is tried again, later each time."""
    taken = claim(now, limit)
    for job in taken:
        job_id, tries = job.id, job.tries
        try:
            _handlers[job.kind](json.loads(job.payload), now)
            finish(job_id)
        except Exception:
            db.session.rollback()
            log.exception("job %s failed", job.kind)
            retry(job_id, now + min(5 * MINUTE, SECOND * 2 ** min(tries, 9)))
    return len(taken)
