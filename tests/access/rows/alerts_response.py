"""What carries the response to an alert on, from the board."""

from __future__ import annotations

from typing import Any

from tests.access.rows import Row
from tests.access.rows.alerts import BOARD, fresh


def proposal(world: Any) -> Any:
    """Something of this chapter that waits for a second person."""
    from fieldapp.alerts.models import AlertSend

    chapter = world.chapters["here"]
    proposer = world.make.person(chapter, "coordinator")
    return world.make.keep(
        AlertSend(
            alert_id=fresh(world),
            chapter_id=chapter.id,
            ring="chapter",
            proposed_by=proposer.id,
            proposed_at=world.make.clock.now(),
        )
    )


def things(world: Any) -> dict[str, str]:
    """A proposal and its alert."""
    made = proposal(world)
    return {"proposal": made.id, "proposal_of": made.alert_id}


ROWS = [
    Row(f"alerts.{name}", "POST", {"alert_id": fresh}, may=BOARD, of="here")
    for name in (
        "ask",
        "checks",
        "confirm",
        "could_not_confirm",
        "not_ice",
        "open_again",
        "send",
        "still_there",
        "stop",
    )
] + [
    Row("alerts.past", may=BOARD),
    Row("alerts.copies"),
    Row("alerts.past_file", may=BOARD),
    Row("alerts.go_on", "POST", {"alert_id": fresh}, may=BOARD, of="here"),
    Row("alerts.second", "POST", {"alert_id": "@proposal_of", "send_id": "@proposal"}, may=BOARD, of="here"),
]
