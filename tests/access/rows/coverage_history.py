"""What was, in numbers: for those who see coverage."""

from __future__ import annotations

from fieldapp.core.clock import DAY
from fieldapp.core.ids import token_hash
from fieldapp.coverage.models import PartnerLink
from tests.access.rows import EVERYONE, Row
from tests.access.world import World

SEE = {"coordinator", "admin"}
TOKEN = "held-by-a-partner"


def things(world: World) -> dict[str, str]:
    """Two links of the chapter here: one to end, one to fetch from."""
    now = world.make.clock.now()
    terms = {"label": "Partner", "from_month": "2026-01", "delay_days": 3, "threshold": 5}
    when = {"chapter_id": world.chapters["here"].id, "created_at": now, "expires_at": now + DAY}
    for key, token in (("partnerlink1", "another"), ("partnerlink2", TOKEN)):
        world.make.keep(PartnerLink(id=key, token_hash=token_hash(token), **when, **terms))
    return {"partner_link": "partnerlink1"}


ROWS = [
    Row("coverage.past", may=SEE),
    Row("coverage.plan", may={"coordinator"}),
    Row("coverage.plan_send", "POST", may={"coordinator"}),
    Row("coverage.links", may=SEE),
    Row("coverage.link_make", "POST", data={"label": ""}, may=SEE),
    Row("coverage.link_end", "POST", {"link_id": "@partner_link"}, may=SEE, of="here"),
    Row("coverage.shared", params={"token": TOKEN}, may=EVERYONE),
]
