"""Pods: set up by whoever leads the chapter above."""

from __future__ import annotations

from fieldapp.accounts.models import Chapter
from fieldapp.core.ids import new_id
from tests.access.rows import Row
from tests.access.world import World

LEAD = {"coordinator", "admin"}


def new_pod(world: World) -> str:
    """A pod of this chapter with nothing in it."""
    here, made = world.chapters["here"], new_id()
    now = world.clock.now()
    pod = Chapter(id=made, parent_id=here.id, path=f"{here.path}{made}/", name="New pod", created_at=now)
    return str(world.make.keep(pod).id)


ROWS = [
    Row("pods.index", may=LEAD),
    Row("pods.new", may=LEAD),
    Row("pods.preview", "POST", may=LEAD, of="here", data={"parent": "@here"}),
    Row("pods.create", "POST", may=LEAD, of="here", data={"parent": "@here"}),
    Row("pods.one", params={"pod_id": new_pod}, may=LEAD, of="here"),
    Row("pods.save_template", "POST", {"pod_id": new_pod}, may=LEAD, of="here"),
    Row("pods.remove", "POST", {"pod_id": new_pod}, may=LEAD, of="here"),
]
