"""Broadcasts one after another, as a web process writes them: ``python -m tests.bench.broadcasts ALERT`` until its input ends.

Says how long writing one took, in seconds, each time; the next begins when a few are left of the last one.
"""

from __future__ import annotations

import select
import sys
import time

from sqlalchemy import func
from sqlalchemy import select as query

from fieldapp import create_app
from fieldapp.accounts.models import Membership
from fieldapp.alerts.models import BROADCAST, Alert, Delivery
from fieldapp.config import from_environment
from fieldapp.core.clock import Clock
from fieldapp.core.db import db
from tests.audience import tell_all

LEFT = 2_000


def main(alert_id: str) -> None:
    """Keep a broadcast on its way."""
    app, clock = create_app(from_environment()), Clock()
    waiting = query(func.count()).select_from(Delivery).where(Delivery.state == "waiting", Delivery.rank == BROADCAST)
    with app.app_context():
        alert = db.session.get_one(Alert, alert_id)
        mine = (Membership.chapter_id == alert.chapter_id) & (
            Membership.role == "volunteer"
        )  # the alerts' own phone not
        people = list(db.session.scalars(query(Membership.person_id).where(mine)))
        while not select.select([sys.stdin], [], [], 0.1)[0]:
            left = db.session.scalar(waiting) or 0
            db.session.rollback()
            if left < LEFT:
                began = time.perf_counter()
                tell_all(alert, people, clock.now())
                print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
