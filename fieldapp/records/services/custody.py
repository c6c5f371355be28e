"""Acts of evidence custody: each is a canonical text and a leaf of the log (LEGAL: two ledgers). A record's own leaf is its reception."""

from __future__ import annotations

from fieldapp.core.canonical import dumps
from fieldapp.core.db import write
from fieldapp.core.protocol import VERSION
from fieldapp.records.models import CustodyAct

ACTS = frozenset({"copied", "redacted", "verified_at_export", "exported", "purged"})


def act(record_digest: str, what: str, actor_number: str, now: int) -> CustodyAct:
    """Note that somebody, by role number such as ``legal-1`` and never by name, did ``what`` with a record at ``now`` (ms UTC)."""
    if what not in ACTS:
        raise ValueError(what)
    said = {"act": what, "actor": actor_number, "at": now, "record": record_digest, "type": "custody_act", "v": VERSION}
    made = CustodyAct(record_digest=record_digest, act=what, text=dumps(said), at=now)
    with write() as session:
        session.add(made)
    return made
