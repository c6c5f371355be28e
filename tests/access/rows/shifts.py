"""Shifts: planned by coordinators; names read by them and by those on the shift; taken by whoever belongs to the chapter."""

from __future__ import annotations

from fieldapp.core.db import write
from fieldapp.shifts.models import Claim, Series, Shift
from tests.access.rows import SIGNED_IN, Row
from tests.access.world import World

PLAN = {"coordinator"}
SHIFT = {"shift_id": "@rota"}
POD_MAY_PLAN = {f"pod-{kind}": 403 for kind in SIGNED_IN} | {
    "pod-coordinator": 200
}  # at the places of the chapter above


def things(world: World) -> dict[str, str]:
    """A shift with a volunteer on it, one to take, and a series."""
    make, here = world.make, world.chapters["here"]
    place = make.place(here, "Court of the rota")
    shift, free = make.shift(place, seats=9), make.shift(place, seats=90, minimum=80)
    with write() as session:
        now, person = world.clock.now(), world.people["here-certified"].id
        session.add(Claim(shift_id=shift.id, person_id=person, state="claimed", at=now))
        session.merge(shift).taken = 1
        series = Series(chapter_id=here.id, place_id=place.id, weekday=1, start_minute=510, end_minute=750)
        series.from_day = "2027-01-05"
        session.add(series)
    assert session.get(Shift, shift.id)
    return {"rota_place": place.id, "rota": shift.id, "rota_free": free.id, "rota_series": series.id}


def _write(endpoint: str) -> Row:
    return Row(endpoint, "POST", SHIFT, may=PLAN, of="here", data={"person_id": "nobody"})


ROWS = [
    Row("shifts.index"),
    Row("shifts.mine"),
    Row("shifts.new", may=PLAN),
    Row("shifts.create", "POST", data={"place_id": "@rota_place"}, may=PLAN, of="here", statuses=POD_MAY_PLAN),
    Row("shifts.all_series", may=PLAN),
    Row("shifts.end_series", "POST", {"series_id": "@rota_series"}, may=PLAN, of="here"),
    Row("shifts.day", may=PLAN),
    Row("training.newcomers", may={"coordinator", "trainer"}),
    Row("shifts.page", params=SHIFT, may=PLAN, of="here", also={"here-certified"}),
    Row("shifts.edit_page", params=SHIFT, may=PLAN, of="here"),
    _write("shifts.edit"),
    _write("shifts.cancel"),
    _write("shifts.lead"),
    _write("shifts.confirm"),
    Row("shifts.add", "POST", SHIFT, may=PLAN, of="here", data={"person_id": "@here-trainee"}),
    _write("shifts.remove"),
    _write("shifts.mark"),
    _write("shifts.word"),
    Row("shifts.take", "POST", {"shift_id": "@rota_free"}, of="here"),
    Row("shifts.give_back", "POST", {"shift_id": "@rota_free"}, of="here"),
]
