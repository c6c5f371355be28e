"""Who acts: a person with roles in chapters, already expanded downward into pods (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

VOLUNTEER, TRAINER, COORDINATOR, LEGAL, ADMIN = ROLES = ("volunteer", "trainer", "coordinator", "legal", "admin")
PARTNER = "partner"  # acts in no chapter: people of another organisation, who ask a chapter for people
NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Actor:
    """A signed-in person. ``roles`` maps a role to every chapter id it acts in: where it was given, and all pods below."""

    person_id: str
    field_name: str
    lang: str
    chapter_id: str
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    above: frozenset[str] = NOWHERE  # chapters above the actor's own, whose places may be read
    session_id: str = ""
    step_up_until: int = 0
    seen_at: int = 0  # when the session was last used, to the quarter hour
    partner_id: str = ""  # the organisation of somebody who belongs to no chapter

    def where(self, *roles: str) -> frozenset[str]:
        """Chapter ids in which the actor has any of these roles."""
        return frozenset().union(*(self.roles.get(role, NOWHERE) for role in roles))

    def has(self, chapter_id: str, *roles: str) -> bool:
        """Whether the actor has any of these roles in this chapter."""
        return any(chapter_id in self.roles.get(role, NOWHERE) for role in roles)

    @property
    def chapters(self) -> frozenset[str]:
        """Every chapter in which the actor is anything at all."""
        return self.where(*ROLES)

    def stepped_up(self, now: int) -> bool:
        """Whether a fresh user verification still holds at ``now`` (ms UTC)."""
        return now < self.step_up_until
