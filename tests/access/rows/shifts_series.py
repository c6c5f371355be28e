"""Series, days off and closures: planned by coordinators."""

from __future__ import annotations

from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import write
from fieldapp.shifts.models import Closure, Rota, RotaTurn
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
        rota = Rota(chapter_id=here.id, kind="jail", created_at=world.clock.now())
        ended = Rota(chapter_id=here.id, kind="attorney", created_at=1, ended_at=2)
        session.add_all([rota, ended])
        session.flush()
        day = world.clock.now() + 2 * DAY
        turns = [
            RotaTurn(rota_id=rota.id, day="2026-11-25", starts_at=day + n * HOUR, ends_at=day + (n + 1) * HOUR)
            for n in range(3)
        ]
        turns[1].person_id = world.people["here-certified"].id
        turns[2].removed_at = 1
        session.add_all(turns)
    names = ("rota_turn", "rota_held", "rota_gone")
    known = dict(zip(names, (turn.id for turn in turns), strict=True))
    return {"closure": made.id, "jail_rota": rota.id, "ended_rota": ended.id, **known}


ROWS = [
    Row("shifts.all_closures", may=PLAN),
    Row("shifts.add_closure", "POST", may=PLAN),
    Row("shifts.work_holiday", "POST", may=PLAN),
    Row("shifts.day_sheet", may=PLAN),
    Row("shifts.all_rotas"),
    Row("shifts.my_languages", "POST"),
    Row("shifts.new_rota", "POST", may=PLAN),
    Row("shifts.rota_hours", "POST", {"rota_id": "@jail_rota"}, may=PLAN, of="here"),
    Row("shifts.end_rota", "POST", {"rota_id": "@ended_rota"}, may=PLAN, of="here"),
    Row("shifts.take_turn", "POST", {"turn_id": "@rota_turn"}, of="here"),
    Row(
        "shifts.assign_turn",
        "POST",
        {"turn_id": "@rota_gone"},
        may=PLAN,
        of="here",
        data={"person_id": "@here-trainee"},
    ),
    Row("shifts.give_back_turn", "POST", {"turn_id": "@rota_held"}, may=PLAN, of="here", also={"here-certified"}),
    Row("shifts.drop_turn", "POST", {"turn_id": "@rota_gone"}, may=PLAN, of="here"),
    Row("shifts.many", "POST", data={"shift_id": "@rota", "action": "confirm"}, may=PLAN, of="here"),
    Row("shifts.remove_closure", "POST", {"closure_id": "@closure"}, may=PLAN, of="here"),
]
