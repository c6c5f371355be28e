"""Partner organisations of a chapter, and the people who sign in for them. They hold no role: they ask, and read the answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Invite, LoginSession, Partner, PartnerPerson, Person
from fieldapp.accounts.services import chapters, invites, names
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid, NotFound, StepUpNeeded

KINDS = ("immigrant_led", "legal", "other")
MOST = 500


@dataclass(frozen=True)
class Login:
    """Somebody who signs in for an organisation."""

    person: Person
    since: int


@dataclass
class Line:
    """An organisation with those who sign in for it now, and the links that wait to be used."""

    partner: Partner
    chapter: Chapter
    people: list[Login] = field(default_factory=list)
    waiting: list[Invite] = field(default_factory=list)


def lines(actor: Actor, now: int) -> list[Line]:
    """The organisations of the chapters that the actor coordinates, by name; ended ones last. Three queries. Raises Forbidden."""
    where = actor.where(COORDINATOR)
    if not where:
        raise Forbidden()
    query = (
        select(Partner, Chapter)
        .join(Chapter, Chapter.id == Partner.chapter_id)
        .where(Partner.chapter_id.in_(where))
        .order_by(Partner.ended_at.is_not(None), Partner.name, Partner.id)
        .limit(MOST)
    )
    found = {partner.id: Line(partner, chapter) for partner, chapter in db.session.execute(query)}
    signed = (
        select(PartnerPerson, Person)
        .join(Person, Person.id == PartnerPerson.person_id)
        .where(PartnerPerson.partner_id.in_(found), PartnerPerson.ended_at.is_(None))
        .order_by(Person.field_name, Person.id)
    )
    for row, person in db.session.execute(signed):
        found[row.partner_id].people.append(Login(person, row.since))
    unused = (Invite.used_at.is_(None), Invite.revoked_at.is_(None), Invite.expires_at > now)
    for one in db.session.scalars(select(Invite).where(Invite.partner_id.in_(found), *unused)):
        found[str(one.partner_id)].waiting.append(one)
    return list(found.values())


def create(actor: Actor, chapter_id: str, name: str, kind: str, now: int) -> Partner:
    """A coordinator adds an organisation. Raises NotFound, Forbidden, Invalid."""
    if chapter_id not in actor.chapters:
        raise NotFound()
    if not actor.has(chapter_id, COORDINATOR):
        raise Forbidden()
    wrong = {} if kind in KINDS else {"kind": N_("Choose what kind of organisation it is.")}
    try:
        named = names.line(name, longest=120)
    except Invalid as error:
        raise Invalid(fields={**wrong, "name": N_("Write the organisation's name, on one line.")}) from error
    if wrong:
        raise Invalid(fields=wrong)
    made = Partner(chapter_id=chapter_id, name=named, kind=kind, created_at=now)
    with write() as session:
        session.add(made)
    return made


def invite(actor: Actor, partner_id: str, now: int) -> invites.Made:
    """A link for one person of the organisation. Raises NotFound, Forbidden, StepUpNeeded, DomainError("ended")."""
    partner = find(actor, partner_id)
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    if partner.ended_at is not None:
        raise DomainError(
            "ended",
            N_("This organisation's way in has ended."),
            safe=N_("Nothing was made."),
            do=N_("Add it again, if you work together again."),
        )
    with write() as session:
        return invites.make(session, partner.chapter_id, [], now, by=actor.person_id, partner_id=partner.id)


def end_person(actor: Actor, person_id: str, now: int) -> str:
    """One of an organisation's people signs in no more; returns the organisation's id. Raises NotFound, Forbidden."""
    row = db.session.get(PartnerPerson, person_id)
    if row is None:
        raise NotFound()
    find(actor, row.partner_id)
    with write() as session:
        _end_people(session, [person_id], now)
    return row.partner_id


def end(actor: Actor, partner_id: str, now: int) -> None:
    """Nobody of the organisation signs in any more, and no link of it works. Raises NotFound, Forbidden."""
    found = find(actor, partner_id)
    with write() as session:
        whose = select(PartnerPerson.person_id).where(PartnerPerson.partner_id == found.id)
        _end_people(session, list(session.scalars(whose)), now)
        unused = (Invite.partner_id == found.id, Invite.used_at.is_(None), Invite.revoked_at.is_(None))
        session.execute(update(Invite).where(*unused).values(revoked_at=now))
        session.execute(update(Partner).where(Partner.id == found.id, Partner.ended_at.is_(None)).values(ended_at=now))


def find(actor: Actor, partner_id: str) -> Partner:
    """An organisation of a chapter that the actor coordinates. Raises NotFound, Forbidden."""
    found = db.session.get(Partner, partner_id)
    if found is None or found.chapter_id not in actor.chapters:
        raise NotFound()
    if not actor.has(found.chapter_id, COORDINATOR):
        raise Forbidden()
    return found


def own(actor: Actor) -> tuple[Partner, Chapter]:
    """The organisation that the actor signs in for, and the chapter that it asks. Raises Forbidden for members of a chapter."""
    partner = db.session.get(Partner, actor.partner_id) if actor.partner_id else None
    if partner is None:
        raise Forbidden("partner", N_("This page is for partner organisations."))
    return partner, db.session.get_one(Chapter, partner.chapter_id)


def people_of(partner_id: str) -> list[str]:
    """Who signs in for an organisation now."""
    live = (PartnerPerson.partner_id == partner_id, PartnerPerson.ended_at.is_(None))
    return list(db.session.scalars(select(PartnerPerson.person_id).where(*live).order_by(PartnerPerson.person_id)))


def chapters_of(actor: Actor) -> list[Chapter]:
    """The chapters that the actor may add an organisation to."""
    return chapters.tree(actor, COORDINATOR)


def _end_people(session: Session, person_ids: Collection[str], now: int) -> None:
    live = (PartnerPerson.person_id.in_(person_ids), PartnerPerson.ended_at.is_(None))
    session.execute(update(PartnerPerson).where(*live).values(ended_at=now))
    running = (LoginSession.person_id.in_(person_ids), LoginSession.ended_at.is_(None))
    session.execute(update(LoginSession).where(*running).values(ended_at=now))
