"""A made-up partner organisation of the demo: somebody who signs in for it, what it asked for, and what came of it."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Invite, Partner, PartnerPerson, Passkey, Person
from fieldapp.accounts.services import invites
from fieldapp.core.canonical import b64u
from fieldapp.core.clock import DAY, HOUR, local_ms, to_datetime
from fieldapp.core.ids import new_id
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, PartnerAsk, PartnerAskShift, Shift

NAME, DESK = "Casa Comunal (demo)", "Front desk"


def add(session: Session, chapter: Chapter, people: list[Person], now: int) -> None:
    """The organisation, its front desk, and five asks: two wait, one was asked back, one declined, one accepted and half filled."""
    person = Person(id=new_id(), field_name=DESK, user_handle=b64u(secrets.token_bytes(64)), created_at=now - 60 * DAY)
    partner = Partner(id=new_id(), chapter_id=chapter.id, name=NAME, kind="immigrant_led", created_at=now - 60 * DAY)
    session.add_all([person, partner])
    session.flush()
    session.add(PartnerPerson(person_id=person.id, partner_id=partner.id, since=now - 60 * DAY))
    court = session.scalars(
        select(Place).where(Place.chapter_id == chapter.id, Place.kind == "immigration_court", Place.state == "NY")
    ).first()
    if court is None:
        return
    today = to_datetime(now, court.zone).date()

    def ask(days: int, what: str, number: int, state: str = "asked", **more: object) -> PartnerAsk:
        begin = local_ms(today + timedelta(days=days), 9 * 60, court.zone)
        made = PartnerAsk(id=new_id(), partner_id=partner.id, chapter_id=chapter.id, by_id=person.id, what=what)
        made.state, made.people, made.zone = state, number, court.zone
        made.starts_at, made.ends_at, made.over_at = begin, begin + 3 * HOUR, begin + 3 * HOUR
        made.created_at, made.place_id, made.contact = (
            now - (12 - days) * HOUR,
            court.id,
            "our front desk, by the doors",
        )
        for name, value in more.items():
            setattr(made, name, value)
        session.add(made)
        return made

    ask(1, "accompany", 2)
    ask(5, "turnout", 20, place_id=None, area="Roosevelt Avenue and 82nd Street", contact="")
    ask(6, "interpret", 1, "question", lang="quc", question="Is it for the hearing itself, or for the hallway?")
    no = ask(3, "observe", 4, "declined", reason="Everyone is at Federal Plaza that morning. Can it be Thursday?")
    no.answered_at = now - 2 * HOUR
    yes = ask(4, "accompany", 4, "accepted", answered_at=now - HOUR)
    shift = Shift(id=new_id(), chapter_id=chapter.id, place_id=court.id, minimum=2, seats=4, kind="accompany", taken=2)
    shift.starts_at, shift.ends_at, shift.brief = (
        yes.starts_at,
        yes.ends_at,
        {"note": "Their front desk meets you by the doors."},
    )
    session.add(shift)
    session.flush()
    session.add(PartnerAskShift(ask_id=yes.id, shift_id=shift.id))
    going = [one for one in people if one.field_name in {"Willow", "Vale"}]
    session.add_all(Claim(shift_id=shift.id, person_id=one.id, state="claimed", at=now - HOUR) for one in going)


def link(session: Session, now: int) -> invites.Made | None:
    """A fresh one-time link for its front desk, while that has no passkey."""
    person = session.scalar(
        select(Person).join(PartnerPerson, PartnerPerson.person_id == Person.id).where(Person.field_name == DESK)
    )
    if person is None or session.scalar(select(Passkey.id).where(Passkey.person_id == person.id).limit(1)):
        return None
    for old in session.scalars(select(Invite).where(Invite.person_id == person.id, Invite.used_at.is_(None))):
        old.revoked_at = old.revoked_at or now
    home = session.scalar(
        select(Partner.chapter_id)
        .join(PartnerPerson, PartnerPerson.partner_id == Partner.id)
        .where(PartnerPerson.person_id == person.id)
    )
    return invites.make(session, str(home), [], now, person_id=person.id, note="demo")
