"""The legal desk: counsel of the chapter and of the chapters above; for everybody else its records do not exist."""

from __future__ import annotations

from fieldapp.core.db import write
from fieldapp.core.ids import new_id
from fieldapp.records.models import Box
from fieldapp.review.models import FamilyCard
from tests.access.rows import Row
from tests.access.world import World

LEGAL = {"legal"}
RECORD = {"digest": "@record"}
CARD = {"card_id": "@card"}
OTHERS = {"pod-legal": 404, "another-legal": 404}
HANDED_OVER = {**OTHERS, "parent-legal": 404}
NO_BOX = {f"{where}-legal": 404 for where in ("here", "parent", "pod", "another")}


def things(world: World) -> dict[str, str]:
    """A record of the chapter, and a family's card."""
    phone = world.make.phone(world.people["here-certified"], world.chapters["here"])
    sent = phone.observation()
    phone.sync(sent)
    here, box = world.chapters["here"].id, new_id()
    with write() as session:
        session.add(Box(id=box, chapter_id=here, purpose="intake", recipient="age1pq1", created_at=0, retired_at=1))
        session.flush()
        card = FamilyCard(chapter_id=here, box_id=box, sealed=b"", received_at=0, expires_at=2**53)
        session.add(card)
        session.flush()
    return {"record": sent["digest"], "card": card.id}


ROWS = [
    Row("review.index", may=LEGAL),
    Row("review.box", may=LEGAL),
    Row("review.record", params=RECORD, may=LEGAL, statuses=OTHERS),
    Row("review.envelopes", params=RECORD, may=LEGAL, statuses=OTHERS),
    Row("review.sealed", params={**RECORD, "box": "nobodys"}, may=set(), statuses=NO_BOX),
    Row("review.media", params={**RECORD, "sha256": "A" * 43}, may=set(), statuses=NO_BOX),
    Row("review.family", may=LEGAL),
    Row("review.family_sealed", params=CARD, may=LEGAL, statuses=OTHERS),
    # The first to say so deletes it.
    Row("review.family_handed_over", "POST", params=CARD, may=LEGAL, statuses=HANDED_OVER, json={}),
    Row("review.decide", "POST", params=RECORD, may=LEGAL, statuses=OTHERS),
]
