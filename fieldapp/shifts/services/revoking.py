"""Revoking a certificate: what it does to coming shifts is shown first, then all of it happens in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Membership, Person
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import claims, messages
from fieldapp.shifts.services.locks import lock_all
from fieldapp.training import policy
from fieldapp.training.models import Certificate, Course
from fieldapp.training.services import certificates, notices


@dataclass(frozen=True)
class Hit:
    """A shift that the person would lose. ``short``: it then has fewer than its minimum."""

    shift: Shift
    place: Place
    left: int

    @property
    def short(self) -> bool:
        """Whether it does not run without somebody else."""
        return self.left < self.shift.minimum


@dataclass(frozen=True)
class Effect:
    """What revoking would do."""

    certificate: Certificate
    course: Course
    person: Person
    hits: tuple[Hit, ...]

    @property
    def ids(self) -> str:
        """Which shifts these are: the form says it back, so that nobody confirms what has changed since."""
        return " ".join(sorted(hit.shift.id for hit in self.hits))


def effect(actor: Actor, certificate_id: str, now: int) -> Effect:
    """What revoking would do at ``now`` (ms UTC). Raises NotFound, Forbidden, DomainError("already")."""
    found = db.session.get(Certificate, certificate_id)
    course = db.session.get(Course, found.course_id) if found else None
    if found is None or course is None or not policy.can_see_course(actor, course):
        raise NotFound()
    policy.demand(policy.can_revoke(actor, course))
    if found.revoked_at is not None:
        raise DomainError("already", N_("This certificate is revoked already."), safe=N_("Nothing was changed."))
    person = db.session.get_one(Person, found.person_id)
    return Effect(found, course, person, _hits(db.session(), found, now))


def _hits(session: Session, found: Certificate, now: int) -> tuple[Hit, ...]:
    """Coming shifts that need the course and that no other certificate of the person covers, soonest first. Two queries."""
    others = select(Certificate.ends_at).where(
        Certificate.person_id == found.person_id,
        Certificate.course_id == found.course_id,
        Certificate.revoked_at.is_(None),
        Certificate.id != found.id,
    )
    covered = max(session.scalars(others), default=0)
    query = (
        select(Shift, Place)
        .join(Claim, Claim.shift_id == Shift.id)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Claim.person_id == found.person_id,
            Claim.state.in_(LIVE),
            Shift.course_id == found.course_id,
            Shift.starts_at > now,
            Shift.starts_at >= covered,
            Shift.cancelled_at.is_(None),
        )
        .order_by(Shift.starts_at, Shift.id)
        .execution_options(populate_existing=True)
    )
    return tuple(Hit(shift, place, shift.taken - 1) for shift, place in session.execute(query))


def revoke(actor: Actor, certificate_id: str, reason: str, seen: str, now: int) -> Effect:
    """Revoke with a reason, give back the shifts that need it, and tell the person, all or nothing.

    ``seen``: ``Effect.ids`` as the page showed it. Raises NotFound, Forbidden, Invalid, DomainError("already", "changed").
    """
    before = effect(actor, certificate_id, now)
    if not reason.strip():
        raise Invalid(fields={"reason": N_("Say why: the reason is kept with the certificate.")})
    with write() as session:
        lock_all(session, [before.person.id], [hit.shift.id for hit in before.hits])
        hits = _hits(session, before.certificate, now)
        live = Effect(before.certificate, before.course, before.person, hits)
        if live.ids != " ".join(sorted(seen.split())):
            raise DomainError(
                "changed",
                N_("The shifts that this would touch have changed since you looked."),
                safe=N_("Nothing was changed: the certificate holds."),
                do=N_("Look at the newer list and confirm again."),
            )
        certificates.revoke(actor, certificate_id, reason, now)
        for hit in hits:
            claims.release(before.person.id, hit.shift.id, now, by=actor.person_id)
        _tell(session, live, now)
    return live


def _tell(session: Session, live: Effect, now: int) -> None:
    """The reason stays between the trainer and the person: the message names the course and how many shifts."""
    chapter_id = live.hits[0].shift.chapter_id if live.hits else _home(session, live)
    said = dict(notices.revoked(live.course, len(live.hits)))
    messages.send(session, person_id=live.person.id, kind="training", chapter_id=chapter_id, now=now, detail=said)


def _home(session: Session, live: Effect) -> str:
    own = select(Membership.chapter_id).where(Membership.person_id == live.person.id).order_by(Membership.chapter_id)
    return session.scalar(own.limit(1)) or live.course.chapter_id
