"""A person decides about a quarantined record: let it in, or keep it apart. Nothing is ever deleted here."""

from __future__ import annotations

from fieldapp.core.actor import Actor
from fieldapp.core.db import write
from fieldapp.core.errors import N_, Forbidden, Invalid
from fieldapp.records.models import Record
from fieldapp.review import policy
from fieldapp.review.models import QuarantineDecision
from fieldapp.review.services import reading

DECISIONS = ("released", "kept_apart")


def decide(actor: Actor, digest: str, decision: str, reason: str, now: int) -> Record:
    """Write down a decision (with a reason) and apply it. Raises NotFound, Forbidden, Invalid; ``now`` is ms UTC."""
    record = reading.find(actor, digest)
    if not policy.can_decide(actor, record):
        raise Forbidden
    reason = reason.strip()
    if decision not in DECISIONS:
        raise Invalid(fields={"decision": N_("Choose to let it in or to keep it apart.")})
    if not reason:
        raise Invalid(fields={"reason": N_("Say why, in a few words.")})
    if len(reason) > 500:
        raise Invalid(fields={"reason": N_("At most 500 characters.")})
    with write() as session:
        kept = session.get(Record, record.pk)
        assert kept is not None
        kept.in_quarantine = decision == "kept_apart"
        session.add(
            QuarantineDecision(record_pk=kept.pk, decision=decision, reason=reason, decided_by=actor.person_id, at=now)
        )
    return record
