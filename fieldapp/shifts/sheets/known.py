"""The places and courses that a file may name: by id, or by a name that only one of them has."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import or_, select

from fieldapp.accounts.models import Chapter
from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.core.errors import N_
from fieldapp.places.models import Place
from fieldapp.shifts.services import plan
from fieldapp.shifts.sheets.text import Reason
from fieldapp.training.models import Course


@dataclass(frozen=True)
class Known:
    """What a chapter's file may name."""

    places: list[Place]
    courses: list[Course]

    @classmethod
    def of(cls, actor: Actor, chapter: Chapter, *, own: bool = False) -> Known:
        """The chapter's open places, and (unless only its ``own``) those of the chapters above; their courses. Two queries."""
        above = [chapter.id] if own else [step for step in chapter.path.split("/") if step]
        query = select(Place).where(Place.chapter_id.in_(above), Place.closed_at.is_(None))
        reach = actor.chapters | actor.above
        query = query.where(or_(Place.chapter_id == chapter.id, Place.chapter_id.in_(reach)))
        return cls(list(db.session.scalars(query.order_by(Place.name, Place.id))), plan.courses_for(chapter))

    def place(self, text: str, reasons: list[Reason]) -> Place | None:
        """The place that a cell names; None with a reason."""
        said = " ".join(text.split())
        found = [one for one in self.places if said and said in {one.id, " ".join(one.name.split())}]
        if len(found) == 1:
            return found[0]
        shown = "".join(char for char in said[:60] if char.isprintable())
        many = N_("Several places are called “%(name)s”: write the id that is in the address of its page.")
        none = N_("No open place here is called “%(name)s”.")
        reasons.append(Reason(many if found else none, {"name": shown}))
        return None

    def course(self, text: str, reasons: list[Reason]) -> str:
        """The id of the course that a cell names; empty for none, with a reason for an unknown one."""
        said = " ".join(text.split())
        found = [one.id for one in self.courses if said in {one.id, one.name_en, one.name_es}]
        if said and not found:
            shown = "".join(char for char in said[:60] if char.isprintable())
            reasons.append(Reason(N_("No course here is called “%(name)s”."), {"name": shown}))
        return found[0] if said and found else ""

    def name_of_place(self, place: Place) -> str:
        """The name, or the id where others have the same name or it would not be found again."""
        same = Counter(" ".join(one.name.split()) for one in self.places)
        name = " ".join(place.name.split())
        return name if same[name] == 1 else place.id

    def name_of_course(self, course_id: str | None) -> str:
        """The English name, or the id where it is not of these or not the only one."""
        same = Counter(one.name_en for one in self.courses)
        name = next((one.name_en for one in self.courses if one.id == course_id), "")
        return name if name and same[name] == 1 and " ".join(name.split()) == name else course_id or ""
