"""A process of its own that does what people and coordinators do to the same few shifts at once: python -m tests.mixer GO NOW SEED BOSS

It says "ready", waits until the file is there, and says "failed" with each error that no rule explains.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random

from sqlalchemy import select

from fieldapp import create_app
from fieldapp.accounts.identity import actor_for
from fieldapp.accounts.models import Membership, Person
from fieldapp.config import from_environment
from fieldapp.core.clock import HOUR, to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import DomainError
from fieldapp.places.models import Place
from fieldapp.shifts.models import Message, Shift
from fieldapp.shifts.services import answers, asks, caring, claims, planning, swaps, waitlist
from fieldapp.shifts.services.rules import Refused
from fieldapp.training.services.grades import set_grade

TURNS = 60


def _answer(person: str, dice: Random, now: int) -> None:
    waits = select(Message.id).where(Message.person_id == person, Message.answered_at.is_(None))
    for message in db.session.scalars(waits.order_by(Message.id).limit(2)).all():
        answers.answer(person, message, dice.choice(("yes", "yes", "no")), now)


def _edit(boss: Person, shift: Shift, dice: Random, now: int) -> None:
    zone = db.session.get_one(Place, shift.place_id).zone
    starts = to_datetime(shift.starts_at, zone)
    values = {
        "place_id": shift.place_id,
        "day": starts.date().isoformat(),
        "start": f"{starts:%H:%M}",
        "end": f"{to_datetime(shift.starts_at + dice.choice((2, 3)) * HOUR, zone):%H:%M}",
        "minimum": "2",
        "seats": str(dice.choice((8, 9))),
    }
    planning.edit(actor_for(boss), shift.id, values, now)


def _turns(boss_id: str, dice: Random, now: int) -> Callable[[], None]:
    ids = sorted(db.session.scalars(select(Shift.id)))
    everybody = sorted(db.session.scalars(select(Membership.person_id).where(Membership.role == "volunteer")))

    def turn() -> None:
        person, shift_id = dice.choice(everybody), dice.choice(ids)
        boss = db.session.get_one(Person, boss_id)
        shift = db.session.get_one(Shift, shift_id, populate_existing=True)
        acts: list[tuple[int, Callable[[], object]]] = [
            (5, lambda: claims.claim(person, shift_id, now)),
            (3, lambda: claims.release(person, shift_id, now)),
            (2, lambda: swaps.offer(person, shift_id, now)),
            (2, lambda: waitlist.join(person, shift_id, now)),
            (4, lambda: _answer(person, dice, now)),
            (2, lambda: asks.ask(actor_for(boss), shift_id, dice.sample(everybody, 3), now)),
            (2, lambda: claims.check_in(person, shift_id, now)),
            (2, lambda: _edit(boss, shift, dice, now)),
            (2, lambda: planning.confirm(actor_for(boss), shift_id, None, now)),
            (1, lambda: set_grade(actor_for(boss), person, shift.chapter_id, "watcher", now)),
            (1, lambda: caring.change(actor_for(boss), shift.chapter_id, dict.fromkeys(caring._NAMES, "30"))),
            (
                0 if shift_id == ids[0] or dice.random() < 0.9 else 1,
                lambda: planning.cancel(actor_for(boss), shift_id, "Rain", now),
            ),
        ]
        dice.choices([act for _, act in acts], [often for often, _ in acts])[0]()

    return turn


def main(go: Path, now: int, seed: int, boss: str) -> None:
    """Take turns at ``now`` (ms UTC), by the dice of ``seed``."""
    app = create_app(from_environment())
    with app.app_context():
        turn = _turns(boss, Random(seed), now)
        db.session.rollback()
        print("ready", flush=True)
        while not go.exists():
            time.sleep(0.01)
        done = 0
        for _ in range(TURNS):
            try:
                turn()
                done += 1
            except (Refused, DomainError):
                db.session.rollback()
            except Exception:
                db.session.rollback()
                print("failed", traceback.format_exc(), flush=True)
        print(f"did {done}", flush=True)
        print("finished", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
