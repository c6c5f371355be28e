"""A person's own calendar: one secret address that a calendar fetches (RFC 5545), with nothing in it that tells on anybody.

No names, no place, no chapter, no brief: "Fieldapp shift" and its hours, and the city for those who chose it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard
from sqlalchemy import select

from fieldapp.accounts.models import Person
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ids import new_token, token_hash
from fieldapp.places.models import Place
from fieldapp.shifts.models import CalendarFeed, Claim, Shift
from fieldapp.shifts.policy import LIVE

SAYS = ("plain", "city")
BEHIND = 7 * DAY  # how long after its end a shift stays in the calendar's feed
MOST = 500
TITLE = {"en": "Fieldapp shift", "es": "Turno de Fieldapp"}
_DAY = timedelta(days=1)
REMIND = (timedelta(days=-1), timedelta(hours=-2))


@dataclass(frozen=True)
class Held:
    """One of the person's shifts, or one that was."""

    shift: Shift
    claim: Claim
    zone: str
    city: str

    @property
    def status(self) -> str:
        """CONFIRMED, TENTATIVE, or CANCELLED for what was given back or called off."""
        if self.shift.cancelled_at is not None or self.claim.state not in LIVE:
            return "CANCELLED"
        return "CONFIRMED" if self.claim.state == "confirmed" else "TENTATIVE"

    @property
    def changed_at(self) -> int:
        """When it last changed for this person, as far as is kept (ms UTC)."""
        return max(self.claim.at, self.claim.confirmed_at or 0, self.shift.cancelled_at or 0)


def of(person_id: str) -> CalendarFeed | None:
    """The person's address, without its token."""
    return db.session.get(CalendarFeed, person_id)


def make(actor: Actor, says: str, now: int) -> str:
    """Make the actor's address, or a new one in place of the old; returns the token, which is shown once. Raises Invalid."""
    _known(says)
    token = new_token()
    with write() as session:
        feed = session.get(CalendarFeed, actor.person_id)
        if feed is None:
            feed = CalendarFeed(person_id=actor.person_id, salt=new_token())
            session.add(feed)
        feed.token_hash, feed.says, feed.made_at = token_hash(token), says, now
    return token


def choose(actor: Actor, says: str) -> None:
    """Say more or less in the calendar from now on, where there is one. Raises Invalid."""
    _known(says)
    with write() as session:
        feed = session.get(CalendarFeed, actor.person_id)
        if feed is not None:
            feed.says = says


def end(actor: Actor) -> None:
    """The address works no more. Harmless when there is none."""
    with write() as session:
        feed = session.get(CalendarFeed, actor.person_id)
        if feed is not None:
            session.delete(feed)


def fetch(token: str, now: int) -> bytes:
    """The calendar behind a token. Raises NotFound for any other, and for a person who is disabled."""
    query = select(CalendarFeed, Person).join(Person, Person.id == CalendarFeed.person_id)
    found = db.session.execute(query.where(CalendarFeed.token_hash == token_hash(token))).tuples().first()
    if found is None or found[1].disabled_at is not None:
        raise NotFound()
    feed, person = found
    return calendar(_held(person.id, now), feed.salt, feed.says, person.lang)


def entry(actor: Actor, shift_id: str, now: int) -> bytes:
    """One shift of the actor's own as a file. Raises NotFound."""
    held = [one for one in _held(actor.person_id, now) if one.shift.id == shift_id and one.status != "CANCELLED"]
    if not held:
        raise NotFound()
    feed = of(actor.person_id)
    salt = feed.salt if feed else actor.person_id
    return calendar(held, salt, feed.says if feed else "plain", actor.lang)


def calendar(held: Iterable[Held], salt: str, says: str, lang: str) -> bytes:
    """These shifts as an iCalendar file. The same shifts give the same bytes: its digest is the ETag."""
    shown = list(held)
    made = Calendar()
    made.add("prodid", "-//Fieldapp//Shifts//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Fieldapp")
    made.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    years = [to_datetime(at, one.zone).year for one in shown for at in (one.shift.starts_at, one.shift.ends_at)]
    for zone in sorted({one.zone for one in shown}):
        made.add_component(_zone(zone, min(years), max(years)))
    for one in shown:
        made.add_component(_event(one, salt, says, lang))
    return bytes(made.to_ical())


def _event(one: Held, salt: str, says: str, lang: str) -> Event:
    title = TITLE.get(lang, TITLE["en"])
    event = Event()
    event.add("uid", f"{sha256(f'{salt}/{one.shift.id}'.encode()).hexdigest()[:32]}@fieldapp")
    event.add("dtstamp", to_datetime(one.changed_at).astimezone(UTC).replace(microsecond=0))
    event.add("sequence", one.shift.version)  # counts every change of the shift: it only ever rises
    event.add("dtstart", to_datetime(one.shift.starts_at, one.zone).replace(microsecond=0))
    event.add("dtend", to_datetime(one.shift.ends_at, one.zone).replace(microsecond=0))
    event.add("summary", title)
    event.add("status", one.status)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if one.status == "CANCELLED" else "OPAQUE")
    if says == "city" and one.city:
        event.add("location", one.city)
    if one.status != "CANCELLED":
        for before in REMIND:
            event.add_component(_alarm(title, before))
    return event


def _alarm(title: str, before: timedelta) -> Alarm:
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", title)
    made.add("trigger", before)
    return made


@lru_cache(maxsize=200)
def _zone(zone: str, first: int, last: int) -> Timezone:
    """The zone's rules for these years and one before and after; read only.

    Each change of the clocks stands for itself, at the wall time before it (RFC 5545, 3.6.5): some readers pass over lists of dates.
    """
    made = Timezone()
    made.add("tzid", zone)
    at, end = datetime(first - 1, 1, 1, tzinfo=UTC), datetime(last + 2, 1, 1, tzinfo=UTC)
    clocks = ZoneInfo(zone)
    before = _offset(at, clocks)
    made.add_component(_observance(at, before, clocks))
    while at < end:
        if _offset(at + _DAY, clocks) != before:
            change = _change(at, clocks)
            made.add_component(_observance(change, before, clocks))
            before = _offset(change, clocks)
        at += _DAY
    return made


def _observance(at: datetime, before: timedelta, clocks: ZoneInfo) -> TimezoneStandard | TimezoneDaylight:
    there = at.astimezone(clocks)
    made = TimezoneDaylight() if there.dst() else TimezoneStandard()
    made.add("dtstart", (at + before).replace(tzinfo=None))
    made.add("tzoffsetfrom", before)
    made.add("tzoffsetto", _offset(at, clocks))
    made.add("tzname", there.tzname() or str(clocks))
    return made


def _change(at: datetime, clocks: ZoneInfo) -> datetime:
    """The minute within a day of ``at`` in which the clocks change."""
    low, high = 0, 24 * 60
    before = _offset(at, clocks)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(at + timedelta(minutes=middle), clocks) != before else (middle, high)
    return at + timedelta(minutes=high)


def _offset(at: datetime, clocks: ZoneInfo) -> timedelta:
    return at.astimezone(clocks).utcoffset() or timedelta(0)


def _held(person_id: str, now: int) -> list[Held]:
    query = (
        select(Shift, Claim, Place.zone, Place.city)
        .join(Claim, Claim.shift_id == Shift.id)
        .join(Place, Place.id == Shift.place_id)
        .where(Claim.person_id == person_id, Shift.ends_at > now - BEHIND)
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST)
    )
    return [Held(*row) for row in db.session.execute(query).tuples()]


def _known(says: str) -> None:
    if says not in SAYS:
        raise Invalid()
