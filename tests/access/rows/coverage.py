"""Coverage: for coordinators and admins, of their chapter and its pods."""

from __future__ import annotations

from tests.access.rows import Row
from tests.access.world import World

SEE = {"coordinator", "admin"}


def things(world: World) -> dict[str, str]:
    """A court, and the key of one of its half days."""
    court = world.make.place(world.chapters["here"], "Court under coverage")
    return {"half_day": f"{court.id}.2026-11-24.am"}


ROWS = [
    Row("coverage.index", may=SEE),
    Row("coverage.live", may=SEE),
    Row("coverage.map_data", may=SEE),
    Row("coverage.look", params={"key": "@half_day"}, may=SEE, of="here"),
]
