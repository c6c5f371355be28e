"""Who may do what with shifts. Pure."""

from __future__ import annotations

from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.errors import Forbidden
from fieldapp.shifts.models import Claim, Series, Shift

LIVE = ("claimed", "confirmed")


def demand(allowed: bool) -> None:
    """Raise Forbidden unless ``allowed``."""
    if not allowed:
        raise Forbidden()


def can_plan(actor: Actor, chapter_id: str) -> bool:
    """Coordinators of the chapter make, change, cancel and fill its shifts."""
    return actor.has(chapter_id, COORDINATOR)


def can_see_shift(actor: Actor, shift: Shift) -> bool:
    """Members of the shift's chapter see that there is a shift and how many are on it."""
    return shift.chapter_id in actor.chapters


def can_see_roster(actor: Actor, shift: Shift, claim: Claim | None) -> bool:
    """The names on it: coordinators of its chapter, and those on it until they are out."""
    if can_plan(actor, shift.chapter_id):
        return True
    return bool(claim and claim.person_id == actor.person_id and claim.state in LIVE and claim.out_at is None)


def can_edit_series(actor: Actor, series: Series) -> bool:
    """Coordinators of the series' chapter."""
    return actor.has(series.chapter_id, COORDINATOR)


def can_sign_off(actor: Actor, shift: Shift) -> bool:
    """Its lead; and the coordinators of its chapter, for when there was none or they cannot."""
    return shift.lead_id == actor.person_id or can_plan(actor, shift.chapter_id)
