"""Form definitions are open: they say what is asked, and nothing of anybody. Media: the token in the header is the authority, a session is
none; so everybody who comes without one is told that (401), signed in or not."""

from __future__ import annotations

from tests.access.rows import EVERYONE, Row
from tests.access.world import KINDS, NOBODY, WHERE, World

ACTORS = (*NOBODY, *(f"{where}-{kind}" for where in WHERE for kind in KINDS))


def things(world: World) -> dict[str, str]:
    """The hash of a form."""
    from fieldapp.observations import catalogue

    return {"form": catalogue.form_hash(catalogue.current_forms()[0])}


WITHOUT_TOKEN = dict.fromkeys(ACTORS, 401)
ITEM = {"media": "A" * 22}
ROWS = [
    Row("observations.form", params={"digest": "@form"}, may=EVERYONE),
    Row("observations.media_create", "POST", statuses=WITHOUT_TOKEN),
    Row("observations.media_append", "PATCH", ITEM, statuses=WITHOUT_TOKEN),
    Row("observations.media_receipt", params=ITEM, statuses=WITHOUT_TOKEN),
]
