"""A hotline call, and two alerts that are one: coordinators only."""

from __future__ import annotations

from typing import Any

from tests.access.rows import Row
from tests.access.rows.alerts import fresh


def other(world: Any) -> dict[str, str]:
    """The form that says into which."""
    return {"into": fresh(world)}


ROWS = [
    Row("alerts.sighting", may={"partner"}),
    Row("alerts.report_sighting", "POST", may={"partner"}),
    Row("alerts.new", may={"coordinator"}),
    Row("alerts.take_call", "POST", may={"coordinator"}),
    Row("alerts.merge", "POST", {"alert_id": fresh}, may={"coordinator"}, of="here", data=other),
    Row("alerts.split", "POST", {"alert_id": fresh}, may={"coordinator"}, of="here"),
]
