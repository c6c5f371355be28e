"""What places need: coordinators and admins of the place's chapter."""

from __future__ import annotations

from tests.access.rows import Row
from tests.access.world import World

EDIT = {"coordinator", "admin"}
PLACE = {"place_id": "@needy"}


def things(world: World) -> dict[str, str]:
    """A court that needs something, once a week and on one date."""
    from fieldapp.shifts.models import Need, NeedDay

    court = world.make.place(world.chapters["here"], "Court that needs")
    window = {"start_minute": 510, "end_minute": 750, "created_at": 0}
    need = world.make.keep(Need(place_id=court.id, weekday=0, **window))
    day = world.make.keep(NeedDay(place_id=court.id, day="2026-12-01", kind="extra", **window))
    return {"needy": court.id, "need": need.id, "need_day": day.id}


def _another_day(world: World) -> str:
    from fieldapp.shifts.models import NeedDay

    own = {"start_minute": 510, "end_minute": 750, "created_at": 0}
    return str(world.make.keep(NeedDay(place_id=world.things["needy"], day="2026-12-01", kind="extra", **own)).id)


ROWS = [
    Row("coverage.needs_page", params=PLACE, may=EDIT, of="here"),
    Row("coverage.add_needs", "POST", PLACE, may=EDIT, of="here"),
    Row("coverage.change_need", "POST", {**PLACE, "need_id": "@need"}, may=EDIT, of="here"),
    Row("coverage.chosen_needs", "POST", PLACE, may=EDIT, of="here"),
    Row("coverage.add_need_day", "POST", PLACE, may=EDIT, of="here"),
    Row("coverage.remove_need_day", "POST", {**PLACE, "day_id": _another_day}, may=EDIT, of="here"),
]
