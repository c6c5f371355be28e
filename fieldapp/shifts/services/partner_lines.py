"""Asks as their pages show them: with organisation, place, course, and how the shifts stand that came of them. No names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import defer

from fieldapp.accounts.models import Chapter, Partner
from fieldapp.core.db import db
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, PartnerAsk, PartnerAskShift, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.training.models import Course

MOST = 200


@dataclass(frozen=True)
class Count:
    """How an accepted ask stands: seats that its shifts have, how many are taken, how many people came. No names."""

    seats: int = 0
    taken: int = 0
    came: int = 0


@dataclass(frozen=True)
class Line:
    """One ask with what its pages show."""

    ask: PartnerAsk
    partner: Partner
    chapter: Chapter
    place: Place | None
    course: Course | None
    count: Count
    shifts: tuple[Shift, ...] = ()


def of(where: object, *order: object) -> list[Line]:
    """The asks that ``where`` names, in ``order``. Four queries, whatever the number."""
    query = (
        select(PartnerAsk, Partner, Chapter, Place, Course)
        .join(Partner, Partner.id == PartnerAsk.partner_id)
        .join(Chapter, Chapter.id == PartnerAsk.chapter_id)
        .outerjoin(Place, Place.id == PartnerAsk.place_id)
        .outerjoin(Course, Course.id == PartnerAsk.course_id)
        .where(where)  # type: ignore[arg-type]
        .order_by(*order, PartnerAsk.id)  # type: ignore[arg-type]
        .limit(MOST)
        .options(defer(Place.geom), defer(Place.area))
    )
    rows = db.session.execute(query).tuples().all()
    ids = [row[0].id for row in rows if row[0].state == "accepted"]
    counts, shifts = counts_of(ids), _shifts(ids)
    return [
        Line(
            *row,
            Count(came=row[0].came) if row[0].came is not None else counts.get(row[0].id, Count()),
            tuple(shifts.get(row[0].id, ())),
        )
        for row in rows
    ]


def _shifts(ask_ids: Collection[str]) -> dict[str, list[Shift]]:
    found: dict[str, list[Shift]] = {}
    query = select(PartnerAskShift.ask_id, Shift).join(Shift, Shift.id == PartnerAskShift.shift_id)
    if ask_ids:
        for ask_id, shift in db.session.execute(
            query.where(PartnerAskShift.ask_id.in_(ask_ids)).order_by(Shift.starts_at)
        ):
            found.setdefault(ask_id, []).append(shift)
    return found


def counts_of(ask_ids: Collection[str]) -> dict[str, Count]:
    """How these asks stand. Two queries, whatever the number."""
    if not ask_ids:
        return {}
    seats = (
        select(PartnerAskShift.ask_id, func.sum(Shift.seats), func.sum(Shift.taken))
        .join(Shift, Shift.id == PartnerAskShift.shift_id)
        .where(PartnerAskShift.ask_id.in_(ask_ids), Shift.cancelled_at.is_(None))
        .group_by(PartnerAskShift.ask_id)
    )
    came = (
        select(PartnerAskShift.ask_id, func.count(Claim.person_id.distinct()))
        .join(Claim, Claim.shift_id == PartnerAskShift.shift_id)
        .where(PartnerAskShift.ask_id.in_(ask_ids), Claim.state.in_(LIVE))
        .where(or_(Claim.here_at.is_not(None), Claim.out_at.is_not(None)))
        .group_by(PartnerAskShift.ask_id)
    )
    there = dict(db.session.execute(came).tuples().all())
    return {
        ask_id: Count(int(all_seats), int(taken), there.get(ask_id, 0))
        for ask_id, all_seats, taken in db.session.execute(seats)
    }
