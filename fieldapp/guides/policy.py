"""Who may write guides, and who may publish what somebody wrote. Pure."""

from __future__ import annotations

from fieldapp.core.actor import ADMIN, COORDINATOR, TRAINER, Actor
from fieldapp.core.clock import DAY
from fieldapp.core.errors import Forbidden
from fieldapp.guides.models import Guide, GuideVersion

EDITORS = (TRAINER, COORDINATOR, ADMIN)
ALONE_AFTER = DAY  # ms; then the only editor of a chapter may publish what they wrote themselves


def demand(allowed: bool) -> None:
    """Raise Forbidden unless ``allowed``."""
    if not allowed:
        raise Forbidden()


def can_see(actor: Actor, guide: Guide) -> bool:
    """Whoever belongs to its chapter, to one above, or to a pod below: there its pages are read."""
    return guide.chapter_id in actor.chapters or guide.chapter_id in actor.above


def can_edit(actor: Actor, chapter_id: str) -> bool:
    """Trainers, coordinators and admins of the chapter, or of one above it."""
    return actor.has(chapter_id, *EDITORS)


def can_publish(actor: Actor, guide: Guide, version: GuideVersion, now: int, *, alone: bool) -> bool:
    """Another editor than the author. Where the author is the chapter's only editor (``alone``), they may after a day. A text that came
    from above or with Fieldapp has no author here: whoever took it over may be the one who asks."""
    if not can_edit(actor, guide.chapter_id):
        return False
    if version.author_id not in {None, actor.person_id}:
        return True
    return alone and now >= version.created_at + ALONE_AFTER
