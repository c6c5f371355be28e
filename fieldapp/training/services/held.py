"""What one person holds: certificates and experience, in one question, because every snapshot asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import CompoundSelect, bindparam, func, literal, select, union_all

from fieldapp.accounts.models import Chapter
from fieldapp.core.db import db
from fieldapp.training.models import Certificate, Grade
from fieldapp.training.services import conduct
from fieldapp.training.services.conduct import Duties
from fieldapp.training.services.grades import EXPERIENCED


@dataclass(frozen=True)
class Held:
    """``ends``: course id → when the newest unrevoked certificate ends, ms UTC, past ones too."""

    ends: Mapping[str, int]
    paths: tuple[str, ...]  # of the chapters that gave a grade which counts as experience
    conduct: Duties

    def experienced_in(self, path: str) -> bool:
        """Whether the person counts as experienced in the chapter at ``path``: grades act downward."""
        return any(path.startswith(given) for given in self.paths)


def _question() -> CompoundSelect[str, str, int]:
    certified = (
        select(literal("certificate"), Certificate.course_id, func.max(Certificate.ends_at))
        .where(Certificate.person_id == bindparam("person"), Certificate.revoked_at.is_(None))
        .group_by(Certificate.course_id)
    )
    graded = (
        select(literal("grade"), Chapter.path, literal(0))
        .join(Grade, Grade.chapter_id == Chapter.id)
        .where(Grade.person_id == bindparam("person"), Grade.grade.in_(EXPERIENCED))
    )
    return union_all(certified, graded)


_HELD = _question()


def by(person_id: str) -> Held:
    """What the person holds, and owes. Two queries."""
    rows = db.session.execute(_HELD, {"person": person_id}).all()
    ends = {course: end for what, course, end in rows if what == "certificate"}
    return Held(ends, tuple(path for what, path, _ in rows if what == "grade"), conduct.duties(person_id))
