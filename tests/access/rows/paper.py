"""Blanks: whoever belongs to a chapter prints its sheets; a pod's own people do not see those of the chapter above."""

from __future__ import annotations

from dataclasses import replace

from fieldapp.accounts.identity import actor_for
from fieldapp.observations.services import paper
from tests.access.rows import SIGNED_IN, Row
from tests.access.world import World


def things(world: World) -> dict[str, str]:
    """A print of the chapter."""
    who = actor_for(world.people["here-certified"])
    own = replace(who, chapter_id=world.chapters["here"].id)
    return {"batch": paper.mint(own, "master@1", "en", 2, world.clock.now())}


ROWS = [
    Row("paper.index"),
    Row("paper.make", "POST", data={"form": "master@1", "lang": "es", "count": "2"}),
    Row("paper.sheets", params={"batch": "@batch"}, may=SIGNED_IN, of="here"),
]
