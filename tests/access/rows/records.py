"""The door for records, open to anybody as the signature is the authority; and the boxes, for counsel alone."""

from __future__ import annotations

from typing import Any

from tests.access.rows import EVERYONE, Row
from tests.counsel import Counsel

COUNSEL = {"legal"}
THEIRS = {f"{where}-legal": 404 for where in ("parent", "pod", "another")}  # a holder is one person's own
GONE = {**THEIRS, "here-legal": 404}


def things(world: Any) -> dict[str, str]:
    """A box of this chapter, and its keeper's holder."""
    keeper = Counsel(world.people["here-legal"])
    return {"box": world.make.box(world.chapters["here"], keeper).id, "holder": keeper.holder}


ROWS = [
    Row("records.sync", "POST", may=EVERYONE, json={"v": 1, "records": [{}]}),
    Row("records.hand_in", may={"coordinator", "legal", "admin"}),
    Row("records.take_rescue_file", "POST", may={"coordinator", "legal", "admin"}),
    Row("records.list_boxes", may=COUNSEL),
    Row("records.create_box", "POST", may=COUNSEL, of="here", json={"chapter": "@here"}),
    Row("records.extend_box", "POST", {"box_id": "@box"}, may=COUNSEL, of="here", json={}),
    Row("records.witness_box", "POST", {"box_id": "@box"}, may=COUNSEL, of="here", json={}),
    Row("records.own_holders", may=COUNSEL),
    Row("records.create_holder", "POST", may=COUNSEL, json={}),
    Row("records.add_wrapping", "POST", {"holder_id": "@holder"}, set(), also={"here-legal"}, statuses=THEIRS, json={}),
    Row(
        "records.remove_wrapping",
        "DELETE",
        {"holder_id": "@holder", "wrapping_id": "gone"},
        set(),
        statuses=GONE,
        json={},
    ),
]
