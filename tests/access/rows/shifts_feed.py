"""One's own calendar: everybody signed in has one; its address works for whoever knows it."""

from __future__ import annotations

from fieldapp.core.db import write
from fieldapp.core.ids import token_hash
from fieldapp.shifts.models import CalendarFeed
from tests.access.rows import EVERYONE, Row
from tests.access.world import World


def things(world: World) -> dict[str, str]:
    """The address of somebody of whom nobody else here is."""
    owner = world.make.person(world.chapters["here"])
    with write() as session:
        hashed = token_hash("known-address")
        session.add(CalendarFeed(person_id=owner.id, token_hash=hashed, salt="salt", made_at=world.clock.now()))
    return {"address": "known-address"}


ROWS = [
    Row("shifts.calendar_page"),
    Row("shifts.calendar_make", "POST"),
    Row("shifts.calendar_says", "POST", data={"says": "city"}),
    Row("shifts.calendar_end", "POST"),
    Row("shifts.entry", params={"shift_id": "@rota"}, may=set(), denied=404, also={"here-certified"}),
    Row("calendar.state"),
    Row("calendar.state_make", "POST", json={"says": "plain"}),
    Row("calendar.state_end", "DELETE"),
    Row("calendar.fetch", params={"token": "@address"}, may=EVERYONE),
]
