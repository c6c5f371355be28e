"""In the demo three alerts are under way: one that a pair looks after, one that waits for a second person, and one that was not ICE."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Person
from fieldapp.alerts.models import Alert, AlertAsk, AlertSend
from fieldapp.alerts.services import paging, raising, stages
from fieldapp.core.clock import MINUTE
from fieldapp.core.ids import new_id
from fieldapp.places.models import Place

QUESTIONS = {"firsthand": "yes", "reporter_known": "yes", "specific": "yes", "recent": "yes", "two_or_lead": "yes"}


def add(session: Session, chapter: Chapter, people: list[Person], now: int) -> None:
    """Three alerts of the last hour, ``now`` in ms UTC."""
    who = {person.field_name: person.id for person in people}
    zone = (Place.chapter_id == chapter.id, Place.zone == chapter.zone)
    places = list(session.scalars(select(Place).where(*zone).order_by(Place.name).limit(3)))
    if len(places) < 3:
        return
    _not_ice(session, chapter, places[2], who, now - 50 * MINUTE)
    _confirmed(session, chapter, places[0], who, now - 14 * MINUTE)
    _verifying(session, chapter, places[1], who, now - 6 * MINUTE)


def _raised(session: Session, chapter: Chapter, place: Place, person_id: str, what: str, at: int) -> Alert:
    report = raising.Report(
        record_id=new_id(),
        key="demo",
        chapter_id=chapter.id,
        person_id=person_id,
        what=what,
        raised_at=at,
        place_id=place.id,
    )
    return raising.raise_alert(report, at)


def _held(session: Session, alert: Alert, person_id: str, at: int) -> None:
    alert.state, alert.got_it_by, alert.got_it_at, alert.got_it_role = "got_it", person_id, at, "coordinator"
    alert.next_step_at = None
    paging.note(session, alert, "got_it", at, person_id, signed_in=True, step=0)


def _asked(session: Session, alert: Alert, people: dict[str, str], by: str, at: int) -> None:
    """``people``: what each of them saw, or empty for who is on the way."""
    paging.note(session, alert, "asked", at, by, people=len(people), standby=14, pair=1)
    for person, saw in people.items():
        ask = AlertAsk(alert_id=alert.id, person_id=person, kind="verify", pair=1, asked_by=by, asked_at=at)
        ask.state, ask.report_by, ask.answered_at = "going", at + 7 * MINUTE, at + MINUTE
        paging.note(session, alert, "going", at + MINUTE, person)
        if saw:
            ask.state, ask.here_at, ask.saw, ask.saw_at = "here", at + 3 * MINUTE, saw, at + 4 * MINUTE
            paging.note(session, alert, "on_scene", at + 3 * MINUTE, person)
            paging.note(session, alert, "saw", at + 4 * MINUTE, person, saw=saw)
        session.add(ask)
    alert.stage, alert.stage_at = "verifying", at


def _verifying(session: Session, chapter: Chapter, place: Place, who: dict[str, str], at: int) -> None:
    alert = _raised(session, chapter, place, who["Fern"], "ice_here", at)
    _held(session, alert, who["Juniper"], at + MINUTE)
    _asked(session, alert, {who["Linden"]: "", who["Rowan"]: ""}, who["Juniper"], at + 2 * MINUTE)
    stages.plan(session, alert, at + 3 * MINUTE)


def _confirmed(session: Session, chapter: Chapter, place: Place, who: dict[str, str], at: int) -> None:
    alert = _raised(session, chapter, place, who["Heron"], "being_taken", at)
    _held(session, alert, who["Alder"], at + 2 * MINUTE)
    _asked(session, alert, {who["Birch"]: "ice", who["Finch"]: "ice"}, who["Alder"], at + 3 * MINUTE)
    alert.checks, alert.result, alert.seen_at = dict(QUESTIONS), "confirmed", at + 8 * MINUTE
    stages.enter(session, alert, "confirmed", at + 8 * MINUTE)
    paging.note(session, alert, "confirmed", at + 8 * MINUTE, who["Alder"])
    send = AlertSend(alert_id=alert.id, chapter_id=chapter.id, ring="chapter", proposed_by=who["Alder"])
    send.proposed_at = at + 9 * MINUTE
    session.add(send)
    paging.note(session, alert, "proposed", at + 9 * MINUTE, who["Alder"], ring="chapter")


def _not_ice(session: Session, chapter: Chapter, place: Place, who: dict[str, str], at: int) -> None:
    alert = _raised(session, chapter, place, who["Moss"], "ice_here", at)
    _held(session, alert, who["Juniper"], at + 2 * MINUTE)
    _asked(session, alert, {who["Olive"]: "not_ice", who["Pine"]: "not_ice"}, who["Juniper"], at + 3 * MINUTE)
    session.flush()
    raising.close(session, alert, at + 12 * MINUTE, "over", who["Juniper"], "not_ice")
