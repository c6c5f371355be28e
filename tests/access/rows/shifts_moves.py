"""Moves between chapters: offered by a coordinator of the chapter that is left, accepted by one of the chapter that is joined."""

from __future__ import annotations

from fieldapp.shifts.models import Move
from tests.access.rows import Row
from tests.access.world import World

LEAD = {"coordinator"}


def new_person(world: World) -> str:
    """A volunteer of this chapter."""
    return str(world.make.person(world.chapters["here"]).id)


def new_move(world: World) -> str:
    """Somebody of a chapter beside this one is offered to it."""
    person = world.make.person(world.chapters["another"])
    made = Move(person_id=person.id, from_id=world.chapters["another"].id, to_id=world.chapters["here"].id)
    made.live, made.state, made.offered_at = person.id, "offered", world.clock.now()
    return str(world.make.keep(made).id)


# Those of the chapter that offers see that there is an offer, and only the chapter that is asked takes it.
GIVING = {
    f"another-{kind}": 403 for kind in ("trainee", "certified", "lapsed", "coordinator", "trainer", "legal", "admin")
}

ROWS = [
    Row("moves.index", may=LEAD),
    Row("moves.start", params={"person_id": new_person}, may=LEAD, of="here"),
    Row("moves.move", "POST", {"person_id": new_person}, may=LEAD, of="here"),
    Row("moves.one", params={"move_id": new_move}, may=LEAD, of="here", statuses=GIVING),
    Row("moves.accept", "POST", {"move_id": new_move}, may=LEAD, of="here", statuses=GIVING),
    Row(
        "moves.end", "POST", {"move_id": new_move}, may=LEAD, of="here", statuses={**GIVING, "another-coordinator": 200}
    ),
]
