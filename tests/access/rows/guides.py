"""Guides: everybody reads what is public, members what is theirs; trainers, coordinators and admins write."""

from __future__ import annotations

from fieldapp.guides.models import Guide, GuideVersion
from tests.access.rows import EVERYONE, SIGNED_IN, Row
from tests.access.world import World

WRITE = {"trainer", "coordinator", "admin"}
POD_MAY_NOT = dict.fromkeys((f"pod-{kind}" for kind in SIGNED_IN), 403)  # what stands above a pod is read from there
GUIDE = {"guide_id": "@page"}


def things(world: World) -> dict[str, str]:
    """A page of the chapter with a draft."""
    now = world.clock.now()
    page = world.make.keep(Guide(chapter_id=world.chapters["here"].id, slug="of-the-matrix", created_at=now))
    world.make.keep(
        GuideVersion(guide_id=page.id, lang="en", number=1, title="Page", text="Text", parts=[], created_at=now)
    )
    return {"page": page.id}


def _write(endpoint: str, method: str = "GET", data: dict[str, str] | None = None) -> Row:
    return Row(endpoint, method, GUIDE, may=WRITE, of="here", statuses=POD_MAY_NOT, data=data)


ROWS = [
    Row("guides.index", may=EVERYONE),
    Row("guides.page", params={"slug": "rights"}, may=EVERYONE),
    Row("guides.bodies"),
    Row("guides.desk", may=WRITE),
    Row("guides.new", may=WRITE),
    Row("guides.create", "POST", may=WRITE),
    Row("guides.adopt", "POST", may=WRITE, data={"slug": "rights"}),
    Row("guides.preview", "POST", may=WRITE, json={"text": "Text"}),
    Row("guides.card", may=WRITE),
    Row("guides.offer", "POST", may=WRITE),
    _write("guides.edit"),
    _write("guides.save", "POST"),
    _write("guides.publish", "POST"),
    _write("guides.drop", "POST"),
    _write("guides.restore", "POST", {"lang": "en", "number": "1"}),
    _write("guides.sort", "POST"),
    _write("guides.archive", "POST"),
    _write("guides.history"),
]
