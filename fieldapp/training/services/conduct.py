"""The code of conduct: which version holds for whom, accepting it, and from when on a shift cannot be taken without it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.services import people
from fieldapp.core import jobs
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, NotFound
from fieldapp.training import policy
from fieldapp.training.models import ConductAccepted, ConductVersion

GRACE = 30 * DAY  # for those who were members when a version was published
ENDS = "training.conduct_due"  # the job that tells phones that the time is over


@dataclass(frozen=True, slots=True)
class Duty:
    """What one person owes to one chapter's newest text. ``due``: from then on no shift can be taken; None: accepted."""

    path: str
    chapter_id: str
    version_id: str
    number: int
    due: int | None


@dataclass(frozen=True)
class Duties:
    """One person's, of every chapter within reach that has a text."""

    all: tuple[Duty, ...] = ()

    def at(self, path: str) -> Duty | None:
        """The one that holds in the chapter at ``path``: its own text's, else that of the nearest chapter above."""
        return max((one for one in self.all if path.startswith(one.path)), key=lambda one: len(one.path), default=None)

    def of(self, chapter_ids: Collection[str]) -> Duty | None:
        """The one that holds where somebody is at home: ``chapter_ids`` are that chapter's and those above it."""
        found = (one for one in self.all if one.chapter_id in chapter_ids)
        return max(found, key=lambda one: len(one.path), default=None)

    def blocks(self, path: str, now: int) -> Duty | None:
        """The one that stands between the person and a shift of that chapter at ``now`` (ms UTC)."""
        found = self.at(path)
        return found if found and found.due is not None and found.due <= now else None


def due(joined_at: int, published_at: int) -> int:
    """From when a version must be accepted: at once by those who joined after it; the others have 30 days. ms UTC."""
    return published_at + GRACE if joined_at < published_at else published_at


def _newest() -> Select[str, int]:
    return (
        select(ConductVersion.chapter_id, func.max(ConductVersion.number).label("number"))
        .where(ConductVersion.published_at.is_not(None))
        .group_by(ConductVersion.chapter_id)
    )


def _question() -> Select[str, str, str, int, int | None, int | None, int | None]:
    newest, home = _newest().subquery(), Chapter.__table__.alias("home")
    near = Chapter.path.startswith(home.c.path) | home.c.path.startswith(Chapter.path)
    return (
        select(Chapter.path, ConductVersion.chapter_id, ConductVersion.id, ConductVersion.number)
        .add_columns(ConductVersion.published_at, ConductAccepted.at, func.min(Membership.since))
        .join(newest, and_(newest.c.chapter_id == ConductVersion.chapter_id, newest.c.number == ConductVersion.number))
        .join(Chapter, Chapter.id == ConductVersion.chapter_id)
        .join(Membership, Membership.person_id == bindparam("person"))
        .join(home, and_(home.c.id == Membership.chapter_id, near))
        .outerjoin(
            ConductAccepted,
            and_(ConductAccepted.version_id == ConductVersion.id, ConductAccepted.person_id == bindparam("person")),
        )
        .group_by(Chapter.path, ConductVersion.chapter_id, ConductVersion.id, ConductVersion.number)
        .group_by(ConductVersion.published_at, ConductAccepted.at)
    )


_QUESTION = _question()  # built once: every claim and every snapshot asks it


def duties(person_id: str) -> Duties:
    """What the person owes. One query."""
    rows = db.session.execute(_QUESTION, {"person": person_id})
    return Duties(
        tuple(
            Duty(path, chapter, version, number, None if accepted else due(since or 0, published or 0))
            for path, chapter, version, number, published, accepted, since in rows
        )
    )


def blocked(person_ids: Collection[str] | Select[str], chapter_id: str, now: int) -> dict[str, int]:
    """Those of the people who cannot take a shift of the chapter before they accept, with the version's number. Two queries."""
    version = governing(chapter_id)
    if version is None:
        return {}
    accepted = select(ConductAccepted.person_id).where(ConductAccepted.version_id == version.id)
    joined = (
        select(Membership.person_id, func.min(Membership.since))
        .where(Membership.person_id.in_(person_ids), Membership.person_id.not_in(accepted))
        .group_by(Membership.person_id)
    )
    return {
        person: version.number
        for person, since in db.session.execute(joined)
        if due(since, version.published_at or 0) <= now
    }


def governing(chapter_id: str) -> ConductVersion | None:
    """The newest published text that holds in a chapter: its own, else that of the nearest chapter above. One query."""
    path = select(Chapter.path).where(Chapter.id == chapter_id).scalar_subquery()
    query = (
        select(ConductVersion)
        .join(Chapter, Chapter.id == ConductVersion.chapter_id)
        .where(ConductVersion.published_at.is_not(None), path.startswith(Chapter.path))
        .order_by(func.length(Chapter.path).desc(), ConductVersion.number.desc())
    )
    return db.session.scalars(query.limit(1)).first()


def waiting(actor: Actor) -> int:
    """1 while the newest text of the actor's chapter is not accepted: the number beside Training on every page. One query."""
    duty = duties(actor.person_id).of({actor.chapter_id, *actor.above})
    return int(duty is not None and duty.due is not None)


@dataclass(frozen=True)
class Page:
    """What somebody reads: the text that holds where they are at home, when they accepted it, and until when they may wait."""

    version: ConductVersion | None
    accepted_at: int | None
    due: int | None


def read(actor: Actor) -> Page:
    """The text for the actor's own chapter."""
    version = governing(actor.chapter_id)
    if version is None:
        return Page(None, None, None)
    row = db.session.get(ConductAccepted, (version.id, actor.person_id))
    joined = db.session.scalar(select(func.min(Membership.since)).where(Membership.person_id == actor.person_id))
    return Page(version, row.at if row else None, None if row else due(joined or 0, version.published_at or 0))


def accept(actor: Actor, version_id: str, now: int) -> ConductVersion:
    """Accept the version that was read. Twice is once. Raises NotFound, DomainError("newer")."""
    version = db.session.get(ConductVersion, version_id)
    if version is None or version.published_at is None:
        raise NotFound()
    if version.chapter_id not in actor.chapters | actor.above:
        raise NotFound()
    newest = select(func.max(ConductVersion.number)).where(
        ConductVersion.chapter_id == version.chapter_id, ConductVersion.published_at.is_not(None)
    )
    if version.number != db.session.scalar(newest):
        raise DomainError(
            "newer",
            N_("There is a newer text by now."),
            safe=N_("Nothing was accepted."),
            do=N_("Read the newer one and accept that."),
        )
    with write() as session:
        people.hold(session, [actor.person_id])
        if session.get(ConductAccepted, (version.id, actor.person_id)) is None:
            session.add(ConductAccepted(version_id=version.id, person_id=actor.person_id, at=now))
            session.flush()
            people.touch(session, actor.person_id)
    return version


@dataclass(frozen=True)
class Missing:
    """Somebody who has not accepted the newest text: ``due`` is when they can take no more shifts, ms UTC."""

    person: Person
    due: int
    late: bool


def missing(actor: Actor, chapter_id: str, now: int, *, limit: int = 500) -> list[Missing]:
    """The people of a chapter who have not accepted what holds there, the most urgent first. Raises NotFound, Forbidden."""
    if chapter_id not in actor.chapters:
        raise NotFound()
    policy.demand(actor.has(chapter_id, *policy.CONDUCT, COORDINATOR))
    version = governing(chapter_id)
    if version is None:
        return []
    accepted = select(ConductAccepted.person_id).where(ConductAccepted.version_id == version.id)
    query = (
        select(Person, func.min(Membership.since))
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.chapter_id == chapter_id, Person.disabled_at.is_(None), Person.id.not_in(accepted))
        .group_by(Person.id)
        .limit(limit)
    )
    found = []
    for person, since in db.session.execute(query):
        at = due(since, version.published_at or 0)
        found.append(Missing(person, at, at <= now))
    return sorted(found, key=lambda one: (one.due, one.person.field_name.casefold()))


@jobs.handler(ENDS)
def ends(payload: dict[str, str], _: int) -> None:
    """The grace of a version is over: time alone has changed what the phones of those who did not accept it show."""
    version = db.session.get(ConductVersion, payload["version"])
    if version is None:
        return
    accepted = select(ConductAccepted.person_id).where(ConductAccepted.version_id == version.id)
    path = select(Chapter.path).where(Chapter.id == version.chapter_id).scalar_subquery()
    inside = select(Membership.person_id).join(Chapter, Chapter.id == Membership.chapter_id)
    owing = inside.where(Chapter.path.startswith(path), Membership.person_id.not_in(accepted)).distinct()
    with write() as session:
        people.touch_many(session, list(session.scalars(owing)))


def touch_members(session: Session, chapter_id: str) -> None:
    """Count a change for everyone who owes the new text: those of the chapter and of the pods below."""
    path = select(Chapter.path).where(Chapter.id == chapter_id).scalar_subquery()
    inside = select(Membership.person_id).join(Chapter, Chapter.id == Membership.chapter_id)
    people.touch_many(session, session.scalars(inside.where(Chapter.path.startswith(path)).distinct()))
