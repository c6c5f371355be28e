"""Guides as the materials of courses: training stands left of guides and asks through this."""

from __future__ import annotations

from fieldapp.core.actor import Actor
from fieldapp.guides.services import shelf
from fieldapp.guides.services.builtin import CARD
from fieldapp.training.services import courses
from fieldapp.training.services.courses import Material


@courses.shelf
def offered(actor: Actor, chapter_id: str) -> list[Material]:
    """The pages that people of a chapter read, in the order of the list. Two queries."""
    found = shelf.of(shelf.line_of(chapter_id))
    return [
        Material(page.slug, (page.texts["en"].title, page.texts["es"].title), members)
        for members, pages in ((False, found.open), (True, found.members))
        for page in pages
        if page.slug != CARD
    ]
