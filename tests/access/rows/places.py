"""Places: read at the desk, changed by coordinators and admins; a pod reads the places of the chapters above it."""

from __future__ import annotations

from tests.access.rows import Row
from tests.access.world import World

EDIT = {"coordinator", "admin"}
READ = {"coordinator", "trainer", "legal", "admin"}
POD_READS = {f"pod-{kind}" for kind in READ}
POD_SEES = {f"pod-{kind}": 403 for kind in ("trainee", "certified", "lapsed")}
POD_MAY_NOT = POD_SEES | {f"pod-{kind}": 403 for kind in READ}
PLACE = {"place_id": "@court"}


def things(world: World) -> dict[str, str]:
    """A court of the chapter, with a judge."""
    from fieldapp.places.models import PlacePick

    court = world.make.place(world.chapters["here"], "Court of the matrix")
    judge = world.make.keep(PlacePick(place_id=court.id, list="judges", label="Judge"))
    return {"court": court.id, "judge": judge.id}


def _write(endpoint: str, **params: str) -> Row:
    return Row(endpoint, "POST", {**PLACE, **params}, may=EDIT, of="here", statuses=POD_MAY_NOT)


ROWS = [
    Row("places.index", may=READ),
    Row("places.new", may=EDIT),
    Row("places.create", "POST", data={"chapter": "@here"}, may=EDIT, of="here"),
    Row("places.page", params=PLACE, may=READ, of="here", also=POD_READS, statuses=POD_SEES),
    _write("places.edit"),
    _write("places.put"),
    _write("places.close"),
    _write("places.reopen"),
    _write("places.add_pick", name="judges"),
    _write("places.change_pick", pick_id="@judge"),
    Row("places.import_page", may=EDIT),
    Row("places.upload", "POST", data={"chapter": "@here"}, may=EDIT, of="here", statuses=POD_MAY_NOT),
    Row("places.planned", params={"import_id": "nobodys"}, may=set(), denied=404),
    Row("places.confirm", "POST", params={"import_id": "nobodys"}, may=set(), denied=404),
]
