"""The dispatch box: coordinators make and grant it; what is sealed goes to coordinators, and to device keys that were told."""

from __future__ import annotations

from typing import Any

from tests.access.rows import EVERYONE, SIGNED_IN, Row
from tests.access.rows.alerts import BOARD, fresh


def things(world: Any) -> dict[str, str]:
    """A box of this chapter's day."""
    from fieldapp.alerts.models import DispatchBox

    box = DispatchBox(
        id="dispatchbox", chapter_id=world.chapters["here"].id, text="{}", sig="-", made_at=world.make.clock.now()
    )
    return {"dispatch_box": world.make.keep(box).id}


ROWS = [
    Row("alerts.put_reader", "PUT", may=SIGNED_IN),
    Row("alerts.dispatch_duties", may=BOARD),
    Row("alerts.make_dispatch_box", "POST", may=BOARD),
    Row("alerts.grant_dispatch_box", "POST", {"box_id": "@dispatch_box"}, may=BOARD, of="here"),
    Row("alerts.notice_details", "POST", may=EVERYONE),
    Row("alerts.alert_details", params={"alert_id": fresh}, may=BOARD, of="here"),
]
