"""The legal desk: counsel of the chapter and of the chapters above; for everybody else its records do not exist."""

from __future__ import annotations

from tests.access.rows import Row
from tests.access.world import World

LEGAL = {"legal"}
RECORD = {"digest": "@record"}
OTHERS = {"pod-legal": 404, "another-legal": 404}
NO_BOX = {f"{where}-legal": 404 for where in ("here", "parent", "pod", "another")}


def things(world: World) -> dict[str, str]:
    """A record of the chapter."""
    phone = world.make.phone(world.people["here-certified"], world.chapters["here"])
    sent = phone.observation()
    phone.sync(sent)
    return {"record": sent["digest"]}


ROWS = [
    Row("review.index", may=LEGAL),
    Row("review.box", may=LEGAL),
    Row("review.record", params=RECORD, may=LEGAL, statuses=OTHERS),
    Row("review.envelopes", params=RECORD, may=LEGAL, statuses=OTHERS),
    Row("review.sealed", params={**RECORD, "box": "nobodys"}, may=set(), statuses=NO_BOX),
    Row("review.media", params={**RECORD, "sha256": "A" * 43}, may=set(), statuses=NO_BOX),
    Row("review.decide", "POST", params=RECORD, may=LEGAL, statuses=OTHERS),
]
