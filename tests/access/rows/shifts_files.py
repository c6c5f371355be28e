"""Files of shifts, people and needs: coordinators only, each their own checked file."""

from __future__ import annotations

from fieldapp.core.clock import HOUR
from fieldapp.core.db import write
from fieldapp.shifts.models import SheetImport
from tests.access.rows import Row
from tests.access.world import World

PLAN = {"coordinator"}
OWN = {"import_id": "@sheet_import"}
ONLY = {"may": set(), "denied": 404, "also": {"here-coordinator"}}


def things(world: World) -> dict[str, str]:
    """A file that the coordinator here has chosen."""
    now = world.clock.now()
    with write() as session:
        kept = SheetImport(chapter_id=world.chapters["here"].id, person_id=world.people["here-coordinator"].id)
        kept.kind, kept.filename, kept.rows = "shifts", "shifts.csv", {"rows": [], "unused": []}
        kept.created_at, kept.expires_at = now, now + HOUR
        session.add(kept)
    return {"sheet_import": kept.id}


ROWS = [
    Row("shifts.files_page", may=PLAN),
    Row("shifts.files_template", params={"kind": "shifts"}),
    Row("shifts.files_export", "POST", data={"kind": "shifts", "chapter": "@here"}, may=PLAN, of="here"),
    Row("shifts.files_upload", "POST", data={"kind": "shifts", "chapter": "@here"}, may=PLAN, of="here"),
    Row("shifts.files_planned", params=OWN, **ONLY),
    Row("shifts.files_confirm", "POST", OWN, **ONLY),
]
