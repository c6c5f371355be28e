"""Form definitions are open: they say what is asked, and nothing of anybody."""

from __future__ import annotations

from tests.access.rows import EVERYONE, Row
from tests.access.world import World


def things(world: World) -> dict[str, str]:
    """The hash of a form."""
    from fieldapp.observations import catalogue

    return {"form": catalogue.form_hash(catalogue.current_forms()[0])}


ROWS = [Row("observations.form", params={"digest": "@form"}, may=EVERYONE)]
