"""Series, days off and closures: planned by coordinators."""

from __future__ import annotations

from fieldapp.core.db import write
from fieldapp.shifts.models import Closure
from tests.access.rows import Row
from tests.access.world import World

PLAN = {"coordinator"}


def things(world: World) -> dict[str, str]:
    """A closure that is long over when anybody looks, so that removing it changes nothing."""
    here = world.chapters["here"]
    with write() as session:
        made = Closure(chapter_id=here.id, from_day="2026-01-05", to_day="2026-01-06", reason="Snow")
        made.created_at = world.clock.now()
        session.add(made)
    return {"closure": made.id}


ROWS = [
    Row("shifts.all_closures", may=PLAN),
    Row("shifts.add_closure", "POST", may=PLAN),
    Row("shifts.work_holiday", "POST", may=PLAN),
    Row("shifts.many", "POST", data={"shift_id": "@rota", "action": "confirm"}, may=PLAN, of="here"),
    Row("shifts.remove_closure", "POST", {"closure_id": "@closure"}, may=PLAN, of="here"),
]
