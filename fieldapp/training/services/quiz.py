"""Taking a course's quiz: the answers are looked at once and kept nowhere; what stays is that, when and which version was passed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select

from fieldapp.accounts.services import people
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.training.models import Course, QuizStanding, QuizVersion
from fieldapp.training.services import certificates, courses, renewing


def newest(course_ids: Collection[str]) -> dict[str, QuizVersion]:
    """The quiz of each course that has one. One query."""
    if not course_ids:
        return {}
    last = (
        select(QuizVersion.course_id, func.max(QuizVersion.number).label("number"))
        .where(QuizVersion.course_id.in_(course_ids))
        .group_by(QuizVersion.course_id)
        .subquery()
    )
    query = select(QuizVersion).join(
        last, and_(last.c.course_id == QuizVersion.course_id, last.c.number == QuizVersion.number)
    )
    return {one.course_id: one for one in db.session.scalars(query) if one.questions}


def passed(person_ids: Collection[str], version: QuizVersion | None) -> set[str]:
    """Those who passed this quiz in a version that counts; all of them where there is none. One query."""
    if version is None or not person_ids:
        return set(person_ids)
    query = select(QuizStanding.person_id).where(
        QuizStanding.course_id == version.course_id,
        QuizStanding.person_id.in_(person_ids),
        QuizStanding.passed_number >= version.counts_from,
    )
    return set(db.session.scalars(query))


@dataclass(frozen=True)
class Mine:
    """A quiz as one person meets it. ``left``: tries left now; ``again_at`` (ms UTC) when there are more."""

    course: Course
    version: QuizVersion
    passed_at: int | None
    left: int
    again_at: int | None
    renews: bool  # passing it now renews the certificate


def see(actor: Actor, course_id: str, now: int) -> Mine:
    """The quiz of a course, as the actor may take it now. Raises NotFound (the course has none, too)."""
    course = courses.find(actor, course_id)
    version = newest([course_id]).get(course_id)
    if version is None or course.retired_at is not None:
        raise NotFound()
    return _mine(actor.person_id, [(course, version)], now)[0]


def mine(actor: Actor, now: int) -> list[Mine]:
    """The quizzes of the actor's courses, those not passed first. Four queries."""
    offered = {course.id: course for course in courses.offered(actor)}
    found = _mine(actor.person_id, [(offered[one], version) for one, version in newest(list(offered)).items()], now)
    return sorted(found, key=lambda one: (one.passed_at is not None, one.course.name_en))


def _mine(person_id: str, asked: Sequence[tuple[Course, QuizVersion]], now: int) -> list[Mine]:
    ids = [course.id for course, _ in asked]
    query = select(QuizStanding).where(QuizStanding.person_id == person_id, QuizStanding.course_id.in_(ids))
    rows = {row.course_id: row for row in db.session.scalars(query)} if ids else {}
    ends = certificates.ends([person_id], ids)
    made = []
    for course, version in asked:
        row = rows.get(course.id)
        counts = row is not None and row.passed_number is not None and row.passed_number >= version.counts_from
        used = row.tries if row and now < row.since + DAY else 0
        again = row.since + DAY if row and used >= version.tries else None
        renews = renewing.open_to_quiz(course, ends.get((person_id, course.id)), now)
        passed_at = row.passed_at if row and counts else None
        made.append(Mine(course, version, passed_at, max(0, version.tries - used), again, renews))
    return made


@dataclass(frozen=True)
class Marked:
    """What came of one question: what was chosen and what is right, by their places."""

    question: Mapping[str, Any]
    chosen: int
    right: bool


@dataclass(frozen=True)
class Result:
    """What came of a try. It is shown once, and not kept. ``renewed_until``: the certificate that it renewed ends then."""

    passed: bool
    percent: int
    marked: tuple[Marked, ...]
    left: int
    renewed_until: int | None = None


def answer(actor: Actor, course_id: str, number: int, answers: Mapping[str, str], now: int) -> Result:
    """One try. ``answers``: ``q0`` … → the place of what was chosen. An unanswered question costs no try.

    Raises NotFound, Invalid, DomainError("newer"), DomainError("tries").
    """
    mine = see(actor, course_id, now)
    if number != mine.version.number:
        raise DomainError(
            "newer",
            N_("The quiz was changed meanwhile."),
            safe=N_("No try was counted."),
            do=N_("Open it again and answer the newer questions."),
        )
    marked = _mark(mine.version, answers)
    percent = 100 * sum(one.right for one in marked) // len(marked)
    won = percent >= mine.version.pass_mark
    with write() as session:
        people.hold(session, [actor.person_id])
        row = session.get(QuizStanding, (actor.person_id, course_id), populate_existing=True)
        if row is None:
            row = QuizStanding(person_id=actor.person_id, course_id=course_id, tries=0, since=now)
            session.add(row)
        if now >= row.since + DAY:
            row.tries, row.since = 0, now
        if row.tries >= mine.version.tries:
            raise _no_more_tries()
        row.tries += 1
        until = None
        if won:
            row.passed_at, row.passed_number = now, mine.version.number
            until = renewing.renew_by_quiz(session, mine.course, actor.person_id, now)
            row.tries = 0
        session.flush()
        people.touch(session, actor.person_id)
        left = max(0, mine.version.tries - row.tries)
    return Result(won, percent, marked, left, until)


def _mark(version: QuizVersion, answers: Mapping[str, str]) -> tuple[Marked, ...]:
    made, wrong = [], {}
    for place, question in enumerate(version.questions):
        said = answers.get(f"q{place}", "")
        if not (said.isascii() and said.isdigit() and len(said) == 1 and int(said) < len(question["choices"])):
            wrong[f"q{place}"] = N_("Choose one answer.")
            continue
        made.append(Marked(question, int(said), int(said) == question["right"]))
    if wrong:
        raise Invalid(fields=wrong)
    return tuple(made)


def _no_more_tries() -> DomainError:
    return DomainError(
        "tries",
        N_("There are no tries left today."),
        safe=N_("What you passed before stays."),
        do=N_("Read the guides, ask your trainer, and try again tomorrow."),
    )
